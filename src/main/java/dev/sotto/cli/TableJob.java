package dev.sotto.cli;

import dev.sotto.problem.SottoException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.StructField;

/**
 * One table that a command makes on Spark, with a job group, a description and a progress line.
 *
 * @param output the folder
 * @param err for the progress
 */
record TableJob(SparkSession spark, String output, boolean overwrite, PrintWriter err) {

  /** The refusal of an option. */
  static SottoException refused(String option) {
    return SottoException.of(
        CliError.OPTION, option, "it is for folders of blocks, not for tables on Spark.");
  }

  /** Refuses an output that is there and is not to be replaced. */
  void requireFree() {
    Path path = new Path(output);
    try {
      boolean exists = path.getFileSystem(spark.sparkContext().hadoopConfiguration()).exists(path);
      if (exists && !overwrite) {
        throw SottoException.of(
            CliError.OUTPUT, output, "it exists already, and --overwrite is not given.");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Does the work, and tells how long it took.
   *
   * @param doing such as {@code scoring}
   * @param description for Spark's pages
   * @param done rows so far
   * @param total all rows, 0 when unknown
   */
  double run(String doing, String description, LongSupplier done, long total, Runnable work) {
    String group = "sotto-" + doing + "-" + UUID.randomUUID();
    spark.sparkContext().setJobGroup(group, description, true);
    long start = System.nanoTime();
    try (Progress progress = Progress.start(err, doing, done, total)) {
      work.run();
    } finally {
      spark.sparkContext().clearJobGroup();
    }
    return (System.nanoTime() - start) / 1e9;
  }

  /** Writes rows: as csv where the name says so, else as parquet. */
  void write(Dataset<Row> rows) {
    write(rows, output, overwrite);
  }

  static void write(Dataset<Row> rows, String output, boolean overwrite) {
    SaveMode mode = overwrite ? SaveMode.Overwrite : SaveMode.ErrorIfExists;
    if (isCsv(output)) {
      asText(rows).write().mode(mode).option("header", true).csv(output);
    } else {
      rows.write().mode(mode).parquet(output);
    }
  }

  /** Where rows are listed that were set aside, of the same kind as the output. */
  String rejected() {
    String kind = isCsv(output) ? ".csv" : ".parquet";
    String stem =
        output.toLowerCase(Locale.ROOT).endsWith(kind)
            ? output.substring(0, output.length() - kind.length())
            : output;
    return stem + ".rejected" + kind;
  }

  private static boolean isCsv(String output) {
    return output.toLowerCase(Locale.ROOT).endsWith(".csv");
  }

  /** Arrays as text, for a format that has none. */
  private static Dataset<Row> asText(Dataset<Row> rows) {
    Dataset<Row> text = rows;
    for (StructField field : rows.schema().fields()) {
      if (field.dataType() instanceof ArrayType) {
        text = text.withColumn(field.name(), functions.to_json(rows.col("`" + field.name() + "`")));
      }
    }
    return text;
  }
}
