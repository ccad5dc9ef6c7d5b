package dev.sotto.cli;

import dev.sotto.circuit.Circuit;
import dev.sotto.quantization.LayerReport;
import dev.sotto.quantization.QuantizedModule;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Prints the integer circuit of a quantized module, and the bits and ranges of its operators. */
@Command(
    name = "circuit",
    description = "Shows a quantized module: bit widths and ranges by operator, and its circuit.")
final class CircuitCommand extends Subcommand {
  @Parameters(paramLabel = "QUANTIZED", description = "A file that 'sotto quantize' wrote.")
  Path quantized;

  @Override
  Report run() {
    QuantizedModule module = QuantizedModule.load(quantized);
    return new Result(module.bitWidthAndRangeReport(), module.circuit());
  }

  /** Layers and circuit. */
  private record Result(List<LayerReport> layers, Circuit circuit) implements Report {
    @Override
    public void print(PrintWriter out) {
      out.println(LayerReport.print(layers));
      out.print(circuit.print());
    }

    @Override
    public Map<String, Object> json() {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("operators", layers.stream().map(Result::layer).toList());
      document.put("circuit", circuit.print().lines().toList());
      return document;
    }

    private static Map<String, Object> layer(LayerReport layer) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("name", layer.name());
      fields.put("kind", layer.kind());
      fields.put("bits", layer.bits());
      fields.put("proved", layer.proved().toString());
      fields.put("seen", String.valueOf(layer.calibrated()));
      return fields;
    }
  }
}
