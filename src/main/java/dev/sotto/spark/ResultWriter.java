package dev.sotto.spark;

import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Tensor;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;

/** Turns the outputs of a batch into the values of the result columns, row by row. */
public final class ResultWriter implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final byte DENSE = 1;

  private final OutputLayout layout;
  private final OutputColumn[] columns;
  private final int[] outputs;

  /**
   * A writer.
   *
   * @param columns the result columns, in order
   * @param names of the model's outputs, in order
   */
  ResultWriter(OutputLayout layout, List<OutputColumn> columns, List<String> names) {
    this.layout = layout;
    this.columns = columns.toArray(new OutputColumn[0]);
    this.outputs =
        columns.stream()
            .mapToInt(c -> c instanceof OutputColumn.Raw raw ? names.indexOf(raw.output()) : -1)
            .toArray();
  }

  /** The type of a result column, as the outputs of some rows show it. */
  DataType type(int column, Tensor[] sample, int rows) {
    if (columns[column] instanceof OutputColumn.Prediction) {
      return layout.text() ? DataTypes.StringType : DataTypes.DoubleType;
    }
    if (columns[column] instanceof OutputColumn.Probabilities probabilities) {
      return probabilities.asVector()
          ? SQLDataTypes.VectorType()
          : DataTypes.createArrayType(DataTypes.DoubleType, false);
    }
    Tensor output = sample[outputs[column]];
    DataType element = elementType(output.type());
    return output.size() == rows ? element : DataTypes.createArrayType(element, false);
  }

  private static DataType elementType(ElementType type) {
    return switch (type.storage()) {
      case FLOATS -> DataTypes.FloatType;
      case DOUBLES -> DataTypes.DoubleType;
      case LONGS -> DataTypes.LongType;
      case STRINGS -> DataTypes.StringType;
    };
  }

  /** Prepares the outputs of a batch for {@link #write}. */
  public Batch batch(Tensor[] results, int rows) {
    float @Nullable [] scores = layout.scores() < 0 ? null : results[layout.scores()].toFloats();
    return new Batch(
        results, rows, layout.text() ? new double[0] : layout.numbers(results, rows), scores);
  }

  /** The outputs of a batch. */
  @SuppressWarnings("ArrayRecordComponent")
  public record Batch(Tensor[] results, int rows, double[] numbers, float @Nullable [] scores) {}

  /** Writes the results of one row into the first fields of {@code into}. */
  public void write(Batch batch, int row, GenericInternalRow into) {
    for (int c = 0; c < columns.length; c++) {
      into.update(c, value(batch, row, c));
    }
  }

  private Object value(Batch batch, int row, int column) {
    if (columns[column] instanceof OutputColumn.Prediction) {
      return layout.text()
          ? UTF8String.fromString(layout.texts(batch.results)[row])
          : (Object) batch.numbers[row];
    }
    if (columns[column] instanceof OutputColumn.Probabilities wanted && batch.scores != null) {
      double[] probabilities = new double[layout.classes()];
      layout.probabilities(batch.scores, row, probabilities);
      UnsafeArrayData array = UnsafeArrayData.fromPrimitiveArray(probabilities);
      return wanted.asVector()
          ? new GenericInternalRow(new @Nullable Object[] {DENSE, null, null, array})
          : array;
    }
    return raw(batch.results[outputs[column]], batch.rows, row);
  }

  private static Object raw(Tensor tensor, int rows, int row) {
    int width = tensor.size() / rows;
    int at = row * width;
    return switch (tensor.type().storage()) {
      case FLOATS ->
          width == 1
              ? (Object) tensor.floats()[at]
              : UnsafeArrayData.fromPrimitiveArray(
                  java.util.Arrays.copyOfRange(tensor.floats(), at, at + width));
      case DOUBLES ->
          width == 1
              ? (Object) tensor.doubles()[at]
              : UnsafeArrayData.fromPrimitiveArray(
                  java.util.Arrays.copyOfRange(tensor.doubles(), at, at + width));
      case LONGS ->
          width == 1
              ? (Object) tensor.longs()[at]
              : UnsafeArrayData.fromPrimitiveArray(
                  java.util.Arrays.copyOfRange(tensor.longs(), at, at + width));
      case STRINGS -> texts(tensor.strings(), at, width);
    };
  }

  private static Object texts(String[] strings, int at, int width) {
    if (width == 1) {
      return UTF8String.fromString(strings[at]);
    }
    Object[] texts = new Object[width];
    for (int i = 0; i < width; i++) {
      texts[i] = UTF8String.fromString(strings[at + i]);
    }
    return new GenericArrayData(texts);
  }
}
