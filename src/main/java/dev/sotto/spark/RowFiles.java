package dev.sotto.spark;

import dev.sotto.problem.SottoException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Reads rows from a file or a folder of files: csv with or without a header, parquet, LIBSVM text.
 *
 * <p>A csv file has a header when its first line has a cell that is no number. Numeric columns are
 * read as 32-bit floats, the precision of the models; a column whose first cell is no number is
 * text. A header with another number of cells than the rows is skipped.
 */
public final class RowFiles {
  private RowFiles() {}

  /**
   * Opens rows; nothing but the first lines is read.
   *
   * @param path a file or folder on any file system that Hadoop knows
   * @param width numbers of a row, which LIBSVM text does not say; 0 when unknown
   * @throws SottoException when there is nothing to read or the kind is unknown
   */
  public static Dataset<Row> read(SparkSession spark, String path, int width) {
    return switch (kind(spark, path)) {
      case "parquet" -> spark.read().parquet(path);
      case "libsvm" ->
          width > 0
              ? spark.read().format("libsvm").option("numFeatures", width).load(path)
              : spark.read().format("libsvm").load(path);
      default -> csv(spark, path);
    };
  }

  /**
   * The name of a column that a user names.
   *
   * @param name {@code last}, {@code first}, a column's name, or its position from 0
   * @throws SottoException when there is no such column
   */
  public static String column(Dataset<Row> rows, String name) {
    List<String> names = Arrays.asList(rows.columns());
    if (names.contains(name)) {
      return name;
    }
    if (name.equals("last") || name.equals("first")) {
      return names.get(name.equals("last") ? names.size() - 1 : 0);
    }
    if (name.matches("\\d{1,6}") && Integer.parseInt(name) < names.size()) {
      return names.get(Integer.parseInt(name));
    }
    throw SottoException.of(
        SparkError.MISSING_COLUMN, "column '" + name + "'", "the columns are " + names + ".");
  }

  private static String kind(SparkSession spark, String path) {
    Set<String> kinds = new TreeSet<>();
    try {
      Path root = new Path(path);
      FileSystem files = root.getFileSystem(spark.sessionState().newHadoopConf());
      FileStatus[] matches = files.globStatus(root);
      for (FileStatus match : matches == null ? new FileStatus[0] : matches) {
        String kind = kind(match.getPath().getName());
        if (!kind.isEmpty()) {
          kinds.add(kind);
        } else if (match.isDirectory()) {
          for (FileStatus file : files.listStatus(match.getPath())) {
            String name = file.getPath().getName();
            if (!name.startsWith("_") && !name.startsWith(".")) {
              kinds.add(file.isDirectory() ? "folder" : kind(name));
            }
          }
        } else {
          kinds.add("");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (kinds.isEmpty()) {
      throw SottoException.of(SparkError.NO_FILES, path, "a file or folder expected, got none.");
    }
    kinds.remove("folder"); // partition folders such as day=1 say nothing themselves
    if (kinds.isEmpty()) {
      return "parquet";
    }
    if (kinds.size() > 1 || kinds.contains("")) {
      kinds.remove("");
      throw SottoException.of(
          SparkError.FILE_KIND,
          path,
          "files of one known kind expected, got " + (kinds.isEmpty() ? "none" : kinds) + ".");
    }
    return kinds.iterator().next();
  }

  private static String kind(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    for (String compression : List.of(".gz", ".bz2")) {
      if (lower.endsWith(compression)) {
        lower = lower.substring(0, lower.length() - compression.length());
      }
    }
    return lower.endsWith(".csv")
        ? "csv"
        : lower.endsWith(".parquet") ? "parquet" : lower.endsWith(".libsvm") ? "libsvm" : "";
  }

  private static Dataset<Row> csv(SparkSession spark, String path) {
    List<String> lines =
        spark.read().textFile(path).filter("length(trim(value)) > 0").takeAsList(2);
    if (lines.isEmpty()) {
      throw SottoException.of(SparkError.NO_FILES, path, "rows expected, got none.");
    }
    List<String> first = cells(spark, lines.get(0));
    boolean header = first.stream().anyMatch(cell -> !isNumber(cell));
    List<String> row = header && lines.size() > 1 ? cells(spark, lines.get(1)) : first;
    boolean names = header && first.size() == row.size();
    Set<String> taken = new HashSet<>();
    List<StructField> fields = new ArrayList<>();
    for (int i = 0; i < row.size(); i++) {
      String name = names ? first.get(i).strip() : "";
      DataType type =
          header && lines.size() < 2 || isNumber(row.get(i))
              ? DataTypes.FloatType
              : DataTypes.StringType;
      fields.add(
          DataTypes.createStructField(
              !name.isEmpty() && taken.add(name) ? name : "_c" + i, type, true));
    }
    return spark
        .read()
        .schema(new StructType(fields.toArray(StructField[]::new)))
        .option("header", header)
        .option("ignoreLeadingWhiteSpace", true)
        .option("ignoreTrailingWhiteSpace", true)
        .csv(path);
  }

  /** Splits one line as Spark's own reader does. */
  private static List<String> cells(SparkSession spark, String line) {
    Row row =
        spark
            .read()
            .option("ignoreLeadingWhiteSpace", true)
            .option("ignoreTrailingWhiteSpace", true)
            .csv(spark.createDataset(List.of(line), Encoders.STRING()))
            .head();
    List<String> cells = new ArrayList<>();
    for (int i = 0; i < row.size(); i++) {
      cells.add(row.isNullAt(i) ? "" : row.getString(i));
    }
    return cells;
  }

  /** Whether Java reads a cell as a number; an empty one is a missing number. */
  private static boolean isNumber(String cell) {
    if (cell.isBlank()) {
      return true;
    }
    char last = cell.charAt(cell.length() - 1);
    boolean special = cell.endsWith("NaN") || cell.endsWith("Inf") || cell.endsWith("Infinity");
    if (Character.isLetter(last) && !special) {
      return false; // Java would read 1f and 1d
    }
    try {
      Double.parseDouble(cell.replace("Infinity", "Inf").replace("Inf", "Infinity"));
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
