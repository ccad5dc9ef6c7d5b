package dev.sotto.quantization;

import java.util.Arrays;

/**
 * The threshold that keeps the most information, by the search TensorRT describes (S. Migacz, 8-bit
 * Inference with TensorRT, GTC 2017) and ONNX Runtime follows.
 *
 * <p>For thresholds at bin edges, on both sides of zero at equal distance: P is the histogram with
 * everything beyond moved to the last bin; Q is the histogram without it, averaged within each of
 * 2^bits levels over the bins that are not empty. The threshold with the smallest divergence KL(P ‖
 * Q) wins, the wider one among equals.
 */
final class EntropySearch {
  /** Thresholds tried. */
  private static final int CANDIDATES = 256;

  /** What an empty bin of Q counts where P is not empty, in values. */
  private static final double ALMOST_NOTHING = 1e-4;

  private EntropySearch() {}

  static Range search(RangeHistogram histogram, int bits) {
    long[] counts = histogram.binCounts();
    int first = histogram.firstBin();
    int widest = Math.max(first + counts.length, -first);
    long levels = 1L << bits;
    int best = widest;
    if (levels < counts.length) {
      double least = Double.POSITIVE_INFINITY;
      int narrowest = narrowest(first, counts.length, (int) levels);
      int step = Math.max(1, (widest - narrowest) / CANDIDATES);
      for (int threshold = widest; threshold >= narrowest; threshold -= step) {
        double divergence = divergence(counts, first, threshold, (int) levels);
        if (divergence < least) {
          least = divergence;
          best = threshold;
        }
      }
    }
    double width = histogram.binWidth();
    return Range.extendedToZero(Math.max(first, -best) * width, best * width);
  }

  /** The smallest threshold with a bin for every level. */
  private static int narrowest(int first, int bins, int levels) {
    int threshold = (levels + 1) / 2;
    while (clipped(first, bins, threshold) < levels) {
      threshold++;
    }
    return threshold;
  }

  private static int clipped(int first, int bins, int threshold) {
    return Math.min(first + bins, threshold) - Math.max(first, -threshold);
  }

  private static double divergence(long[] counts, int first, int threshold, int levels) {
    int from = Math.max(first, -threshold) - first;
    int bins = clipped(first, counts.length, threshold);
    long below = Arrays.stream(counts, 0, from).sum();
    long inside = Arrays.stream(counts, from, from + bins).sum();
    long above = Arrays.stream(counts, from + bins, counts.length).sum();
    double total = (double) below + inside + above;
    double divergence = 0;
    for (int level = 0; level < levels; level++) {
      int start = from + (int) ((long) level * bins / levels);
      int end = from + (int) ((long) (level + 1) * bins / levels);
      long sum = 0;
      int filled = 0;
      for (int i = start; i < end; i++) {
        sum += counts[i];
        filled += counts[i] > 0 ? 1 : 0;
      }
      for (int i = start; i < end; i++) {
        long here = counts[i];
        long p = here + (i == from ? below : 0) + (i == from + bins - 1 ? above : 0);
        if (p > 0) {
          double q = here > 0 ? (double) sum / filled : ALMOST_NOTHING;
          divergence += p / total * Math.log(p / total * (Math.max(inside, 1) / q));
        }
      }
    }
    return divergence;
  }
}
