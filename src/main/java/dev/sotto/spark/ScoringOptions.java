package dev.sotto.spark;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a DataFrame is scored.
 *
 * @param inputs columns by ONNX name of the model's input: one column of arrays or Vectors, or as
 *     many numeric columns as the input has numbers; empty to find them as {@link FeatureColumns}
 *     does
 * @param ignored columns that are no features, when they are to be found
 * @param outputs the columns to add; none means the prediction, and the probabilities of a
 *     classifier
 * @param mode what happens to rows that cannot be scored
 * @param errorColumn added in mode PERMISSIVE
 * @param batchSize rows scored at once, at most; fewer when rows are wide
 */
public record ScoringOptions(
    Map<String, List<String>> inputs,
    List<String> ignored,
    List<OutputColumn> outputs,
    RowMode mode,
    String errorColumn,
    int batchSize) {
  /** Rows scored at once unless the user says otherwise. */
  public static final int DEFAULT_BATCH = 1024;

  /** Copies the collections and checks the batch. */
  public ScoringOptions {
    Map<String, List<String>> copy = new LinkedHashMap<>();
    inputs.forEach((input, columns) -> copy.put(input, List.copyOf(columns)));
    inputs = Collections.unmodifiableMap(copy);
    ignored = List.copyOf(ignored);
    outputs = List.copyOf(outputs);
    if (batchSize < 1) {
      throw new IllegalArgumentException("a batch has at least one row, got " + batchSize);
    }
  }

  /** Columns found by name, all results, the first bad row fails the job. */
  public static ScoringOptions standard() {
    return new ScoringOptions(
        Map.of(), List.of(), List.of(), RowMode.FAILFAST, "error", DEFAULT_BATCH);
  }

  /** The same options with columns for one input of the model. */
  public ScoringOptions withInput(String input, List<String> columns) {
    Map<String, List<String>> more = new LinkedHashMap<>(inputs);
    more.put(input, columns);
    return new ScoringOptions(more, ignored, outputs, mode, errorColumn, batchSize);
  }

  /** The same options with columns that are no features. */
  public ScoringOptions withIgnored(List<String> columns) {
    return new ScoringOptions(inputs, columns, outputs, mode, errorColumn, batchSize);
  }

  /** The same options with other result columns. */
  public ScoringOptions withOutputs(List<OutputColumn> newOutputs) {
    return new ScoringOptions(inputs, ignored, newOutputs, mode, errorColumn, batchSize);
  }

  /** The same options with another way with bad rows. */
  public ScoringOptions withMode(RowMode newMode) {
    return new ScoringOptions(inputs, ignored, outputs, newMode, errorColumn, batchSize);
  }

  /** The same options with another column for errors. */
  public ScoringOptions withErrorColumn(String column) {
    return new ScoringOptions(inputs, ignored, outputs, mode, column, batchSize);
  }

  /** The same options with another number of rows scored at once. */
  public ScoringOptions withBatchSize(int rows) {
    return new ScoringOptions(inputs, ignored, outputs, mode, errorColumn, rows);
  }
}
