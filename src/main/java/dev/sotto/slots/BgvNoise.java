package dev.sotto.slots;

import dev.sotto.problem.SottoException;
import dev.sotto.slots.ring.Modulus;
import dev.sotto.slots.ring.RnsRing;
import dev.sotto.slots.ring.WeightedSums;

/**
 * What every operation does to the bound of a BGV phase. Messages are taken at their worst, N·t/2
 * in the canonical embedding; only errors, roundings and the secret are random ({@link RlweNoise}).
 */
final class BgvNoise {
  private BgvNoise() {}

  /** Any message polynomial: N coefficients of size at most t/2. */
  static double message(BgvParameters parameters) {
    return RlweNoise.log2(parameters.slots() * (parameters.plaintextModulus() / 2.0));
  }

  /** A whole number in every slot: the constant coefficient alone. */
  static double constant(BgvParameters parameters) {
    return RlweNoise.log2(parameters.plaintextModulus() / 2.0);
  }

  /** What multiplying by a whole number of size at most t/2 adds. */
  static double constantFactor(long number) {
    return RlweNoise.log2(Math.max(1, Math.abs(number)));
  }

  /** A whole number times a factor, modulo t, of size at most t/2. */
  static long scaledConstant(BgvParameters parameters, long number, long factor) {
    Modulus t = parameters.modulus();
    return (long) t.centre((long) t.multiply(t.centre(number), t.centre(factor)));
  }

  /** The factor of a product. */
  static long multiplyFactors(BgvParameters parameters, long x, long y) {
    Modulus t = parameters.modulus();
    return t.canonical(t.multiply(t.centre(x), t.centre(y)));
  }

  /** Refuses operands of a sum that have two factors. */
  static void checkFactors(long x, long y) {
    if (x != y) {
      throw SottoException.of(
          SlotsError.MIXED_SCALES,
          "",
          "expected operands of one factor, got " + x + " and " + y + ".");
    }
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

  /**
   * After a weighted sum.
   *
   * @param most the largest bound of the terms
   * @param shares of each term, 2 to the power of its bound less {@code most}
   */
  static double weightedSum(double most, double[] shares, WeightedSums sums, int sum) {
    double total = 0;
    for (int k = 0; k < shares.length; k++) {
      total += Math.abs(sums.weight(sum, k)) * shares[k];
    }
    return Math.max(0, most + RlweNoise.log2(total));
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
