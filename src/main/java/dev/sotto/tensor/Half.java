package dev.sotto.tensor;

/** Half precision (IEEE 754 binary16): how FLOAT16 elements round. */
public final class Half {
  private static final double SMALLEST_NORMAL = 0x1p-14;
  private static final double OVERFLOW = 65520;

  private Half() {}

  /** The nearest half-precision value, ties to even; infinite from 65520 on. */
  public static float round(double value) {
    double magnitude = Math.abs(value);
    if (!(magnitude < OVERFLOW)) {
      return Double.isNaN(value)
          ? Float.NaN
          : Math.copySign(Float.POSITIVE_INFINITY, (float) value);
    }
    int exponent = magnitude < SMALLEST_NORMAL ? -14 : Math.getExponent(value);
    return (float) Math.scalb(Math.rint(Math.scalb(value, 10 - exponent)), exponent - 10);
  }

  /** Rounds every element in place. */
  static void roundAll(float[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = round(values[i]);
    }
  }
}
