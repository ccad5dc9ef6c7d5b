package dev.sotto.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * A progress line on standard error: rows done, rows per second, time left.
 *
 * <p>On a terminal one line is rewritten four times a second; elsewhere a line is added every few
 * seconds, so that a log stays short and a fast command silent.
 */
final class Progress implements AutoCloseable {
  private static final Duration INTERACTIVE = Duration.ofMillis(250);
  private static final Duration LOGGED = Duration.ofSeconds(5);

  private final PrintWriter err;
  private final String what;
  private final LongSupplier done;
  private final long total;
  private final boolean interactive;
  private final long started = System.nanoTime();
  private final Thread thread;
  private volatile boolean ended;

  private Progress(
      PrintWriter err, String what, LongSupplier done, long total, boolean interactive) {
    this.err = err;
    this.what = what;
    this.done = done;
    this.total = total;
    this.interactive = interactive;
    this.thread = new Thread(this::watch, "sotto-progress");
    thread.setDaemon(true);
  }

  /**
   * Starts to show progress; {@link #close} ends it.
   *
   * @param what the work, such as {@code scoring}
   * @param done rows done so far
   * @param total all rows, 0 when unknown
   */
  static Progress start(PrintWriter err, String what, LongSupplier done, long total) {
    Progress progress = new Progress(err, what, done, total, System.console() != null);
    progress.thread.start();
    return progress;
  }

  private void watch() {
    Duration pause = interactive ? INTERACTIVE : LOGGED;
    try {
      while (!ended) {
        Thread.sleep(pause.toMillis());
        show();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void show() {
    if (ended) {
      return;
    }
    String line = line(what, done.getAsLong(), total, (System.nanoTime() - started) / 1e9);
    err.print(interactive ? "\r" + line + "\u001b[K" : line + "\n");
    err.flush();
  }

  /** The text of the line after some seconds. */
  static String line(String what, long rows, long total, double seconds) {
    double rate = seconds > 0 ? rows / seconds : 0;
    StringBuilder line = new StringBuilder(what).append(": ").append(grouped(rows));
    if (total > 0) {
      line.append(" of ").append(grouped(total));
    }
    line.append(" rows, ").append(grouped(Math.round(rate))).append(" rows/s");
    if (total > rows && rate > 0) {
      line.append(", ").append(duration((total - rows) / rate)).append(" left");
    }
    return line.toString();
  }

  private static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String duration(double seconds) {
    long whole = Math.round(seconds);
    return whole < 60
        ? whole + " s"
        : whole < 3600
            ? String.format(Locale.ROOT, "%d:%02d min", whole / 60, whole % 60)
            : String.format(Locale.ROOT, "%d:%02d h", whole / 3600, whole / 60 % 60);
  }

  /** Ends the line. */
  @Override
  public void close() {
    synchronized (this) {
      ended = true;
      if (interactive) {
        err.print("\r\u001b[K");
        err.flush();
      }
    }
    thread.interrupt();
  }
}
