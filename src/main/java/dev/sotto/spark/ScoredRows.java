package dev.sotto.spark;

import dev.sotto.problem.SottoException;
import dev.sotto.quantization.QuantizedModule;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.Arrays;
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
  private final List<FeatureReader> readers;
  private final ResultWriter writer;
  private final RowMode mode;
  private final ScoringCounters counters;

  private final float[][] features;
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
   * @param columns number of result columns, without the error column
   * @param batchSize rows of a batch
   */
  ScoredRows(
      Iterator<InternalRow> rows,
      BatchModel model,
      List<FeatureReader> readers,
      ResultWriter writer,
      RowMode mode,
      ScoringCounters counters,
      int columns,
      int batchSize) {
    this.rows = rows;
    this.model = model;
    this.readers = readers;
    this.writer = writer;
    this.mode = mode;
    this.counters = counters;
    this.columns = columns;
    this.features = new float[readers.size()][];
    for (int i = 0; i < features.length; i++) {
      features[i] = new float[batchSize * readers.get(i).width];
    }
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
      String error = read(row, good);
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

  private @Nullable String read(InternalRow row, int at) {
    for (int i = 0; i < features.length; i++) {
      FeatureReader reader = readers.get(i);
      int from = at * reader.width;
      String error = reader.read(row, features[i], from);
      if (error == null && !isFinite(features[i], from, reader.width)) {
        error = nonFinite(features[i], from, reader.width);
      }
      if (error != null) {
        return error;
      }
    }
    return null;
  }

  /** Four sums of x·0, which are 0 unless an x is NaN or infinite. */
  private static boolean isFinite(float[] values, int from, int length) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    int i = from;
    for (; i <= from + length - 4; i += 4) {
      a += values[i] * 0f;
      b += values[i + 1] * 0f;
      c += values[i + 2] * 0f;
      d += values[i + 3] * 0f;
    }
    for (; i < from + length; i++) {
      a += values[i] * 0f;
    }
    return a + b + c + d == 0;
  }

  private static String nonFinite(float[] values, int from, int length) {
    int i = 0;
    while (i < length - 1 && Float.isFinite(values[from + i])) {
      i++;
    }
    return "feature " + i + " is " + values[from + i];
  }

  private void reject(String error) {
    if (mode == RowMode.FAILFAST) {
      TaskContext task = TaskContext.get();
      String partition = task == null ? "" : "partition " + task.partitionId() + ", ";
      throw SottoException.of(SparkError.BAD_ROW, partition + "row " + seen, error + ".");
    }
  }

  private ResultWriter.Batch score(int good) {
    Tensor[] inputs = new Tensor[features.length];
    for (int i = 0; i < inputs.length; i++) {
      int width = readers.get(i).width;
      float[] values = features[i];
      if (values.length != good * width) {
        values = Arrays.copyOf(values, good * width);
      }
      inputs[i] = Tensor.of(Shape.of(good, width), values);
    }
    QuantizedModule.Scores scores = model.score(inputs);
    counters.clipped().add(scores.clipped());
    scores.outside().values().forEach(outside -> counters.outside().add(outside));
    return writer.batch(scores.outputs(), good);
  }
}
