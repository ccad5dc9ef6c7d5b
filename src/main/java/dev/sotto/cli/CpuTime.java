package dev.sotto.cli;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.HashMap;
import java.util.Map;

/**
 * CPU time of the Java threads of this process from some moment on: work, not waiting, on however
 * many cores.
 *
 * <p>Threads of the JVM itself, which compile code and collect garbage, are none of Java's. Threads
 * are told apart, as one that ends takes all of its time out of their sum.
 */
final class CpuTime {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final Map<Long, Long> before;

  private CpuTime(Map<Long, Long> before) {
    this.before = before;
  }

  /** Begins to count. */
  static CpuTime start() {
    return new CpuTime(nanos());
  }

  /** Seconds of all threads that live now since the start. */
  double seconds() {
    long sum = 0;
    for (Map.Entry<Long, Long> thread : nanos().entrySet()) {
      sum += thread.getValue() - before.getOrDefault(thread.getKey(), 0L);
    }
    return sum / 1e9;
  }

  private static Map<Long, Long> nanos() {
    Map<Long, Long> nanos = new HashMap<>();
    for (long thread : THREADS.getAllThreadIds()) {
      long time = THREADS.getThreadCpuTime(thread);
      if (time >= 0) {
        nanos.put(thread, time);
      }
    }
    return nanos;
  }
}
