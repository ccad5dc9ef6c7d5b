package dev.sotto.circuit;

/**
 * The integers from {@code lo} to {@code hi}, both included.
 *
 * @param lo the smallest value
 * @param hi the largest value, not below {@code lo}
 */
public record Interval(long lo, long hi) {
  /** Checks the order. */
  public Interval {
    if (lo > hi) {
      throw new IllegalArgumentException("empty interval " + lo + ".." + hi);
    }
  }

  /** The interval of one value. */
  public static Interval of(long value) {
    return new Interval(value, value);
  }

  /** The largest absolute value. */
  public long bound() {
    return lo == Long.MIN_VALUE ? Long.MAX_VALUE : Math.max(Math.abs(lo), Math.abs(hi));
  }

  /** Bits that hold every value: of hi when all are 0 or more, otherwise with a sign bit. */
  public int bits() {
    if (lo >= 0) {
      return Math.max(1, 64 - Long.numberOfLeadingZeros(hi));
    }
    long magnitude = Math.max(hi, -(lo + 1));
    return 1 + 64 - Long.numberOfLeadingZeros(magnitude);
  }

  /** The number of integers inside. */
  public long width() {
    return hi - lo + 1;
  }

  /** The smallest interval that holds both. */
  public Interval union(Interval other) {
    return new Interval(Math.min(lo, other.lo), Math.max(hi, other.hi));
  }

  /** The values in both, or this interval when there are none. */
  public Interval clamp(Interval other) {
    long newLo = Math.max(lo, other.lo);
    long newHi = Math.min(hi, other.hi);
    return newLo <= newHi ? new Interval(newLo, newHi) : this;
  }

  /** Sums of one value of each. */
  public Interval plus(Interval other) {
    return new Interval(Math.addExact(lo, other.lo), Math.addExact(hi, other.hi));
  }

  /** Products of a value with a constant. */
  public Interval times(long factor) {
    long a = Math.multiplyExact(lo, factor);
    long b = Math.multiplyExact(hi, factor);
    return new Interval(Math.min(a, b), Math.max(a, b));
  }

  /** Products of one value of each. */
  public Interval times(Interval other) {
    return times(other.lo).union(times(other.hi));
  }

  /** Squares of one value. */
  public Interval square() {
    long a = Math.multiplyExact(lo, lo);
    long b = Math.multiplyExact(hi, hi);
    return new Interval(lo <= 0 && hi >= 0 ? 0 : Math.min(a, b), Math.max(a, b));
  }

  @Override
  public String toString() {
    return lo + ".." + hi;
  }
}
