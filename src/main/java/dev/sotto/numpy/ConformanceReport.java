package dev.sotto.numpy;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What came out of running a folder of conformance cases.
 *
 * @param cases one result a case, ordered by name
 */
public record ConformanceReport(List<CaseResult> cases) {
  /** How a case ended. */
  public enum Outcome {
    /** Every data set gave the expected outputs. */
    PASSED,
    /** A data set gave other outputs, or the run broke. */
    FAILED,
    /** The model was refused, with a code, for what it uses. */
    REFUSED,
    /** The model loads, and there is no data to check it with; not counted. */
    NO_DATA
  }

  /**
   * The result of one case.
   *
   * @param name the case's folder, relative to the folder that was run
   * @param operator the one operator of its graph, or {@code graph} for several
   * @param outcome how it ended
   * @param dataSets data sets that were compared
   * @param reason why it failed or was refused, empty otherwise
   */
  public record CaseResult(
      String name, String operator, Outcome outcome, int dataSets, String reason) {}

  /** Copies the list. */
  public ConformanceReport {
    cases = List.copyOf(cases);
  }

  /** The number of cases with an outcome. */
  public long count(Outcome outcome) {
    return cases.stream().filter(result -> result.outcome() == outcome).count();
  }

  /** The cases with an outcome. */
  public List<CaseResult> with(Outcome outcome) {
    return cases.stream().filter(result -> result.outcome() == outcome).toList();
  }

  /** Numbers of cases by operator and outcome, sorted by operator. */
  public Map<String, Map<Outcome, Integer>> byOperator() {
    Map<String, Map<Outcome, Integer>> table = new TreeMap<>();
    for (CaseResult result : cases) {
      table
          .computeIfAbsent(result.operator(), operator -> new EnumMap<>(Outcome.class))
          .merge(result.outcome(), 1, Integer::sum);
    }
    return table;
  }

  /** The totals line: {@code N passed, M failed, K refused}. */
  public String totals() {
    return count(Outcome.PASSED)
        + " passed, "
        + count(Outcome.FAILED)
        + " failed, "
        + count(Outcome.REFUSED)
        + " refused";
  }

  /** A table by operator, every case that did not pass with its reason, and the totals last. */
  public String text() {
    StringBuilder text = new StringBuilder();
    Map<String, Map<Outcome, Integer>> table = byOperator();
    int width =
        table.keySet().stream().mapToInt(String::length).reduce("operator".length(), Math::max);
    String row = "%-" + width + "s %8s %8s %8s%n";
    text.append(String.format(Locale.ROOT, row, "operator", "passed", "failed", "refused"));
    table.forEach(
        (operator, counts) ->
            text.append(
                String.format(
                    Locale.ROOT,
                    row,
                    operator,
                    counts.getOrDefault(Outcome.PASSED, 0),
                    counts.getOrDefault(Outcome.FAILED, 0),
                    counts.getOrDefault(Outcome.REFUSED, 0))));
    list(text, "failed", Outcome.FAILED);
    list(text, "refused", Outcome.REFUSED);
    list(text, "no data", Outcome.NO_DATA);
    return text.append(System.lineSeparator()).append(totals()).toString();
  }

  private void list(StringBuilder text, String title, Outcome outcome) {
    List<CaseResult> listed = with(outcome);
    if (listed.isEmpty()) {
      return;
    }
    String end = System.lineSeparator();
    text.append(end).append(title).append(':').append(end);
    for (CaseResult result : listed) {
      text.append("  ").append(result.name());
      if (!result.reason().isEmpty()) {
        text.append(": ").append(result.reason().replace("\n", end + "    "));
      }
      text.append(end);
    }
  }
}
