package dev.sotto.cli;

import dev.sotto.numpy.NumpyModule;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.problem.SottoException;
import dev.sotto.quantization.ModelPreparation;
import dev.sotto.quantization.QuantizedModule;
import dev.sotto.spark.FeatureColumns;
import dev.sotto.spark.PartitionScorer;
import dev.sotto.spark.RowFiles;
import dev.sotto.spark.ScoringCounters;
import dev.sotto.spark.ScoringOptions;
import dev.sotto.spark.SottoSession;
import dev.sotto.spark.SparkCalibrator;
import dev.sotto.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The whole way on the samples: inspect, calibrate, quantize, score, and what came of it. */
@Command(
    name = "demo",
    description =
        "Takes the sample digits and a network trained on them from the ONNX file to rows scored on"
            + " Spark, in the clear and encrypted, and compares.")
final class DemoCommand extends Subcommand {
  @Option(
      names = "--samples",
      paramLabel = "DIR",
      description = "The folder of the samples (default: samples/ of the project).")
  @Nullable Path samples;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      defaultValue = "mlp-digits",
      description = "mlp-digits (default) or cnn-digits.")
  String name = "mlp-digits";

  @Option(
      names = "--copies",
      paramLabel = "N",
      defaultValue = "1000",
      description =
          "How often the test rows are scored in the clear, to keep Spark busy (default 1000).")
  int copies;

  @Mixin QuantizationArguments quantization;

  @Override
  Report run() throws IOException {
    Path folder = samples();
    OnnxModel onnx = OnnxModel.read(folder.resolve("models").resolve(name + ".onnx"));
    ModelInspection inspection =
        ModelInspection.of(folder.resolve("models").resolve(name + ".onnx"));
    step("inspect", name + ": " + inspection.summary());

    NumpyModule module = NumpyModule.of(ModelPreparation.prepare(onnx));
    SparkSession spark = SottoSession.open("sotto demo");
    Dataset<Row> seen =
        RowFiles.read(spark, folder.resolve("digits/calibration.parquet").toString(), 0);
    FeatureColumns columns =
        FeatureColumns.find(seen, module.model().graph(), Map.of(), List.of("label"));
    long start = System.nanoTime();
    SparkCalibrator.Result calibrated = SparkCalibrator.of(module).calibrate(seen, columns);
    step(
        "calibrate",
        String.format(
            Locale.ROOT,
            "%,d rows on Spark %s, %.1f s",
            calibrated.calibration().rows(),
            spark.sparkContext().master(),
            (System.nanoTime() - start) / 1e9));

    QuantizedModule quantized =
        QuantizedModule.quantize(onnx, calibrated.calibration(), quantization.options());
    step(
        "quantize",
        String.format(
            Locale.ROOT,
            "%d integer operators, widest accumulator %d bits",
            quantized.ops().size(),
            quantized.widestBits()));

    RowTable test = CsvFile.read(folder.resolve("digits/test.csv"), Integer.MAX_VALUE);
    int label = test.column("label");
    Tensor[] rows = ModelRows.of(module.model().graph()).inputs(test.without(label));
    Evaluation evaluation = Evaluation.of(module, quantized, rows, test.cells(label));
    EncryptedDemo encrypted =
        encrypted(spark, quantized, calibrated.calibration().sample(), folder, rows);
    return score(spark, quantized, folder, evaluation, encrypted, test);
  }

  private EncryptedDemo encrypted(
      SparkSession spark, QuantizedModule quantized, Tensor[] sample, Path folder, Tensor[] rows)
      throws IOException {
    Path work = Files.createTempDirectory("sotto-demo");
    try {
      Dataset<Row> digits =
          RowFiles.read(spark, folder.resolve("digits/test.parquet").toString(), 0);
      return EncryptedDemo.run(
          spark, quantized, sample, digits.coalesce(1), rows, work, this::tell);
    } finally {
      try (Stream<Path> files = Files.walk(work)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private DemoReport score(
      SparkSession spark,
      QuantizedModule quantized,
      Path folder,
      Evaluation evaluation,
      EncryptedDemo encrypted,
      RowTable test) {
    int cores = spark.sparkContext().defaultParallelism();
    int partitions = 2 * cores;
    Dataset<Row> digits = RowFiles.read(spark, folder.resolve("digits/test.parquet").toString(), 0);
    Dataset<Row> rows =
        spark.range(0, copies, 1, partitions).toDF("copy").crossJoin(functions.broadcast(digits));
    long total = (long) copies * test.rows();
    PartitionScorer.Scored scored =
        PartitionScorer.of(
                quantized,
                ScoringOptions.standard()
                    .withInput(quantized.inputs().get(0).name(), List.of("features")))
            .score(rows);
    ScoringCounters counters = scored.counters();
    spark
        .sparkContext()
        .setJobGroup("sotto-demo", "score " + total + " rows with " + name + ", clear", true);
    long start = System.nanoTime();
    Row sums;
    try (Progress progress =
        Progress.start(
            spec.commandLine().getErr(), "scoring", () -> counters.rows().value(), total)) {
      sums =
          scored
              .rows()
              .agg(
                  functions.count(functions.lit(1)),
                  functions.avg(functions.expr("IF(prediction = label, 1.0D, 0.0D)")))
              .head();
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    step(
        "score",
        String.format(
            Locale.ROOT,
            "in the clear: %,d rows (%d digits, %d times) in %d partitions on %d cores, %.1f s",
            sums.getLong(0),
            test.rows(),
            copies,
            partitions,
            cores,
            seconds));
    return new DemoReport(
        name,
        evaluation,
        encrypted,
        sums.getLong(0),
        sums.getDouble(1),
        partitions,
        cores,
        seconds);
  }

  private void step(String what, String result) {
    tell(String.format(Locale.ROOT, "%-10s %s", what, result));
  }

  private Path samples() {
    String home = System.getenv("SOTTO_HOME");
    Path folder =
        samples != null ? samples : home != null ? Path.of(home, "samples") : Path.of("samples");
    if (!Files.isDirectory(folder)) {
      throw SottoException.of(
          CliError.FILE, "folder " + folder, "the samples are not here: name them by --samples.");
    }
    return folder;
  }
}
