package dev.sotto.cli;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What the demo came to.
 *
 * @param model its name
 * @param evaluation float against quantized, in this process
 * @param rows rows scored on Spark
 * @param accuracy of the scored rows, counted by Spark
 * @param seconds of the scoring job
 */
record DemoReport(
    String model,
    Evaluation evaluation,
    long rows,
    double accuracy,
    int partitions,
    int cores,
    double seconds)
    implements Report {

  private double rate() {
    return rows / seconds;
  }

  @Override
  public void print(PrintWriter out) {
    out.println();
    evaluation.print(out);
    out.printf(
        Locale.ROOT,
        "on Spark     %8.2f %% %,14.0f rows/s, %,.0f per core: the quantized model over %d"
            + " partitions%n",
        100 * accuracy,
        rate(),
        rate() / cores,
        partitions);
  }

  @Override
  public Map<String, Object> json() {
    Map<String, Object> spark = new LinkedHashMap<>();
    spark.put("rows", rows);
    spark.put("score", accuracy);
    spark.put("partitions", partitions);
    spark.put("cores", cores);
    spark.put("seconds", seconds);
    spark.put("rows_per_second", Math.round(rate()));
    Map<String, Object> document = new LinkedHashMap<>(evaluation.json());
    document.put("model", model);
    document.put("spark", spark);
    return document;
  }
}
