package dev.sotto.quantization;

import java.util.Arrays;

/**
 * Counts the values of a table row by row, each in the histogram of its column and in that of the
 * whole table.
 *
 * <p>Row after row the counters of different columns are touched, so that no increment waits for
 * the one before it, and a tile of columns whose counters fit the nearest cache is finished before
 * the next.
 */
final class InterleavedChannels {
  private static final int ROW_BLOCK = 128;
  private static final int TILE = 32;

  private final RangeHistogram[] histograms;
  private final float[] low;
  private final float[] high;
  private final double[] scales;
  private final long[][] slots;

  InterleavedChannels(RangeHistogram[] histograms) {
    this.histograms = histograms;
    low = new float[histograms.length];
    high = new float[histograms.length];
    scales = new double[histograms.length];
    slots = new long[histograms.length][];
  }

  /** Adds a table; it holds one value per histogram in every row. */
  void add(float[] values, int rows, RangeHistogram whole) {
    for (int row = 0; row < rows; row += ROW_BLOCK) {
      int end = Math.min(rows, row + ROW_BLOCK);
      if (findExtremes(values, row, end)) {
        announce(end - row, whole);
        count(values, row, end, whole);
      } else {
        addOneByOne(values, row, end, whole);
      }
    }
  }

  /** Finds the extremes of every column; false when a value is not finite. */
  private boolean findExtremes(float[] values, int from, int to) {
    int width = low.length;
    Arrays.fill(low, Float.POSITIVE_INFINITY);
    Arrays.fill(high, Float.NEGATIVE_INFINITY);
    for (int row = from; row < to; row++) {
      takeExtremes(values, row * width, low, high);
    }
    boolean finite = true;
    for (int c = 0; c < width; c++) {
      finite &= low[c] >= -Float.MAX_VALUE && high[c] <= Float.MAX_VALUE;
    }
    return finite;
  }

  /** A loop that the compiler turns into vector instructions; NaN stays NaN. */
  private static void takeExtremes(float[] values, int from, float[] low, float[] high) {
    for (int c = 0; c < low.length; c++) {
      low[c] = Math.min(low[c], values[from + c]);
    }
    for (int c = 0; c < high.length; c++) {
      high[c] = Math.max(high[c], values[from + c]);
    }
  }

  private void announce(int rows, RangeHistogram whole) {
    float lowest = Float.POSITIVE_INFINITY;
    float highest = Float.NEGATIVE_INFINITY;
    for (int c = 0; c < histograms.length; c++) {
      histograms[c].announce(low[c] + 0f, high[c] + 0f, rows);
      scales[c] = histograms[c].binsPerUnit();
      slots[c] = histograms[c].slots();
      lowest = Math.min(lowest, low[c]);
      highest = Math.max(highest, high[c]);
    }
    whole.announce(lowest + 0f, highest + 0f, rows * histograms.length);
  }

  private void count(float[] values, int from, int to, RangeHistogram whole) {
    int width = histograms.length;
    for (int start = 0; start < width; start += TILE) {
      int end = Math.min(width, start + TILE);
      for (int row = from; row < to; row++) {
        countRow(values, row * width, start, end, whole.slots(), whole.binsPerUnit());
      }
    }
  }

  private void countRow(
      float[] values, int at, int start, int end, long[] wholeSlots, double wholeScale) {
    long[][] columns = slots;
    double[] scale = scales;
    for (int c = start; c < end; c++) {
      float value = values[at + c] + 0f; // negative zero becomes zero
      long[] column = columns[c];
      wholeSlots[RangeHistogram.slot(value, wholeScale, wholeSlots.length - 1)]++;
      column[RangeHistogram.slot(value, scale[c], column.length - 1)]++;
    }
  }

  private void addOneByOne(float[] values, int from, int to, RangeHistogram whole) {
    int width = histograms.length;
    whole.add(values, from * width, to * width, 1);
    for (int c = 0; c < width; c++) {
      histograms[c].add(values, from * width + c, to * width, width);
    }
  }
}
