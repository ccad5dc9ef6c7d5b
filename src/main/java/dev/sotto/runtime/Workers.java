package dev.sotto.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Objects with room of their own, each for one thread at a time, and threads that share work.
 *
 * <p>Made when first needed and lent again; threads end by themselves when there is nothing to do.
 * Safe for several callers, who then share the threads.
 *
 * @param <W> a worker
 */
public final class Workers<W> {
  private final Supplier<W> maker;
  private final int threads;
  private final Executor executor;
  private final ConcurrentLinkedDeque<W> idle = new ConcurrentLinkedDeque<>();

  private Workers(Supplier<W> maker, int threads, Executor executor) {
    this.maker = maker;
    this.threads = threads;
    this.executor = executor;
  }

  /**
   * Workers.
   *
   * @param threads how many share the work of one caller, its own among them; at least one
   */
  public static <W> Workers<W> of(int threads, Supplier<W> maker) {
    return of(threads, 1, maker);
  }

  /**
   * Workers of several callers.
   *
   * @param callers how many work at once at most, so that there are threads for all of them
   */
  public static <W> Workers<W> of(int threads, int callers, Supplier<W> maker) {
    if (threads < 1 || callers < 1) {
      throw new IllegalArgumentException(
          "at least one thread and caller expected, not " + threads + " and " + callers);
    }
    Executor executor = threads == 1 ? Runnable::run : threads((threads - 1) * callers);
    return new Workers<>(maker, threads, executor);
  }

  private static Executor threads(int count) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            count,
            count,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> {
              Thread thread = new Thread(work, "sotto-worker");
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /** How many threads share the work of one caller. */
  public int threads() {
    return threads;
  }

  /** The threads but the caller's own. */
  public Executor executor() {
    return executor;
  }

  /** Lends as many workers as there are threads, and takes them back. */
  public <R> R withAll(Function<List<W>, R> work) {
    List<W> lent = new ArrayList<>();
    try {
      while (lent.size() < threads) {
        lent.add(take());
      }
      return work.apply(lent);
    } finally {
      idle.addAll(lent);
    }
  }

  /** Does pieces of work 0 … count − 1, each once, and waits for all. */
  public void each(int count, BiConsumer<W, Integer> work) {
    AtomicInteger next = new AtomicInteger();
    Runnable loop =
        () -> {
          W worker = take();
          try {
            for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
              work.accept(worker, i);
            }
          } catch (RuntimeException | Error e) {
            next.set(count); // the others need not go on
            throw e;
          } finally {
            idle.push(worker);
          }
        };
    List<FutureTask<Void>> tasks = new ArrayList<>();
    for (int i = 0; i < Math.min(threads, count); i++) {
      tasks.add(new FutureTask<>(loop, null));
    }
    tasks.stream().skip(1).forEach(executor::execute);
    tasks.stream().limit(1).forEach(FutureTask::run);
    tasks.forEach(Workers::finish);
  }

  /** Does something to every idle worker, and forgets them. */
  public void drain(Consumer<W> last) {
    for (W worker = idle.poll(); worker != null; worker = idle.poll()) {
      last.accept(worker);
    }
  }

  private W take() {
    W worker = idle.poll();
    return worker == null ? maker.get() : worker;
  }

  private static void finish(FutureTask<Void> task) {
    try {
      task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    }
  }
}
