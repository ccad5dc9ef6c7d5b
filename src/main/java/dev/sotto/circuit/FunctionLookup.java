package dev.sotto.circuit;

import java.util.Arrays;
import java.util.Objects;

/**
 * The lookup {@code clamp(round(f(x) / scale + zeroPoint))} of any function, such as a sigmoid
 * between two quantizers. Where f is not a number, its value counts as 0.
 */
public final class FunctionLookup implements Lookup {
  private final ElementFunction function;
  private final double scale;
  private final double zeroPoint;
  private final int[] channelOf;
  private final Interval range;
  private final Interval domain;
  private volatile float @org.jspecify.annotations.Nullable [][] tables;

  /** Largest number of table entries that clear evaluation keeps for one lookup. */
  static final long LARGEST_TABLE = 1 << 22;

  /**
   * A function lookup.
   *
   * @param function the real-valued function
   * @param scale real value of one step of the result
   * @param zeroPoint the result that stands for zero
   * @param channelOf the channel of every element of a row
   * @param range results are clamped to it
   * @param domain the integers that can occur; used to decide whether tables are worth making
   */
  public FunctionLookup(
      ElementFunction function,
      double scale,
      double zeroPoint,
      int[] channelOf,
      Interval range,
      Interval domain) {
    this.function = function;
    this.scale = scale;
    this.zeroPoint = zeroPoint;
    this.channelOf = channelOf;
    this.range = range;
    this.domain = domain;
  }

  /** The integers that can occur. */
  public Interval domain() {
    return domain;
  }

  /**
   * The results over the domain, one table per channel, made on first use.
   *
   * @return null when the tables would be too large or their entries no floats; results are then
   *     computed one by one
   */
  float @org.jspecify.annotations.Nullable [][] tables() {
    if (domain.width() > LARGEST_TABLE / channels() || range.bound() > IntegerTensor.NARROW_BOUND) {
      return null;
    }
    float[][] made = tables;
    if (made == null) {
      double[] x = new double[(int) domain.width()];
      for (int i = 0; i < x.length; i++) {
        x[i] = domain.lo() + i;
      }
      made = new float[channels()][];
      for (int channel = 0; channel < made.length; channel++) {
        double[] y = apply(channel, x);
        made[channel] = new float[y.length];
        for (int i = 0; i < y.length; i++) {
          made[channel][i] = (float) y[i];
        }
      }
      tables = made;
    }
    return made;
  }

  /** For each channel the elements of a row that belong to it. */
  int[][] elementsByChannel() {
    int[] counts = new int[channels()];
    for (int channel : channelOf) {
      counts[channel]++;
    }
    int[][] elements = new int[channels()][];
    for (int channel = 0; channel < elements.length; channel++) {
      elements[channel] = new int[counts[channel]];
    }
    int[] next = new int[channels()];
    for (int i = 0; i < channelOf.length; i++) {
      elements[channelOf[i]][next[channelOf[i]]++] = i;
    }
    return elements;
  }

  /** The real-valued function. */
  public ElementFunction function() {
    return function;
  }

  /** Real value of one step of the result. */
  public double scale() {
    return scale;
  }

  /** The result that stands for zero. */
  public double zeroPoint() {
    return zeroPoint;
  }

  @Override
  public int channels() {
    return function.channels();
  }

  @Override
  public int[] channelOf() {
    return channelOf;
  }

  @Override
  public Interval range() {
    return range;
  }

  /** Equal quantizers and channels around equal functions. */
  @Override
  public boolean equals(@org.jspecify.annotations.Nullable Object other) {
    return other instanceof FunctionLookup that
        && Double.compare(scale, that.scale) == 0
        && Double.compare(zeroPoint, that.zeroPoint) == 0
        && range.equals(that.range)
        && domain.equals(that.domain)
        && Arrays.equals(channelOf, that.channelOf)
        && function.equals(that.function);
  }

  @Override
  public int hashCode() {
    return Objects.hash(function, scale, zeroPoint, range, domain);
  }

  @Override
  public double[] apply(int channel, double[] x) {
    double[] values = exact(channel, x);
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.rint(values[i]);
    }
    return values;
  }

  @Override
  public double[] exact(int channel, double[] x) {
    double[] values = function.values(channel, x);
    double[] result = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      double value = Double.isNaN(values[i]) ? 0 : values[i];
      result[i] = Math.min(range.hi(), Math.max(range.lo(), value / scale + zeroPoint));
    }
    return result;
  }
}
