package dev.sotto.slots;

import dev.sotto.slots.ring.RnsRing;

/**
 * What every operation does to the bound of a BGV phase. Messages are taken at their worst, N·t/2 in
 * the canonical embedding; only errors, roundings and the secret are random ({@link RlweNoise}).
 */
final class BgvNoise {
  private BgvNoise() {}

  /** Any message polynomial: N coefficients of size at most t/2. */
  static double message(BgvParameters parameters) {
    return RlweNoise.log2(parameters.slots() * (parameters.plaintextModulus() / 2.0));
  }

  /** A fresh ciphertext: the message and t times an error. */
  static double fresh(BgvParameters parameters) {
    return RlweNoise.add(message(parameters), error(parameters));
  }

  /** The error of a fresh ciphertext, times t. */
  static double error(BgvParameters parameters) {
    return RlweNoise.log2(parameters.plaintextModulus())
        + RlweNoise.error(parameters.ring().ring());
  }

  /** After dividing by primes of so many bits. */
  static double divided(BgvParameters parameters, double noise, double bits, int degree) {
    double t = parameters.plaintextModulus();
    return RlweNoise.add(
        noise - bits,
        RlweNoise.rounding(parameters.ring().ring(), degree, Math.sqrt((t * t + 1) / 12)));
  }

  /**
   * After relinearising.
   *
   * @param lastBits bits of the last prime where it is divided by as well, else zero
   */
  static double relinearised(
      BgvParameters parameters, double noise, int limbs, int degree, double lastBits) {
    RnsRing ring = parameters.ring().ring();
    double switching =
        RlweNoise.keySwitching(ring, limbs, degree - 1, parameters.plaintextModulus())
            - RlweNoise.specialBits(ring);
    return divided(parameters, RlweNoise.add(noise, switching), lastBits, 1);
  }
}
