package dev.sotto.spark;

import dev.sotto.numpy.NumpyModule;
import dev.sotto.problem.Problem;
import dev.sotto.problem.SottoException;
import dev.sotto.quantization.Calibration;
import dev.sotto.quantization.CalibrationAccumulator;
import dev.sotto.quantization.CalibrationError;
import dev.sotto.quantization.CalibrationOptions;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.util.LongAccumulator;
import org.jspecify.annotations.Nullable;

/**
 * Calibrates a model over a DataFrame: one pass, every partition folded into statistics, statistics
 * merged in a tree.
 *
 * <p>The result is a function of the multiset of rows: partitioning, order, retries and the size of
 * mini-batches change no bit of it, and {@link dev.sotto.quantization.Calibrator} gives the same in
 * one process. A task holds one mini-batch and the statistics, however many rows it reads.
 */
public final class SparkCalibrator {
  /** Rows of a mini-batch. */
  public static final int STANDARD_BATCH = 1024;

  private static final int TREE_DEPTH = 2;

  private final NumpyModule module;
  private final String modelName;
  private final CalibrationOptions options;
  private final int batch;
  private final AtomicReference<@Nullable LongAccumulator> rows = new AtomicReference<>();

  private SparkCalibrator(
      NumpyModule module, String modelName, CalibrationOptions options, int batch) {
    if (batch < 1) {
      throw new IllegalArgumentException("a mini-batch has at least one row, got " + batch);
    }
    this.module = module;
    this.modelName = modelName;
    this.options = options;
    this.batch = batch;
  }

  /** A calibrator with standard options. */
  public static SparkCalibrator of(NumpyModule module) {
    return new SparkCalibrator(
        module, module.model().graph().name(), CalibrationOptions.standard(), STANDARD_BATCH);
  }

  /** The same calibrator with other options. */
  public SparkCalibrator with(CalibrationOptions newOptions) {
    return new SparkCalibrator(module, modelName, newOptions, batch);
  }

  /** The same calibrator with mini-batches of another size: speed and memory, not results. */
  public SparkCalibrator withBatch(int newBatch) {
    return new SparkCalibrator(module, modelName, options, newBatch);
  }

  /** The same calibrator with another name for the model in Spark's pages and messages. */
  public SparkCalibrator named(String newModelName) {
    return new SparkCalibrator(module, newModelName, options, batch);
  }

  /**
   * What a calibration job gives.
   *
   * @param calibration the statistics
   * @param tally rows used and set aside
   * @param warnings what looks wrong with rows, columns and values, by column with row counts
   */
  public record Result(Calibration calibration, RowTally tally, List<Problem> warnings) {
    /** Copies the list. */
    public Result {
      warnings = List.copyOf(warnings);
    }
  }

  /** Rows taken in by finished tasks of the running or last job; for a progress line. */
  public long rowsDone() {
    LongAccumulator counter = rows.get();
    return counter == null ? 0 : counter.value();
  }

  /**
   * Runs the job.
   *
   * @param table rows of any partitioning
   * @param columns what the model reads of them
   * @throws SottoException when no row is fit for use
   */
  public Result calibrate(Dataset<Row> table, FeatureColumns columns) {
    SparkContext context = table.sparkSession().sparkContext();
    LongAccumulator used = context.longAccumulator("rows calibrated");
    LongAccumulator rejected = context.longAccumulator("rows set aside");
    rows.set(used);
    int[] widths = columns.inputs().stream().mapToInt(FeatureColumns.Input::width).toArray();
    Broadcast<ModelBytes> model =
        JavaSparkContext.fromSparkContext(context).broadcast(ModelBytes.of(module));
    context.setJobGroup(
        "sotto-calibrate-" + model.id(),
        "calibrate "
            + modelName
            + ": "
            + module.model().graph().nodes().size()
            + " operators over "
            + columns.inputs().size()
            + (columns.inputs().size() == 1 ? " input" : " inputs"),
        true);
    Partial whole;
    try {
      JavaRDD<InternalRow> input = columns.select(table).queryExecution().toRdd().toJavaRDD();
      whole =
          input
              .mapPartitions(new Fold(model, options, widths, batch, used, rejected))
              .treeAggregate(Partial.empty(options), Partial::merge, Partial::merge, TREE_DEPTH);
    } finally {
      context.clearJobGroup();
      model.unpersist(false);
    }
    return result(whole, columns);
  }

  private static Result result(Partial whole, FeatureColumns columns) {
    List<Problem> problems = whole.tally.problems(columns);
    Calibration calibration = whole.calibration;
    if (calibration.rows() == 0) {
      List<Problem> refusals = new ArrayList<>();
      refusals.add(
          Problem.of(
              CalibrationError.NO_ROWS,
              "rows",
              "at least one usable row expected, got none; "
                  + whole.tally.rejected()
                  + " were set aside."));
      refusals.addAll(problems);
      throw new SottoException(refusals);
    }
    List<Problem> warnings = new ArrayList<>(problems);
    warnings.addAll(calibration.warnings());
    return new Result(calibration, whole.tally, warnings);
  }

  /** The statistics of one or more partitions; they travel in the file format. */
  private static final class Partial implements Serializable {
    private static final long serialVersionUID = 1L;

    private transient Calibration calibration;
    private final RowTally tally;

    Partial(Calibration calibration, RowTally tally) {
      this.calibration = calibration;
      this.tally = tally;
    }

    static Partial empty(CalibrationOptions options) {
      return new Partial(Calibration.empty(options), new RowTally());
    }

    static Partial merge(Partial a, Partial b) {
      return new Partial(a.calibration.merge(b.calibration), a.tally.merge(b.tally));
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
      out.defaultWriteObject();
      byte[] bytes = calibration.toBytes();
      out.writeInt(bytes.length);
      out.write(bytes);
    }

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
      in.defaultReadObject();
      calibration = Calibration.parse(in.readNBytes(in.readInt()));
    }
  }

  /** The work of one task. */
  private record Fold(
      Broadcast<ModelBytes> model,
      CalibrationOptions options,
      int[] widths,
      int batch,
      LongAccumulator used,
      LongAccumulator rejected)
      implements FlatMapFunction<Iterator<InternalRow>, Partial> {
    private static final long serialVersionUID = 1L;

    @Override
    public Iterator<Partial> call(Iterator<InternalRow> rows) {
      CalibrationAccumulator accumulator =
          CalibrationAccumulator.create(model.value().module(), options);
      RowTally tally = new RowTally();
      RowBatches batches = new RowBatches(rows, widths, batch, tally, used::add);
      while (batches.hasNext()) {
        accumulator.addRows(batches.next());
      }
      rejected.add(tally.rejected());
      return List.of(new Partial(accumulator.finish(), tally)).iterator();
    }
  }
}
