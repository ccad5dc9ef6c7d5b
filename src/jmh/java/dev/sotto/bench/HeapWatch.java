package dev.sotto.bench;

import java.lang.management.ManagementFactory;

/** The largest heap in use, garbage included, looked at a hundred times a second. */
final class HeapWatch implements AutoCloseable {
  private static final long PAUSE_MILLIS = 10;

  private final Thread thread = new Thread(this::watch, "heap-watch");
  private volatile long peak;
  private volatile boolean ended;

  private HeapWatch() {
    thread.setDaemon(true);
  }

  static HeapWatch start() {
    HeapWatch watch = new HeapWatch();
    watch.thread.start();
    return watch;
  }

  private void watch() {
    while (!ended) {
      long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
      peak = Math.max(peak, used);
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** Bytes. */
  long peak() {
    return peak;
  }

  @Override
  public void close() {
    ended = true;
    thread.interrupt();
  }
}
