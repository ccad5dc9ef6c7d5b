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
 * @param encrypted the encrypted run
 * @param rows rows scored on Spark in the clear
 * @param accuracy of the scored rows, counted by Spark
 * @param seconds of the scoring job
 */
record DemoReport(
    String model,
    Evaluation evaluation,
    EncryptedDemo encrypted,
    long rows,
    double accuracy,
    int partitions,
    int cores,
    double seconds)
    implements Report {
  /**
   * Core-seconds per row of Concrete ML 1.9.0 on the same models, 6 bits, {@code
   * rounding_threshold_bits} 6, measured on two cores of a server with AVX-512.
   */
  private static final Map<String, Double> CONCRETE_ML =
      Map.of("mlp-digits", 7.48, "cnn-digits", 78.5);

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
    double seconds = steps("encrypt") + steps("score") + steps("decrypt");
    out.printf(
        Locale.ROOT,
        "encrypted    %8.2f %% %,14.0f rows/s: all %,d rows on Spark, 128-bit security, %s;"
            + " %.2f %% as the compiled model in the clear%n",
        100 * encrypted.score(),
        encrypted.rows() / seconds,
        encrypted.rows(),
        encrypted.scheme(),
        100 * encrypted.agreement());
    out.printf(
        Locale.ROOT,
        "             encrypted in %.2f s (%,d bytes), scored in %.2f s (%,d bytes; predicted %.2f"
            + " core-seconds), decrypted in %.2f s%n",
        steps("encrypt"),
        encrypted.bytes().getOrDefault("encrypt", 0L),
        steps("score"),
        encrypted.bytes().getOrDefault("score", 0L),
        encrypted.coreSeconds(),
        steps("decrypt"));
    Double rival = CONCRETE_ML.get(model);
    if (rival != null) {
      out.printf(
          Locale.ROOT,
          "Concrete ML  %,.0f core-seconds for the same %,d rows (%.2f per row, measured once on"
              + " another 2-core machine; see docs/encrypted.md)%n",
          rival * encrypted.rows(),
          encrypted.rows(),
          rival);
    }
  }

  private double steps(String step) {
    return encrypted.seconds().getOrDefault(step, 0.0);
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
    Map<String, Object> run = new LinkedHashMap<>();
    run.put("rows", encrypted.rows());
    run.put("score", encrypted.score());
    run.put("agreement", encrypted.agreement());
    run.put("blocks", encrypted.blocks());
    run.put("scheme", encrypted.scheme());
    run.put("seconds", encrypted.seconds());
    run.put("bytes", encrypted.bytes());
    run.put("predicted_core_seconds", encrypted.coreSeconds());
    Double rival = CONCRETE_ML.get(model);
    if (rival != null) {
      run.put("concrete_ml_core_seconds", rival * encrypted.rows());
    }
    document.put("encrypted", run);
    return document;
  }
}
