package dev.sotto.sql;

import dev.sotto.problem.SottoException;
import dev.sotto.runtime.ServerPackage;
import dev.sotto.spark.encrypted.PayloadScorer;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.connector.catalog.functions.BoundFunction;
import org.apache.spark.sql.connector.catalog.functions.ScalarFunction;
import org.apache.spark.sql.connector.catalog.functions.UnboundFunction;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** A compiled model as a function of the payloads of encrypted blocks. */
final class BlockFunction implements UnboundFunction {
  private final String name;
  private final ServerPackage server;
  private final List<String> evaluationKeys;
  private @Nullable PayloadScorer scorer;

  BlockFunction(String name, ServerPackage server, List<String> evaluationKeys) {
    this.name = name;
    this.server = server;
    this.evaluationKeys = evaluationKeys;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String description() {
    return name + "(payload): scores an encrypted block; gives the payload of its results";
  }

  @Override
  public BoundFunction bind(StructType arguments) {
    StructField[] fields = arguments.fields();
    if (fields.length != 1
        || !(fields[0].dataType() instanceof ArrayType array)
        || !array.elementType().equals(DataTypes.BinaryType)) {
      throw SottoException.of(
          SqlError.PAYLOAD,
          "function " + name,
          "one array<binary> expected, got "
              + Arrays.stream(fields).map(f -> f.dataType().catalogString()).toList()
              + ".");
    }
    return new Bound(name, server.circuitHash(), array, scorer());
  }

  /** Made at the first call, with one broadcast of package and keys for all calls. */
  private synchronized PayloadScorer scorer() {
    if (scorer == null) {
      scorer = PayloadScorer.of(SparkSession.active(), server, evaluationKeys);
    }
    return scorer;
  }

  /** The function of payloads; travels to executors. */
  private static final class Bound implements ScalarFunction<ArrayData> {
    private static final long serialVersionUID = 1L;
    private final String name;
    private final String circuit;
    private final ArrayType payload;
    private final PayloadScorer scorer;

    Bound(String name, String circuit, ArrayType payload, PayloadScorer scorer) {
      this.name = name;
      this.circuit = circuit;
      this.payload = payload;
      this.scorer = scorer;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public String canonicalName() {
      return name + "/" + circuit;
    }

    @Override
    public DataType[] inputTypes() {
      return new DataType[] {payload};
    }

    @Override
    public DataType resultType() {
      return DataTypes.createArrayType(DataTypes.BinaryType, false);
    }

    @Override
    @SuppressWarnings("NullAway") // Spark's interface knows no annotation; nulls are its results
    public ArrayData produceResult(InternalRow arguments) {
      return arguments.isNullAt(0) ? null : scorer.score(arguments.getArray(0));
    }
  }
}
