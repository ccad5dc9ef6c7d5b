package dev.sotto.cli;

import dev.sotto.problem.SottoException;
import dev.sotto.quantization.BitWidths;
import dev.sotto.quantization.CalibrationMethod;
import dev.sotto.quantization.QuantizationOptions;
import dev.sotto.quantization.Thresholds;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how a model is quantized, shared by all commands that quantize. */
final class QuantizationArguments {
  @Option(
      names = "--bits",
      paramLabel = "B",
      description = "Bits of weights and activations, 2 to 16 (default 6).")
  @Nullable Integer bits;

  @Option(
      names = "--n-bits",
      split = ",",
      paramLabel = "KEY=BITS",
      description =
          "Bits by kind instead: op_inputs, op_weights, and if wanted model_inputs, model_outputs.")
  @Nullable Map<String, Integer> kinds;

  @Option(
      names = "--layer-bits",
      paramLabel = "NODE=IN/W",
      description = "Bits of the inputs and weights of one ONNX node; may be repeated.")
  @Nullable Map<String, String> layers;

  @Option(
      names = "--method",
      paramLabel = "METHOD",
      description =
          "How ranges are chosen: mse (default), minmax, percentile, percentile:99.9, entropy.")
  @Nullable String method;

  @Option(
      names = "--thresholds",
      paramLabel = "T",
      defaultValue = "model",
      description =
          "Thresholds of trees: 'model' (exact) or 'uniform(n)' (the client learns nothing of them).")
  String thresholds = "model";

  /** The options as the quantizer takes them. */
  QuantizationOptions options() {
    QuantizationOptions options =
        QuantizationOptions.of(bitWidths()).withThresholds(Thresholds.parse(thresholds));
    return method == null ? options : options.withMethod(CalibrationMethod.parse(method));
  }

  private BitWidths bitWidths() {
    if (bits != null && kinds != null) {
      throw SottoException.of(CliError.OPTION, "--n-bits", "give --bits or --n-bits, not both.");
    }
    BitWidths widths =
        kinds != null
            ? BitWidths.of(new LinkedHashMap<>(kinds))
            : BitWidths.of(bits == null ? BitWidths.DEFAULT : bits);
    if (layers != null) {
      for (Map.Entry<String, String> layer : layers.entrySet()) {
        widths = withLayer(widths, layer.getKey(), layer.getValue());
      }
    }
    return widths;
  }

  private static BitWidths withLayer(BitWidths widths, String node, String pair) {
    if (!pair.matches("\\d{1,2}/\\d{1,2}")) {
      throw SottoException.of(
          CliError.OPTION,
          "--layer-bits " + node,
          "expected bits of inputs and weights such as 8/6, got '" + pair + "'.");
    }
    String[] parts = pair.split("/", 2);
    return widths.withLayer(node, Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
  }
}
