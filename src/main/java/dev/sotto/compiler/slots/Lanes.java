package dev.sotto.compiler.slots;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.function.BiConsumer;

/**
 * Threads that share the work on one block, each with an arithmetic of its own.
 *
 * @param <A> an arithmetic
 */
public final class Lanes<A> {
  private final List<A> lanes;
  private final Executor executor;

  private Lanes(List<A> lanes, Executor executor) {
    this.lanes = List.copyOf(lanes);
    this.executor = executor;
  }

  /** The calling thread alone. */
  public static <A> Lanes<A> one(A arithmetic) {
    return new Lanes<>(List.of(arithmetic), Runnable::run);
  }

  /** As many threads of an executor, the calling thread among them, as there are arithmetics. */
  public static <A> Lanes<A> of(List<A> arithmetics, Executor executor) {
    return new Lanes<>(arithmetics, executor);
  }

  /** How many there are. */
  public int count() {
    return lanes.size();
  }

  /** The calling thread's arithmetic. */
  public A first() {
    return lanes.get(0);
  }

  /** Does pieces of work 0 … count − 1, each once, and waits for all. */
  public void each(int count, BiConsumer<A, Integer> work) {
    int used = Math.min(lanes.size(), count);
    if (used <= 1) {
      for (int i = 0; i < count; i++) {
        work.accept(lanes.get(0), i);
      }
      return;
    }
    List<FutureTask<Void>> tasks = new ArrayList<>();
    for (int lane = 0; lane < used; lane++) {
      int from = (int) ((long) count * lane / used);
      int to = (int) ((long) count * (lane + 1) / used);
      A arithmetic = lanes.get(lane);
      tasks.add(
          new FutureTask<>(
              () -> {
                for (int i = from; i < to; i++) {
                  work.accept(arithmetic, i);
                }
              },
              null));
    }
    tasks.subList(1, used).forEach(executor::execute);
    tasks.get(0).run();
    tasks.forEach(Lanes::finish);
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
