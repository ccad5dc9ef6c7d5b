package dev.sotto.cli;

import dev.sotto.spark.PartitionScorer;
import dev.sotto.spark.ScoringCounters;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * One scoring of a table into a folder, with progress and a description in Spark's pages.
 *
 * @param model what the description calls the model
 */
record ScoringJob(SparkSession spark, String model, PartitionScorer scorer) {

  /** Scores and writes. */
  Result run(Dataset<Row> rows, String output, boolean overwrite, PrintWriter err) {
    TableJob job = new TableJob(spark, output, overwrite, err);
    job.requireFree();
    PartitionScorer.Scored scored = scorer.score(rows);
    ScoringCounters counters = scored.counters();
    double seconds =
        job.run(
            "scoring",
            "score " + model + " into " + output,
            () -> counters.rows().value() + counters.rejected().value(),
            0,
            () -> job.write(scored.rows()));
    return new Result(
        output,
        List.of(scored.rows().columns()),
        counters.rows().value(),
        counters.rejected().value(),
        counters.clipped().value(),
        counters.outside().value(),
        seconds);
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
