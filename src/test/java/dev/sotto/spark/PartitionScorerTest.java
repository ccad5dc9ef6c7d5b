package dev.sotto.spark;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.problem.SottoException;
import dev.sotto.quantization.QuantizedModule;
import dev.sotto.spark.PartitionScorer.Scored;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import dev.sotto.testing.SparkTestSession;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.apache.spark.SparkException;
import org.apache.spark.ml.functions;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PartitionScorerTest {
  private static final int ROWS = 1000;
  private static final int FEATURES = QuantizedTestModels.FEATURES;

  private final QuantizedModule module = QuantizedTestModels.quantized();

  private static Dataset<Row> table() {
    return QuantizedTestModels.table(SparkTestSession.get(), ROWS, 5);
  }

  /** A table whose rows are those of {@link #table}, with one flaw in each of three rows. */
  private static Dataset<Row> flawed() {
    Column features =
        expr(
            "CASE WHEN id = 3 THEN NULL WHEN id = 500 THEN array_repeat(CAST('NaN' AS FLOAT), 5)"
                + " WHEN id = 999 THEN array_repeat(1f, 4) ELSE features END");
    return table().withColumn("features", features);
  }

  private List<Row> score(Dataset<Row> rows, ScoringOptions options) {
    return PartitionScorer.of(module, options).score(rows).rows().orderBy("id").collectAsList();
  }

  private double[] expected() {
    Tensor rows = Tensor.of(Shape.of(ROWS, FEATURES), QuantizedTestModels.features(ROWS, 5));
    Tensor[] outputs = module.forward(rows);
    return OutputLayout.of(outputs, ROWS).numbers(outputs, ROWS);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7})
  void rows_in_any_partitioning_get_what_the_module_gives_in_one_batch(int partitions) {
    List<Row> scored =
        score(table().repartition(partitions), ScoringOptions.standard().withBatchSize(64));
    double[] expected = expected();
    assertEquals(ROWS, scored.size());
    for (int row = 0; row < ROWS; row++) {
      assertEquals(row, scored.get(row).getLong(0));
      assertEquals(expected[row], scored.get(row).<Double>getAs("prediction"));
    }
  }

  @Test
  void every_kind_of_feature_column_gives_the_same_results() {
    Column[] plain =
        IntStream.range(0, FEATURES)
            .mapToObj(i -> col("features").getItem(i).alias("f" + i))
            .toArray(Column[]::new);
    Column[] plainWithId = new Column[FEATURES + 1];
    plainWithId[0] = col("id");
    System.arraycopy(plain, 0, plainWithId, 1, FEATURES);
    List<String> names = IntStream.range(0, FEATURES).mapToObj(i -> "f" + i).toList();
    List<Dataset<Row>> tables =
        List.of(
            table().withColumn("features", col("features").cast("array<double>")),
            table().withColumn("features", functions.array_to_vector(col("features"))),
            table().select(plainWithId));
    for (Dataset<Row> rows : tables) {
      boolean isPlain = rows.columns().length > 2;
      ScoringOptions options =
          ScoringOptions.standard().withInput("x", isPlain ? names : List.of("features"));
      List<Row> scored = score(rows, options);
      double[] expected = expected();
      for (int row = 0; row < ROWS; row++) {
        assertEquals(
            expected[row], scored.get(row).<Double>getAs("prediction"), rows.schema().toString());
      }
    }
  }

  @Test
  void sparse_vector_reads_as_its_dense_twin() {
    Dataset<Row> rows =
        SparkTestSession.get()
            .createDataFrame(
                List.of(
                    org.apache.spark.sql.RowFactory.create(
                        0L,
                        org.apache.spark.ml.linalg.Vectors.sparse(
                            FEATURES, new int[] {1, 4}, new double[] {0.5, -0.25}))),
                new org.apache.spark.sql.types.StructType()
                    .add("id", "long")
                    .add("features", org.apache.spark.ml.linalg.SQLDataTypes.VectorType()));
    ScoringOptions raw =
        ScoringOptions.standard().withOutputs(List.of(new OutputColumn.Raw("scores", "y")));
    float[] expected =
        module.forward(Tensor.of(Shape.of(1, FEATURES), new float[] {0, 0.5f, 0, 0, -0.25f}))[0]
            .floats();
    List<Float> scores = score(rows, raw).get(0).getList(2);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], scores.get(i));
    }
  }

  @Test
  void probabilities_add_up_to_one_and_the_largest_is_predicted() {
    for (Row row : score(table(), ScoringOptions.standard())) {
      List<Double> probabilities = row.getList(row.fieldIndex("probability"));
      int prediction = (int) (double) row.<Double>getAs("prediction");
      assertEquals(7, probabilities.size());
      assertEquals(1, probabilities.stream().mapToDouble(p -> p).sum(), 1e-9);
      for (double probability : probabilities) {
        assertTrue(probability <= probabilities.get(prediction));
      }
    }
  }

  @Test
  void two_inputs_read_the_columns_of_their_names() {
    QuantizedModule sum = QuantizedTestModels.sum();
    Dataset<Row> rows =
        table().select(col("id"), col("features").alias("a"), col("features").alias("b"));
    ScoringOptions options =
        ScoringOptions.standard().withOutputs(List.of(new OutputColumn.Raw("sum", "y")));
    Row scored =
        PartitionScorer.of(sum, options).score(rows).rows().orderBy("id").collectAsList().get(0);
    List<Float> a = scored.getList(1);
    List<Float> twice = scored.getList(3);
    for (int i = 0; i < FEATURES; i++) {
      assertEquals(2 * a.get(i), twice.get(i), 0.1);
    }
  }

  @Test
  void bad_row_fails_the_job_and_names_its_flaw() {
    Scored scored =
        PartitionScorer.of(module, ScoringOptions.standard()).score(flawed().coalesce(1));
    SparkException failure =
        assertThrows(SparkException.class, () -> scored.rows().collectAsList());
    SottoException cause = (SottoException) Objects.requireNonNull(failure.getCause());
    assertEquals("SOTTO-SPARK-013", cause.problems().get(0).code().code());
    assertEquals("partition 0, row 3", cause.problems().get(0).where());
  }

  @Test
  void bad_rows_keep_their_place_with_an_error_in_mode_permissive() {
    ScoringOptions options = ScoringOptions.standard().withMode(RowMode.PERMISSIVE);
    Scored scored = PartitionScorer.of(module, options).score(flawed());
    // Not orderBy: it would look at all rows twice, and they would count twice.
    List<Row> rows = new ArrayList<>(scored.rows().collectAsList());
    rows.sort(Comparator.comparingLong(row -> row.getLong(0)));
    double[] expected = expected();
    assertEquals(ROWS, rows.size());
    for (Row row : rows) {
      int id = (int) row.getLong(0);
      boolean bad = id == 3 || id == 500 || id == 999;
      assertEquals(bad, row.isNullAt(row.fieldIndex("prediction")), "row " + id);
      assertEquals(!bad, row.isNullAt(row.fieldIndex("error")), "row " + id);
      if (!bad) {
        assertEquals(expected[id], row.<Double>getAs("prediction"), "row " + id);
      }
    }
    assertEquals("column 'features' is null", rows.get(3).<String>getAs("error"));
    assertEquals("feature 0 is NaN", rows.get(500).<String>getAs("error"));
    assertEquals(
        "column 'features' should hold 5 numbers, got 4", rows.get(999).<String>getAs("error"));
    assertEquals(ROWS - 3, scored.counters().rows().value());
    assertEquals(3, scored.counters().rejected().value());
  }

  @Test
  void bad_rows_are_left_out_in_mode_dropmalformed() {
    List<Row> rows = score(flawed(), ScoringOptions.standard().withMode(RowMode.DROPMALFORMED));
    assertEquals(ROWS - 3, rows.size());
    assertTrue(rows.stream().noneMatch(row -> row.getLong(0) == 3));
  }

  @Test
  void value_outside_the_calibrated_range_is_counted() {
    Dataset<Row> rows = table().limit(10).withColumn("features", expr("array_repeat(1000f, 5)"));
    Scored scored = PartitionScorer.of(module, ScoringOptions.standard()).score(rows);
    scored.rows().collectAsList();
    assertEquals(50, scored.counters().clipped().value());
  }

  @Test
  void null_element_of_an_array_is_a_bad_row() {
    Dataset<Row> rows =
        table()
            .limit(1)
            .withColumn(
                "features", array(lit(1f), lit(null).cast("float"), lit(1f), lit(1f), lit(1f)));
    Row row = score(rows, ScoringOptions.standard().withMode(RowMode.PERMISSIVE)).get(0);
    assertEquals("column 'features' has a null element", row.<String>getAs("error"));
  }

  @Test
  void all_problems_of_a_table_are_refused_at_once_before_any_job() {
    ScoringOptions options =
        ScoringOptions.standard()
            .withInput("x", List.of("pixels"))
            .withOutputs(
                List.of(
                    new OutputColumn.Prediction("id"), new OutputColumn.Raw("scores", "logits")));
    SottoException refusal =
        assertThrows(
            SottoException.class, () -> PartitionScorer.of(module, options).score(table()));
    assertEquals(
        List.of("SOTTO-SPARK-001", "SOTTO-SPARK-012", "SOTTO-SPARK-014"),
        refusal.problems().stream().map(problem -> problem.code().code()).toList());
  }
}
