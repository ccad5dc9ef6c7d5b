package dev.sotto.slots;

import dev.sotto.problem.SottoException;
import dev.sotto.slots.ring.ModularInteger;
import dev.sotto.slots.ring.Modulus;
import dev.sotto.slots.ring.NttTable;
import dev.sotto.slots.ring.RingType;
import java.util.List;
import java.util.stream.Stream;

/**
 * Parameters of BGV: a ring and the plaintext modulus t. Messages are N whole numbers modulo t.
 *
 * @param ring the ring; standard
 * @param plaintextModulus t: a prime, 1 modulo 2N, and less than every prime of the ring, special
 *     ones too
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
    for (long prime :
        Stream.of(ring.primes(), ring.specialPrimes()).flatMap(List::stream).toList()) {
      if (t >= prime) {
        throw refused(
            "a plaintext modulus below every prime of the ring expected, not "
                + t
                + " with "
                + prime);
      }
    }
    if (t < 3 || t % (2L << ring.logN()) != 1 || !new ModularInteger(t).isPrime()) {
      throw refused("a prime plaintext modulus that is 1 modulo 2N expected, not " + t);
    }
  }

  private static SottoException refused(String detail) {
    return SottoException.of(SlotsError.PARAMETERS_INVALID, "", detail);
  }

  /** The number of slots, N. */
  public int slots() {
    return ring.n();
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
