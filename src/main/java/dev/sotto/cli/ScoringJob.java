package dev.sotto.cli;

import dev.sotto.problem.SottoException;
import dev.sotto.spark.PartitionScorer;
import dev.sotto.spark.ScoringCounters;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.StructField;

/**
 * One scoring of a table into a folder, with progress and a description in Spark's pages.
 *
 * @param model what the description calls the model
 */
record ScoringJob(SparkSession spark, String model, PartitionScorer scorer) {

  /** Scores and writes. */
  Result run(Dataset<Row> rows, String output, boolean overwrite, PrintWriter err) {
    boolean csv = output.toLowerCase(Locale.ROOT).endsWith(".csv");
    requireFree(output, overwrite);
    PartitionScorer.Scored scored = scorer.score(rows);
    Dataset<Row> written = csv ? asText(scored.rows()) : scored.rows();
    ScoringCounters counters = scored.counters();
    String group = "sotto-score-" + UUID.randomUUID();
    spark.sparkContext().setJobGroup(group, "score " + model + " into " + output, true);
    long start = System.nanoTime();
    try (Progress progress =
        Progress.start(
            err, "scoring", () -> counters.rows().value() + counters.rejected().value(), 0)) {
      var writer = written.write().mode(overwrite ? SaveMode.Overwrite : SaveMode.ErrorIfExists);
      if (csv) {
        writer.option("header", true).csv(output);
      } else {
        writer.parquet(output);
      }
    } finally {
      spark.sparkContext().clearJobGroup();
    }
    return new Result(
        output,
        List.of(scored.rows().columns()),
        counters.rows().value(),
        counters.rejected().value(),
        counters.clipped().value(),
        counters.outside().value(),
        (System.nanoTime() - start) / 1e9);
  }

  private void requireFree(String output, boolean overwrite) {
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

  /** Arrays as text, for a format that has none. */
  private static Dataset<Row> asText(Dataset<Row> rows) {
    Dataset<Row> text = rows;
    for (StructField field : rows.schema().fields()) {
      if (field.dataType() instanceof ArrayType) {
        text = text.withColumn(field.name(), functions.to_json(rows.col(field.name())));
      }
    }
    return text;
  }

  /** What was scored. */
  record Result(
      String output,
      List<String> columns,
      long rows,
      long rejected,
      long clipped,
      long outside,
      double seconds)
      implements Report {
    /** Rows per second, reading and writing included. */
    double rate() {
      return rows / seconds;
    }

    @Override
    public void print(PrintWriter out) {
      out.printf(
          Locale.ROOT,
          "%s: %,d rows in %.1f s, %,.0f rows/s; %,d rejected, %,d input values clipped%n",
          output,
          rows,
          seconds,
          rate(),
          rejected,
          clipped);
    }

    @Override
    public Map<String, Object> json() {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("output", output);
      document.put("columns", columns);
      document.put("rows", rows);
      document.put("rejected", rejected);
      document.put("clipped", clipped);
      document.put("outside_calibrated_intervals", outside);
      document.put("seconds", seconds);
      document.put("rows_per_second", Math.round(rate()));
      return document;
    }
  }
}
