package dev.sotto.cli;

import dev.sotto.numpy.NumpyModule;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.quantization.ModelPreparation;
import dev.sotto.quantization.QuantizedModule;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a quantized module of a model and its calibration, and saves it. */
@Command(
    name = "quantize",
    description = "Quantizes a calibrated model and saves the quantized module for 'sotto score'.")
final class QuantizeCommand extends Subcommand {
  @Parameters(paramLabel = "MODEL", description = "An ONNX file.")
  Path model;

  @Option(
      names = "--calibration",
      required = true,
      paramLabel = "FILE|ROWS",
      description = "A file that 'sotto calibrate' wrote, or rows to calibrate with here.")
  String calibration;

  @Option(
      names = "--label",
      defaultValue = "last",
      paramLabel = "last|NAME",
      description = "The column that is left out when rows are one wider than the model.")
  String label = "last";

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FILE",
      description = "Where the quantized module goes.")
  Path output;

  @Mixin QuantizationArguments quantization;

  @Override
  Report run() throws IOException {
    quantization.options(); // refused before any work
    OnnxModel onnx = OnnxModel.read(model);
    NumpyModule module = NumpyModule.of(ModelPreparation.prepare(onnx));
    CalibrationInput seen = CalibrationInput.of(module, calibration, label, Integer.MAX_VALUE);
    warn(seen.warnings());
    QuantizedModule quantized =
        QuantizedModule.quantize(onnx, seen.calibration(), quantization.options());
    quantized.save(output);
    return new Result(
        output, seen.calibration().rows(), quantized.ops().size(), quantized.widestBits());
  }

  /** What was made. */
  private record Result(Path output, long calibrationRows, int operators, int widestBits)
      implements Report {
    @Override
    public void print(PrintWriter out) {
      out.println(
          output
              + ": "
              + operators
              + " integer operators from "
              + calibrationRows
              + " calibration rows, widest accumulator "
              + widestBits
              + " bits");
    }

    @Override
    public Map<String, Object> json() {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("output", output.toString());
      document.put("calibration_rows", calibrationRows);
      document.put("operators", operators);
      document.put("widest_accumulator_bits", widestBits);
      return document;
    }
  }
}
