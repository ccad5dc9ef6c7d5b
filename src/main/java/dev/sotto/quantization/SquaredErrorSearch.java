package dev.sotto.quantization;

/**
 * The range with the smallest expected squared error of rounding and clipping.
 *
 * <p>Every value counts as the centre of its bin. Both ends are shrunk from what was seen, on a
 * coarse grid and then on finer ones around its best; a range wins only when it is strictly better
 * than those tried before, which start with the widest.
 */
final class SquaredErrorSearch {
  private static final int GRID = 20;

  private final double[] centres;
  private final double[] weights;
  private final Range seen;
  private final long steps;
  private final boolean symmetric;

  SquaredErrorSearch(RangeHistogram histogram, int bits, boolean symmetric) {
    this.symmetric = symmetric;
    this.seen = Range.extendedToZero(histogram.min(), histogram.max());
    this.steps = symmetric ? Math.max(1, (1L << (bits - 1)) - 1) : (1L << bits) - 1;
    long[] counts = histogram.binCounts();
    double width = histogram.binWidth();
    int filled = 0;
    for (long count : counts) {
      filled += count > 0 ? 1 : 0;
    }
    centres = new double[filled];
    weights = new double[filled];
    int next = 0;
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] > 0) {
        double low = Math.max((histogram.firstBin() + i) * width, histogram.min());
        double high = Math.min((histogram.firstBin() + i + 1) * width, histogram.max());
        centres[next] = low + (high - low) / 2;
        weights[next++] = (double) counts[i] / histogram.count();
      }
    }
  }

  Range search() {
    if (seen.span() == 0) {
      return seen;
    }
    double best = 1;
    double other = 1;
    double least = error(1, 1);
    // A coarse grid over both ends, then ever finer ones around its best.
    boolean oneEnd = symmetric || seen.min() == 0 || seen.max() == 0;
    for (double span = 1; span > 1e-2; span /= GRID / 4.0) {
      double centre = span == 1 ? 0.5 : best;
      double otherCentre = span == 1 ? 0.5 : other;
      for (int i = GRID; i > 0; i--) {
        double share = share(centre, span, i);
        for (int j = GRID; j > (oneEnd ? GRID - 1 : 0); j--) {
          double otherShare = oneEnd ? share : share(otherCentre, span, j);
          double error = error(share, otherShare);
          if (error < least) {
            least = error;
            best = share;
            other = otherShare;
          }
        }
      }
    }
    return range(best, other);
  }

  private static double share(double centre, double span, int step) {
    return Math.min(1, Math.max(0, centre - span / 2) + span * step / GRID);
  }

  private Range range(double lowShare, double highShare) {
    return symmetric
        ? new Range(-seen.magnitude() * highShare, seen.magnitude() * highShare)
        : new Range(seen.min() * lowShare, seen.max() * highShare);
  }

  private double error(double lowShare, double highShare) {
    return error(range(lowShare, highShare));
  }

  /** Expected squared error of an affine quantizer with an integer zero point. */
  private double error(Range range) {
    double scale = symmetric ? range.max() / steps : range.span() / steps;
    if (scale == 0) {
      scale = Double.MIN_NORMAL;
    }
    double lowest = symmetric ? -steps : Math.rint(range.min() / scale);
    double highest = symmetric ? steps : lowest + steps;
    double sum = 0;
    for (int i = 0; i < centres.length; i++) {
      double q = Math.max(lowest, Math.min(highest, Math.rint(centres[i] / scale)));
      double e = centres[i] - q * scale;
      sum += weights[i] * e * e;
    }
    return sum;
  }
}
