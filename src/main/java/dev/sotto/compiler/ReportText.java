package dev.sotto.compiler;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A compile report for people. */
final class ReportText {
  private static final int LEFT_COLUMNS = 2;

  private final StringBuilder text = new StringBuilder();

  private ReportText() {}

  static String of(CompileReport report) {
    ReportText writer = new ReportText();
    writer.summary(report);
    writer.layers(report.layers());
    writer.lookups(report.lookups());
    writer.tables(report.tables());
    return writer.text.toString();
  }

  private void summary(CompileReport report) {
    CompileReport.Parameters p = report.parameters();
    CompileReport.Noise noise = report.noise();
    line(
        "scheme",
        "%s",
        noise.exact()
            ? "BGV, exact: encrypted results equal clear ones, modulo t = " + p.plaintextModulus()
            : format("CKKS, approximate; inputs times 2^%.1f", p.logScale()));
    line(
        "ring",
        "%s, N = %d, primes of %s%s bits",
        p.ringType(),
        p.n(),
        join(p.primeBits()),
        p.specialPrimeBits().isEmpty() ? "" : " and, special, " + join(p.specialPrimeBits()));
    line(
        "security",
        "%d bits: modulus of %.1f bits, of %d allowed",
        report.security().bits(),
        report.security().logQp(),
        report.security().limitLogQp());
    line("rows", "%d in a block", p.rowsPerBlock());
    line(
        "bounds",
        "%s",
        switch (report.bounds()) {
          case "proved" -> "proved for every row, clipped to the client's boxes";
          case "calibrated" ->
              noise.exact()
                  ? "calibrated: a row unlike those of the calibration may get wrong results"
                  : "calibrated: a row unlike those of the calibration may spoil its block, which is seen";
          default -> "proved or calibrated, as the report at compilation said";
        });
    line(
        "noise",
        "%.1f of %.1f bits where it is tightest; %s",
        noise.phaseBits(),
        noise.capacityBits(),
        noise.failure());
    if (!noise.exact() && Double.isNaN(noise.range())) {
      line("error", "deviation %.3g, never more than %.3g", noise.deviation(), noise.errorBound());
    } else if (!noise.exact()) {
      line(
          "error",
          "deviation %.3g, never more than %.3g, in results up to %.3g: %.1f bits",
          noise.deviation(),
          noise.errorBound(),
          noise.range(),
          Math.log(noise.range() / noise.deviation()) / Math.log(2));
    }
    if (!Double.isNaN(report.loss())) {
      line(
          "loss",
          "%.2f %% on the calibration rows, against the quantized model",
          100 * report.loss());
    }
    line(
        "cost",
        "%s core-seconds for a block, %s core-milliseconds for a row, predicted",
        significant(report.cost().coreSecondsPerBlock()),
        significant(report.cost().coreMillisecondsPerRow()));
    line(
        "sent",
        "%s for a row in, %s out; %s",
        bytes(report.sizes().inputPerRow()),
        bytes(report.sizes().outputPerRow()),
        p.relinearisedDegree() > 1
            ? "evaluation keys of " + bytes(report.sizes().keyBytes()) + ", once"
            : "no evaluation keys");
    line(
        "memory",
        "%s for a block%s",
        bytes(report.sizes().blockMemory()),
        p.relinearisedDegree() > 1
            ? ", " + bytes(report.sizes().expandedKeyBytes()) + " for evaluation keys"
            : "");
  }

  private void layers(List<CompileReport.Layer> layers) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "layer",
            "node",
            "numbers",
            "products",
            "mult-adds",
            "level",
            "degree",
            "bits",
            "of",
            "core-ms",
            "then"));
    for (CompileReport.Layer layer : layers) {
      rows.add(
          List.of(
              layer.kind(),
              layer.node(),
              Integer.toString(layer.elements()),
              count(layer.products()),
              count(layer.multiplyAdds()),
              Integer.toString(layer.level()),
              Integer.toString(layer.degree()),
              format("%.1f", layer.phaseBits()),
              format("%.1f", layer.capacityBits()),
              format("%.2f", layer.coreMilliseconds()),
              layer.treatment()));
    }
    table(rows);
  }

  private void lookups(List<LookupReport> lookups) {
    if (lookups.isEmpty()) {
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("polynomial", "of node", "degree", "channels", "error in steps"));
    for (LookupReport lookup : lookups) {
      rows.add(
          List.of(
              lookup.degree() == 1 ? "line" : "curve",
              lookup.node(),
              Integer.toString(lookup.degree()),
              Integer.toString(lookup.channels()),
              format("%.3f", lookup.error())));
    }
    table(rows);
  }

  private void tables(List<TableReport> tables) {
    if (tables.isEmpty()) {
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "table", "of node", "integers", "degree", "channels", "products", "relin.", "levels"));
    for (TableReport table : tables) {
      rows.add(
          List.of(
              "exact",
              table.node(),
              table.lo() + ".." + table.hi(),
              Integer.toString(table.degree()),
              Integer.toString(table.channels()),
              Integer.toString(table.products()),
              Integer.toString(table.relinearisations()),
              Integer.toString(table.levels())));
    }
    table(rows);
  }

  private void line(String label, String pattern, Object... values) {
    text.append(format("%-9s ", label)).append(format(pattern, values)).append('\n');
  }

  /** Columns as wide as their widest cell; words to the left, numbers to the right. */
  private void table(List<List<String>> rows) {
    int columns = rows.get(0).size();
    int[] widths =
        IntStream.range(0, columns)
            .map(c -> rows.stream().mapToInt(row -> row.get(c).length()).max().orElse(0))
            .toArray();
    text.append('\n');
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int c = 0; c < columns; c++) {
        String cell = row.get(c);
        boolean words = c < LEFT_COLUMNS || rows.get(0).get(c).equals("then");
        String padding = " ".repeat(widths[c] - cell.length());
        line.append(c == 0 ? "" : "  ").append(words ? cell + padding : padding + cell);
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
  }

  private static String count(long number) {
    return number == 0 ? "" : Long.toString(number);
  }

  private static String join(List<Integer> bits) {
    return bits.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  private static String significant(double value) {
    return value >= 1 ? format("%.1f", value) : format("%.2g", value);
  }

  /** Bytes in the unit that leaves one to three digits before the point. */
  static String bytes(double bytes) {
    String[] units = {"bytes", "KB", "MB", "GB"};
    int unit = 0;
    double value = bytes;
    while (value >= 1000 && unit < units.length - 1) {
      value /= 1000;
      unit++;
    }
    return unit == 0 && value < 10
        ? format("%.1f %s", value, units[unit])
        : format(value < 10 ? "%.1f %s" : "%.0f %s", value, units[unit]);
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
