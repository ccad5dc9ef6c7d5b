package dev.sotto.slots.ring;

/**
 * Some sums, as many as the kernels hold in registers, over the terms that any of them uses.
 *
 * <p>Sums are filled up to the height with empty ones.
 */
final class WeightStrip {
  /** The most sums of a strip. */
  static final int HEIGHT = 6;

  /** The sums of the smaller kind of strip. */
  static final int SMALL_HEIGHT = 4;

  /** The sums; no more than the height. */
  final int[] sums;

  /** Sums held in registers: {@link #HEIGHT} or {@link #SMALL_HEIGHT}. */
  final int height;

  /** The terms, ascending, each by its place in its block. */
  final int[] terms;

  /** Where the terms of each block begin, and the end. */
  final int[] starts;

  /** Weights, {@code height} of them per term. */
  final double[] weights;

  WeightStrip(int[] sums, int height, int[] terms, int[] starts, double[] weights) {
    this.sums = sums;
    this.height = height;
    this.terms = terms;
    this.starts = starts;
    this.weights = weights;
  }

  /**
   * The largest number, at most that of the terms, such that so many neighbouring weights of any sum, taken by their sizes, add up
   * to no more than the budget; zero if a single weight exceeds it.
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
