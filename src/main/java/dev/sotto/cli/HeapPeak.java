package dev.sotto.cli;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;

/**
 * The most heap in use since it was started, garbage included, looked at every few milliseconds.
 */
final class HeapPeak implements AutoCloseable {
  private static final MemoryMXBean MEMORY = ManagementFactory.getMemoryMXBean();
  private static final long PAUSE_MILLIS = 5;

  private final Thread thread = new Thread(this::watch, "sotto-heap");
  private volatile long bytes;

  private HeapPeak() {}

  static HeapPeak start() {
    HeapPeak peak = new HeapPeak();
    peak.thread.setDaemon(true);
    peak.thread.start();
    return peak;
  }

  private void watch() {
    long most = 0;
    try {
      while (true) {
        most = Math.max(most, MEMORY.getHeapMemoryUsage().getUsed());
        bytes = most;
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  long bytes() {
    return bytes;
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
