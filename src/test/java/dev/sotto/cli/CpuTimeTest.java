package dev.sotto.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class CpuTimeTest {
  @Test
  void thread_that_ends_takes_nothing_away_and_a_new_one_counts() throws InterruptedException {
    CountDownLatch end = new CountDownLatch(1);
    CountDownLatch worked = new CountDownLatch(1);
    Thread before =
        new Thread(
            () -> {
              work();
              worked.countDown();
              await(end);
            });
    before.start();
    worked.await();
    CpuTime time = CpuTime.start();
    end.countDown();
    before.join();
    CountDownLatch still = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1);
    Thread after =
        new Thread(
            () -> {
              work();
              done.countDown();
              await(still);
            });
    after.start();
    done.await();
    double seconds = time.seconds();
    still.countDown();
    after.join();
    assertTrue(seconds >= 0.02, seconds + " s");
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Twenty milliseconds of a core. */
  private static void work() {
    var threads = java.lang.management.ManagementFactory.getThreadMXBean();
    long start = threads.getCurrentThreadCpuTime();
    while (threads.getCurrentThreadCpuTime() - start < 20_000_000) {
      Thread.onSpinWait();
    }
  }
}
