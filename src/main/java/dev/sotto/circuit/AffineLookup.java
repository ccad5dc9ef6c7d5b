package dev.sotto.circuit;

import java.util.Arrays;

/**
 * The lookup {@code clamp(round(slope · x + offset))}: re-quantization, with ReLU and clips in the
 * clamp.
 *
 * <p>Rounds half to even, in double precision; the same on every machine.
 */
public final class AffineLookup implements Lookup {
  private final double[] slope;
  private final double[] offset;
  private final int[] channelOf;
  private final Interval range;
  private final double[] slopes;
  private final double[] offsets;

  /**
   * An affine lookup.
   *
   * @param slope per channel
   * @param offset per channel
   * @param channelOf the channel of every element of a row
   * @param range results are clamped to it
   */
  public AffineLookup(double[] slope, double[] offset, int[] channelOf, Interval range) {
    if (slope.length != offset.length) {
      throw new IllegalArgumentException("slopes and offsets differ in number");
    }
    this.slope = slope;
    this.offset = offset;
    this.channelOf = channelOf;
    this.range = range;
    this.slopes = Arrays.stream(channelOf).mapToDouble(c -> slope[c]).toArray();
    this.offsets = Arrays.stream(channelOf).mapToDouble(c -> offset[c]).toArray();
  }

  /** Slope of each element of a row. */
  double[] slopes() {
    return slopes;
  }

  /** Offset of each element of a row. */
  double[] offsets() {
    return offsets;
  }

  /** The lookup {@code max(x, 0)} on {@code size} elements, with results up to {@code hi}. */
  public static AffineLookup relu(int size, long hi) {
    return new AffineLookup(new double[] {1}, new double[] {0}, new int[size], new Interval(0, hi));
  }

  /** Slope of each channel. */
  public double[] slope() {
    return slope;
  }

  /** Offset of each channel. */
  public double[] offset() {
    return offset;
  }

  @Override
  public int channels() {
    return slope.length;
  }

  @Override
  public int[] channelOf() {
    return channelOf;
  }

  @Override
  public Interval range() {
    return range;
  }

  @Override
  public boolean equals(@org.jspecify.annotations.Nullable Object other) {
    return other instanceof AffineLookup that
        && range.equals(that.range)
        && Arrays.equals(slope, that.slope)
        && Arrays.equals(offset, that.offset)
        && Arrays.equals(channelOf, that.channelOf);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(slope) + Arrays.hashCode(offset);
  }

  @Override
  public double[] apply(int channel, double[] x) {
    double[] result = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      result[i] =
          Math.min(
              range.hi(), Math.max(range.lo(), Math.rint(slope[channel] * x[i] + offset[channel])));
    }
    return result;
  }

  @Override
  public double[] exact(int channel, double[] x) {
    double a = slope[channel];
    double b = offset[channel];
    double lo = range.lo();
    double hi = range.hi();
    double[] result = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      result[i] = Math.min(hi, Math.max(lo, a * x[i] + b));
    }
    return result;
  }
}
