package dev.sotto.cli;

import dev.sotto.numpy.NumpyModule;
import dev.sotto.onnx.Graph;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.quantization.Calibration;
import dev.sotto.quantization.CalibrationMethod;
import dev.sotto.quantization.CalibrationOptions;
import dev.sotto.quantization.ModelPreparation;
import dev.sotto.quantization.Range;
import dev.sotto.quantization.TensorStatistics;
import dev.sotto.spark.FeatureColumns;
import dev.sotto.spark.SottoSession;
import dev.sotto.spark.SparkCalibrator;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures the ranges of a model's values over representative rows, on Spark. */
@Command(
    name = "calibrate",
    description = {
      "Runs a model in float over representative rows on Spark, one pass, and keeps statistics of"
          + " every value, from which any method chooses its ranges later.",
      "The same rows give the same file, whatever their order and partitioning."
    })
final class CalibrateCommand extends Subcommand {
  private static final int REPORTED_BITS = 8;

  @Parameters(paramLabel = "MODEL", description = "An ONNX file.")
  Path model = Path.of("");

  @Mixin RowsOptions rows;

  @Option(
      names = {"--output", "-o"},
      required = true,
      paramLabel = "FILE",
      description = "Where the statistics go.")
  Path output = Path.of("");

  @Option(
      names = "--method",
      defaultValue = "minmax",
      paramLabel = "METHOD",
      description =
          "The method whose ranges are shown: minmax (default), percentile, percentile:99.9,"
              + " entropy, mse. The file serves all of them.")
  String method = "minmax";

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "1024",
      description = "Rows of a mini-batch (default 1024): speed and memory, not results.")
  int batch;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      description = "Cut the rows into so many partitions first.")
  @Nullable Integer partitions;

  @Option(
      names = "--sample",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Rows kept as they are, for later fits (default 1000).")
  int sample;

  /** What came out, as text and as JSON. */
  private record Result(
      SparkCalibrator.Result job, double seconds, Path file, CalibrationMethod method)
      implements Report {
    @Override
    public void print(PrintWriter out) {
      out.println(job.calibration().print());
      out.printf(
          Locale.ROOT,
          "%,d rows in %.1f s, %,.0f rows/s; %,d set aside; statistics in %s%n",
          job.tally().accepted(),
          seconds,
          job.tally().accepted() / seconds,
          job.tally().rejected(),
          file);
    }

    @Override
    public Map<String, Object> json() {
      Calibration calibration = job.calibration();
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("rows", calibration.rows());
      document.put("set_aside", job.tally().rejected());
      document.put("seconds", seconds);
      document.put("rows_per_second", job.tally().accepted() / seconds);
      document.put("output", file.toString());
      document.put("method", method.name());
      List<Map<String, Object>> values = new ArrayList<>();
      calibration.statistics().forEach((name, statistics) -> values.add(fields(name, statistics)));
      document.put("values", values);
      document.put("warnings", JsonOutput.of(job.warnings()));
      return document;
    }

    private Map<String, Object> fields(String name, TensorStatistics statistics) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("name", name);
      fields.put("row_shape", statistics.isPerRow() ? statistics.rowShape().dims() : null);
      if (statistics.histogram().count() > 0) {
        fields.put("min", statistics.histogram().min());
        fields.put("max", statistics.histogram().max());
        Range range = method.range(statistics.histogram(), REPORTED_BITS, false);
        fields.put("range", new double[] {range.min(), range.max()});
      }
      fields.put("not_finite", statistics.histogram().nonFinite());
      return fields;
    }
  }

  @Override
  Report run() throws IOException {
    CalibrationMethod shown = CalibrationMethod.parse(method);
    CliError.requirePositive("--batch", batch);
    CliError.requirePositive("--partitions", partitions == null ? 1 : partitions);
    CliError.requirePositive("--sample", sample);
    NumpyModule module = NumpyModule.of(ModelPreparation.prepare(OnnxModel.read(model)));
    Graph graph = module.model().graph();
    SparkSession spark = SottoSession.open("sotto calibrate " + model.getFileName());
    Dataset<Row> table = rows.open(spark, graph);
    FeatureColumns columns = rows.columns(table, graph);
    if (partitions != null) {
      table = table.repartition(partitions);
    }
    SparkCalibrator calibrator =
        SparkCalibrator.of(module)
            .named(String.valueOf(model.getFileName()))
            .with(CalibrationOptions.standard().withSampleRows(sample))
            .withBatch(batch);
    long start = System.nanoTime();
    SparkCalibrator.Result job;
    try (Progress progress =
        Progress.start(spec.commandLine().getErr(), "calibrating", calibrator::rowsDone, 0)) {
      job = calibrator.calibrate(table, columns);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    job.calibration().save(output);
    warn(job.warnings());
    return new Result(job, seconds, output, shown);
  }
}
