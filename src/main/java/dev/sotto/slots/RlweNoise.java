package dev.sotto.slots;

import dev.sotto.slots.ring.GaussianSampler;
import dev.sotto.slots.ring.RingType;
import dev.sotto.slots.ring.RnsRing;

/**
 * How large polynomials become, in the canonical embedding: the largest size of a value at a root
 * of unity. It bounds every coefficient, sums add and products multiply.
 *
 * <p>Coefficients of errors, roundings and secrets are independent, of mean zero and strictly
 * sub-Gaussian of their deviation d: uniform, ternary and rounded Gaussian ones are. In any
 * direction of the plane, the value at a root is then sub-Gaussian of variance d²·N/2. One of
 * sixteen directions is within π/16 of the value's own, and there are N/2 pairs of roots: {@link
 * #TAIL}·d·√N is exceeded with probability below 8N·exp(−81·cos²(π/16)) &lt; 2<sup>−94</sup>, N up
 * to 2<sup>15</sup>. Over a billion polynomials, which is more than a block has, that is below
 * 2<sup>−64</sup>. In the conjugate-invariant ring values are real, of variance below d²·2N, and
 * twice TAIL·d·√N is exceeded with probability below 2N·exp(−81) &lt; 2<sup>−100</sup>. What is
 * taken for random without proof, as always: the residues of a ciphertext, which look uniform to
 * whom lacks the key.
 *
 * <p>Bounds are base-2 logarithms.
 */
final class RlweNoise {
  /** What a random polynomial's values stay within, in units of d·√N. */
  static final double TAIL = 9;

  /** What is asked of a random polynomial: how large its values become, or how large they are. */
  enum Measure {
    /** What they stay below; sums add. */
    BOUND,
    /** The square root of their mean square; squares of sums of independent terms add. */
    DEVIATION
  }

  /** The deviation of a rounded Gaussian: rounding adds a twelfth to the variance. */
  static final double ERROR_DEVIATION =
      Math.sqrt(GaussianSampler.SIGMA * GaussianSampler.SIGMA + 1.0 / 12);

  private static final double LOG_2 = StrictMath.log(2);

  private static final double SECRET_DEVIATION = Math.sqrt(2.0 / 3);

  private RlweNoise() {}

  static double log2(double x) {
    return StrictMath.log(x) / LOG_2;
  }

  /** log2(2^a + 2^b). */
  static double add(double a, double b) {
    double larger = Math.max(a, b);
    double smaller = Math.min(a, b);
    return smaller == Double.NEGATIVE_INFINITY
        ? larger
        : larger + StrictMath.log1p(StrictMath.exp((smaller - larger) * LOG_2)) / LOG_2;
  }

  /**
   * How the deviation of coefficients grows to that of values: √N, and √2N in the
   * conjugate-invariant ring, whose basis elements X<sup>i</sup> + X<sup>−i</sup> are twice a
   * cosine.
   */
  static double embedding(RnsRing ring) {
    return Math.sqrt(ring.type() == RingType.STANDARD ? ring.n() : 2.0 * ring.n());
  }

  /** A polynomial with random coefficients of this deviation. */
  static double random(RnsRing ring, double deviation) {
    return random(Measure.BOUND, ring, deviation);
  }

  /** The same, by either measure. */
  static double random(Measure measure, RnsRing ring, double deviation) {
    double tail = ring.type() == RingType.STANDARD ? TAIL : TAIL * Math.sqrt(2);
    return log2((measure == Measure.BOUND ? tail : 1) * embedding(ring) * deviation);
  }

  private static double add(Measure measure, double a, double b) {
    return measure == Measure.BOUND ? add(a, b) : add(2 * a, 2 * b) / 2;
  }

  /** A fresh error. */
  static double error(RnsRing ring) {
    return random(ring, ERROR_DEVIATION);
  }

  /** The secret. */
  static double secret(RnsRing ring) {
    return random(ring, SECRET_DEVIATION);
  }

  /**
   * What dividing by primes adds: a rounding of this deviation in every part, times powers of s.
   *
   * @param deviation of the rounding: √(1/12), or √((t² + 1)/12) for integers modulo t
   */
  static double rounding(RnsRing ring, int degree, double deviation) {
    return rounding(Measure.BOUND, ring, degree, deviation);
  }

  /** The same, by either measure. */
  static double rounding(Measure measure, RnsRing ring, int degree, double deviation) {
    double total = Double.NEGATIVE_INFINITY;
    double power = 0;
    for (int k = 0; k <= degree; k++) {
      total = add(measure, total, random(measure, ring, deviation) + power);
      power += random(measure, ring, SECRET_DEVIATION);
      if (measure == Measure.DEVIATION) {
        // The mean of |s|^2k is k! times that of |s|^2 to the k, of real values (2k - 1)!! times.
        power += log2(ring.type() == RingType.STANDARD ? k + 1 : 2 * k + 1) / 2;
      }
    }
    return total;
  }

  /** What key switching adds before anything is divided by primes, errors scaled by t or one. */
  static double keySwitching(RnsRing ring, int limbs, int powers, double errorScale) {
    return keySwitching(Measure.BOUND, ring, limbs, powers, errorScale);
  }

  /** The same, by either measure. */
  static double keySwitching(
      Measure measure, RnsRing ring, int limbs, int powers, double errorScale) {
    int special = ring.specialPrimes();
    double one = Double.NEGATIVE_INFINITY;
    for (int from = 0; from < limbs; from += special) {
      double group = 0;
      for (int i = from; i < Math.min(limbs, from + special); i++) {
        group += ring.bits(i);
      }
      one = add(measure, one, group + random(measure, ring, Math.sqrt(1.0 / 12)));
    }
    double total = Double.NEGATIVE_INFINITY;
    for (int power = 0; power < powers; power++) {
      total = add(measure, total, one);
    }
    return total + random(measure, ring, ERROR_DEVIATION) + log2(errorScale);
  }

  /** Bits of the special primes. */
  static double specialBits(RnsRing ring) {
    double bits = 0;
    for (int i = 0; i < ring.specialPrimes(); i++) {
      bits += ring.bits(ring.primes() + i);
    }
    return bits;
  }

  /** Bits of the last of the first primes: what dropping one level divides by. */
  static double lastBits(RnsRing ring, int limbs) {
    return ring.bits(limbs - 1);
  }

  /** Bits of the product of the first primes. */
  static double modulusBits(RnsRing ring, int limbs) {
    double bits = 0;
    for (int i = 0; i < limbs; i++) {
      bits += ring.bits(i);
    }
    return bits;
  }

  /**
   * What a phase may reach: a quarter of the modulus, so that one that does not belong there is
   * seen at decryption, because its coefficients fill the other three quarters as well.
   */
  static double capacityBits(RnsRing ring, int limbs) {
    return modulusBits(ring, limbs) - 2;
  }

  /** The fewest primes modulo which a phase of this size is still known; at most {@code limbs}. */
  static int limbsFor(RnsRing ring, double bits, int limbs) {
    int fewest = 1;
    while (fewest < limbs && capacityBits(ring, fewest) < bits) {
      fewest++;
    }
    return fewest;
  }
}
