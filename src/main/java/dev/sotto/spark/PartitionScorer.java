package dev.sotto.spark;

import dev.sotto.problem.Problem;
import dev.sotto.problem.SottoException;
import dev.sotto.quantization.QuantizedModule;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Scores DataFrames with a quantized model, in the clear: the model is broadcast, partitions are
 * scored batch after batch, every row keeps its columns and gets the results beside them.
 *
 * <pre>
 *   rows ─► copy features ─► QuantizedModule.score, 1,024 rows at once ─► rows + prediction, probability …
 * </pre>
 *
 * <p>A row's result depends on nothing but the row and the model, so it is the same for any
 * partitioning. Everything is checked on the driver before a job starts.
 */
public final class PartitionScorer {
  /** Numbers of a batch, so that wide rows make smaller batches. */
  private static final int LARGEST_BATCH = 1 << 20;

  private static final int PROBED_ROWS = 2;

  private final QuantizedModule module;
  private final ScoringOptions options;
  private final Tensor[] probe;
  private final OutputLayout layout;
  private final List<OutputColumn> outputs;
  private final ResultWriter writer;

  private PartitionScorer(QuantizedModule module, ScoringOptions options) {
    this.module = module;
    this.options = options;
    this.probe = module.forward(zeros(module.inputs()));
    this.layout = OutputLayout.of(probe, PROBED_ROWS);
    this.outputs = options.outputs().isEmpty() ? standardOutputs(layout) : options.outputs();
    this.writer = new ResultWriter(layout, outputs, module.outputNames());
  }

  /** A scorer. */
  public static PartitionScorer of(QuantizedModule module, ScoringOptions options) {
    return new PartitionScorer(module, options);
  }

  private static Tensor[] zeros(List<QuantizedModule.Input> inputs) {
    return inputs.stream()
        .map(
            in -> Tensor.of(Shape.of(PROBED_ROWS, in.width()), new float[PROBED_ROWS * in.width()]))
        .toArray(Tensor[]::new);
  }

  private static List<OutputColumn> standardOutputs(OutputLayout layout) {
    OutputColumn prediction = new OutputColumn.Prediction("prediction");
    return layout.scores() < 0
        ? List.of(prediction)
        : List.of(prediction, new OutputColumn.Probabilities("probability", false));
  }

  /**
   * The schema that scoring gives.
   *
   * @throws SottoException with everything that does not fit
   */
  public StructType schema(StructType rows) {
    List<Problem> problems = new ArrayList<>();
    new FeatureReaders(rows, problems).readers(module.inputs(), options.inputs(), options.ignored());
    checkOutputs(rows, problems);
    if (!problems.isEmpty()) {
      throw new SottoException(problems);
    }
    StructType schema = rows;
    boolean nullable = options.mode() == RowMode.PERMISSIVE;
    for (int c = 0; c < outputs.size(); c++) {
      schema = schema.add(outputs.get(c).name(), writer.type(c, probe, PROBED_ROWS), nullable);
    }
    return nullable ? schema.add(options.errorColumn(), DataTypes.StringType, true) : schema;
  }

  private void checkOutputs(StructType rows, List<Problem> problems) {
    Set<String> names = new HashSet<>(Arrays.asList(rows.fieldNames()));
    List<String> added = new ArrayList<>(outputs.stream().map(OutputColumn::name).toList());
    if (options.mode() == RowMode.PERMISSIVE) {
      added.add(options.errorColumn());
    }
    for (String name : added) {
      if (!names.add(name)) {
        problems.add(
            Problem.of(SparkError.COLUMN_EXISTS, "column '" + name + "'", "is there already."));
      }
    }
    for (OutputColumn column : outputs) {
      if (column instanceof OutputColumn.Raw raw && !module.outputNames().contains(raw.output())) {
        problems.add(
            Problem.of(
                SparkError.UNKNOWN_OUTPUT,
                "output '" + raw.output() + "'",
                "the model has " + module.outputNames() + "."));
      }
      if (column instanceof OutputColumn.Probabilities && layout.scores() < 0) {
        problems.add(
            Problem.of(
                SparkError.NO_SCORES,
                "column '" + column.name() + "'",
                "no output has several numbers per row."));
      }
    }
  }

  /**
   * Adds the results to rows, with counters of its own; nothing is computed before an action.
   *
   * @throws SottoException with everything that does not fit, before any job
   */
  public Scored score(Dataset<?> rows) {
    StructType schema = schema(rows.schema());
    if (!(rows instanceof org.apache.spark.sql.classic.Dataset<?> classic)) {
      throw SottoException.of(SparkError.SESSION, "", "got a " + rows.getClass().getName() + ".");
    }
    var session = (org.apache.spark.sql.classic.SparkSession) classic.sparkSession();
    JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
    ScoringCounters counters = ScoringCounters.register(session.sparkContext());
    Broadcast<QuantizedModule> shared = context.broadcast(module);
    List<FeatureReader> readers =
        List.copyOf(
            new FeatureReaders(rows.schema(), new ArrayList<>())
                .readers(module.inputs(), options.inputs(), options.ignored()));
    RDD<InternalRow> scored =
        classic
            .queryExecution()
            .toRdd()
            .toJavaRDD()
            .mapPartitions(
                new Partition(
                    shared, readers, writer, options.mode(), counters, outputs.size(), batchSize()),
                true)
            .rdd();
    return new Scored(session.internalCreateDataFrame(scored, schema, false), counters);
  }

  private int batchSize() {
    int width = module.inputs().stream().mapToInt(QuantizedModule.Input::width).sum();
    return Math.max(1, Math.min(options.batchSize(), LARGEST_BATCH / Math.max(1, width)));
  }

  /**
   * A scored DataFrame.
   *
   * @param rows all input columns, then the results
   * @param counters filled while actions on {@code rows} run
   */
  public record Scored(Dataset<Row> rows, ScoringCounters counters) {}

  /** What is sent to every task. */
  private record Partition(
      Broadcast<QuantizedModule> shared,
      List<FeatureReader> readers,
      ResultWriter writer,
      RowMode mode,
      ScoringCounters counters,
      int columns,
      int batchSize)
      implements org.apache.spark.api.java.function.FlatMapFunction<
          java.util.Iterator<InternalRow>, InternalRow> {
    @Override
    public java.util.Iterator<InternalRow> call(java.util.Iterator<InternalRow> rows) {
      return new ScoredRows(
          rows, shared.value(), readers, writer, mode, counters, columns, batchSize);
    }
  }
}
