package dev.sotto.slots.ring;

/** Which polynomials there are. */
public enum RingType {
  /** Z[X]/(X<sup>N</sup> + 1): N slots modulo a prime, N/2 complex slots. */
  STANDARD,

  /**
   * Polynomials in X + 1/X with X<sup>2N</sup> = −1, by their coefficients of 1, X + 1/X, X² +
   * 1/X², …: N real slots. Kim and Song, "Approximate homomorphic encryption over the
   * conjugate-invariant ring", 2018.
   */
  CONJUGATE_INVARIANT;

  /** The order of the roots of unity of a ring of size 2<sup>logN</sup>; primes are 1 modulo it. */
  public long rootOrder(int logN) {
    return this == STANDARD ? 2L << logN : 4L << logN;
  }
}
