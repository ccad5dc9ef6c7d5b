package dev.sotto.quantization;

/**
 * A closed interval of real numbers that contains zero: what a quantizer covers.
 *
 * @param min finite, at most 0
 * @param max finite, at least 0
 */
public record Range(double min, double max) {
  /** Checks that both ends are finite and zero lies between them. */
  public Range {
    if (!(min <= 0 && max >= 0 && Double.isFinite(min) && Double.isFinite(max))) {
      throw new IllegalArgumentException(
          "a range is finite and contains zero, got [" + min + ", " + max + "]");
    }
    min = min + 0.0; // no negative zero
    max = max + 0.0;
  }

  /** The smallest range that contains two numbers and zero. */
  public static Range extendedToZero(double min, double max) {
    return new Range(Math.min(min, 0), Math.max(max, 0));
  }

  /** The difference of the ends. */
  public double span() {
    return max - min;
  }

  /** The larger magnitude of the two ends. */
  public double magnitude() {
    return Math.max(-min, max);
  }
}
