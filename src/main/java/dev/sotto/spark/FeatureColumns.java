package dev.sotto.spark;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.concat;

import dev.sotto.onnx.Graph;
import dev.sotto.onnx.ValueType;
import dev.sotto.problem.Problem;
import dev.sotto.problem.SottoException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.ml.functions;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Which columns of a table are the inputs of a model.
 *
 * <p>A column may be {@code array<float>}, {@code array<double>} (or of any number), an ML {@code
 * Vector}, dense or sparse, or a plain number or boolean. A model with one input needs no mapping:
 * the one array or vector column is taken, otherwise all plain columns in order. A model with
 * several inputs takes columns of the inputs' names, or as many array columns in order, or all
 * plain columns in order, cut by the widths of the inputs.
 *
 * <p>Everything is checked on the driver, before a task runs, with all problems at once.
 */
public final class FeatureColumns implements Serializable {
  private static final long serialVersionUID = 1L;

  /**
   * What one model input reads.
   *
   * @param name of the model input
   * @param width numbers of one row; −1 when neither the model nor the columns say
   * @param columns names of columns, in order
   */
  public record Input(String name, int width, List<String> columns) implements Serializable {
    /** Copies the list. */
    public Input {
      columns = List.copyOf(columns);
    }
  }

  private final List<Input> inputs;
  private final StructType schema;

  private FeatureColumns(List<Input> inputs, StructType schema) {
    this.inputs = List.copyOf(inputs);
    this.schema = schema;
  }

  /**
   * Finds the columns and checks them, with a look at the first row where a column's type does not
   * say its width.
   *
   * @param rows the table
   * @param graph the model's graph
   * @param mapping model input to columns; empty to find them
   * @param ignored columns that are no features, such as the label
   * @throws SottoException with every missing column, wrong type and wrong width
   */
  public static FeatureColumns find(
      Dataset<Row> rows,
      Graph graph,
      Map<String, List<String>> mapping,
      Collection<String> ignored) {
    StructType schema = rows.schema();
    Map<String, Integer> widths = new LinkedHashMap<>();
    graph.inputs().forEach(input -> widths.put(input.name(), width(input.type())));
    List<Problem> problems = new ArrayList<>();
    Map<String, List<String>> chosen =
        mapping.isEmpty() ? guess(schema, widths, ignored, problems) : mapping;
    List<Input> inputs = new ArrayList<>();
    for (String unknown : chosen.keySet()) {
      if (!widths.containsKey(unknown)) {
        problems.add(
            Problem.of(
                SparkError.UNKNOWN_INPUT,
                "input '" + unknown + "'",
                "one of " + widths.keySet() + " expected."));
      }
    }
    widths.forEach(
        (name, width) -> {
          List<String> columns = chosen.getOrDefault(name, List.of());
          if (columns.isEmpty() && problems.isEmpty()) {
            problems.add(
                Problem.of(
                    SparkError.MISSING_COLUMN,
                    "input '" + name + "'",
                    "at least one column expected, got none."));
          }
          columns.forEach(column -> checkType(schema, name, column, problems));
          inputs.add(new Input(name, width, columns));
        });
    refuse(problems);
    return new FeatureColumns(measured(rows, schema, inputs), schema);
  }

  /** The numbers that one row of an input holds; −1 when the declaration leaves it open. */
  public static int width(ValueType type) {
    if (!(type instanceof ValueType.TensorType tensor) || !tensor.hasShape()) {
      return -1;
    }
    long width = 1;
    for (ValueType.Dimension dim :
        tensor.dims().subList(Math.min(1, tensor.dims().size()), tensor.dims().size())) {
      if (!dim.isFixed()) {
        return -1;
      }
      width *= dim.size();
    }
    return Math.toIntExact(width);
  }

  /** Columns for every input by the rules above, or a problem. */
  static Map<String, List<String>> guess(
      StructType schema,
      Map<String, Integer> widths,
      Collection<String> ignored,
      List<Problem> problems) {
    List<StructField> fields =
        Arrays.stream(schema.fields()).filter(f -> !ignored.contains(f.name())).toList();
    Set<String> names = fields.stream().map(StructField::name).collect(Collectors.toSet());
    List<String> vectors = names(fields, FeatureColumns::isVectorLike);
    List<String> plain = names(fields, FeatureColumns::isPlain);
    Map<String, List<String>> chosen = new LinkedHashMap<>();
    if (names.containsAll(widths.keySet())) {
      widths.keySet().forEach(name -> chosen.put(name, List.of(name)));
    } else if (!vectors.isEmpty() && vectors.size() == widths.size()) {
      int next = 0;
      for (String name : widths.keySet()) {
        chosen.put(name, List.of(vectors.get(next++)));
      }
    } else if (vectors.isEmpty() && !plain.isEmpty()) {
      cut(plain, widths, chosen, problems);
    } else {
      problems.add(
          Problem.of(
              SparkError.AMBIGUOUS_COLUMNS,
              "columns " + names(fields, type -> true),
              widths.size()
                  + (widths.size() == 1 ? " array or vector column" : " array or vector columns")
                  + " or only plain numbers expected for "
                  + widths
                  + ", got "
                  + vectors.size()
                  + " array or vector and "
                  + plain.size()
                  + " plain columns."));
    }
    return chosen;
  }

  /** Gives every input as many plain columns as it is wide; one open width takes the rest. */
  private static void cut(
      List<String> plain,
      Map<String, Integer> widths,
      Map<String, List<String>> chosen,
      List<Problem> problems) {
    long open = widths.values().stream().filter(width -> width < 0).count();
    int known = widths.values().stream().filter(width -> width >= 0).mapToInt(w -> w).sum();
    int rest = plain.size() - known;
    if (open > 1 || rest < 0 || (open == 0 && rest > 0)) {
      problems.add(
          Problem.of(
              open > 1 ? SparkError.AMBIGUOUS_COLUMNS : SparkError.WIDTH,
              "columns " + shortened(plain),
              (open == 0 ? Integer.toString(known) : "at least " + known)
                  + " numeric columns expected for "
                  + widths
                  + ", got "
                  + plain.size()
                  + "."));
      return;
    }
    int from = 0;
    for (Map.Entry<String, Integer> input : widths.entrySet()) {
      int size = input.getValue() < 0 ? rest : input.getValue();
      chosen.put(input.getKey(), List.copyOf(plain.subList(from, from + size)));
      from += size;
    }
  }

  private static void checkType(
      StructType schema, String input, String column, List<Problem> problems) {
    StructField field = field(schema, column);
    if (field == null) {
      problems.add(
          Problem.of(
              SparkError.MISSING_COLUMN,
              "column '" + column + "' for input '" + input + "'",
              "the columns are " + shortened(Arrays.asList(schema.fieldNames())) + "."));
    } else if (!isPlain(field.dataType()) && !isVectorLike(field.dataType())) {
      problems.add(
          Problem.of(
              SparkError.COLUMN_TYPE,
              "column '" + column + "' for input '" + input + "'",
              "numbers expected, got " + field.dataType().simpleString() + "."));
    }
  }

  /** Checks widths against the model; arrays and vectors are measured on the first row. */
  private static List<Input> measured(Dataset<Row> rows, StructType schema, List<Input> inputs) {
    List<String> vectors =
        inputs.stream()
            .flatMap(input -> input.columns().stream())
            .filter(column -> isVectorLike(type(schema, column)))
            .distinct()
            .toList();
    Map<String, Integer> lengths = new LinkedHashMap<>();
    if (!vectors.isEmpty()) {
      List<Row> first =
          rows.select(vectors.stream().map(FeatureColumns::column).toArray(Column[]::new))
              .takeAsList(1);
      for (int i = 0; i < vectors.size() && !first.isEmpty(); i++) {
        if (!first.get(0).isNullAt(i)) {
          Object cell = first.get(0).get(i);
          lengths.put(
              vectors.get(i),
              cell instanceof Vector vector ? vector.size() : first.get(0).getList(i).size());
        }
      }
    }
    List<Problem> problems = new ArrayList<>();
    List<Input> measured = new ArrayList<>();
    for (Input input : inputs) {
      int found = 0;
      for (String column : input.columns()) {
        int length = isPlain(type(schema, column)) ? 1 : lengths.getOrDefault(column, -1);
        found = found < 0 || length < 0 ? -1 : found + length;
      }
      if (found >= 0 && input.width() >= 0 && found != input.width()) {
        problems.add(
            Problem.of(
                SparkError.WIDTH,
                "columns " + shortened(input.columns()) + " for input '" + input.name() + "'",
                input.width() + " numbers per row expected, got " + found + "."));
      }
      int width = input.width() >= 0 ? input.width() : found;
      measured.add(new Input(input.name(), width, input.columns()));
    }
    refuse(problems);
    return measured;
  }

  /** What every model input reads, in the order of the model. */
  public List<Input> inputs() {
    return inputs;
  }

  /** One {@code array<float>} column per model input, in order; any cell may be null. */
  public Dataset<Row> select(Dataset<Row> rows) {
    return rows.select(expressions());
  }

  /** One {@code array<float>} expression per model input, in order. */
  public Column[] expressions() {
    return inputs.stream().map(this::expression).toArray(Column[]::new);
  }

  private Column expression(Input input) {
    ArrayType floats = DataTypes.createArrayType(DataTypes.FloatType);
    List<Column> parts = new ArrayList<>();
    List<Column> run = new ArrayList<>(); // neighbouring plain columns make one array
    for (String name : input.columns()) {
      if (isPlain(type(schema, name))) {
        run.add(column(name).cast(DataTypes.FloatType));
        continue;
      }
      if (!run.isEmpty()) {
        parts.add(array(run.toArray(Column[]::new)));
        run.clear();
      }
      parts.add(
          type(schema, name) instanceof ArrayType
              ? column(name).cast(floats)
              : functions.vector_to_array(column(name), "float32"));
    }
    if (!run.isEmpty()) {
      parts.add(array(run.toArray(Column[]::new)));
    }
    Column whole = parts.size() == 1 ? parts.get(0) : concat(parts.toArray(Column[]::new));
    return whole.alias(input.name());
  }

  /**
   * The name of one number of an input's row: a column, or {@code column[index]}.
   *
   * @param input position of the model input
   * @param feature position within its row
   */
  public String featureName(int input, int feature) {
    List<String> columns = inputs.get(input).columns();
    long vectors = columns.stream().filter(c -> isVectorLike(type(schema, c))).count();
    if (vectors == 0 && feature < columns.size()) {
      return columns.get(feature);
    }
    return columns.size() == 1
        ? columns.get(0) + "[" + feature + "]"
        : inputs.get(input).name() + "[" + feature + "]";
  }

  private static List<String> names(
      List<StructField> fields, java.util.function.Predicate<DataType> kind) {
    return fields.stream()
        .filter(field -> kind.test(field.dataType()))
        .map(StructField::name)
        .toList();
  }

  private static boolean isPlain(DataType type) {
    return type instanceof NumericType || type instanceof BooleanType;
  }

  private static boolean isVectorLike(DataType type) {
    return type.equals(SQLDataTypes.VectorType())
        || (type instanceof ArrayType array && isPlain(array.elementType()));
  }

  private static @org.jspecify.annotations.Nullable StructField field(
      StructType schema, String name) {
    return Arrays.stream(schema.fields())
        .filter(field -> field.name().equals(name))
        .findFirst()
        .orElse(null);
  }

  private static DataType type(StructType schema, String name) {
    return schema.fields()[schema.fieldIndex(name)].dataType();
  }

  /** A column by its exact name, dots and all. */
  private static Column column(String name) {
    return new Column("`" + name.replace("`", "``") + "`");
  }

  private static String shortened(List<String> names) {
    return names.size() <= 12
        ? names.toString()
        : IntStream.range(0, 10).mapToObj(names::get).collect(Collectors.joining(", ", "[", ""))
            + ", … "
            + names.get(names.size() - 1)
            + "] ("
            + names.size()
            + ")";
  }

  private static void refuse(List<Problem> problems) {
    if (!problems.isEmpty()) {
      throw new SottoException(problems);
    }
  }
}
