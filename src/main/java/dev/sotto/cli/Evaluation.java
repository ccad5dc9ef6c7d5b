package dev.sotto.cli;

import dev.sotto.numpy.NumpyModule;
import dev.sotto.quantization.QuantizedModule;
import dev.sotto.tensor.Tensor;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * How a quantized model compares with its float model on labelled rows.
 *
 * @param metric {@code accuracy} or {@code r2}
 * @param floatScore of the float model
 * @param clearScore of the quantized model, run in the clear
 * @param agreement share of rows with the same class; for regression R² of the quantized values
 *     against the float ones
 * @param rows number of rows scored
 * @param floatRate rows per second of the float model
 * @param clearRate rows per second of the quantized model
 * @param widestBits bits of the widest accumulator, proved
 * @param clipped input values outside their calibrated range
 * @param outside integers inside the model outside their calibrated interval
 */
record Evaluation(
    String metric,
    double floatScore,
    double clearScore,
    double agreement,
    int rows,
    double floatRate,
    double clearRate,
    int widestBits,
    long clipped,
    long outside)
    implements Report {
  static final int BATCH = 1024;
  private static final long STEADY_NANOS = 1_000_000_000L;
  private static final long LONGEST_NANOS = 5_000_000_000L;

  /**
   * Scores the same rows in float and quantized.
   *
   * @param rows one tensor per model input
   * @param labels one per row
   */
  static Evaluation of(
      NumpyModule module, QuantizedModule quantized, Tensor[] rows, List<String> labels) {
    Evaluation scores = untimed(module, quantized, rows, labels);
    int count = labels.size();
    return new Evaluation(
        scores.metric,
        scores.floatScore,
        scores.clearScore,
        scores.agreement,
        count,
        rate(batch -> module.forwardRows(batch, null), rows, count),
        rate(quantized::forward, rows, count),
        scores.widestBits,
        scores.clipped,
        scores.outside);
  }

  /** Scores the same rows in float and quantized, once; the rates are 0. */
  static Evaluation untimed(
      NumpyModule module, QuantizedModule quantized, Tensor[] rows, List<String> labels) {
    int count = labels.size();
    long[] counts = new long[2];
    Function<Tensor[], Tensor[]> clear =
        batch -> {
          QuantizedModule.Scores scores = quantized.score(batch);
          counts[0] += scores.clipped();
          counts[1] += scores.outside().values().stream().mapToLong(Long::longValue).sum();
          return scores.outputs();
        };
    Function<Tensor[], Tensor[]> reference = batch -> module.forwardRows(batch, null);
    Answers expected = Answers.of(reference, rows, count, BATCH);
    Answers given = Answers.of(clear, rows, count, BATCH);
    Judge judge = Judge.of(expected, labels);
    return new Evaluation(
        judge.metric(),
        judge.score(expected),
        judge.score(given),
        judge.agreement(expected, given),
        count,
        0,
        0,
        quantized.widestBits(),
        counts[0],
        counts[1]);
  }

  /**
   * Rows per second: passes over all rows until the fastest has not become a tenth faster for a
   * while, that is until the compiler is through; then the median of the passes since.
   */
  private static double rate(Function<Tensor[], Tensor[]> model, Tensor[] rows, int count) {
    List<Double> steady = new ArrayList<>();
    long started = System.nanoTime();
    long steadySince = started;
    double fastest = Double.MAX_VALUE;
    long now = started;
    while (steady.size() < 3
        || (now - steadySince < STEADY_NANOS && now - started < LONGEST_NANOS)) {
      double seconds = pass(model, rows, count);
      now = System.nanoTime();
      if (seconds < 0.9 * fastest) {
        fastest = seconds;
        steadySince = now;
        steady.clear();
      }
      steady.add(seconds);
    }
    Collections.sort(steady);
    return count / steady.get(steady.size() / 2);
  }

  private static double pass(Function<Tensor[], Tensor[]> model, Tensor[] rows, int count) {
    long start = System.nanoTime();
    for (int from = 0; from < count; from += BATCH) {
      Tensor[] outputs = model.apply(slice(rows, from, Math.min(count, from + BATCH)));
      Objects.requireNonNull(outputs);
    }
    return (System.nanoTime() - start) / 1e9;
  }

  private static Tensor[] slice(Tensor[] rows, int from, int to) {
    return Arrays.stream(rows).map(input -> input.rows(from, to)).toArray(Tensor[]::new);
  }

  @Override
  public Map<String, Object> json() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("metric", metric);
    document.put("score", pair(floatScore, clearScore));
    document.put("agreement", agreement);
    document.put("rows", rows);
    document.put("rows_per_second", pair(Math.round(floatRate), Math.round(clearRate)));
    document.put("widest_accumulator_bits", widestBits);
    document.put("clipped", clipped);
    document.put("outside_calibrated_intervals", outside);
    return document;
  }

  private static Map<String, Object> pair(Number inFloat, Number inClear) {
    Map<String, Object> pair = new LinkedHashMap<>();
    pair.put("float", inFloat);
    pair.put("clear", inClear);
    return pair;
  }

  @Override
  public void print(PrintWriter out) {
    String head = metric.equals("r2") ? "R2" : "accuracy";
    out.printf(Locale.ROOT, "%-12s %10s %14s%n", "", head, "rows/s");
    out.printf(Locale.ROOT, "%-12s %10s %,14.0f%n", "float", figure(floatScore), floatRate);
    out.printf(Locale.ROOT, "%-12s %10s %,14.0f%n", "quantized", figure(clearScore), clearRate);
    out.printf(Locale.ROOT, "%-12s %10s%n", "agreement", figure(agreement));
    out.printf(
        Locale.ROOT,
        "%,d rows; widest accumulator %d bits; %,d input values clipped%n",
        rows,
        widestBits,
        clipped);
  }

  private String figure(double score) {
    return figure(metric, score);
  }

  /** A score as the user reads it: a percentage for shares, four digits for R². */
  static String figure(String metric, double score) {
    return metric.equals("r2")
        ? String.format(Locale.ROOT, "%.4f", score)
        : String.format(Locale.ROOT, "%.2f %%", 100 * score);
  }
}
