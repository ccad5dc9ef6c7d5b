package dev.sotto.slots;

import dev.sotto.slots.RlweNoise.Measure;
import dev.sotto.slots.ring.RingType;
import dev.sotto.slots.ring.RnsRing;

/**
 * How far slots may be, and how far they typically are, from the numbers they stand for.
 *
 * @param bound the error of every slot is at most this, except with probability 2<sup>−64</sup>
 * @param deviation its standard deviation, of errors taken as independent and of numbers as large
 *     as their bound: for planning
 */
record SlotError(double bound, double deviation) {
  /** No error. */
  static final SlotError NONE = new SlotError(0, 0);

  /**
   * What doubles cost at the ends, encoding and decoding, relative to the largest number: their
   * unit 2<sup>−53</sup> times twice the passes of a transform, and to spare.
   */
  private static final double ARITHMETIC = 0x1p-47;

  /** An error known to the last bit, at most: a rounding of a constant. */
  static SlotError of(double size) {
    return new SlotError(Math.abs(size), Math.abs(size));
  }

  /** What rounding in doubles does to numbers of this size. */
  static SlotError arithmetic(double size) {
    return new SlotError(size * ARITHMETIC, 0);
  }

  /**
   * Rounding the coefficients of clear numbers. What is rounded has real values in both rings, and
   * stays so: the embedding works in the conjugate-invariant ring of as many slots.
   */
  static SlotError encoding(RnsRing ring, double scale, double size) {
    double slots = ring.type() == RingType.STANDARD ? ring.n() / 2 : ring.n();
    double deviation = Math.sqrt(2 * slots / 12) / scale;
    return new SlotError(RlweNoise.TAIL * Math.sqrt(2) * deviation, deviation)
        .plus(arithmetic(size));
  }

  /** A fresh encryption of numbers of this size at most. */
  static SlotError fresh(RnsRing ring, double scale, double size) {
    double deviation = RlweNoise.ERROR_DEVIATION;
    return encoding(ring, scale, size)
        .plus(
            of(
                ring,
                RlweNoise.random(Measure.BOUND, ring, deviation),
                RlweNoise.random(Measure.DEVIATION, ring, deviation),
                scale));
  }

  /**
   * Dividing by primes.
   *
   * @param scale afterwards
   */
  static SlotError division(RnsRing ring, int degree, double scale) {
    double deviation = Math.sqrt(1.0 / 12);
    return of(
        ring,
        RlweNoise.rounding(Measure.BOUND, ring, degree, deviation),
        RlweNoise.rounding(Measure.DEVIATION, ring, degree, deviation),
        scale);
  }

  /**
   * Key switching, before the division that belongs to it.
   *
   * @param scale of the ciphertext that is relinearised
   */
  static SlotError keySwitching(RnsRing ring, int limbs, int degree, double scale) {
    double special = RlweNoise.specialBits(ring);
    return of(
        ring,
        RlweNoise.keySwitching(Measure.BOUND, ring, limbs, degree - 1, 1) - special,
        RlweNoise.keySwitching(Measure.DEVIATION, ring, limbs, degree - 1, 1) - special,
        scale);
  }

  /** Of a phase, as powers of two. In the standard ring half of the variance is imaginary. */
  private static SlotError of(RnsRing ring, double boundBits, double deviationBits, double scale) {
    double real = ring.type() == RingType.STANDARD ? Math.sqrt(0.5) : 1;
    return new SlotError(
        StrictMath.pow(2, boundBits) / scale, real * StrictMath.pow(2, deviationBits) / scale);
  }

  SlotError plus(SlotError other) {
    return new SlotError(bound + other.bound, StrictMath.hypot(deviation, other.deviation));
  }

  SlotError times(double factor) {
    return new SlotError(bound * Math.abs(factor), deviation * Math.abs(factor));
  }

  /** The error of x·y, from those of x and y and the bounds of both. */
  static SlotError product(double x, SlotError ex, double y, SlotError ey) {
    return ex.times(y)
        .plus(ey.times(x))
        .plus(new SlotError(ex.bound * ey.bound, Math.sqrt(2) * ex.deviation * ey.deviation));
  }

  /** The error of x², from that of x and its bound: here the two halves are the same. */
  static SlotError square(double x, SlotError ex) {
    return ex.times(2 * x)
        .plus(new SlotError(ex.bound * ex.bound, Math.sqrt(3) * ex.deviation * ex.deviation));
  }
}
