package dev.sotto.quantization;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Draws a calibration as a table of text. */
final class CalibrationPrinter {
  private static final int BITS = 8;
  private static final int SPARK_WIDTH = 16;
  private static final String SPARKS = " ▁▂▃▄▅▆▇█";

  private CalibrationPrinter() {}

  static String print(Calibration calibration) {
    int width = calibration.statistics().keySet().stream().mapToInt(String::length).max().orElse(5);
    width = Math.max(5, Math.min(width, 40));
    StringBuilder out = new StringBuilder();
    out.append(
        String.format(
            Locale.ROOT,
            "%,d rows, %d values; ranges chosen for %d bits, unsigned or affine%n%n",
            calibration.rows(),
            calibration.statistics().size(),
            BITS));
    List<CalibrationMethod> methods = CalibrationMethod.all();
    String row = "%-" + width + "s  %-12s %10s %10s %10s %10s";
    out.append(String.format(Locale.ROOT, row, "value", "row", "min", "1 %", "median", "99 %"));
    out.append(String.format(Locale.ROOT, " %10s", "max"));
    methods.stream()
        .skip(1)
        .forEach(method -> out.append(String.format(Locale.ROOT, "  %-19s", method.name())));
    out.append("  distribution").append(System.lineSeparator());
    for (Map.Entry<String, TensorStatistics> entry : calibration.statistics().entrySet()) {
      TensorStatistics statistics = entry.getValue();
      RangeHistogram histogram = statistics.histogram();
      String name = shorten(entry.getKey(), width);
      String shape = statistics.isPerRow() ? statistics.rowShape().toString() : "-";
      if (histogram.count() == 0) {
        out.append(String.format(Locale.ROOT, row, name, shape, "-", "-", "-", "-"));
        out.append(System.lineSeparator());
        continue;
      }
      out.append(
          String.format(
              Locale.ROOT,
              row + " %10s",
              name,
              shape,
              number(histogram.min()),
              number(histogram.quantile(0.01)),
              number(histogram.quantile(0.5)),
              number(histogram.quantile(0.99)),
              number(histogram.max())));
      for (CalibrationMethod method : methods.subList(1, methods.size())) {
        Range range = method.range(histogram, BITS, false);
        String text = number(range.min()) + " " + number(range.max());
        out.append(String.format(Locale.ROOT, "  %-19s", text));
      }
      out.append("  ").append(sparkline(histogram)).append(flags(statistics));
      out.append(System.lineSeparator());
    }
    return out.toString();
  }

  private static String shorten(String name, int width) {
    return name.length() <= width ? name : "…" + name.substring(name.length() - width + 1);
  }

  private static String number(double value) {
    return value == 0 ? "0" : String.format(Locale.ROOT, "%.4g", value);
  }

  private static String flags(TensorStatistics statistics) {
    long nonFinite = statistics.histogram().nonFinite();
    return (statistics.isConstant() ? " constant" : "")
        + (nonFinite > 0 ? " " + nonFinite + " NaN or infinite" : "");
  }

  /** The distribution from minimum to maximum; heights are logarithmic, so that tails show. */
  private static String sparkline(RangeHistogram histogram) {
    long[] columns = new long[SPARK_WIDTH];
    long[] counts = histogram.binCounts();
    for (int i = 0; i < counts.length; i++) {
      columns[(int) ((long) i * SPARK_WIDTH / counts.length)] += counts[i];
    }
    double highest = Math.log1p(Arrays.stream(columns).max().orElse(1));
    StringBuilder line = new StringBuilder("|");
    for (long column : columns) {
      line.append(SPARKS.charAt((int) Math.ceil(Math.log1p(column) / highest * 8)));
    }
    return line.append('|').toString();
  }
}
