package dev.sotto.sql;

import dev.sotto.problem.SottoException;
import dev.sotto.quantization.QuantizedModule;
import dev.sotto.spark.RowScorer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.catalog.functions.BoundFunction;
import org.apache.spark.sql.connector.catalog.functions.ScalarFunction;
import org.apache.spark.sql.connector.catalog.functions.UnboundFunction;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** A model as a function of features. */
final class ModelFunction implements UnboundFunction {
  private final String name;
  private final QuantizedModule module;

  ModelFunction(String name, QuantizedModule module) {
    this.name = name;
    this.module = module;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String description() {
    return name
        + "(features): scores a row in the clear; inputs "
        + module.inputs().stream().map(in -> in.name() + " of " + in.width() + " numbers").toList();
  }

  /** Arguments are named by their place, for messages. */
  @Override
  public BoundFunction bind(StructType arguments) {
    StructField[] fields = arguments.fields();
    if (fields.length == 0
        || (module.inputs().size() > 1 && fields.length != module.inputs().size())) {
      throw SottoException.of(
          SqlError.ARGUMENTS,
          "function " + name,
          "got " + fields.length + " for " + module.inputs().size() + " input(s).");
    }
    StructType named = new StructType();
    for (int i = 0; i < fields.length; i++) {
      named = named.add("argument " + (i + 1), fields[i].dataType(), fields[i].nullable());
    }
    List<String> names = List.of(named.fieldNames());
    List<List<String>> columns =
        module.inputs().size() == 1
            ? List.of(names)
            : IntStream.range(0, names.size()).mapToObj(i -> List.of(names.get(i))).toList();
    DataType[] types = Arrays.stream(fields).map(StructField::dataType).toArray(DataType[]::new);
    return new Bound(name, types, RowScorer.of(module, named, columns));
  }

  /** The function of arguments of these types; travels to executors. */
  private static final class Bound implements ScalarFunction<InternalRow> {
    private static final long serialVersionUID = 1L;
    private final String name;
    private final DataType[] types;
    private final RowScorer scorer;

    Bound(String name, DataType[] types, RowScorer scorer) {
      this.name = name;
      this.types = types;
      this.scorer = scorer;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public String canonicalName() {
      return name + "/" + scorer.hash() + Arrays.toString(types);
    }

    @Override
    public DataType[] inputTypes() {
      return types.clone();
    }

    @Override
    public DataType resultType() {
      return scorer.type();
    }

    @Override
    @SuppressWarnings("NullAway") // Spark's interface knows no annotation; nulls are its results
    public InternalRow produceResult(InternalRow arguments) {
      @Nullable InternalRow result = scorer.score(arguments);
      return result;
    }
  }
}
