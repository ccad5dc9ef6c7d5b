package dev.sotto.quantization;

import dev.sotto.circuit.Interval;

/**
 * A uniform quantizer: {@code real = scale · (q − zeroPoint)}, {@code q} an integer of a range.
 *
 * @param scale real value of one step, above 0
 * @param zeroPoint the integer that stands for 0, inside the range
 * @param range the integers
 */
public record UniformQuantizer(double scale, long zeroPoint, Interval range) {
  /** Checks scale and zero point. */
  public UniformQuantizer {
    if (!(scale > 0) || Double.isInfinite(scale)) {
      throw new IllegalArgumentException("a scale is a positive number, got " + scale);
    }
  }

  /**
   * A quantizer for values from {@code min} to {@code max}, which is first widened to hold 0:
   * unsigned when no value is negative, otherwise signed and asymmetric.
   *
   * @param bits bits of the integers
   */
  public static UniformQuantizer affine(double min, double max, int bits) {
    double lo = Math.min(min, 0);
    double hi = Math.max(max, 0);
    long steps = (1L << bits) - 1;
    long least = lo < 0 ? -(1L << (bits - 1)) : 0;
    double scale = hi > lo ? (hi - lo) / steps : 1;
    if (!(scale > Double.MIN_NORMAL)) {
      scale = 1;
    }
    long zeroPoint = Math.round(Math.rint(least - lo / scale));
    zeroPoint = Math.max(least, Math.min(least + steps, zeroPoint));
    return new UniformQuantizer(scale, zeroPoint, new Interval(least, least + steps));
  }

  /**
   * A quantizer with zero point 0: unsigned when no value is negative, otherwise from −m to m.
   *
   * @param bits bits of the integers, sign included
   */
  public static UniformQuantizer symmetric(double min, double max, int bits) {
    double bound = Math.max(Math.abs(min), Math.abs(max));
    long most = min >= 0 ? (1L << bits) - 1 : (1L << (bits - 1)) - 1;
    double scale = bound / most;
    if (!(scale > Double.MIN_NORMAL)) {
      scale = 1;
    }
    return new UniformQuantizer(scale, 0, new Interval(min >= 0 ? 0 : -most, most));
  }

  /** The quantizer of integers that are already integers. */
  public static UniformQuantizer identity(Interval range) {
    return new UniformQuantizer(1, 0, range);
  }

  /**
   * The integer nearest to a value, {@code round(value / scale) + zeroPoint}, half to even,
   * clipped; the zero point for NaN.
   *
   * <p>Computed in float32, as QuantizeLinear of ONNX does: {@code value · (1 / scale)} is rounded
   * to a float before it is rounded to an integer.
   */
  public long quantize(double value) {
    if (Double.isNaN(value)) {
      return zeroPoint;
    }
    return (long) Math.min(range.hi(), Math.max(range.lo(), unclipped(value)));
  }

  private float unclipped(double value) {
    return (float) Math.rint((float) value * inverse()) + zeroPoint;
  }

  /** {@code 1 / scale} in float32. */
  float inverse() {
    return (float) (1 / scale);
  }

  /** The value of an integer. */
  public double dequantize(long q) {
    return scale * (q - zeroPoint);
  }

  /** Whether a value rounds to an integer outside the range, or is NaN. */
  public boolean clips(double value) {
    float q = unclipped(value);
    return !(q >= range.lo() && q <= range.hi());
  }
}
