package dev.sotto.circuit;

import java.util.Arrays;

/**
 * Clear integers for a mini-batch of rows, row after row.
 *
 * <p>The integers are held in floating-point arrays, exactly: as {@code float} while no absolute
 * value can exceed 2<sup>24</sup>, as {@code double} up to 2<sup>53</sup>. Sums and products below
 * those bounds are exact in any order, so that fast matrix products give bit-for-bit the integers
 * that integer arithmetic gives. The bound is proved, not observed: it is a property of the
 * operations, the same for every batch.
 */
public final class IntegerTensor {
  /** Largest bound held as float: every integer up to it is a float. */
  public static final double NARROW_BOUND = 1 << 24;

  /** Largest bound held at all: every integer up to it is a double. */
  public static final double WIDE_BOUND = (double) (1L << 53);

  private final int rows;
  private final int size;
  private final double bound;
  private final Object data;

  private IntegerTensor(int rows, int size, double bound, Object data) {
    this.rows = rows;
    this.size = size;
    this.bound = bound;
    this.data = data;
  }

  /**
   * A tensor over a float array, which is shared.
   *
   * @param data {@code rows * size} integers
   * @param bound no absolute value exceeds it; at most 2^24
   */
  public static IntegerTensor ofFloats(int rows, int size, float[] data, double bound) {
    requireLength(rows, size, data.length);
    if (bound > NARROW_BOUND) {
      throw new IllegalArgumentException("floats hold integers up to 2^24, got " + bound);
    }
    return new IntegerTensor(rows, size, bound, data);
  }

  /**
   * A tensor over a double array, which is shared.
   *
   * @param data {@code rows * size} integers
   * @param bound no absolute value exceeds it; at most 2^53
   */
  public static IntegerTensor ofDoubles(int rows, int size, double[] data, double bound) {
    requireLength(rows, size, data.length);
    return new IntegerTensor(rows, size, bound, data);
  }

  /** A tensor of given integers, copied; its bound is their largest absolute value. */
  public static IntegerTensor of(int rows, int size, long... values) {
    double[] data = new double[values.length];
    double bound = 0;
    for (int i = 0; i < data.length; i++) {
      data[i] = values[i];
      bound = Math.max(bound, Math.abs(data[i]));
    }
    return ofDoubles(rows, size, data, bound).narrowed();
  }

  private static void requireLength(int rows, int size, int length) {
    if ((long) rows * size != length) {
      throw new IllegalArgumentException(
          rows + " rows of " + size + " need " + (long) rows * size + " elements, got " + length);
    }
  }

  /** The number of rows. */
  public int rows() {
    return rows;
  }

  /** The number of integers in a row. */
  public int size() {
    return size;
  }

  /** A proved bound: no absolute value can exceed it, whatever the batch. */
  public double bound() {
    return bound;
  }

  /** Whether the integers are held as floats. */
  public boolean isNarrow() {
    return data instanceof float[];
  }

  /** The shared array of a narrow tensor. */
  public float[] floats() {
    return (float[]) data;
  }

  /** The shared array of a wide tensor. */
  public double[] doubles() {
    return (double[]) data;
  }

  /** The integers as doubles: shared when wide, otherwise a copy. */
  public double[] toDoubles() {
    if (data instanceof double[] wide) {
      return wide;
    }
    float[] narrow = floats();
    double[] copy = new double[narrow.length];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = narrow[i];
    }
    return copy;
  }

  /** The same integers with a smaller bound, known by construction. */
  IntegerTensor within(Interval proved) {
    if (proved.bound() >= bound) {
      return this;
    }
    return new IntegerTensor(rows, size, proved.bound(), data).narrowed();
  }

  /** This tensor held as narrowly as its bound allows. */
  public IntegerTensor narrowed() {
    if (isNarrow() || bound > NARROW_BOUND) {
      return this;
    }
    double[] wide = doubles();
    float[] copy = new float[wide.length];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = (float) wide[i];
    }
    return ofFloats(rows, size, copy, bound);
  }

  /** One integer. */
  public long get(int row, int index) {
    int at = row * size + index;
    return data instanceof float[] narrow ? (long) narrow[at] : (long) doubles()[at];
  }

  /** All integers, row after row. */
  public long[] toLongs() {
    long[] result = new long[rows * size];
    for (int i = 0; i < result.length; i++) {
      result[i] = data instanceof float[] narrow ? (long) narrow[i] : (long) doubles()[i];
    }
    return result;
  }

  /** Equal rows, sizes and integers, however they are held. */
  @Override
  public boolean equals(@org.jspecify.annotations.Nullable Object other) {
    return other instanceof IntegerTensor that
        && rows == that.rows
        && size == that.size
        && Arrays.equals(toLongs(), that.toLongs());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(toLongs());
  }

  @Override
  public String toString() {
    return rows + " rows of " + size + " integers, at most " + (long) bound;
  }
}
