package dev.sotto.slots;

import dev.sotto.common.RandomStream;
import dev.sotto.common.Seed;
import dev.sotto.problem.SottoException;
import dev.sotto.slots.ring.MixedRadix;
import dev.sotto.slots.ring.RnsPolynomial;
import dev.sotto.slots.ring.RnsRing;
import dev.sotto.slots.ring.WideGaussian;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Decrypts blocks of real numbers, of any degree. For one thread.
 *
 * <p>What {@link #decrypt} returns holds the error of the ciphertext, and an error tells of the
 * key: it is for the key's owner alone (Li and Micciancio 2021). {@link #decryptFlooded} is for
 * others.
 */
public final class CkksDecryptor {
  private final CkksParameters parameters;
  private final CkksEncoder encoder;
  private final RlweDecryptor rlwe;
  private final Map<Integer, MixedRadix> readers = new HashMap<>();
  private final double[] coefficients;

  CkksDecryptor(CkksParameters parameters, CkksEncoder encoder, SecretKey secret) {
    this.parameters = parameters;
    this.encoder = encoder;
    this.rlwe = RlweDecryptor.create(secret);
    this.coefficients = new double[parameters.ring().n()];
  }

  /**
   * The numbers in all slots, each within {@link CkksCiphertext#errorBound} of what it should be.
   *
   * @throws SottoException SOTTO-SLOTS-003 or -004 for other parameters or another key;
   *     SOTTO-SLOTS-007 where the phase fills the modulus: numbers beyond their bound, or altered
   *     bytes
   */
  public double[] decrypt(CkksCiphertext c) {
    RlweEvaluator.checkParameters(parameters, c.parameters());
    RnsRing ring = parameters.ring().ring();
    int limbs = RlweNoise.limbsFor(ring, c.phaseBits(), c.rlwe().limbs());
    RnsPolynomial phase = rlwe.phase(c.rlwe(), limbs);
    MixedRadix reader =
        readers.computeIfAbsent(
            limbs, l -> MixedRadix.create(ring.moduli(IntStream.range(0, l).toArray()), ring.n()));
    reader.read(ring.kernels(), phase, coefficients);
    phase.wipe();
    reader.wipe();
    double worst = 0;
    for (double x : coefficients) {
      worst = Math.max(worst, Math.abs(x));
    }
    RlweDecryptor.checkInside(worst / reader.product());
    double[] values = encoder.decode(coefficients, c.scale());
    Arrays.fill(coefficients, 0);
    return values;
  }

  /**
   * The numbers rounded to their proved precision, {@link CkksCiphertext#precision}: digits that
   * are error alone are gone, and what is left is within that precision of what it should be.
   *
   * <p>This is what to log and to show. It is no protection in the cryptographic sense: where a
   * number lies near the middle between two multiples, the error still decides which one comes out.
   */
  public double[] decryptRounded(CkksCiphertext c) {
    double[] values = decrypt(c);
    double step = c.precision();
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.rint(values[i] / step) * step + 0.0; // no negative zeros: they tell a sign
    }
    return values;
  }

  /**
   * The numbers rounded as by {@link #decryptRounded}, and drowned in fresh noise that does not
   * depend on the error: for numbers that are passed on to others who may have had a part in the
   * computation.
   *
   * <p>What it gives: whoever sees the block learns of the error, and through it of the secret key,
   * at most a divergence (Kullback and Leibler) of slots · 2<sup>3 − 2·bits</sup> a block,
   * 2<sup>−35</sup> for 4,096 slots and 25 bits, 2<sup>−65</sup> for 40: security against chosen
   * computations with decryption, IND-CPA-D (Li, Micciancio, Schultz, Sorrell 2022), as long as the
   * sum over all blocks passed on stays small. What it does not give: the numbers themselves are as
   * public as they were; a dishonest error bound is not made up for; and decrypting one ciphertext
   * again draws other noise, whose mean tells more, so flood once and keep the result.
   *
   * @param bits the noise has a deviation of 2<sup>bits</sup> times the error bound, and every
   *     number loses as many bits; 1 to 44
   * @throws SottoException as {@link #decrypt}; SOTTO-SLOTS-018 where the noise would be larger
   *     than the numbers
   */
  public double[] decryptFlooded(CkksCiphertext c, int bits) {
    try (Seed seed = Seed.random()) {
      return decryptFlooded(c, bits, seed);
    }
  }

  double[] decryptFlooded(CkksCiphertext c, int bits, Seed seed) {
    if (bits < 1 || bits > WideGaussian.MAXIMUM_BITS) {
      throw new IllegalArgumentException(
          "expected 1 to " + WideGaussian.MAXIMUM_BITS + " bits of noise, got " + bits);
    }
    double deviation = Math.scalb(c.errorBound(), bits);
    if (deviation > c.valueBound()) {
      throw SottoException.of(
          SlotsError.PRECISION_LOST,
          "",
          String.format(
              Locale.ROOT,
              "expected noise below the numbers' bound of %.3g, got %d bits over %.3g: %.3g.",
              c.valueBound(),
              bits,
              c.errorBound(),
              deviation));
    }
    double step = c.precision();
    double[] values = decryptRounded(c);
    double[] noise = new double[values.length];
    try (RandomStream stream = RandomStream.from(seed)) {
      WideGaussian.fill(stream, deviation / step, noise);
    }
    for (int i = 0; i < values.length; i++) {
      values[i] += noise[i] * step;
    }
    Arrays.fill(noise, 0);
    return values;
  }
}
