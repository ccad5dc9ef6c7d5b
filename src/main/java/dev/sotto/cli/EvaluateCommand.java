package dev.sotto.cli;

import dev.sotto.numpy.NumpyModule;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.quantization.ModelPreparation;
import dev.sotto.quantization.QuantizedModule;
import dev.sotto.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what quantization costs a model: its score in float and on integers, on labelled rows. */
@Command(
    name = "evaluate",
    description =
        "Calibrates and quantizes a model, and compares its score in float and quantized on"
            + " labelled rows: accuracy of a classifier, R2 of a regression.")
final class EvaluateCommand extends Subcommand {
  private static final String ROWS =
      "csv (with or without header), LIBSVM, parquet, or fashion-mnist:train, fashion-mnist:test.";

  @Parameters(paramLabel = "MODEL", description = "An ONNX file.")
  Path model;

  @Option(
      names = "--calibration",
      required = true,
      paramLabel = "ROWS",
      description =
          "Rows to calibrate with, features only or with the label, or a saved calibration: "
              + ROWS)
  String calibration;

  @Option(
      names = "--test",
      required = true,
      paramLabel = "ROWS",
      description = "Labelled rows to score: " + ROWS)
  String test;

  @Option(
      names = "--label",
      defaultValue = "last",
      paramLabel = "last|NAME",
      description = "The label column of the test rows: last, first, a name or a position from 0.")
  String label = "last";

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "2147483647",
      description = "Score at most so many test rows.")
  int limit;

  @Option(
      names = "--calibration-limit",
      paramLabel = "N",
      defaultValue = "2147483647",
      description = "Calibrate with at most so many rows.")
  int calibrationLimit;

  @Mixin QuantizationArguments quantization;

  @Override
  Report run() throws IOException {
    quantization.options(); // refused before any work
    OnnxModel onnx = OnnxModel.read(model);
    NumpyModule module = NumpyModule.of(ModelPreparation.prepare(onnx));
    ModelRows shape = ModelRows.of(module.model().graph());
    RowTable labelled = shape.read(test, limit);
    int column = labelled.column(label);
    Tensor[] rows = shape.inputs(labelled.without(column));
    CalibrationInput seen = CalibrationInput.of(module, calibration, label, calibrationLimit);
    warn(seen.warnings());
    QuantizedModule quantized =
        QuantizedModule.quantize(onnx, seen.calibration(), quantization.options());
    List<String> labels = labelled.cells(column);
    return Evaluation.of(module, quantized, rows, labels);
  }
}
