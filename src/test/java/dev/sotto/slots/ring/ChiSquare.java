package dev.sotto.slots.ring;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** Counts against probabilities. */
final class ChiSquare {
  private ChiSquare() {}

  /**
   * Fails when counts are further from what they should be than chance allows in 1 of 10^5 tests
   * (Wilson and Hilferty's approximation of the quantile).
   */
  static void check(long[] counts, double[] probabilities, String what) {
    long samples = 0;
    for (long count : counts) {
      samples += count;
    }
    double statistic = 0;
    for (int i = 0; i < counts.length; i++) {
      double expected = samples * probabilities[i];
      assertTrue(expected >= 5, () -> what + ": too few samples for this test");
      statistic += (counts[i] - expected) * (counts[i] - expected) / expected;
    }
    double degrees = counts.length - 1;
    double z = 4.265;
    double limit = degrees * Math.pow(1 - 2 / (9 * degrees) + z * Math.sqrt(2 / (9 * degrees)), 3);
    double value = statistic;
    assertTrue(value < limit, () -> what + ": chi-square " + value + " above " + limit);
  }
}
