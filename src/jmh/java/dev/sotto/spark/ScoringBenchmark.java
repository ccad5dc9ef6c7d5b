package dev.sotto.spark;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.sotto.numpy.NumpyModule;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.quantization.BitWidths;
import dev.sotto.quantization.Calibrator;
import dev.sotto.quantization.ModelPreparation;
import dev.sotto.quantization.QuantizationOptions;
import dev.sotto.quantization.QuantizedModule;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.functions;
import org.apache.spark.storage.StorageLevel;

/**
 * Rows per second of one core: a quantized model in the clear, and ONNX Runtime in float, over the
 * same cached partitions of one local[1] session, in the same place of the same iterator, taking
 * turns; medians. The same job without a model says what Spark itself takes.
 *
 * <pre>ScoringBenchmark [--json] [--rounds N] [--bits B] [--batch N] MODEL.onnx …</pre>
 */
public final class ScoringBenchmark {
  private static final int PARTITIONS = 4;
  private static final int WARM_UP = 3;
  private static final long PASS_NANOS = 1_500_000_000L;

  private ScoringBenchmark() {}

  private record Result(String model, long rows, double quantized, double runtime, double bare) {
    String text() {
      return String.format(
          Locale.ROOT,
          "%-24s %,12d %,14.0f %,14.0f %8.2f %,14.0f",
          model,
          rows,
          quantized,
          runtime,
          quantized / runtime,
          bare);
    }

    String json() {
      return String.format(
          Locale.ROOT,
          "{\"model\": \"%s\", \"rows\": %d, \"clear\": %.0f, \"onnxruntime_float\": %.0f,"
              + " \"ratio\": %.3f, \"without_model\": %.0f}",
          model,
          rows,
          quantized,
          runtime,
          quantized / runtime,
          bare);
    }
  }

  /** Runs the benchmark. */
  public static void main(String[] arguments) throws IOException {
    boolean json = false;
    int rounds = 5;
    int bits = BitWidths.DEFAULT;
    int batch = ScoringOptions.DEFAULT_BATCH;
    List<Path> models = new ArrayList<>();
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--json" -> json = true;
        case "--rounds" -> rounds = Integer.parseInt(arguments[++i]);
        case "--batch" -> batch = Integer.parseInt(arguments[++i]);
        case "--bits" -> bits = Integer.parseInt(arguments[++i]);
        default -> models.add(Path.of(arguments[i]));
      }
    }
    SparkSession spark =
        SparkSession.builder()
            .appName("sotto-scoring-benchmark")
            .master("local[1]")
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.local.dir", System.getProperty("java.io.tmpdir"))
            .getOrCreate();
    List<Result> results = new ArrayList<>();
    for (Path model : models) {
      results.add(measure(spark, model, bits, batch, rounds));
      System.err.println(results.get(results.size() - 1).text());
    }
    if (json) {
      System.out.println(results.stream().map(Result::json).toList());
    } else {
      System.out.println(
          "| model | rows | quantized, rows/s | ONNX Runtime float, rows/s | ratio | no model, rows/s"
              + " |\n|---|---|---|---|---|---|");
      for (Result r : results) {
        System.out.printf(
            Locale.ROOT,
            "| %s | %,d | %,.0f | %,.0f | %.2f | %,.0f |%n",
            r.model,
            r.rows,
            r.quantized,
            r.runtime,
            r.quantized / r.runtime,
            r.bare);
      }
    }
    spark.stop();
  }

  private static Result measure(SparkSession spark, Path file, int bits, int batch, int rounds)
      throws IOException {
    OnnxModel onnx = OnnxModel.read(file);
    NumpyModule module = NumpyModule.of(ModelPreparation.prepare(onnx));
    ModelSignature signature = ModelSignature.of(module);
    int width = signature.width();
    Tensor sample = madeUp(512, width);
    QuantizedModule quantized =
        QuantizedModule.quantize(
            onnx,
            Calibrator.calibrate(
                module,
                module.model().graph().inputs().size() == 1
                    ? shaped(sample, quantizedRow(module, width))
                    : sample),
            QuantizationOptions.of(BitWidths.of(bits)));
    String name =
        file.getFileName().toString().equals("model.onnx")
            ? String.valueOf(file.toAbsolutePath().getParent().getFileName())
            : file.getFileName().toString().replace(".onnx", "");

    ScoringOptions options =
        ScoringOptions.standard().withInput(signature.inputs().get(0).name(), List.of("features"));
    byte[] bytes = Files.readAllBytes(file);
    int[] row = quantized.inputs().get(0).row().dims();
    long most = Math.min(1L << 19, (1L << 26) / width);
    long rows = Math.min(1L << 15, most);
    Dataset<Row> table = table(spark, rows, width);
    for (double seconds = warm(table, quantized, options);
        seconds * 1e9 < PASS_NANOS / 2 && rows < most;
        seconds = warm(table, quantized, options)) { // until a pass takes long enough
      table.unpersist(true);
      rows = Math.min(most, rows * (long) Math.max(2, PASS_NANOS / (seconds * 1e9)));
      table = table(spark, rows, width);
    }
    Dataset<Row> clear = PartitionScorer.of(quantized, options).score(table).rows();
    Dataset<Row> runtime = withRuntime(table, quantized, options, bytes, row);
    Dataset<Row> bare = table.select(functions.size(functions.col("features")).alias("prediction"));
    double[][] seconds = new double[3][rounds];
    for (int round = -WARM_UP; round < rounds; round++) {
      double[] took = {pass(clear), pass(runtime), pass(bare)};
      for (int i = 0; i < 3 && round >= 0; i++) {
        seconds[i][round] = took[i];
      }
    }
    table.unpersist(true);
    return new Result(
        name,
        rows,
        rows / median(seconds[0]),
        rows / median(seconds[1]),
        rows / median(seconds[2]));
  }

  private static int[] quantizedRow(NumpyModule module, int width) {
    Tensor one = Tensor.of(Shape.of(1, width), new float[width]);
    int[][] seen = new int[1][];
    module.forwardRows(
        new Tensor[] {one},
        (name, tensor) -> seen[0] = seen[0] == null ? tensor.shape().dims() : seen[0]);
    return seen[0];
  }

  private static Tensor shaped(Tensor rows, int[] row) {
    int[] dims = row.clone();
    dims[0] = rows.shape().dim(0);
    return rows.reshape(Shape.of(dims));
  }

  /** One job over all rows that needs every prediction. */
  private static double pass(Dataset<Row> scored) {
    long start = System.nanoTime();
    scored.agg(functions.sum("prediction")).head();
    return (System.nanoTime() - start) / 1e9;
  }

  /** The fastest of a few passes. */
  private static double warm(Dataset<Row> table, QuantizedModule module, ScoringOptions options) {
    Dataset<Row> scored = PartitionScorer.of(module, options).score(table).rows();
    double fastest = Double.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      fastest = Math.min(fastest, pass(scored));
    }
    return fastest;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static Tensor madeUp(int rows, int width) {
    Random random = new Random(11);
    float[] values = new float[rows * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    return Tensor.of(Shape.of(rows, width), values);
  }

  /** Cached rows of one column {@code features}. */
  private static Dataset<Row> table(SparkSession spark, long rows, int width) {
    Dataset<Row> table =
        spark
            .range(0, rows, 1, PARTITIONS)
            .selectExpr(
                "transform(sequence(1, "
                    + width
                    + "), i -> CAST((hash(id, i) & 65535) / 65536.0D AS FLOAT)) AS features")
            .persist(StorageLevel.MEMORY_ONLY());
    table.count();
    return table;
  }

  /** The same job with ONNX Runtime in the place of the quantized module. */
  private static Dataset<Row> withRuntime(
      Dataset<Row> table, QuantizedModule module, ScoringOptions options, byte[] onnx, int[] row) {
    var classic = (org.apache.spark.sql.classic.Dataset<?>) table;
    var session = (org.apache.spark.sql.classic.SparkSession) classic.sparkSession();
    ModelSignature signature = ModelSignature.of(module);
    Broadcast<byte[]> shared =
        JavaSparkContext.fromSparkContext(session.sparkContext()).broadcast(onnx);
    RuntimePartition work =
        new RuntimePartition(
            shared,
            signature.readers(table.schema(), options, new ArrayList<>()),
            signature.writer(options),
            ScoringCounters.register(session.sparkContext()),
            signature.outputs(options).size(),
            row,
            options.batchSize());
    RDD<InternalRow> scored =
        classic.queryExecution().toRdd().toJavaRDD().mapPartitions(work, true).rdd();
    return session.internalCreateDataFrame(
        scored, signature.schema(table.schema(), options), false);
  }

  private record RuntimePartition(
      Broadcast<byte[]> onnx,
      List<FeatureReader> readers,
      ResultWriter writer,
      ScoringCounters counters,
      int columns,
      int[] row,
      int batch)
      implements FlatMapFunction<Iterator<InternalRow>, InternalRow> {
    @Override
    public Iterator<InternalRow> call(Iterator<InternalRow> rows) throws OrtException {
      OrtSession session = session(onnx.value());
      return new ScoredRows(
          rows,
          given -> run(session, given[0], row),
          readers,
          false,
          writer,
          RowMode.FAILFAST,
          counters,
          columns,
          batch);
    }
  }

  private static byte[] current = {};
  private static OrtSession open;

  private static synchronized OrtSession session(byte[] onnx) throws OrtException {
    if (open == null || !Arrays.equals(current, onnx)) {
      OrtSession.SessionOptions options = new OrtSession.SessionOptions();
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      open = OrtEnvironment.getEnvironment().createSession(onnx, options);
      current = onnx;
    }
    return open;
  }

  private static QuantizedModule.Scores run(OrtSession session, Tensor rows, int[] row) {
    long[] shape = new long[row.length];
    for (int i = 0; i < row.length; i++) {
      shape[i] = i == 0 ? rows.shape().dim(0) : row[i];
    }
    String input = session.getInputNames().iterator().next();
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OnnxTensor given =
            OnnxTensor.createTensor(environment, FloatBuffer.wrap(rows.floats()), shape);
        OrtSession.Result result = session.run(Map.of(input, given))) {
      Tensor[] outputs = new Tensor[result.size()];
      for (int i = 0; i < outputs.length; i++) {
        OnnxTensor output = (OnnxTensor) result.get(i);
        Shape outputShape = Shape.of(output.getInfo().getShape());
        if (output.getInfo().type == ai.onnxruntime.OnnxJavaType.INT64) {
          long[] values = new long[outputShape.size()];
          output.getLongBuffer().get(values);
          outputs[i] = Tensor.of(outputShape, values);
        } else {
          float[] values = new float[outputShape.size()];
          output.getFloatBuffer().get(values);
          outputs[i] = Tensor.of(outputShape, values);
        }
      }
      return new QuantizedModule.Scores(outputs, 0, Map.of());
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }
}
