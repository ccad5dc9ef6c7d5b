package dev.sotto.slots.ring;

/**
 * Some sums, as many as the kernels hold in registers, over the terms that any of them uses.
 *
 * <p>Sums are filled up to the height with empty ones.
 */
final class WeightStrip {
  /**
   * Sums held in registers at least: with two vectors of each, two pipes of latency four are busy.
   */
  static final int LOW = 4;

  /** Sums held in registers at most: what is read once for all of them counts for less. */
  static final int HIGH = 6;

  /** Sums held in registers, {@link #LOW} or {@link #HIGH}. */
  final int height;

  /** The sums; no more than the height. */
  final int[] sums;

  /** The terms, ascending, each by its place in its block. */
  final int[] terms;

  /** Where the terms of each block begin, and the end. */
  final int[] starts;

  /** Weights, as many per term as the strip is high. */
  final double[] weights;

  WeightStrip(int height, int[] sums, int[] terms, int[] starts, double[] weights) {
    this.height = height;
    this.sums = sums;
    this.terms = terms;
    this.starts = starts;
    this.weights = weights;
  }

  /**
   * The largest number, at most that of the terms, such that so many neighbouring weights of any
   * sum, taken by their sizes, add up to no more than the budget; zero if a single weight exceeds
   * it.
   */
  int stretch(long budget) {
    int shortest = terms.length;
    for (int row = 0; row < height; row++) {
      long total = 0;
      for (int first = 0, next = 0; first < terms.length; first++) {
        while (next < terms.length && total + size(next, row) <= budget) {
          total += size(next++, row);
        }
        if (next == terms.length) {
          break;
        }
        shortest = Math.min(shortest, next - first);
        if (next == first) {
          return 0;
        }
        total -= size(first, row);
      }
    }
    return shortest;
  }

  private long size(int term, int row) {
    return (long) Math.abs(weights[term * height + row]);
  }
}
