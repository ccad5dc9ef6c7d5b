package dev.sotto.spark;

import dev.sotto.problem.Problem;
import dev.sotto.quantization.QuantizedModule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Finds the columns of a DataFrame that hold the inputs of a model; collects what does not fit. */
public final class FeatureReaders {
  private final StructType schema;
  private final List<Problem> problems;

  /** Readers of a table; what does not fit is added to the problems. */
  public FeatureReaders(StructType schema, List<Problem> problems) {
    this.schema = schema;
    this.problems = problems;
  }

  /**
   * One reader per input; incomplete when there are problems.
   *
   * @param mapping columns by input; empty to find them as calibration does
   * @param ignored columns that are no features
   */
  public List<FeatureReader> readers(
      List<QuantizedModule.Input> inputs,
      Map<String, List<String>> mapping,
      Collection<String> ignored) {
    Map<String, Integer> widths = new LinkedHashMap<>();
    inputs.forEach(input -> widths.put(input.name(), input.width()));
    Map<String, List<String>> chosen =
        mapping.isEmpty() ? FeatureColumns.guess(schema, widths, ignored, problems) : mapping;
    for (String unknown : chosen.keySet()) {
      if (!widths.containsKey(unknown)) {
        problem(
            SparkError.UNKNOWN_INPUT,
            "input '" + unknown + "'",
            "one of " + widths.keySet() + " expected.");
      }
    }
    boolean found = problems.isEmpty();
    List<FeatureReader> readers = new ArrayList<>();
    for (QuantizedModule.Input input : inputs) {
      List<String> columns = chosen.getOrDefault(input.name(), List.of());
      FeatureReader reader = columns.isEmpty() ? null : reader(input, columns);
      if (reader != null) {
        readers.add(reader);
      } else if (columns.isEmpty() && found) {
        problem(
            SparkError.MISSING_COLUMN,
            "input '" + input.name() + "'",
            "at least one column expected, got none.");
      }
    }
    return readers;
  }

  private boolean has(String column) {
    return Arrays.asList(schema.fieldNames()).contains(column);
  }

  private @org.jspecify.annotations.Nullable FeatureReader reader(
      QuantizedModule.Input input, List<String> columns) {
    int before = problems.size();
    for (String column : columns) {
      if (!has(column)) {
        problem(
            SparkError.MISSING_COLUMN,
            "column '" + column + "'",
            "needed for input '" + input.name() + "'; there are " + names() + ".");
      }
    }
    if (problems.size() > before) {
      return null;
    }
    if (columns.size() == 1) {
      StructField field = schema.apply(columns.get(0));
      int ordinal = schema.fieldIndex(field.name());
      if (field.dataType() instanceof ArrayType array
          && FeatureReader.isNumeric(array.elementType())) {
        return FeatureReader.ofArray(ordinal, field.name(), array.elementType(), input.width());
      }
      if (field.dataType().equals(SQLDataTypes.VectorType())) {
        return FeatureReader.ofVector(ordinal, field.name(), input.width());
      }
    }
    return numericColumns(input, columns);
  }

  private @org.jspecify.annotations.Nullable FeatureReader numericColumns(
      QuantizedModule.Input input, List<String> columns) {
    int before = problems.size();
    int[] ordinals = new int[columns.size()];
    DataType[] types = new DataType[columns.size()];
    for (int i = 0; i < ordinals.length; i++) {
      ordinals[i] = schema.fieldIndex(columns.get(i));
      types[i] = schema.apply(ordinals[i]).dataType();
      if (!FeatureReader.isNumeric(types[i])) {
        problem(
            SparkError.COLUMN_TYPE,
            "column '" + columns.get(i) + "'",
            "expected numbers for input '"
                + input.name()
                + "', got "
                + types[i].catalogString()
                + ".");
      }
    }
    if (problems.size() == before && ordinals.length != input.width()) {
      problem(
          SparkError.WIDTH,
          "input '" + input.name() + "'",
          "has " + input.width() + " numbers, got " + ordinals.length + " numeric columns.");
    }
    return problems.size() > before
        ? null
        : FeatureReader.ofColumns(ordinals, columns.toArray(new String[0]), types);
  }

  private String names() {
    String[] names = schema.fieldNames();
    return names.length <= 20
        ? Arrays.toString(names)
        : Arrays.toString(Arrays.copyOf(names, 20)) + " and " + (names.length - 20) + " more";
  }

  private void problem(SparkError code, String where, String detail) {
    problems.add(Problem.of(code, where, detail));
  }
}
