package dev.sotto.slots.ring;

/**
 * Some sums, as many as the kernels hold in registers, over the terms that any of them uses.
 *
 * <p>Sums are filled up to the height with empty ones.
 */
final class WeightStrip {
  /** Sums held in registers: with two vectors of each, they keep two pipes of latency four busy. */
  static final int HEIGHT = 4;

  /** The sums; no more than the height. */
  final int[] sums;

  /** The terms, ascending, each by its place in its block. */
  final int[] terms;

  /** Where the terms of each block begin, and the end. */
  final int[] starts;

  /** Weights, {@link #HEIGHT} of them per term. */
  final double[] weights;

  WeightStrip(int[] sums, int[] terms, int[] starts, double[] weights) {
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
    for (int row = 0; row < HEIGHT; row++) {
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
    return (long) Math.abs(weights[term * HEIGHT + row]);
  }
}
