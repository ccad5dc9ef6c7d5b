package dev.sotto.slots;

import dev.sotto.problem.SottoException;
import dev.sotto.slots.ring.Modulus;
import dev.sotto.slots.ring.NttTable;
import dev.sotto.slots.ring.RingType;
import java.math.BigInteger;

/**
 * Parameters of BGV: a ring and the plaintext modulus t. Messages are N whole numbers modulo t.
 *
 * @param ring the ring; standard
 * @param plaintextModulus t: a prime, 1 modulo 2N, and less than every prime of the ring
 */
public record BgvParameters(RingParameters ring, long plaintextModulus) {
  /**
   * Checks them.
   *
   * @throws SottoException SOTTO-SLOTS-002 where t does not fit the ring
   */
  public BgvParameters {
    if (ring.type() != RingType.STANDARD) {
      throw refused("a standard ring expected; the conjugate-invariant one is for CKKS");
    }
    long t = plaintextModulus;
    if (t < 3
        || t % (2L << ring.logN()) != 1
        || !BigInteger.valueOf(t).isProbablePrime(100)) {
      throw refused("a prime plaintext modulus that is 1 modulo 2N expected, not " + t);
    }
    for (int i = 0; i < ring.ring().primes(); i++) {
      if (t >= ring.ring().modulus(i).value()) {
        throw refused(
            "a plaintext modulus below every prime of the ring expected, not "
                + t
                + " with "
                + ring.ring().modulus(i).value());
      }
    }
  }

  private static SottoException refused(String detail) {
    return SottoException.of(SlotsError.PARAMETERS_INVALID, "", detail);
  }

  /** The number of slots, N. */
  public int slots() {
    return ring.ring().n();
  }

  /** t with what kernels need. */
  Modulus modulus() {
    return Modulus.of(plaintextModulus);
  }

  /** The transform modulo t, between slots and coefficients. */
  NttTable table() {
    return NttTable.create(modulus(), RingType.STANDARD, ring.logN());
  }
}
