package dev.sotto.bench;

import dev.sotto.bench.SlotsReport.Entry;
import dev.sotto.slots.ring.RingKernels;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What the slots engine's operations take, on one thread: the figures of {@link SlotsReport}.
 *
 * <p>The same sizes, limbs, weights and kinds as its peers under {@code scripts/bench/peers};
 * {@code scripts/bench/slots} runs both in turn and gives their reports to {@link PeerTable}. The
 * whole programme runs once before it counts, so that no figure depends on what was compiled before
 * it. Arguments: {@code [--json] [--quick]}.
 */
public final class SlotsBenchmark {
  /** One room's part of the programme. Results are checked before they are timed. */
  interface Figures {
    void measure(SlotsReport report, MedianClock clock);
  }

  private static final List<Figures> PROGRAMME =
      List.of(new RingFigures(), new CkksFigures(), new BgvFigures());

  private SlotsBenchmark() {}

  /** Runs the benchmark. */
  public static void main(String[] arguments) throws IOException {
    List<String> options = List.of(arguments);
    boolean quick = options.contains("--quick");
    run(quick, quick ? new MedianClock(0.1, 1) : new MedianClock(0.3, 3));
    SlotsReport report = run(quick, quick ? new MedianClock(0.06, 3) : new MedianClock(0.5, 15));
    PrintStream out = System.out;
    if (options.contains("--json")) {
      out.println(report.json());
    } else {
      print(report, out);
    }
  }

  private static SlotsReport run(boolean quick, MedianClock clock) throws IOException {
    SlotsReport report = new SlotsReport("sotto", quick);
    report.machine("cpu", cpu());
    report.machine("jdk", Runtime.version().toString());
    report.machine("provider", RingKernels.best().name());
    PROGRAMME.forEach(figures -> figures.measure(report, clock));
    return report;
  }

  private static String cpu() throws IOException {
    Path file = Path.of("/proc/cpuinfo");
    if (Files.isReadable(file)) {
      for (String line : Files.readAllLines(file)) {
        if (line.startsWith("model name")) {
          return line.substring(line.indexOf(':') + 1).strip();
        }
      }
    }
    return System.getProperty("os.arch");
  }

  private static void print(SlotsReport report, PrintStream out) {
    for (String figure : SlotsReport.FIGURES) {
      for (Entry entry : report.entries(figure)) {
        out.printf(
            Locale.ROOT,
            "%-24s N %5d  limbs %d  %-14s %-18s %10.4g%n",
            figure,
            entry.n(),
            entry.limbs(),
            entry.kind(),
            entry.form(),
            entry.value());
      }
    }
    out.println(report.machine());
  }
}
