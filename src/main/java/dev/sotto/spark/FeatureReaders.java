package dev.sotto.spark;

import dev.sotto.problem.Problem;
import dev.sotto.quantization.QuantizedModule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Finds the columns of a DataFrame that hold the inputs of a model; collects what does not fit. */
final class FeatureReaders {
  /** The column of features unless the user names another, as Spark ML calls it. */
  private static final String STANDARD = "features";

  private final StructType schema;
  private final List<Problem> problems;

  FeatureReaders(StructType schema, List<Problem> problems) {
    this.schema = schema;
    this.problems = problems;
  }

  /** One reader per input; incomplete when there are problems. */
  List<FeatureReader> readers(
      List<QuantizedModule.Input> inputs, Map<String, List<String>> mapping) {
    Set<String> unknown = new HashSet<>(mapping.keySet());
    inputs.forEach(input -> unknown.remove(input.name()));
    unknown.forEach(
        name ->
            problem(
                ScoringError.MAPPING,
                "input '" + name + "'",
                "the model has "
                    + inputs.stream().map(QuantizedModule.Input::name).toList()
                    + ", not this one."));
    List<FeatureReader> readers = new ArrayList<>();
    for (QuantizedModule.Input input : inputs) {
      List<String> columns = mapping.get(input.name());
      if (columns == null) {
        columns = standardColumns(input, inputs.size() == 1);
      }
      FeatureReader reader = reader(input, columns);
      if (reader != null) {
        readers.add(reader);
      }
    }
    return readers;
  }

  private List<String> standardColumns(QuantizedModule.Input input, boolean only) {
    if (has(input.name()) || !only) {
      return List.of(input.name());
    }
    if (has(STANDARD)) {
      return List.of(STANDARD);
    }
    List<String> numeric =
        Arrays.stream(schema.fields())
            .filter(field -> FeatureReader.isNumeric(field.dataType()))
            .map(StructField::name)
            .toList();
    return numeric.size() == input.width() ? numeric : List.of(STANDARD);
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
            ScoringError.COLUMN_MISSING,
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
            ScoringError.COLUMN_TYPE,
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
          ScoringError.MAPPING,
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

  private void problem(ScoringError code, String where, String detail) {
    problems.add(Problem.of(code, where, detail));
  }
}
