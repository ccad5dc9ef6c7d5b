package dev.sotto.slots;

import dev.sotto.slots.ring.BaseConversion;
import dev.sotto.slots.ring.Modulus;
import dev.sotto.slots.ring.RingKernels;
import dev.sotto.slots.ring.RnsPolynomial;
import dev.sotto.slots.ring.RnsRing;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Divides by the product D of some primes and forgets them: rescaling, modulus switching and the
 * end of key switching are this one operation.
 *
 * <p>Out = (x − δ)/D, where δ is the number nearest to zero that is congruent to x modulo D, and,
 * for exact integers modulo t, to zero modulo t: then the message is divided by D modulo t. One
 * inverse transform for each prime that goes, one transform for each that stays.
 */
final class ModulusDrop {
  private final RnsRing ring;
  private final int kept;
  private final int[] dropped;
  private final BaseConversion conversion;
  private final double[] inverse;
  private final @Nullable Modulus plaintext;
  private final double plaintextInverse;
  private final double[] product;

  private ModulusDrop(RnsRing ring, int kept, int[] dropped, @Nullable Modulus plaintext) {
    this.ring = ring;
    this.kept = kept;
    this.dropped = dropped;
    this.plaintext = plaintext;
    BigInteger d = ring.product(dropped);
    Modulus[] targets = ring.moduli(IntStream.range(0, kept).toArray());
    if (plaintext != null) {
      targets = Arrays.copyOf(targets, kept + 1);
      targets[kept] = plaintext;
    }
    conversion = ring.conversion(ring.moduli(dropped), targets);
    inverse = new double[kept];
    product = new double[kept];
    if (!ring.isHollow()) {
      for (int i = 0; i < kept; i++) {
        Modulus q = ring.modulus(i);
        product[i] = q.centre(d);
        inverse[i] = q.centre(d.modInverse(BigInteger.valueOf(q.value())));
      }
    }
    plaintextInverse =
        plaintext == null
            ? 0
            : -plaintext.centre(d.modInverse(BigInteger.valueOf(plaintext.value())));
  }

  /**
   * The drop of a set of primes.
   *
   * @param kept q<sub>0</sub> … q<sub>kept−1</sub> stay
   * @param dropped indices of the primes that go
   * @param plaintext t where messages are integers modulo t (at most each prime), else null
   */
  static ModulusDrop create(RnsRing ring, int kept, int[] dropped, @Nullable Modulus plaintext) {
    return new ModulusDrop(ring, kept, dropped.clone(), plaintext);
  }

  /** Room that {@link #apply} needs: quotients, one limb of residues, one of corrections. */
  static double[][] scratch(RnsRing ring) {
    return new double[][] {ring.room(1), ring.room(1), ring.room(1)};
  }

  /**
   * Divides.
   *
   * @param x limb i holds the residues of prime i, of those that stay; not changed
   * @param gone the limbs of the primes that go, one after another from {@code goneAt}; overwritten
   * @param out limb i the quotient modulo q<sub>i</sub>; may be x
   */
  void apply(RnsPolynomial x, double[] gone, int goneAt, RnsPolynomial out, double[][] scratch) {
    RingKernels kernels = ring.kernels();
    int n = ring.n();
    double[] quotients = scratch[0];
    double[] limb = scratch[1];
    double[] correction = scratch[2];
    for (int j = 0; j < dropped.length; j++) {
      kernels.inverse(ring.table(dropped[j]), gone, goneAt + j * n);
    }
    conversion.prepare(kernels, gone, goneAt, quotients, 0, n);
    if (plaintext != null) {
      conversion.convert(kernels, kept, correction, 0, gone, goneAt, quotients, 0, n);
      kernels.multiplyConstant(correction, 0, correction, 0, plaintextInverse, n, plaintext);
      kernels.reduce(correction, 0, correction, 0, n, plaintext);
    }
    for (int i = 0; i < kept; i++) {
      Modulus q = ring.modulus(i);
      conversion.convert(kernels, i, limb, 0, gone, goneAt, quotients, 0, n);
      if (plaintext != null) {
        kernels.multiplyConstantAdd(limb, 0, correction, 0, product[i], n, q);
      }
      kernels.forward(ring.table(i), limb, 0);
      kernels.subtractMultiply(
          out.residues(), out.at(i), x.residues(), x.at(i), limb, 0, inverse[i], n, q);
    }
  }
}
