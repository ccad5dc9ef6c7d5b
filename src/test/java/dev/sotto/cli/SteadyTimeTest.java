package dev.sotto.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class SteadyTimeTest {
  /** What the clock says, moved by the work. */
  private double now;

  private int runs;

  private SteadyTime.Clock clock() {
    return () -> {
      double start = now;
      return () -> now - start;
    };
  }

  /** Seconds for work: fewer by a tenth every time, but one at least. */
  private void fasterWork() {
    now += Math.max(1, 10 * Math.pow(0.9, runs++));
  }

  @Test
  void long_work_is_done_twice_and_the_second_time_counts() {
    assertEquals(9, SteadyTime.of(clock(), this::fasterWork, clock(), 0, 0), 1e-12);
    assertEquals(2, runs);
  }

  @Test
  void work_is_repeated_until_it_gets_no_faster() {
    assertEquals(1, SteadyTime.of(clock(), this::fasterWork, clock(), 60, 1000), 1e-9);
    assertTrue(runs > 22 && runs < 100, runs + " runs");
  }

  @Test
  void work_is_not_repeated_for_ever() {
    assertTrue(SteadyTime.of(clock(), this::fasterWork, clock(), 60, 70) > 2);
  }

  @Test
  void short_work_is_done_many_times_for_one_sample() {
    Runnable work =
        () -> {
          now += 1.0 / 1024;
          runs++;
        };
    assertEquals(1.0 / 1024, SteadyTime.of(clock(), work, clock(), 0, 0));
    assertEquals(1 + 20, runs);
  }
}
