package dev.sotto.spark;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * What a JVM has prepared from broadcast bytes: once, shared by all its task threads.
 *
 * <p>Keyed by content, so that a second job with the same model finds it again. The most recently
 * used entries stay.
 */
public final class ExecutorCache<T> {
  private final Map<String, CompletableFuture<T>> entries;

  /** Room for so many entries. */
  public ExecutorCache(int capacity) {
    entries =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<String, CompletableFuture<T>> eldest) {
            return size() > capacity;
          }
        };
  }

  /**
   * The value of a key; other threads wait while one prepares it.
   *
   * @param prepare called when the value is not there; what it throws reaches every waiting thread
   */
  public T get(String key, Supplier<T> prepare) {
    CompletableFuture<T> mine = new CompletableFuture<>();
    CompletableFuture<T> entry;
    synchronized (entries) {
      entry = entries.computeIfAbsent(key, absent -> mine);
    }
    if (entry == mine) {
      try {
        mine.complete(prepare.get());
      } catch (Throwable e) {
        synchronized (entries) {
          entries.remove(key, mine);
        }
        mine.completeExceptionally(e);
        throw e;
      }
    }
    try {
      return entry.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }
}
