package dev.sotto.common;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A kernel in two twins with equal results: the scalar one until the vector one is compiled.
 *
 * <p>A new JVM interprets vector code for seconds, some hundred times slower than it is in the end,
 * and has scalar code compiled within a fraction of that. So work begins with the scalar twin, and
 * meanwhile one thread of low priority rehearses the vector twins on data of their own, one kernel
 * after another, until each is the faster. Where one never is, the scalar twin stays, and so it
 * does in a JVM that needs a kernel for less than a second.
 *
 * @param <K> the kernel
 */
public final class Twins<K> {
  /** How long a kernel is in use before it is worth a rehearsal. */
  private static final Duration DELAY = Duration.ofSeconds(1);

  /** How long a rehearsal may take that has not come to its end. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Runs of a twin in one go; thereafter the compiler is left as much time. */
  private static final int RUNS = 5;

  /** The first goes, in which the scalar twin is compiled: they do not count. */
  private static final int FIRST = 150;

  /** How often in succession the vector twin must be the faster. */
  private static final int WINS = 5;

  private static final Object LOCK = new Object();

  /** Rehearsals that are not over, under the lock. */
  private static int open;

  /** Twins whose rehearsals have not begun, under the lock. */
  private static final Set<Twins<?>> ASKED_FOR = new LinkedHashSet<>();

  private static final ThreadPoolExecutor THREAD = thread();

  private final AtomicReference<@Nullable Runnable> rehearsal = new AtomicReference<>();

  /** Not volatile, nor the others: a thread that sees the vector twin later loses nothing. */
  private K current;

  private boolean waiting;

  /** When the kernel was asked for first. */
  private long first;

  private Twins(K scalar) {
    this.current = scalar;
  }

  /**
   * The twins of a kernel; rehearsals start when they are still asked for after a second.
   *
   * @param vector empty where this JVM has none
   * @param rehearsal makes what runs every loop of a twin over data of its own, small enough for a
   *     thousand runs in a second; asked for in the thread that rehearses
   */
  public static <K> Twins<K> of(
      K scalar, Optional<? extends K> vector, Supplier<? extends Consumer<? super K>> rehearsal) {
    return of(scalar, vector, rehearsal, PATIENCE);
  }

  /** The same with another patience. */
  static <K> Twins<K> of(
      K scalar,
      Optional<? extends K> vector,
      Supplier<? extends Consumer<? super K>> rehearsal,
      Duration patience) {
    Twins<K> twins = new Twins<>(scalar);
    vector.ifPresent(
        twin -> {
          twins.rehearsal.set(() -> twins.rehearse(scalar, twin, rehearsal.get(), patience));
          twins.waiting = true;
        });
    return twins;
  }

  /** Twins of which one is always used. */
  public static <K> Twins<K> only(K kernel) {
    return new Twins<>(kernel);
  }

  /** The twin to use now; ask again for every larger piece of work. */
  public K current() {
    if (waiting) {
      ask();
    }
    return current;
  }

  private void ask() {
    long now = System.nanoTime();
    if (first == 0) {
      first = now;
      synchronized (LOCK) {
        ASKED_FOR.add(this);
      }
    } else if (now - first > DELAY.toNanos()) {
      begin();
    }
  }

  private void begin() {
    waiting = false;
    Runnable next = rehearsal.getAndSet(null);
    if (next != null) {
      synchronized (LOCK) {
        ASKED_FOR.remove(this);
        open++;
      }
      THREAD.execute(
          () -> {
            try {
              next.run();
            } finally {
              end();
            }
          });
    }
  }

  private static void end() {
    synchronized (LOCK) {
      open--;
      LOCK.notifyAll();
    }
  }

  /**
   * Rehearses everything that was ever asked for, now, and waits until no rehearsal is open.
   *
   * @return whether that is so
   */
  public static boolean await(Duration atMost) {
    long end = System.nanoTime() + atMost.toNanos();
    List<Twins<?>> asked;
    synchronized (LOCK) {
      asked = List.copyOf(ASKED_FOR);
    }
    asked.forEach(Twins::begin);
    synchronized (LOCK) {
      while (open > 0) {
        long left = end - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        try {
          TimeUnit.NANOSECONDS.timedWait(LOCK, left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return false;
        }
      }
    }
    return true;
  }

  /** Goes of both twins until the vector twin has won. */
  private void rehearse(K scalar, K vector, Consumer<? super K> work, Duration patience) {
    long start = System.nanoTime();
    int won = -FIRST;
    while (won < WINS && System.nanoTime() - start < patience.toNanos()) {
      long go = System.nanoTime();
      boolean faster = nanoseconds(vector, work) < nanoseconds(scalar, work);
      won = faster || won < 0 ? won + 1 : 0;
      LockSupport.parkNanos(System.nanoTime() - go);
    }
    if (won == WINS) {
      current = vector;
    }
  }

  /** The shortest of some runs. */
  private static <K> long nanoseconds(K kernel, Consumer<? super K> rehearsal) {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < RUNS; i++) {
      long start = System.nanoTime();
      rehearsal.accept(kernel);
      least = Math.min(least, System.nanoTime() - start);
    }
    return least;
  }

  private static ThreadPoolExecutor thread() {
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "sotto-rehearsal");
              thread.setDaemon(true);
              thread.setPriority(Thread.MIN_PRIORITY);
              return thread;
            });
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }
}
