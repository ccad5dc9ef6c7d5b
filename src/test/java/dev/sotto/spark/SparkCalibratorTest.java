package dev.sotto.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.numpy.NumpyModule;
import dev.sotto.problem.Problem;
import dev.sotto.problem.SottoException;
import dev.sotto.quantization.Calibration;
import dev.sotto.quantization.CalibrationOptions;
import dev.sotto.quantization.Calibrator;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import dev.sotto.testing.SparkTestSession;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

final class SparkCalibratorTest {
  private static final int FEATURES = 5;
  private static final NumpyModule MODULE = SparkTestModels.layer(FEATURES);
  private static final DataType FLOATS = DataTypes.createArrayType(DataTypes.FloatType);

  private static SparkSession spark() {
    return SparkTestSession.get();
  }

  private static List<float[]> rows(int count) {
    Random random = new Random(5);
    List<float[]> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] row = new float[FEATURES];
      for (int c = 0; c < FEATURES; c++) {
        row[c] = (float) (random.nextGaussian() * (c + 1));
      }
      rows.add(row);
    }
    return rows;
  }

  private static Dataset<Row> table(List<Row> rows, DataType type, int partitions) {
    return spark()
        .createDataFrame(rows, new StructType().add("features", type))
        .repartition(partitions);
  }

  private static Dataset<Row> floats(List<float[]> rows, int partitions) {
    return table(
        rows.stream().map(row -> RowFactory.create((Object) row)).toList(), FLOATS, partitions);
  }

  private static SparkCalibrator.Result calibrate(Dataset<Row> table, int batch) {
    FeatureColumns columns =
        FeatureColumns.find(table, MODULE.model().graph(), Map.of(), List.of());
    return SparkCalibrator.of(MODULE).withBatch(batch).calibrate(table, columns);
  }

  private static byte[] bytes(Dataset<Row> table, int batch) {
    return calibrate(table, batch).calibration().toBytes();
  }

  private static byte[] local(List<float[]> rows) {
    float[] data = new float[rows.size() * FEATURES];
    for (int i = 0; i < rows.size(); i++) {
      System.arraycopy(rows.get(i), 0, data, i * FEATURES, FEATURES);
    }
    Tensor batch = Tensor.of(Shape.of(rows.size(), FEATURES), data);
    return Calibrator.calibrate(
            MODULE,
            Collections.singletonList(new Tensor[] {batch}).iterator(),
            CalibrationOptions.standard())
        .toBytes();
  }

  @Test
  void partitions_order_and_batches_change_no_bit() {
    List<float[]> rows = rows(2000);
    byte[] expected = local(rows);
    for (int partitions : new int[] {1, 2, 7}) {
      assertArrayEquals(expected, bytes(floats(rows, partitions), 100), partitions + " partitions");
    }
    List<float[]> shuffled = new ArrayList<>(rows);
    Collections.shuffle(shuffled, new Random(1));
    assertArrayEquals(expected, bytes(floats(shuffled, 3), 17));
  }

  @Test
  void every_kind_of_column_gives_the_same() {
    List<float[]> rows = rows(300);
    byte[] expected = local(rows);
    List<Row> doubles = new ArrayList<>();
    List<Row> dense = new ArrayList<>();
    List<Row> sparse = new ArrayList<>();
    List<Row> plain = new ArrayList<>();
    for (float[] row : rows) {
      Double[] boxed = new Double[FEATURES];
      double[] values = new double[FEATURES];
      int[] indices = new int[FEATURES];
      for (int c = 0; c < FEATURES; c++) {
        boxed[c] = (double) row[c];
        values[c] = row[c];
        indices[c] = c;
      }
      doubles.add(RowFactory.create((Object) boxed));
      dense.add(RowFactory.create(Vectors.dense(values)));
      sparse.add(RowFactory.create(Vectors.sparse(FEATURES, indices, values)));
      plain.add(RowFactory.create((Object[]) boxed));
    }
    StructType columns = new StructType();
    for (int c = 0; c < FEATURES; c++) {
      columns = columns.add("c" + c, DataTypes.DoubleType);
    }
    DataType arrays = DataTypes.createArrayType(DataTypes.DoubleType);
    assertArrayEquals(expected, bytes(table(doubles, arrays, 2), 64));
    assertArrayEquals(expected, bytes(table(dense, SQLDataTypes.VectorType(), 2), 64));
    assertArrayEquals(expected, bytes(table(sparse, SQLDataTypes.VectorType(), 2), 64));
    assertArrayEquals(expected, bytes(spark().createDataFrame(plain, columns), 64));
  }

  @Test
  void rows_with_gaps_are_set_aside_and_counted_by_column() {
    List<Row> rows = new ArrayList<>();
    rows(200).forEach(row -> rows.add(RowFactory.create((Object) row)));
    rows.add(RowFactory.create((Object) new Float[] {1f, null, 1f, 1f, Float.NaN}));
    rows.add(RowFactory.create((Object) new Float[] {1f, null, 1f, 1f, 1f}));
    rows.add(RowFactory.create((Object) new Float[] {Float.NEGATIVE_INFINITY, 1f, 1f, 1f, 1f}));
    rows.add(RowFactory.create((Object) null));
    rows.add(RowFactory.create((Object) new Float[] {1f, 1f}));
    SparkCalibrator.Result result = calibrate(table(rows, FLOATS, 3), 50);
    assertEquals(200, result.tally().accepted());
    assertEquals(5, result.tally().rejected());
    assertArrayEquals(local(rows(200)), result.calibration().toBytes());
    List<String> messages = result.warnings().stream().map(Problem::message).toList();
    assertEquals(5, messages.size(), messages.toString());
    assertTrue(messages.get(0).contains("got 2 in 1 row"), messages.get(0));
    assertTrue(messages.get(1).contains("got null in 1 row"), messages.get(1));
    assertTrue(messages.get(2).contains("'features[0]'"), messages.get(2));
    assertTrue(messages.get(3).contains("'features[1]': numbers expected, got null in 2 rows"));
    assertTrue(messages.get(4).contains("'features[4]': numbers expected, got NaN in 1 row"));
  }

  @Test
  void no_usable_row_is_refused_with_the_reasons() {
    Dataset<Row> table =
        table(
            List.of(
                RowFactory.create((Object) new Float[] {1f, null, 1f, 1f, 1f}),
                RowFactory.create((Object) new Float[] {1f, null, 1f, 1f, 1f})),
            FLOATS,
            1);
    SottoException e = assertThrows(SottoException.class, () -> calibrate(table, 10));
    assertEquals("SOTTO-CALIB-001", e.problems().get(0).code().code());
    assertEquals(SparkError.NULLS, e.problems().get(1).code());
    Dataset<Row> none = table(List.of(), FLOATS, 1);
    assertThrows(SottoException.class, () -> calibrate(none, 10));
  }

  @Test
  void model_with_two_inputs_reads_two_columns() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      rows.add(RowFactory.create(i, new float[] {i, -i}, new float[] {1, i * 0.5f}));
    }
    StructType schema =
        new StructType().add("id", DataTypes.IntegerType).add("u", FLOATS).add("v", FLOATS);
    Dataset<Row> table = spark().createDataFrame(rows, schema);
    NumpyModule sum = SparkTestModels.sum(2);
    FeatureColumns columns = FeatureColumns.find(table, sum.model().graph(), Map.of(), List.of());
    Calibration calibration = SparkCalibrator.of(sum).calibrate(table, columns).calibration();
    assertEquals(List.of("a", "b", "y"), List.copyOf(calibration.statistics().keySet()));
    assertEquals(150, calibration.statistics("y").channelMax(0));
    assertEquals(-74.5, calibration.statistics("y").channelMin(1));
  }

  @Test
  void rows_done_counts_the_rows_of_the_job() {
    Dataset<Row> table = floats(rows(321), 4);
    FeatureColumns columns =
        FeatureColumns.find(table, MODULE.model().graph(), Map.of(), List.of());
    SparkCalibrator calibrator = SparkCalibrator.of(MODULE).withBatch(10);
    assertEquals(0, calibrator.rowsDone());
    calibrator.calibrate(table, columns);
    assertEquals(321, calibrator.rowsDone());
  }
}
