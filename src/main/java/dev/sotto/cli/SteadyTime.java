package dev.sotto.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;

/**
 * Repeats work by itself until it gets no faster: until the JVM has compiled what it consists of.
 *
 * <p>Short work is taken several times for one sample, so that reading the clock does not count.
 */
final class SteadyTime {
  private static final int FEWEST_SAMPLES = 2;
  private static final double SAMPLE_SECONDS = 0.02;

  /** Work is as fast as it gets when the last of it gained less than this. */
  private static final double SETTLED = 0.95;

  private final List<Double> samples = new ArrayList<>();

  private SteadyTime() {}

  /** What reads time between two moments: of a wall clock, or of cores. */
  interface Clock {
    /** Begins to count; what it gives tells seconds since then. */
    DoubleSupplier start();

    /** Time that passes. */
    static DoubleSupplier wall() {
      long start = System.nanoTime();
      return () -> (System.nanoTime() - start) / 1e9;
    }

    /** Time that threads work. */
    static DoubleSupplier cores() {
      return CpuTime.start()::seconds;
    }
  }

  /**
   * Seconds that work takes in the end, by a clock: the median of the last quarter of the samples,
   * of few the last.
   *
   * @param watch another clock, which says how long to go on
   * @param shortest seconds that work is repeated for at least, twice at least
   * @param longest seconds after which it is no more repeated
   */
  static double of(Clock clock, Runnable work, Clock watch, double shortest, double longest) {
    SteadyTime time = new SteadyTime();
    DoubleSupplier passed = watch.start();
    int times = 1;
    while (time.samples.size() < FEWEST_SAMPLES
        || passed.getAsDouble() < shortest
        || (time.isGettingFaster() && passed.getAsDouble() < longest)) {
      double seconds = sample(clock, work, times) / times;
      time.samples.add(seconds);
      times = (int) Math.max(1, Math.min(SAMPLE_SECONDS / seconds, 1e6));
    }
    return time.settled();
  }

  private static double sample(Clock clock, Runnable work, int times) {
    DoubleSupplier seconds = clock.start();
    for (int i = 0; i < times; i++) {
      work.run();
    }
    return Math.max(1e-9, seconds.getAsDouble());
  }

  /** Whether the last quarter of the samples took less than the one before. */
  private boolean isGettingFaster() {
    int size = samples.size();
    int quarter = size / 4;
    return quarter > 1
        && median(samples.subList(size - quarter, size))
            < SETTLED * median(samples.subList(size - 2 * quarter, size - quarter));
  }

  private double settled() {
    return median(samples.subList(samples.size() * 3 / 4, samples.size()));
  }

  private static double median(List<Double> seconds) {
    return seconds.stream().sorted().skip((seconds.size() - 1) / 2).findFirst().orElse(0.0);
  }
}
