package dev.sotto.cli;

import dev.sotto.spark.RowFiles;
import dev.sotto.spark.SottoSession;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import scala.collection.Seq;

/** Rows between Spark and this process: parquet, folders of files and remote files that fit it. */
final class SparkRows {
  private SparkRows() {}

  /** Reads rows; arrays and Vectors become as many columns as they have numbers. */
  static RowTable read(String source, int width, int limit) {
    return read(source, width, limit, (names, columns) -> Set.of());
  }

  /** The same, with the cells of chosen columns as text. */
  static RowTable read(String source, int width, int limit, CsvFile.ColumnChoice kept) {
    Dataset<Row> rows = RowFiles.read(SottoSession.open("sotto rows"), source, width);
    List<Row> taken = (limit == Integer.MAX_VALUE ? rows : rows.limit(limit)).collectAsList();
    List<List<Object>> flat = taken.stream().map(SparkRows::flatten).toList();
    int columns = flat.isEmpty() ? 0 : flat.get(0).size();
    float[] values = new float[taken.size() * columns];
    Map<Integer, List<String>> texts = new TreeMap<>();
    List<String> names = names(rows.columns(), taken);
    kept.choose(names, columns).forEach(column -> texts.put(column, List.of()));
    for (int row = 0; row < taken.size(); row++) {
      List<Object> cells = flat.get(row);
      for (int column = 0; column < columns; column++) {
        Object cell = column < cells.size() ? cells.get(column) : "";
        boolean number = cell instanceof Number;
        values[row * columns + column] = number ? ((Number) cell).floatValue() : Float.NaN;
        if (!number && !texts.containsKey(column)) {
          texts.put(column, new ArrayList<>());
        }
      }
    }
    texts.replaceAll(
        (column, none) -> flat.stream().map(cells -> String.valueOf(cells.get(column))).toList());
    return new RowTable(source, names, columns, values, texts);
  }

  /** Distributes rows of numbers: an array of all but the last column, and that one as label. */
  static Dataset<Row> distribute(SparkSession spark, RowTable table) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    RowAt rowAt = new RowAt(context.broadcast(table.values()), table.columns());
    StructType schema =
        new StructType()
            .add("features", DataTypes.createArrayType(DataTypes.FloatType, false))
            .add("label", DataTypes.FloatType);
    int partitions = 2 * context.defaultParallelism();
    return spark.createDataFrame(
        spark.range(0, table.rows(), 1, partitions).javaRDD().map(rowAt), schema);
  }

  /** Makes rows where they are used, from numbers that every executor has once. */
  private record RowAt(Broadcast<float[]> values, int columns) implements Function<Long, Row> {
    private static final long serialVersionUID = 1L;

    @Override
    public Row call(Long position) {
      int from = Math.toIntExact(position * columns);
      int label = from + columns - 1;
      return RowFactory.create(
          Arrays.copyOfRange(values.value(), from, label), values.value()[label]);
    }
  }

  private static List<Object> flatten(Row row) {
    List<Object> cells = new ArrayList<>();
    for (int i = 0; i < row.size(); i++) {
      cells.addAll(numbers(row.get(i)));
    }
    return cells;
  }

  private static List<Object> numbers(@Nullable Object cell) {
    if (cell instanceof Vector vector) {
      return new ArrayList<>(Arrays.stream(vector.toArray()).boxed().toList());
    }
    if (cell instanceof Seq<?> seq) {
      return new ArrayList<>(scala.jdk.javaapi.CollectionConverters.asJava(seq));
    }
    return List.of(
        cell == null ? "" : cell instanceof Boolean flag ? (Object) (flag ? 1 : 0) : cell);
  }

  /** Names of the columns; those of an array are the array's with a position. */
  private static List<String> names(String[] columns, List<Row> rows) {
    List<String> names = new ArrayList<>();
    for (int i = 0; !rows.isEmpty() && i < columns.length; i++) {
      int width = numbers(rows.get(0).get(i)).size();
      for (int part = 0; part < width; part++) {
        names.add(width == 1 ? columns[i] : columns[i] + "[" + part + "]");
      }
    }
    return names;
  }
}
