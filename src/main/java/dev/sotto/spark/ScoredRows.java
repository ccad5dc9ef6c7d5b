package dev.sotto.spark;

import dev.sotto.problem.SottoException;
import dev.sotto.quantization.QuantizedModule;
import dev.sotto.tensor.Tensor;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.JoinedRow;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one partition with their results: takes a batch of rows, scores it, gives its rows,
 * takes the next.
 *
 * <p>The row that {@link #next} gives is valid until the next call, as Spark's own iterators do it.
 */
final class ScoredRows implements Iterator<InternalRow> {
  /** What scores a batch. */
  @FunctionalInterface
  interface BatchModel {
    /** Scores rows, one tensor {@code rows × width} per input of the model. */
    QuantizedModule.Scores score(Tensor[] rows);
  }

  private final Iterator<InternalRow> rows;
  private final BatchModel model;
  private final ResultWriter writer;
  private final RowMode mode;
  private final ScoringCounters counters;

  private final RowFeatures features;
  private final InternalRow[] taken;
  private final @Nullable String[] errors;
  private final int[] places;
  private final GenericInternalRow results;
  private final JoinedRow joined = new JoinedRow();
  private final int columns;

  private ResultWriter.@Nullable Batch batch;
  private int count;
  private int at;
  private long seen;

  /**
   * Scores a partition.
   *
   * @param missing whether the model reads NaN, infinity and null
   * @param columns number of result columns, without the error column
   * @param batchSize rows of a batch
   */
  ScoredRows(
      Iterator<InternalRow> rows,
      BatchModel model,
      List<FeatureReader> readers,
      boolean missing,
      ResultWriter writer,
      RowMode mode,
      ScoringCounters counters,
      int columns,
      int batchSize) {
    this.rows = rows;
    this.model = model;
    this.writer = writer;
    this.mode = mode;
    this.counters = counters;
    this.columns = columns;
    this.features = new RowFeatures(readers, batchSize, missing);
    this.taken = new InternalRow[batchSize];
    this.errors = new String[batchSize];
    this.places = new int[batchSize];
    this.results = new GenericInternalRow(columns + (mode == RowMode.PERMISSIVE ? 1 : 0));
  }

  @Override
  public boolean hasNext() {
    while (at == count && rows.hasNext()) {
      fill();
    }
    return at < count;
  }

  @Override
  public InternalRow next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    String error = errors[at];
    if (error == null && batch != null) {
      writer.write(batch, places[at], results);
    } else {
      for (int c = 0; c < columns; c++) {
        results.setNullAt(c);
      }
    }
    if (mode == RowMode.PERMISSIVE) {
      results.update(columns, error == null ? null : UTF8String.fromString(error));
    }
    return joined.apply(taken[at++], results);
  }

  /** Takes and scores the next batch. */
  private void fill() {
    count = 0;
    at = 0;
    int good = 0;
    int rejected = 0;
    while (count < taken.length && rows.hasNext()) {
      InternalRow row = rows.next();
      RowFlaw flaw = features.read(row, good);
      String error = flaw == null ? null : flaw.detail();
      if (error != null) {
        rejected++;
        reject(error);
      }
      seen++;
      if (error == null || mode == RowMode.PERMISSIVE) {
        taken[count] = row.copy();
        errors[count] = error;
        places[count] = error == null ? good : -1;
        count++;
      }
      if (error == null) {
        good++;
      }
    }
    batch = good == 0 ? null : score(good);
    counters.rows().add(good);
    counters.rejected().add(rejected);
  }

  private void reject(String error) {
    if (mode == RowMode.FAILFAST) {
      TaskContext task = TaskContext.get();
      String partition = task == null ? "" : "partition " + task.partitionId() + ", ";
      throw SottoException.of(SparkError.BAD_ROW, partition + "row " + seen, error + ".");
    }
  }

  private ResultWriter.Batch score(int good) {
    QuantizedModule.Scores scores = model.score(features.tensors(good));
    counters.clipped().add(scores.clipped());
    scores.outside().values().forEach(outside -> counters.outside().add(outside));
    return writer.batch(scores.outputs(), good);
  }
}
