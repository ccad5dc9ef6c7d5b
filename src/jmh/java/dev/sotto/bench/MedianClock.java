package dev.sotto.bench;

import java.util.Arrays;

/** Times a closure: warm-up, then the median of many batches. */
final class MedianClock {
  private static final long SHORTEST_BATCH_NANOS = 200_000;
  private static final int MOST_SAMPLES = 4000;
  private static final int MOST_BUDGETS = 8;

  private final double budget;
  private final int samples;

  /**
   * @param budget seconds for the samples of one figure; warm-up takes half as many more
   * @param samples how many samples at least, unless they take eight times the budget
   */
  MedianClock(double budget, int samples) {
    this.budget = budget;
    this.samples = samples;
  }

  /** The median time of one call, in seconds. */
  double seconds(Runnable work) {
    long start = System.nanoTime();
    long calls = 0;
    do {
      work.run();
      calls++;
    } while (since(start) < budget / 2);
    // The clock's own cost must not count, nor one long call make a batch.
    double each = Math.max(1e-9, since(start) / calls);
    int batch = (int) (SHORTEST_BATCH_NANOS * 1e-9 / each) + 1;

    double[] taken = new double[MOST_SAMPLES];
    int count = 0;
    start = System.nanoTime();
    while (!enough(count, since(start))) {
      long from = System.nanoTime();
      for (int i = 0; i < batch; i++) {
        work.run();
      }
      taken[count++] = since(from) / batch;
    }
    return median(Arrays.copyOf(taken, count));
  }

  private boolean enough(int count, double spent) {
    if (count < samples) {
      return count > 0 && spent > MOST_BUDGETS * budget;
    }
    return spent > budget || count == MOST_SAMPLES;
  }

  private static double since(long start) {
    return (System.nanoTime() - start) * 1e-9;
  }

  /** The middle value, or the mean of the two in the middle. */
  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
