package dev.sotto.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sotto.numpy.NumpyModule;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.quantization.ModelPreparation;
import dev.sotto.spark.FeatureColumns;
import dev.sotto.spark.SottoSession;
import dev.sotto.spark.SparkCalibrator;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Calibration on Spark against a hand-written job over the same rows: minimum and maximum of every
 * column, and the float model's outputs.
 *
 * <p>The two take turns; times are medians. Driver and executor are one JVM here: memory is its
 * peak heap during calibration. Arguments: {@code [--full] [--json] [--rounds N] MODELS}, the
 * folder with {@code mlp-fashion-mnist} and {@code logistic-cancer}.
 */
public final class CalibrationBenchmark {
  private static final int FEATURES = 30;
  private static final int BATCH = SparkCalibrator.STANDARD_BATCH;

  private record Result(
      String name,
      long rows,
      int numbersPerRow,
      double calibrateSeconds,
      double handWrittenSeconds,
      double minMaxSeconds,
      long peakHeapBytes,
      long calibrationBytes) {
    double ratio() {
      return handWrittenSeconds / calibrateSeconds;
    }

    Map<String, Object> json() {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("name", name);
      fields.put("rows", rows);
      fields.put("numbers_per_row", numbersPerRow);
      fields.put("calibrate_seconds", calibrateSeconds);
      fields.put("calibrate_rows_per_second", rows / calibrateSeconds);
      fields.put("minmax_and_forward_seconds", handWrittenSeconds);
      fields.put("minmax_seconds", minMaxSeconds);
      fields.put("speed_of_hand_written", ratio());
      fields.put("peak_heap_mb", peakHeapBytes >> 20);
      fields.put("calibration_kb", calibrationBytes >> 10);
      return fields;
    }

    String text() {
      return String.format(
          Locale.ROOT,
          "%-18s %,11d rows x %3d   calibrate %7.2f s, %,10.0f rows/s   min/max + forward %7.2f s"
              + "   min/max %6.2f s   ratio %.2f   peak heap %,d MB   statistics %,d kB",
          name,
          rows,
          numbersPerRow,
          calibrateSeconds,
          rows / calibrateSeconds,
          handWrittenSeconds,
          minMaxSeconds,
          ratio(),
          peakHeapBytes >> 20,
          calibrationBytes >> 10);
    }
  }

  private CalibrationBenchmark() {}

  /** Runs the benchmark. */
  public static void main(String[] arguments) throws IOException {
    boolean json = false;
    boolean full = false;
    int rounds = 3;
    Path models = Path.of("");
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--json" -> json = true;
        case "--full" -> full = true;
        case "--rounds" -> rounds = Integer.parseInt(arguments[++i]);
        default -> models = Path.of(arguments[i]);
      }
    }
    PrintStream out = System.out;
    SparkSession spark = SottoSession.open("calibration benchmark");
    Path folder = Files.createTempDirectory("sotto-calibration");
    List<Result> results = new ArrayList<>();
    try {
      Dataset<Row> images = CalibrationTables.fashionMnist(spark, folder, full ? 60_000 : 10_000);
      results.add(measure("mlp-fashion-mnist", models, images, rounds));
      Dataset<Row> table =
          CalibrationTables.gaussian(spark, folder, full ? 10_000_000 : 200_000, FEATURES);
      results.add(measure("logistic-cancer", models, table, rounds));
    } finally {
      delete(folder);
    }
    if (json) {
      out.println(
          new ObjectMapper()
              .writerWithDefaultPrettyPrinter()
              .writeValueAsString(Map.of("results", results.stream().map(Result::json).toList())));
    } else {
      results.forEach(result -> out.println(result.text()));
      out.printf(
          Locale.ROOT,
          "JDK %s, %s, Spark %s on %d cores, heap limit %,d MB, mini-batches of %d, medians"
              + " of %d%n",
          Runtime.version(),
          System.getProperty("os.arch"),
          spark.version(),
          Runtime.getRuntime().availableProcessors(),
          Runtime.getRuntime().maxMemory() >> 20,
          BATCH,
          rounds);
    }
    spark.stop();
  }

  private static Result measure(String name, Path models, Dataset<Row> table, int rounds) {
    NumpyModule module =
        NumpyModule.of(
            ModelPreparation.prepare(OnnxModel.read(models.resolve(name).resolve("model.onnx"))));
    FeatureColumns columns =
        FeatureColumns.find(table, module.model().graph(), Map.of(), List.of());
    double[] calibrate = new double[rounds];
    double[] handWritten = new double[rounds];
    double[] minMax = new double[rounds];
    long peak = 0;
    SparkCalibrator.Result[] last = new SparkCalibrator.Result[1];
    for (int round = -1; round < rounds; round++) { // the first round warms up
      System.gc();
      double a;
      long used;
      try (HeapWatch watch = HeapWatch.start()) {
        a = seconds(() -> last[0] = SparkCalibrator.of(module).calibrate(table, columns));
        used = watch.peak();
      }
      double b = seconds(() -> HandWritten.minMax(table, module, BATCH));
      double c = seconds(() -> HandWritten.minMax(table, null, BATCH));
      if (round >= 0) {
        calibrate[round] = a;
        handWritten[round] = b;
        minMax[round] = c;
        peak = Math.max(peak, used);
      }
    }
    return new Result(
        name,
        last[0].calibration().rows(),
        columns.inputs().get(0).width(),
        median(calibrate),
        median(handWritten),
        median(minMax),
        peak,
        last[0].calibration().toBytes().length);
  }

  private static double seconds(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e9;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
