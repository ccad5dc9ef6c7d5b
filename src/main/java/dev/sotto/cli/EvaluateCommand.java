package dev.sotto.cli;

import dev.sotto.compiler.CircuitCompiler;
import dev.sotto.compiler.CompiledCircuit;
import dev.sotto.numpy.NumpyModule;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.quantization.ModelPreparation;
import dev.sotto.quantization.QuantizedModule;
import dev.sotto.runtime.simulation.Simulator;
import dev.sotto.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
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

  /** How the compiled model is run. */
  enum Mode {
    CLEAR,
    SIMULATED,
    ENCRYPTED
  }

  @Option(
      names = "--mode",
      split = ",",
      paramLabel = "MODE",
      description =
          "clear (default): the quantized model on integers; simulated, encrypted: the compiled"
              + " model, and then clear is its circuit in the clear. Several by commas.")
  List<Mode> modes = List.of(Mode.CLEAR);

  @Option(
      names = "--rows",
      paramLabel = "N",
      description = "Test rows at most; the same as --limit.")
  @Nullable Integer mostRows;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of an encrypted run (default: one per core).")
  @Nullable Integer threads;

  @Mixin QuantizationArguments quantization;
  @Mixin CompileArguments compilation;

  @Override
  Report run() throws IOException {
    quantization.options(); // refused before any work
    compilation.options();
    Threads.of(threads);
    OnnxModel onnx = OnnxModel.read(model);
    NumpyModule module = NumpyModule.of(ModelPreparation.prepare(onnx));
    ModelRows shape = ModelRows.of(module.model().graph());
    RowTable labelled = shape.read(test, mostRows == null ? limit : Math.min(limit, mostRows));
    int column = labelled.column(label);
    Tensor[] rows = shape.inputs(labelled.without(column));
    CliError.requirePositive("--calibration-limit", calibrationLimit);
    CalibrationInput seen = CalibrationInput.of(module, calibration, label, calibrationLimit);
    warn(seen.warnings());
    QuantizedModule quantized =
        QuantizedModule.quantize(onnx, seen.calibration(), quantization.options());
    List<String> labels = labelled.cells(column);
    if (modes.equals(List.of(Mode.CLEAR))) {
      return Evaluation.of(module, quantized, rows, labels);
    }
    try (HeapPeak heap = HeapPeak.start()) {
      return evaluate(module, quantized, seen.calibration().sample(), rows, labels, heap);
    }
  }

  private Report evaluate(
      NumpyModule module,
      QuantizedModule quantized,
      Tensor[] sample,
      Tensor[] rows,
      List<String> labels,
      HeapPeak heap) {
    long start = System.nanoTime();
    CompiledCircuit compiled =
        CircuitCompiler.compile(quantized, compilation.options(), CompilationInput.some(sample));
    double compileSeconds = (System.nanoTime() - start) / 1e9;
    Map<String, Object> figures = Map.of();
    Map<String, Answers> answers = new LinkedHashMap<>();
    int count = labels.size();
    int batch = Evaluation.BATCH;
    answers.put("float", Answers.of(r -> module.forwardRows(r, null), rows, count, batch));
    answers.put("quantized", Answers.of(quantized::forward, rows, count, batch));
    answers.put("clear", Answers.of(compiled::score, rows, count, batch));
    if (modes.contains(Mode.SIMULATED)) {
      Simulator simulator = Simulator.of(compiled);
      answers.put(
          "simulated",
          Answers.of(
              r -> CircuitScoring.simulate(simulator, compiled.client(), r), rows, count, batch));
    }
    if (modes.contains(Mode.ENCRYPTED)) {
      try (EncryptedRun run = EncryptedRun.start(compiled, Threads.of(threads))) {
        try (Progress progress =
            Progress.start(spec.commandLine().getErr(), "encrypted", run::rows, count)) {
          answers.put("encrypted", Answers.of(run::score, rows, count, run.rowsPerBlock()));
        }
        int last = Math.min(count, run.rowsPerBlock());
        Tensor[] block = Arrays.stream(rows).map(r -> r.rows(0, last)).toArray(Tensor[]::new);
        figures = run.figures(block, compileSeconds, heap);
      }
    }
    Evaluation integers = Evaluation.of(module, quantized, rows, labels);
    return ModeEvaluation.of(integers, labels, answers, figures);
  }
}
