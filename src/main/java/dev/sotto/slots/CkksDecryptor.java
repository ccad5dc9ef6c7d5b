package dev.sotto.slots;

import dev.sotto.problem.SottoException;
import dev.sotto.slots.ring.MixedRadix;
import dev.sotto.slots.ring.RnsPolynomial;
import dev.sotto.slots.ring.RnsRing;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Decrypts blocks of real numbers, of any degree. For one thread.
 *
 * <p>What {@link #decrypt} returns holds the error of the ciphertext, and an error tells of the key:
 * it is for the key's owner alone (Li and Micciancio 2021).
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
            limbs,
            l -> MixedRadix.create(ring.moduli(IntStream.range(0, l).toArray()), ring.n()));
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
}
