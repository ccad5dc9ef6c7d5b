package dev.sotto.spark.encrypted;

import dev.sotto.spark.FeatureColumns;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a DataFrame is encrypted.
 *
 * @param inputs columns by ONNX name of the model's input; empty to find them as {@link
 *     FeatureColumns} does among the columns that are neither kept nor ignored
 * @param keys the caller's own columns that stay beside the rows, <em>in the clear</em>, and come
 *     back with the results
 * @param rowColumn name of one more such column, the row's number from 0; empty for none. Where
 *     there are no keys either, it is named {@code row}.
 * @param ignored columns that are no features and are left out
 * @param rowsPerBlock rows of a block at most; 0 for as many as fit
 */
public record EncryptionOptions(
    Map<String, List<String>> inputs,
    List<String> keys,
    String rowColumn,
    List<String> ignored,
    int rowsPerBlock) {
  /** Copies the collections. */
  public EncryptionOptions {
    Map<String, List<String>> copy = new LinkedHashMap<>();
    inputs.forEach((input, columns) -> copy.put(input, List.copyOf(columns)));
    inputs = Collections.unmodifiableMap(copy);
    keys = List.copyOf(keys);
    ignored = List.copyOf(ignored);
    rowColumn = rowColumn.isEmpty() && keys.isEmpty() ? "row" : rowColumn;
    if (rowsPerBlock < 0) {
      throw new IllegalArgumentException("expected 0 or more rows, got " + rowsPerBlock);
    }
  }

  /** Columns found by name, rows told apart by their numbers, full blocks. */
  public static EncryptionOptions standard() {
    return new EncryptionOptions(Map.of(), List.of(), "", List.of(), 0);
  }

  /** The same options with columns for one input of the model. */
  public EncryptionOptions withInput(String input, List<String> columns) {
    Map<String, List<String>> more = new LinkedHashMap<>(inputs);
    more.put(input, columns);
    return new EncryptionOptions(more, keys, rowColumn, ignored, rowsPerBlock);
  }

  /** The same options with columns that stay in the clear; without numbers of rows. */
  public EncryptionOptions withKeys(List<String> columns) {
    return new EncryptionOptions(inputs, columns, "", ignored, rowsPerBlock);
  }

  /** The same options with a column for the numbers of rows. */
  public EncryptionOptions withRowColumn(String name) {
    return new EncryptionOptions(inputs, keys, name, ignored, rowsPerBlock);
  }

  /** The same options with columns that are left out. */
  public EncryptionOptions withIgnored(List<String> columns) {
    return new EncryptionOptions(inputs, keys, rowColumn, columns, rowsPerBlock);
  }

  /** The same options with blocks of so many rows at most. */
  public EncryptionOptions withRowsPerBlock(int rows) {
    return new EncryptionOptions(inputs, keys, rowColumn, ignored, rows);
  }
}
