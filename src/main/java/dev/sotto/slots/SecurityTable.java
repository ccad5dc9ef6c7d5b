package dev.sotto.slots;

import dev.sotto.problem.SottoException;
import java.math.BigInteger;

/**
 * How large a modulus a ring may have for 128 bits of security, with a uniform ternary secret and
 * errors of deviation 3.2.
 *
 * <p>The modulus is the product of all primes, special primes too. The limits are those of the
 * guidelines for implementers of 2024 (Bossuat and others, "Security guidelines for implementing
 * homomorphic encryption"), somewhat below those of the standard of 2018; the lattice estimator of
 * June 2026 gives them 128.0 to 129.7 bits.
 */
public final class SecurityTable {
  /** log2 of the smallest ring. */
  public static final int MINIMUM_LOG_N = 11;

  /** log2 of the largest ring. */
  public static final int MAXIMUM_LOG_N = 15;

  private static final int[] MAXIMUM_LOG_QP = {53, 106, 214, 430, 868};

  private SecurityTable() {}

  /**
   * The largest log2 QP of a ring.
   *
   * @param logN 11 to 15
   * @throws SottoException for another ring, of which nothing is known here
   */
  public static int maximumLogQp(int logN) {
    if (!covers(logN)) {
      throw SottoException.of(SlotsError.PARAMETERS_INVALID, "", unknownRing(logN));
    }
    return MAXIMUM_LOG_QP[logN - MINIMUM_LOG_N];
  }

  /**
   * Whether a modulus is small enough: at most 2 to the power of the limit, exactly.
   *
   * @param modulus product of all primes
   */
  static boolean allows(int logN, BigInteger modulus) {
    return modulus.compareTo(BigInteger.ONE.shiftLeft(maximumLogQp(logN))) <= 0;
  }

  static boolean covers(int logN) {
    return logN >= MINIMUM_LOG_N && logN <= MAXIMUM_LOG_N;
  }

  static String unknownRing(int logN) {
    return "expected N = 2^11 to 2^15, of which the security is known, got N = 2^" + logN + ".";
  }
}
