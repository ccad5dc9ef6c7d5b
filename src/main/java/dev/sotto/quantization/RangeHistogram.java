package dev.sotto.quantization;

import dev.sotto.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A mergeable histogram whose state depends on nothing but the multiset of values it has seen.
 *
 * <p>Bins have a power-of-two width and start at zero: bin {@code k ≥ 0} holds {@code [k·w,
 * (k+1)·w)} and bin {@code k < 0} its mirror image {@code (k·w, (k+1)·w]}. The width is the
 * smallest one with which the range of the data, extended to zero, touches at most {@link
 * #binLimit()} bins. When the range grows, the width doubles, and neighbouring bins add up exactly.
 * Order, partitioning and the shape of a merge tree therefore leave no trace: not in a count, not
 * in a bit.
 *
 * <p>Minimum, maximum and counts are exact. Any quantile is within one bin width of the true one,
 * and the width is at most {@code 2·(max − min)/(binLimit − 1)} with minimum and maximum extended
 * to zero: 0.1 % of the range for 2,048 bins. NaN and infinities are counted apart, never binned;
 * negative zero counts as zero.
 *
 * <p>Memory is fixed: 8 bytes per bin of the limit. Adding costs one to two nanoseconds per value.
 * Not thread-safe.
 */
public final class RangeHistogram {
  /** The bin limit of a whole tensor's histogram. */
  public static final int STANDARD_BINS = 2048;

  static final int LARGEST_BIN_LIMIT = 1 << 20;

  /** Width 2^-1000 for values so small that nothing else would be distinguished. */
  private static final int SMALLEST_EXPONENT = -1000;

  private static final int LOWEST_FLOAT = ordered(-Float.MAX_VALUE);
  private static final int HIGHEST_FLOAT = ordered(Float.MAX_VALUE);

  /** Slot {@code k & mask} counts bin k: the bins in use are consecutive and at most as many. */
  private final long[] slots;

  private final int mask;
  private int exponent = SMALLEST_EXPONENT;
  private double binsPerUnit = Math.scalb(1.0, -SMALLEST_EXPONENT);
  private double min = Double.POSITIVE_INFINITY;
  private double max = Double.NEGATIVE_INFINITY;
  private long count;
  private long nans;
  private long positiveInfinities;
  private long negativeInfinities;

  private RangeHistogram(int binLimit) {
    if (binLimit < 4 || binLimit > LARGEST_BIN_LIMIT || Integer.bitCount(binLimit) != 1) {
      throw new IllegalArgumentException(
          "a bin limit is a power of two from 4 to " + LARGEST_BIN_LIMIT + ", got " + binLimit);
    }
    slots = new long[binLimit];
    mask = binLimit - 1;
  }

  /**
   * An empty histogram.
   *
   * @param binLimit the most bins it may use, a power of two of at least 4
   */
  public static RangeHistogram empty(int binLimit) {
    return new RangeHistogram(binLimit);
  }

  /** An empty histogram of {@link #STANDARD_BINS}. */
  public static RangeHistogram empty() {
    return new RangeHistogram(STANDARD_BINS);
  }

  /**
   * A histogram from its state.
   *
   * @param counts the counts of all bins in use, lowest first; empty when nothing finite was seen
   * @throws IllegalArgumentException when there is no such histogram
   */
  static RangeHistogram restore(int binLimit, double min, double max, long[] counts, long[] apart) {
    RangeHistogram histogram = new RangeHistogram(binLimit);
    if (apart[0] < 0 || apart[1] < 0 || apart[2] < 0) {
      throw new IllegalArgumentException("a negative count");
    }
    histogram.nans = apart[0];
    histogram.positiveInfinities = apart[1];
    histogram.negativeInfinities = apart[2];
    if (counts.length == 0) {
      return histogram;
    }
    if (!Double.isFinite(min) || !Double.isFinite(max) || min > max) {
      throw new IllegalArgumentException("a range from " + min + " to " + max);
    }
    histogram.widen(min + 0.0, max + 0.0);
    if (counts.length != histogram.bins()) {
      throw new IllegalArgumentException(
          histogram.bins()
              + " bins expected between "
              + min
              + " and "
              + max
              + ", got "
              + counts.length);
    }
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] < 0) {
        throw new IllegalArgumentException("a negative count");
      }
      histogram.slots[(histogram.firstBin() + i) & histogram.mask] = counts[i];
      histogram.count = Math.addExact(histogram.count, counts[i]);
    }
    if (histogram.count == 0) {
      throw new IllegalArgumentException("bins without a value");
    }
    return histogram;
  }

  /** Adds every value of an array. */
  public void add(float... values) {
    add(values, 0, values.length, 1);
  }

  /**
   * Adds every {@code stride}-th value from index {@code from} (inclusive) to {@code to}
   * (exclusive).
   */
  public void add(float[] values, int from, int to, int stride) {
    int n = steps(from, to, stride);
    int low = Integer.MAX_VALUE;
    int high = Integer.MIN_VALUE;
    if (stride == 1) {
      for (int i = from; i < to; i++) {
        int key = ordered(values[i]);
        low = Math.min(low, key);
        high = Math.max(high, key);
      }
    } else {
      for (int k = 0, i = from; k < n; k++, i += stride) {
        int key = ordered(values[i]);
        low = Math.min(low, key);
        high = Math.max(high, key);
      }
    }
    if (n == 0) {
      return;
    }
    if (low < LOWEST_FLOAT || high > HIGHEST_FLOAT) {
      for (int k = 0, i = from; k < n; k++, i += stride) {
        add((double) values[i]);
      }
      return;
    }
    widen(unordered(low) + 0f, unordered(high) + 0f);
    double scale = binsPerUnit;
    if (stride == 1) {
      for (int i = from; i < to; i++) {
        slots[slot(values[i] + 0f, scale, mask)]++; // negative zero becomes zero
      }
    } else {
      for (int k = 0, i = from; k < n; k++, i += stride) {
        slots[slot(values[i] + 0f, scale, mask)]++;
      }
    }
    count += n;
  }

  /** Adds every element of a tensor of numbers; integers count as the nearest doubles. */
  public void add(Tensor tensor) {
    add(tensor, 0, tensor.size(), 1);
  }

  void add(Tensor tensor, int from, int to, int stride) {
    switch (tensor.type().storage()) {
      case FLOATS -> add(tensor.floats(), from, to, stride);
      case DOUBLES -> add(tensor.doubles(), from, to, stride);
      case LONGS -> add(tensor.longs(), from, to, stride);
      case STRINGS -> throw new IllegalArgumentException("strings have no range");
    }
  }

  /** Adds every {@code stride}-th value from {@code from} (inclusive) to {@code to} (exclusive). */
  public void add(double[] values, int from, int to, int stride) {
    for (int n = steps(from, to, stride), k = 0, i = from; k < n; k++, i += stride) {
      add(values[i]);
    }
  }

  /** Adds every {@code stride}-th integer, as the nearest double. */
  public void add(long[] values, int from, int to, int stride) {
    for (int n = steps(from, to, stride), k = 0, i = from; k < n; k++, i += stride) {
      add((double) values[i]);
    }
  }

  /** Adds one value. */
  public void add(double value) {
    if (!Double.isFinite(value)) {
      if (Double.isNaN(value)) {
        nans++;
      } else if (value > 0) {
        positiveInfinities++;
      } else {
        negativeInfinities++;
      }
      return;
    }
    double normal = value + 0.0;
    if (normal < min || normal > max) {
      widen(normal, normal);
    }
    slots[bin(normal, binsPerUnit) & mask]++;
    count++;
  }

  /**
   * Adds all that another histogram has seen; the other one stays as it is.
   *
   * @param other a histogram with the same bin limit
   */
  public void merge(RangeHistogram other) {
    if (other.binLimit() != binLimit()) {
      throw new IllegalArgumentException(
          "histograms of " + binLimit() + " and " + other.binLimit() + " bins do not merge");
    }
    nans += other.nans;
    positiveInfinities += other.positiveInfinities;
    negativeInfinities += other.negativeInfinities;
    if (other.count == 0) {
      return;
    }
    widen(other.min, other.max);
    int shift = Math.min(exponent - other.exponent, 31);
    for (int bin = other.firstBin(), last = bin + other.bins(); bin < last; bin++) {
      slots[(bin >> shift) & mask] += other.slots[bin & mask];
    }
    count += other.count;
  }

  /**
   * Takes in values that the caller counts itself, each in slot {@link #slot} of {@link #slots}.
   *
   * @param low the smallest of them, finite and not negative zero
   * @param high the largest of them
   * @param values how many they are
   */
  void announce(float low, float high, int values) {
    widen(low, high);
    count += values;
  }

  /** The counts that {@link #slot} is an index of; the same array for good. */
  long[] slots() {
    return slots;
  }

  /** The reciprocal of the bin width. */
  double binsPerUnit() {
    return binsPerUnit;
  }

  /**
   * Where a value is counted.
   *
   * @param value finite and not negative zero
   */
  static int slot(float value, double binsPerUnit, int mask) {
    int sign = Float.floatToRawIntBits(value) >> 31;
    return ((int) (Math.abs((double) value) * binsPerUnit) ^ sign) & mask;
  }

  /** The most bins this histogram may use. */
  public int binLimit() {
    return slots.length;
  }

  /** The number of finite values seen. */
  public long count() {
    return count;
  }

  /** The number of NaNs seen. */
  public long nans() {
    return nans;
  }

  /** The number of positive infinities seen. */
  public long positiveInfinities() {
    return positiveInfinities;
  }

  /** The number of negative infinities seen. */
  public long negativeInfinities() {
    return negativeInfinities;
  }

  /** The number of NaNs and infinities seen. */
  public long nonFinite() {
    return nans + positiveInfinities + negativeInfinities;
  }

  /** The smallest finite value seen; +∞ when there was none. */
  public double min() {
    return min;
  }

  /** The largest finite value seen; −∞ when there was none. */
  public double max() {
    return max;
  }

  /** Whether at least one finite value was seen, and all of them are equal. */
  public boolean isConstant() {
    return count > 0 && min == max;
  }

  /** The width of every bin, a power of two. */
  public double binWidth() {
    return Math.scalb(1.0, exponent);
  }

  /** The lowest bin in use; negative when a negative value was seen, otherwise 0. */
  public int firstBin() {
    return bin(Math.min(min, 0), binsPerUnit);
  }

  /** The number of bins in use: those from the smallest to the largest value, and to zero. */
  public int bins() {
    return count == 0 && min > max ? 0 : bin(Math.max(max, 0), binsPerUnit) - firstBin() + 1;
  }

  /** How many values fell into a bin. */
  public long binCount(int bin) {
    int offset = bin - firstBin();
    return offset < 0 || offset >= bins() ? 0 : slots[bin & mask];
  }

  /** Counts of all bins in use, from {@link #firstBin()} upwards. */
  public long[] binCounts() {
    long[] counts = new long[bins()];
    int first = firstBin();
    for (int i = 0; i < counts.length; i++) {
      counts[i] = slots[(first + i) & mask];
    }
    return counts;
  }

  /**
   * A quantile, within one bin width; exact at both ends.
   *
   * @param q from 0 (the minimum) to 1 (the maximum)
   * @throws IllegalStateException when no finite value was seen
   */
  public double quantile(double q) {
    if (count == 0) {
      throw new IllegalStateException("no quantile without a finite value");
    }
    if (q <= 0 || q >= 1) {
      return q <= 0 ? min : max;
    }
    double rank = rank(q);
    double below = 0;
    double width = binWidth();
    for (int bin = firstBin(), last = bin + bins(); bin < last; bin++) {
      long here = slots[bin & mask];
      if (here > 0 && below + here >= rank) {
        double low = Math.max(bin * width, min);
        double high = Math.min((bin + 1) * width, max);
        return low + (high - low) * ((rank - below) / here);
      }
      below += here;
    }
    return max;
  }

  /**
   * A quantile of the magnitudes, within one bin width.
   *
   * @param q from 0 to 1 (the largest magnitude)
   * @throws IllegalStateException when no finite value was seen
   */
  double magnitudeQuantile(double q) {
    if (count == 0) {
      throw new IllegalStateException("no quantile without a finite value");
    }
    double largest = Math.max(-min, max);
    if (q >= 1) {
      return largest;
    }
    double rank = rank(Math.max(q, 0));
    double below = 0;
    double width = binWidth();
    for (int k = 0, end = Math.max(firstBin() + bins(), -firstBin()); k < end; k++) {
      long here = binCount(k) + binCount(~k);
      if (here > 0 && below + here >= rank) {
        double low = k * width;
        return low + (Math.min(low + width, largest) - low) * ((rank - below) / here);
      }
      below += here;
    }
    return largest;
  }

  /** The rank of a quantile, moved so little that rounding never skips a value. */
  private double rank(double q) {
    return q * count * (1 - 1e-12);
  }

  private static int steps(int from, int to, int stride) {
    return to <= from ? 0 : (to - from - 1) / stride + 1;
  }

  /** Takes a range in, and doubles the width until it fits. */
  private void widen(double low, double high) {
    if (low >= min && high <= max) {
      return;
    }
    int first = firstBin();
    int last = first + bins();
    min = Math.min(min, low);
    max = Math.max(max, high);
    int wider = exponentFor(Math.min(min, 0), Math.max(max, 0), slots.length);
    if (count > 0 && wider > exponent) {
      long[] old = slots.clone();
      Arrays.fill(slots, 0);
      int shift = Math.min(wider - exponent, 31);
      for (int bin = first; bin < last; bin++) {
        slots[(bin >> shift) & mask] += old[bin & mask];
      }
    }
    exponent = wider;
    binsPerUnit = Math.scalb(1.0, -wider);
  }

  /** The smallest exponent with which {@code low ≤ 0 ≤ high} touches at most that many bins. */
  private static int exponentFor(double low, double high, int bins) {
    int log = Integer.numberOfTrailingZeros(bins);
    int e = Math.getExponent(Math.max(-low, high)) - log + 1;
    if (e <= SMALLEST_EXPONENT) {
      return SMALLEST_EXPONENT;
    }
    double scale = Math.scalb(1.0, -e);
    return bin(high, scale) - bin(low, scale) + 1 <= bins ? e : e + 1;
  }

  private static int bin(double value, double binsPerUnit) {
    int magnitude = (int) (Math.abs(value) * binsPerUnit);
    return value < 0 ? ~magnitude : magnitude;
  }

  /** The bits of a float as an integer of the same order; NaN lies beyond both infinities. */
  private static int ordered(float value) {
    int bits = Float.floatToRawIntBits(value);
    return bits ^ ((bits >> 31) & Integer.MAX_VALUE);
  }

  private static float unordered(int key) {
    return Float.intBitsToFloat(key ^ ((key >> 31) & Integer.MAX_VALUE));
  }

  /** Equal limit, range and counts: the same multiset as far as a histogram can tell. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RangeHistogram that
        && exponent == that.exponent
        && min == that.min
        && max == that.max
        && nans == that.nans
        && positiveInfinities == that.positiveInfinities
        && negativeInfinities == that.negativeInfinities
        && Arrays.equals(slots, that.slots);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(slots) * 31 + Double.hashCode(min) * 7 + Double.hashCode(max);
  }

  /** Range, count and bins, such as {@code [-1.5, 3.25], 1000 values in 1217 bins of 2^-8}. */
  @Override
  public String toString() {
    return count == 0
        ? "no finite value"
        : "["
            + min
            + ", "
            + max
            + "], "
            + count
            + " values in "
            + bins()
            + " bins of 2^"
            + exponent;
  }
}
