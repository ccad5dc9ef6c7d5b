package dev.sotto.slots;

import dev.sotto.problem.SottoException;

/**
 * Parameters of CKKS: a ring and a scale. Messages are N/2 real numbers, in the conjugate-invariant
 * ring N.
 *
 * @param ring the ring
 * @param scale what numbers are multiplied by before their coefficients are rounded, where an
 *     operation is given no other; at least 2
 */
public record CkksParameters(RingParameters ring, double scale) {
  /**
   * Checks them.
   *
   * @throws SottoException SOTTO-SLOTS-002 where the scale is below 2, or numbers of size one do
   *     not fit the modulus
   */
  public CkksParameters {
    double most = RlweNoise.capacityBits(ring.ring(), ring.primes().size());
    if (!(scale >= 2) || RlweNoise.log2(scale) > most) {
      throw SottoException.of(
          SlotsError.PARAMETERS_INVALID,
          "",
          "expected a scale from 2 to 2^" + (int) most + ", got " + scale + ".");
    }
  }

  /** The number of slots: N/2, in the conjugate-invariant ring N. */
  public int slots() {
    return ring.realSlots();
  }
}
