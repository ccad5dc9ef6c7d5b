package dev.sotto.slots;

import dev.sotto.problem.SottoException;
import java.util.Locale;

/**
 * A block of encrypted whole numbers modulo t, one in each slot. Not to be changed.
 *
 * <p>Its phase is congruent to f·m modulo t, where m is the message and f the known {@link
 * #factor}; modulus switching changes f. {@link #noiseBits} bounds the phase: it decrypts while
 * this is at most {@link #capacityBits}.
 */
public final class BgvCiphertext extends SlotCiphertext {
  private final BgvParameters parameters;
  private final long factor;
  private final double noiseBits;

  /**
   * A ciphertext whose bound lets it decrypt.
   *
   * @param operation what made it, for the message
   * @throws SottoException SOTTO-SLOTS-007 where the bound is beyond {@link #capacityBits}
   */
  static BgvCiphertext checked(
      BgvParameters parameters,
      RlweCiphertext rlwe,
      long factor,
      double noiseBits,
      String operation) {
    checkCapacity(parameters, rlwe.limbs(), noiseBits, operation);
    return new BgvCiphertext(parameters, rlwe, factor, noiseBits);
  }

  /** The check alone: before the work, where there is much of it. */
  static void checkCapacity(
      BgvParameters parameters, int limbs, double noiseBits, String operation) {
    double capacity = RlweNoise.capacityBits(parameters.ring().ring(), limbs);
    if (noiseBits > capacity) {
      throw SottoException.of(
          SlotsError.NOISE_EXHAUSTED,
          operation,
          String.format(
              Locale.ROOT,
              "expected a phase of at most %.1f bits, got a bound of %.1f bits.",
              capacity,
              noiseBits));
    }
  }

  BgvCiphertext(BgvParameters parameters, RlweCiphertext rlwe, long factor, double noiseBits) {
    super(rlwe);
    this.parameters = parameters;
    this.factor = factor;
    this.noiseBits = noiseBits;
  }

  /** What it was made with. */
  public BgvParameters parameters() {
    return parameters;
  }

  /** What the message is multiplied by, modulo t. */
  public long factor() {
    return factor;
  }

  /**
   * The logarithm (base 2) of a bound on the phase in the canonical embedding, message included.
   */
  public double noiseBits() {
    return noiseBits;
  }
}
