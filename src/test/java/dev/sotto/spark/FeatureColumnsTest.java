package dev.sotto.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.onnx.Graph;
import dev.sotto.problem.SottoException;
import dev.sotto.testing.SparkTestSession;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

final class FeatureColumnsTest {
  private static final DataType FLOATS = DataTypes.createArrayType(DataTypes.FloatType);

  private static Dataset<Row> table(StructType schema, Object... cells) {
    return SparkTestSession.get().createDataFrame(List.of(RowFactory.create(cells)), schema);
  }

  private static Graph layer(int features) {
    return SparkTestModels.layer(features).model().graph();
  }

  private static List<String> codes(SottoException e) {
    return e.problems().stream().map(problem -> problem.code().code()).toList();
  }

  private static float[] read(Dataset<Row> table, FeatureColumns columns, int input) {
    List<Float> cells = columns.select(table).head().getList(input);
    float[] floats = new float[cells.size()];
    IntStream.range(0, floats.length).forEach(i -> floats[i] = cells.get(i));
    return floats;
  }

  @Test
  void plain_columns_of_every_numeric_type_are_taken_in_order() {
    StructType schema =
        new StructType()
            .add("a", DataTypes.ByteType)
            .add("b", DataTypes.LongType)
            .add("c.d", DataTypes.createDecimalType(5, 2))
            .add("e", DataTypes.BooleanType)
            .add("name", DataTypes.StringType)
            .add("f", DataTypes.DoubleType)
            .add("label", DataTypes.IntegerType);
    Dataset<Row> table = table(schema, (byte) 1, 2L, new BigDecimal("3.25"), true, "x", 0.1, 9);
    FeatureColumns columns = FeatureColumns.find(table, layer(5), Map.of(), List.of("label"));
    assertEquals(List.of("a", "b", "c.d", "e", "f"), columns.inputs().get(0).columns());
    org.junit.jupiter.api.Assertions.assertArrayEquals(
        new float[] {1, 2, 3.25f, 1, 0.1f}, read(table, columns, 0));
    assertEquals("c.d", columns.featureName(0, 2));
  }

  @Test
  void one_array_column_wins_over_plain_columns() {
    StructType schema = new StructType().add("id", DataTypes.LongType).add("pixels", FLOATS);
    Dataset<Row> table = table(schema, 7L, new float[] {1, 2, 3});
    FeatureColumns columns = FeatureColumns.find(table, layer(3), Map.of(), List.of());
    assertEquals(List.of("pixels"), columns.inputs().get(0).columns());
    assertEquals("pixels[2]", columns.featureName(0, 2));
  }

  @Test
  void several_inputs_share_the_plain_columns_by_width() {
    StructType schema = new StructType();
    for (String name : List.of("p", "q", "r", "s")) {
      schema = schema.add(name, DataTypes.FloatType);
    }
    FeatureColumns columns =
        FeatureColumns.find(
            table(schema, 1f, 2f, 3f, 4f),
            SparkTestModels.sum(2).model().graph(),
            Map.of(),
            List.of());
    assertEquals(List.of("p", "q"), columns.inputs().get(0).columns());
    assertEquals(List.of("r", "s"), columns.inputs().get(1).columns());
  }

  @Test
  void arrays_and_plain_columns_are_joined_by_a_mapping() {
    StructType schema = new StructType().add("a", FLOATS).add("b", DataTypes.DoubleType);
    Dataset<Row> table = table(schema, new float[] {1, 2}, 5.0);
    FeatureColumns columns =
        FeatureColumns.find(table, layer(4), Map.of("x", List.of("b", "a", "b")), List.of());
    org.junit.jupiter.api.Assertions.assertArrayEquals(
        new float[] {5, 1, 2, 5}, read(table, columns, 0));
  }

  @Test
  void wrong_width_names_what_the_model_takes() {
    StructType schema = new StructType().add("a", FLOATS);
    SottoException e =
        assertThrows(
            SottoException.class,
            () ->
                FeatureColumns.find(
                    table(schema, new float[] {1, 2}), layer(3), Map.of(), List.of()));
    assertEquals(List.of("SOTTO-SPARK-003"), codes(e));
    assertTrue(e.getMessage().contains("3 numbers per row expected, got 2"), e.getMessage());
  }

  @Test
  void forgotten_label_is_told() {
    StructType schema =
        new StructType()
            .add("a", DataTypes.FloatType)
            .add("b", DataTypes.FloatType)
            .add("label", DataTypes.IntegerType);
    SottoException e =
        assertThrows(
            SottoException.class,
            () -> FeatureColumns.find(table(schema, 1f, 2f, 0), layer(2), Map.of(), List.of()));
    assertEquals(List.of("SOTTO-SPARK-003"), codes(e));
    assertTrue(e.getMessage().contains("label"), e.getMessage());
  }

  @Test
  void all_problems_of_a_mapping_come_at_once() {
    StructType schema = new StructType().add("text", DataTypes.StringType);
    SottoException e =
        assertThrows(
            SottoException.class,
            () ->
                FeatureColumns.find(
                    table(schema, "t"),
                    layer(2),
                    Map.of("x", List.of("text", "absent"), "z", List.of("text")),
                    List.of()));
    assertEquals(List.of("SOTTO-SPARK-005", "SOTTO-SPARK-002", "SOTTO-SPARK-001"), codes(e));
  }

  @Test
  void text_only_is_refused() {
    StructType schema = new StructType().add("text", DataTypes.StringType);
    SottoException e =
        assertThrows(
            SottoException.class,
            () -> FeatureColumns.find(table(schema, "t"), layer(2), Map.of(), List.of()));
    assertEquals(List.of("SOTTO-SPARK-004"), codes(e));
  }
}
