package dev.sotto.cli;

import dev.sotto.onnx.Graph;
import dev.sotto.onnx.ValueType;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * How the columns of a table become the inputs of a model: in order, images flattened.
 *
 * @param widths numbers that each input takes of a row; −1 where the model does not say
 */
record ModelRows(List<Integer> widths) {
  /** Copies the widths. */
  ModelRows {
    widths = List.copyOf(widths);
  }

  /** Reads the widths of the declared inputs. */
  static ModelRows of(Graph graph) {
    List<Integer> widths = new ArrayList<>();
    for (Graph.Value input : graph.inputs()) {
      widths.add(
          input.type() instanceof ValueType.TensorType type && type.hasShape() ? width(type) : -1);
    }
    return new ModelRows(widths);
  }

  private static int width(ValueType.TensorType type) {
    long width = 1;
    for (int axis = 1; axis < type.dims().size(); axis++) {
      long size = type.dims().get(axis).size();
      if (size < 0) {
        return -1;
      }
      width *= size;
    }
    return Math.toIntExact(width);
  }

  /** Numbers of a row of all inputs, −1 when the model does not say. */
  int width() {
    return widths.contains(-1) ? -1 : widths.stream().mapToInt(Integer::intValue).sum();
  }

  /** Reads rows of any source. */
  RowTable read(String source, int limit) throws IOException {
    if (limit < 1) {
      throw SottoException.of(CliError.OPTION, "--limit", "expected 1 or more, got " + limit + ".");
    }
    return LocalRows.isLocal(source)
        ? LocalRows.read(source, Math.max(0, width()), limit)
        : SparkRows.read(source, limit);
  }

  /** The rows without their label column, when they are one wider than the model. */
  RowTable features(RowTable rows, String label) {
    return rows.columns() == width() + 1 ? rows.without(rows.column(label)) : rows;
  }

  /** The rows as tensors; a single input of undeclared width takes all columns. */
  Tensor[] inputs(RowTable rows) {
    return rows.inputs(widths.equals(List.of(-1)) ? List.of(rows.columns()) : widths);
  }
}
