package dev.sotto.slots;

import dev.sotto.slots.ring.BaseConversion;
import dev.sotto.slots.ring.Modulus;
import dev.sotto.slots.ring.RingKernels;
import dev.sotto.slots.ring.RnsPolynomial;
import dev.sotto.slots.ring.RnsRing;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Brings ciphertexts of degree two and more back to degree one, at one level; with room of its own,
 * so for one thread.
 *
 * <p>Dividing by the special primes and by the last prime of the chain are one division where both
 * are wanted: relinearising and rescaling then costs fewer transforms than relinearising alone.
 */
final class KeySwitching {
  private final RnsRing ring;
  private final int limbs;
  private final int special;
  private final int digits;
  private final BaseConversion[] conversions;
  private final ModulusDrop dropSpecial;
  private final @Nullable ModulusDrop dropLastToo;
  private final double[] specialProduct;

  private final RnsPolynomial coefficients;
  private final double[] quotients;
  private final double[][] extended;
  private final double[][] digit;
  private final int[] digitAt;
  private final RnsPolynomial[] sums;
  private RnsPolynomial @Nullable [] terms;
  private final double[][] scratch;

  private KeySwitching(RingParameters parameters, int limbs, @Nullable Long plaintext) {
    this.ring = parameters.ring();
    this.limbs = limbs;
    this.special = ring.specialPrimes();
    digits = (limbs + special - 1) / special;
    int[] targets = IntStream.range(0, limbs + special).map(this::primeOf).toArray();
    conversions = new BaseConversion[digits];
    for (int j = 0; j < digits; j++) {
      int end = Math.min(limbs, (j + 1) * special);
      conversions[j] =
          ring.conversion(
              ring.moduli(IntStream.range(j * special, end).toArray()), ring.moduli(targets));
    }
    int[] specials = ring.specials();
    Modulus t = plaintext == null ? null : Modulus.of(plaintext);
    dropSpecial = ModulusDrop.create(ring, limbs, specials, t);
    dropLastToo =
        limbs == 1
            ? null
            : ModulusDrop.create(
                ring,
                limbs - 1,
                IntStream.concat(IntStream.of(limbs - 1), IntStream.of(specials)).toArray(),
                t);
    BigInteger product = ring.product(specials);
    specialProduct = new double[limbs];
    for (int i = 0; i < limbs; i++) {
      specialProduct[i] = ring.modulus(i).centre(product);
    }
    coefficients = ring.zeros(limbs);
    quotients = ring.room(digits);
    extended = new double[digits][];
    Arrays.setAll(extended, j -> ring.room(1));
    digit = new double[digits][];
    digitAt = new int[digits];
    sums = new RnsPolynomial[] {ring.zeros(limbs + special), ring.zeros(limbs + special)};
    scratch = ModulusDrop.scratch(ring);
  }

  /**
   * Key switching at one level.
   *
   * @param limbs how many primes ciphertexts have
   * @param plaintext t where messages are integers modulo t, else null
   */
  static KeySwitching create(RingParameters parameters, int limbs, @Nullable Long plaintext) {
    return new KeySwitching(parameters, limbs, plaintext);
  }

  private int primeOf(int limb) {
    return limb < limbs ? limb : ring.primes() + limb - limbs;
  }

  /**
   * Relinearises.
   *
   * @param c of degree two or more, at this level
   * @param keys one for each power from two to the degree, in order
   * @param dropLast whether to divide by the last prime as well
   */
  RlweCiphertext relinearise(RlweCiphertext c, List<KeySwitchingKey> keys, boolean dropLast) {
    RingKernels kernels = ring.kernels();
    int n = ring.n();
    switchOne(c.part(2), keys.get(0), sums);
    for (int k = 3; k <= c.degree(); k++) {
      RnsPolynomial[] more = terms();
      switchOne(c.part(k), keys.get(k - 2), more);
      for (int side = 0; side < 2; side++) {
        for (int i = 0; i < limbs + special; i++) {
          double[] sum = sums[side].residues();
          int at = sums[side].at(i);
          kernels.add(sum, at, sum, at, more[side].residues(), at, n, ring.modulus(primeOf(i)));
        }
      }
    }
    List<RnsPolynomial> parts = new ArrayList<>(2);
    for (int side = 0; side < 2; side++) {
      for (int i = 0; i < limbs; i++) {
        kernels.multiplyConstantAdd(
            sums[side].residues(),
            sums[side].at(i),
            c.part(side).residues(),
            c.part(side).at(i),
            specialProduct[i],
            n,
            ring.modulus(i));
      }
      RnsPolynomial out = ring.zeros(dropLast ? limbs - 1 : limbs);
      ModulusDrop drop = dropLast && dropLastToo != null ? dropLastToo : dropSpecial;
      drop.apply(sums[side], sums[side].residues(), sums[side].at(out.limbs()), out, scratch);
      parts.add(out);
    }
    return RlweCiphertext.of(c.parameters(), c.key(), parts.toArray(RnsPolynomial[]::new));
  }

  /** Room for the second power and those after it, which few ciphertexts have. */
  private RnsPolynomial[] terms() {
    RnsPolynomial[] made = terms;
    if (made == null) {
      made = new RnsPolynomial[] {ring.zeros(limbs + special), ring.zeros(limbs + special)};
      terms = made;
    }
    return made;
  }

  private void switchOne(RnsPolynomial c, KeySwitchingKey key, RnsPolynomial[] into) {
    RingKernels kernels = ring.kernels();
    int n = ring.n();
    kernels.copy(coefficients.residues(), 0, c.residues(), 0, n * limbs);
    ring.inverse(coefficients);
    for (int j = 0; j < digits; j++) {
      conversions[j].prepare(
          kernels, coefficients.residues(), coefficients.at(j * special), quotients, j * n, n);
    }
    for (int i = 0; i < limbs + special; i++) {
      int prime = primeOf(i);
      for (int j = 0; j < digits; j++) {
        if (i < limbs && i / special == j) {
          digit[j] = c.residues();
          digitAt[j] = c.at(i);
        } else {
          digit[j] = extended[j];
          digitAt[j] = 0;
          conversions[j].convert(
              kernels,
              i,
              extended[j],
              0,
              coefficients.residues(),
              coefficients.at(j * special),
              quotients,
              j * n,
              n);
          kernels.forward(ring.table(prime), extended[j], 0);
        }
      }
      kernels.innerProducts(
          into[0].residues(),
          into[0].at(i),
          into[1].residues(),
          into[1].at(i),
          digit,
          digitAt,
          key.pairs(),
          prime * n,
          digits,
          n,
          ring.modulus(prime));
    }
  }
}
