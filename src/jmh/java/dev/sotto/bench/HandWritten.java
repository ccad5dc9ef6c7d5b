package dev.sotto.bench;

import dev.sotto.numpy.NumpyModule;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;

/**
 * What one would write by hand: minimum and maximum of every input column, and the model's float
 * outputs, in one pass over the same rows with the same mini-batches.
 */
final class HandWritten {
  private HandWritten() {}

  /** The columns as one array of floats, the cheapest way to hand a row to a model. */
  static Dataset<Row> features(Dataset<Row> table) {
    if (table.columns().length == 1) {
      return table;
    }
    Column[] columns =
        Arrays.stream(table.columns())
            .map(name -> functions.col(name).cast(DataTypes.FloatType))
            .toArray(Column[]::new);
    return table.select(functions.array(columns));
  }

  /**
   * Runs the job.
   *
   * @param module run on every mini-batch; null for minimum and maximum only
   * @return minima, then maxima
   */
  static float[] minMax(
      Dataset<Row> table, @org.jspecify.annotations.Nullable NumpyModule module, int batch) {
    byte[] model = module == null ? new byte[0] : module.model().toBytes();
    Broadcast<byte[]> bytes =
        JavaSparkContext.fromSparkContext(table.sparkSession().sparkContext()).broadcast(model);
    return features(table)
        .queryExecution()
        .toRdd()
        .toJavaRDD()
        .mapPartitions(new Task(bytes, batch))
        .treeReduce(HandWritten::merge);
  }

  private static float[] merge(float[] a, float[] b) {
    int width = a.length / 2;
    for (int i = 0; i < width; i++) {
      a[i] = Math.min(a[i], b[i]);
      a[width + i] = Math.max(a[width + i], b[width + i]);
    }
    return a;
  }

  private record Task(Broadcast<byte[]> model, int batch)
      implements FlatMapFunction<Iterator<InternalRow>, float[]> {
    @Override
    public Iterator<float[]> call(Iterator<InternalRow> rows) {
      NumpyModule module =
          model.value().length == 0
              ? null
              : NumpyModule.of(OnnxModel.parse(model.value(), null, "model"));
      List<float[]> result = new ArrayList<>();
      float[] extremes = null;
      float[] values = null;
      int count = 0;
      int width = 0;
      while (rows.hasNext()) {
        float[] row = rows.next().getArray(0).toFloatArray();
        if (extremes == null || values == null) {
          width = row.length;
          extremes = new float[2 * width];
          Arrays.fill(extremes, 0, width, Float.POSITIVE_INFINITY);
          Arrays.fill(extremes, width, 2 * width, Float.NEGATIVE_INFINITY);
          values = new float[batch * width];
          result.add(extremes);
        }
        for (int i = 0; i < width; i++) {
          extremes[i] = Math.min(extremes[i], row[i]);
          extremes[width + i] = Math.max(extremes[width + i], row[i]);
        }
        System.arraycopy(row, 0, values, count * width, width);
        count++;
        if (module != null && (count == batch || !rows.hasNext())) {
          module.forwardRows(
              new Tensor[] {
                Tensor.of(Shape.of(count, width), Arrays.copyOf(values, count * width))
              },
              null);
        }
        count = count == batch ? 0 : count;
      }
      return result.iterator();
    }
  }
}
