package dev.sotto.common;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

final class TwinsTest {
  private static final Duration LONG = Duration.ofMinutes(2);

  /** Takes some time for each of its first calls, and less for later ones. */
  private static final class Kernel {
    private final long first;
    private final long later;
    private final int change;
    private int calls;

    Kernel(long first, long later, int change) {
      this.first = first;
      this.later = later;
      this.change = change;
    }

    void call() {
      long end = System.nanoTime() + (calls++ < change ? first : later);
      while (System.nanoTime() < end) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void vector_twin_takes_over_once_it_is_the_faster() {
    Kernel scalar = new Kernel(20_000, 20_000, 0);
    Kernel vector = new Kernel(60_000, 200, 1_500);
    Twins<Kernel> twins = Twins.of(scalar, Optional.of(vector), () -> Kernel::call);
    assertSame(scalar, twins.current());
    assertTrue(Twins.await(LONG));
    assertSame(vector, twins.current());
    assertTrue(vector.calls > 1_500, "calls: " + vector.calls);
  }

  @Test
  void vector_twin_that_stays_slower_is_never_used() {
    Kernel scalar = new Kernel(200, 200, 0);
    Kernel vector = new Kernel(60_000, 60_000, 0);
    Twins<Kernel> twins =
        Twins.of(scalar, Optional.of(vector), () -> Kernel::call, Duration.ofMillis(300));
    assertSame(scalar, twins.current());
    assertTrue(Twins.await(LONG));
    assertSame(scalar, twins.current());
    assertTrue(vector.calls > 0);
  }

  @Test
  void rehearsals_wait_until_a_kernel_is_asked_for() {
    Kernel scalar = new Kernel(0, 0, 0);
    Kernel vector = new Kernel(0, 0, 0);
    Twins<Kernel> twins =
        Twins.of(scalar, Optional.of(vector), () -> Kernel::call, Duration.ofMillis(100));
    assertTrue(Twins.await(LONG));
    assertEquals(0, vector.calls);
    assertSame(scalar, twins.current());
    assertTrue(Twins.await(LONG));
    assertTrue(vector.calls > 0);
  }

  @Test
  void without_a_vector_twin_nothing_is_rehearsed() {
    Kernel scalar = new Kernel(0, 0, 0);
    Twins<Kernel> twins = Twins.of(scalar, Optional.empty(), () -> Kernel::call);
    assertSame(scalar, twins.current());
    assertSame(scalar, Twins.only(scalar).current());
    assertTrue(Twins.await(LONG));
    assertEquals(0, scalar.calls);
  }

  @Test
  void waiting_ends_with_the_time_given() {
    CountDownLatch end = new CountDownLatch(1);
    Consumer<Kernel> endless =
        kernel -> {
          while (end.getCount() > 0) {
            LockSupport.parkNanos(1_000_000);
          }
        };
    Kernel kernel = new Kernel(0, 0, 0);
    Twins.of(kernel, Optional.of(kernel), () -> endless, Duration.ofMillis(1)).current();
    assertFalse(Twins.await(Duration.ofMillis(20)));
    end.countDown();
    assertTrue(Twins.await(LONG));
  }
}
