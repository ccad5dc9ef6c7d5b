package dev.sotto.quantization;

import dev.sotto.circuit.Interval;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Bit widths and ranges of a quantized module, operator by operator.
 *
 * @param name the ONNX node, or the value for an input
 * @param kind {@code input}, {@code linear}, {@code lookup}, {@code product} …
 * @param proved interval that holds every integer, proved by interval arithmetic
 * @param calibrated interval in which calibration saw the integers, widened; null if not watched
 */
public record LayerReport(
    String name, String kind, Interval proved, @Nullable Interval calibrated) {
  /** Bits of the widest integer, proved. */
  public int bits() {
    return proved.bits();
  }

  static String kind(QuantizedOp op) {
    return op.getClass().getSimpleName().toLowerCase(Locale.ROOT).replace("look", "lookup");
  }

  /** The report as a table. */
  public static String print(List<LayerReport> report) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT, "%-40s %-10s %5s  %-26s %s%n", "node", "kind", "bits", "proved", "seen"));
    for (LayerReport layer : report) {
      text.append(
          String.format(
              Locale.ROOT,
              "%-40s %-10s %5d  %-26s %s%n",
              layer.name,
              layer.kind,
              layer.bits(),
              layer.proved,
              layer.calibrated == null ? "" : layer.calibrated));
    }
    return text.toString();
  }
}
