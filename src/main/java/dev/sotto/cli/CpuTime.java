package dev.sotto.cli;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;

/** CPU time of the Java threads of this process: work, not waiting, on however many cores. */
final class CpuTime {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private CpuTime() {}

  /** Seconds of all threads that live. */
  static double seconds() {
    return Arrays.stream(THREADS.getAllThreadIds())
            .map(THREADS::getThreadCpuTime)
            .filter(nanos -> nanos > 0)
            .sum()
        / 1e9;
  }
}
