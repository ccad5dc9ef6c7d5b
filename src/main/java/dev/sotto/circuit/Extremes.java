package dev.sotto.circuit;

import dev.sotto.tensor.RoundingKernel;
import java.util.Arrays;

/**
 * Counts values outside an interval, cheaply when there are none.
 *
 * <p>The first pass keeps the largest and smallest value of each column, which the JVM computes
 * with vector instructions; only when one of them is outside are values counted one by one.
 */
final class Extremes {
  private Extremes() {}

  static long outside(float[] data, int size, Interval interval) {
    float lo = interval.lo();
    float hi = interval.hi();
    float[] least = new float[size];
    float[] most = new float[size];
    Arrays.fill(least, lo);
    Arrays.fill(most, hi);
    RoundingKernel.best().extremes(data, least, most);
    boolean any = false;
    for (int i = 0; i < size; i++) {
      any |= least[i] < lo || most[i] > hi;
    }
    long count = 0;
    if (any) {
      for (float v : data) {
        count += v < lo || v > hi ? 1 : 0;
      }
    }
    return count;
  }
}
