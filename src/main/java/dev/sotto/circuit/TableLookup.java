package dev.sotto.circuit;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A function by its values: a table for each channel, from a first integer on. Integers before it
 * and after the last have the nearest value.
 */
public final class TableLookup implements Lookup {
  private final long[] first;
  private final int[][] values;
  private final int[] channelOf;
  private final Interval range;
  private final int hash;

  /**
   * A table lookup.
   *
   * @param first of each channel, the integer with the first value
   * @param values of each channel, at least one
   * @param channelOf the channel of every element of a row
   */
  public TableLookup(long[] first, int[][] values, int[] channelOf) {
    if (first.length != values.length || first.length == 0) {
      throw new IllegalArgumentException("a first integer for every table expected");
    }
    int lo = Integer.MAX_VALUE;
    int hi = Integer.MIN_VALUE;
    for (int[] table : values) {
      if (table.length == 0) {
        throw new IllegalArgumentException("a table without values");
      }
      for (int value : table) {
        lo = Math.min(lo, value);
        hi = Math.max(hi, value);
      }
    }
    this.first = first;
    this.values = values;
    this.channelOf = channelOf;
    this.range = new Interval(lo, hi);
    this.hash =
        31 * (31 * Arrays.hashCode(first) + Arrays.deepHashCode(values))
            + Arrays.hashCode(channelOf);
  }

  /** The integer with the first value, of each channel; the array is shared. */
  public long[] first() {
    return first;
  }

  /** The values of a channel; the array is shared. */
  public int[] values(int channel) {
    return values[channel];
  }

  /** The integers that a channel's table has values for. */
  public Interval domain(int channel) {
    return new Interval(first[channel], first[channel] + values[channel].length - 1);
  }

  int at(int channel, double x) {
    int[] table = values[channel];
    return table[(int) Math.max(0, Math.min(table.length - 1.0, x - first[channel]))];
  }

  /** The values of an interval. */
  Interval over(int channel, Interval x) {
    int[] table = values[channel];
    int from = (int) Math.max(0, Math.min(table.length - 1, x.lo() - first[channel]));
    int to = (int) Math.max(0, Math.min(table.length - 1, x.hi() - first[channel]));
    int lo = table[from];
    int hi = lo;
    for (int i = from; i <= to; i++) {
      lo = Math.min(lo, table[i]);
      hi = Math.max(hi, table[i]);
    }
    return new Interval(lo, hi);
  }

  @Override
  public int channels() {
    return values.length;
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
  public double[] apply(int channel, double[] x) {
    return Arrays.stream(x).map(each -> at(channel, each)).toArray();
  }

  @Override
  public double[] exact(int channel, double[] x) {
    return apply(channel, x);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TableLookup that
        && hash == that.hash
        && Arrays.equals(first, that.first)
        && Arrays.deepEquals(values, that.values)
        && Arrays.equals(channelOf, that.channelOf);
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
