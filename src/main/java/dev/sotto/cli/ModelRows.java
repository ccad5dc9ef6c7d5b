package dev.sotto.cli;

import dev.sotto.onnx.Graph;
import dev.sotto.onnx.ValueType;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How the columns of a table become the inputs of a model: in order, images flattened.
 *
 * @param rows shape of one row of each input, without the batch axis; null where the model does not
 *     say
 */
record ModelRows(List<@Nullable Shape> rows) {

  /** Reads the shapes of the declared inputs. */
  static ModelRows of(Graph graph) {
    List<@Nullable Shape> rows = new ArrayList<>();
    for (Graph.Value input : graph.inputs()) {
      rows.add(
          input.type() instanceof ValueType.TensorType type && type.hasShape() ? row(type) : null);
    }
    return new ModelRows(rows);
  }

  private static @Nullable Shape row(ValueType.TensorType type) {
    int[] dims = new int[Math.max(0, type.dims().size() - 1)];
    for (int axis = 0; axis < dims.length; axis++) {
      ValueType.Dimension dim = type.dims().get(axis + 1);
      if (!dim.isFixed()) {
        return null;
      }
      dims[axis] = Math.toIntExact(dim.size());
    }
    return Shape.of(dims);
  }

  /** Numbers of a row of all inputs, −1 when the model does not say. */
  int width() {
    int width = 0;
    for (Shape row : rows) {
      width = row == null || width < 0 ? -1 : width + row.size();
    }
    return width;
  }

  /** Reads rows of any source. */
  RowTable read(String source, int limit) throws IOException {
    CliError.requirePositive("--limit", limit);
    return LocalRows.isLocal(source)
        ? LocalRows.read(source, Math.max(0, width()), limit)
        : SparkRows.read(source, Math.max(0, width()), limit);
  }

  /** The rows without their label column, when they are one wider than the model. */
  RowTable features(RowTable table, String label) {
    return table.columns() == width() + 1 ? table.without(table.column(label)) : table;
  }

  /** The rows as tensors in the declared shapes; one undeclared input takes all columns. */
  Tensor[] inputs(RowTable table) {
    if (width() < 0) {
      if (rows.size() > 1) {
        throw SottoException.of(
            CliError.WIDTH,
            table.source(),
            "the model does not say how wide each of its " + rows.size() + " inputs is.");
      }
      return table.inputs(List.of(table.columns()));
    }
    List<Integer> widths = rows.stream().map(row -> Objects.requireNonNull(row).size()).toList();
    Tensor[] inputs = table.inputs(widths);
    for (int i = 0; i < inputs.length; i++) {
      int[] row = Objects.requireNonNull(rows.get(i)).dims();
      int[] dims = new int[row.length + 1];
      dims[0] = table.rows();
      System.arraycopy(row, 0, dims, 1, row.length);
      inputs[i] = inputs[i].reshape(Shape.of(dims));
    }
    return inputs;
  }
}
