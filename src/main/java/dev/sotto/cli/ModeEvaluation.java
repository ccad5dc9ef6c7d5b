package dev.sotto.cli;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How a compiled model compares, in every mode asked for, with its float and quantized models.
 *
 * @param quantized what is known of the quantized model
 * @param scores by {@code float}, {@code quantized} and mode
 * @param agreement of each with the clear run of the compiled circuit
 * @param encrypted costs of the encrypted run; empty where there was none
 */
record ModeEvaluation(
    Evaluation quantized,
    Map<String, Double> scores,
    Map<String, Double> agreement,
    Map<String, Object> encrypted)
    implements Report {

  /** Judges the answers of all modes; {@code float} and {@code clear} are among them. */
  static ModeEvaluation of(
      Evaluation quantized,
      List<String> labels,
      Map<String, Answers> answers,
      Map<String, Object> encrypted) {
    Answers reference = answers.getOrDefault("float", answers.values().iterator().next());
    Judge judge = Judge.of(reference, labels);
    Map<String, Double> scores = new LinkedHashMap<>();
    Map<String, Double> agreement = new LinkedHashMap<>();
    Answers clear = answers.getOrDefault("clear", reference);
    answers.forEach(
        (mode, each) -> {
          scores.put(mode, judge.score(each));
          agreement.put(mode, judge.agreement(clear, each));
        });
    return new ModeEvaluation(quantized, scores, agreement, encrypted);
  }

  @Override
  public Map<String, Object> json() {
    Map<String, Object> document = new LinkedHashMap<>(quantized.json());
    document.put("score", scores);
    document.put("agreement", agreement);
    if (!encrypted.isEmpty()) {
      document.put("encrypted", encrypted);
    }
    return document;
  }

  @Override
  public void print(PrintWriter out) {
    String metric = quantized.metric();
    out.printf(
        Locale.ROOT, "%-12s %10s %18s%n", "", metric.equals("r2") ? "R2" : metric, "same as clear");
    scores.forEach(
        (mode, score) ->
            out.printf(
                Locale.ROOT,
                "%-12s %10s %18s%n",
                mode,
                Evaluation.figure(metric, score),
                Evaluation.figure(metric, agreement.getOrDefault(mode, 0.0))));
    encrypted.forEach((name, value) -> out.printf(Locale.ROOT, "%-24s %s%n", name, value));
  }
}
