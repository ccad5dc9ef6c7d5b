package dev.sotto.cli;

import dev.sotto.onnx.Graph;
import dev.sotto.spark.FeatureColumns;
import dev.sotto.spark.RowFiles;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.NumericType;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say which rows a Spark job reads, and what the model reads of them. */
final class RowsOptions {
  /** The kinds of rows, for descriptions of options. */
  static final String KINDS =
      "csv (with or without header), LIBSVM or parquet, a file or a folder of them;"
          + " fashion-mnist:train, fashion-mnist:test";

  private static final String LAST = "last";

  @Option(
      names = {"--input", "-i"},
      required = true,
      paramLabel = "ROWS",
      description = "Rows to read: " + KINDS + ".")
  String input = "";

  @Option(
      names = "--label",
      defaultValue = LAST,
      paramLabel = "last|NAME",
      description =
          "A column that is no feature: last (left out when the rows have one column more than the"
              + " model; default), first, a name or a position from 0.")
  String label = LAST;

  @Option(
      names = "--columns",
      paramLabel = "INPUT=COLUMN[,COLUMN...]",
      description =
          "Columns that a model input reads; not needed when there is one"
              + " array or vector column, or as many plain columns as the model takes.")
  @Nullable Map<String, String> columns;

  @Option(names = "--limit", paramLabel = "N", description = "Read at most so many rows.")
  @Nullable Integer limit;

  /**
   * Opens the rows; nothing but the first lines is read.
   *
   * @param graph of the model that will read them
   */
  Dataset<Row> open(SparkSession spark, Graph graph) throws IOException {
    CliError.requirePositive("--limit", limit == null ? 1 : limit);
    int width = Math.max(0, ModelRows.of(graph).width());
    Dataset<Row> rows =
        input.startsWith(IdxImages.PREFIX)
            ? SparkRows.distribute(spark, LocalRows.read(input, width, Integer.MAX_VALUE))
            : RowFiles.read(spark, input, width);
    return limit == null ? rows : rows.limit(limit);
  }

  /** Finds what the model reads. */
  FeatureColumns columns(Dataset<Row> rows, Graph graph) {
    return FeatureColumns.find(rows, graph, mapping(), ignored(rows, graph));
  }

  private Map<String, List<String>> mapping() {
    Map<String, List<String>> mapping = new LinkedHashMap<>();
    if (columns != null) {
      columns.forEach((name, list) -> mapping.put(name, List.of(list.split(","))));
    }
    return mapping;
  }

  /** The label column, when it is one: named, or one more than the model takes. */
  private List<String> ignored(Dataset<Row> rows, Graph graph) {
    String column = RowFiles.column(rows, label);
    if (label.equals(LAST)) {
      long plain =
          Arrays.stream(rows.schema().fields())
              .filter(
                  field ->
                      field.dataType() instanceof NumericType
                          || field.dataType() instanceof BooleanType)
              .count();
      int width = ModelRows.of(graph).width();
      return width >= 0 && plain == width + 1 ? List.of(column) : List.of();
    }
    return List.of(column);
  }
}
