package dev.sotto.quantization;

import dev.sotto.onnx.Graph;
import dev.sotto.onnx.ValueType;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.List;

/** One calibration row for every input of a graph, in the shape that the graph declares. */
final class SampleRow {
  private SampleRow() {}

  static Tensor[] of(Graph graph, Tensor[] sample) {
    List<Graph.Value> inputs = graph.inputs();
    if (sample.length != inputs.size()) {
      throw SottoException.of(
          QuantizationError.NOT_CALIBRATED,
          "",
          "the model has " + inputs.size() + " inputs, the calibration " + sample.length + ".");
    }
    Tensor[] row = new Tensor[sample.length];
    for (int i = 0; i < row.length; i++) {
      Tensor one = sample[i].rows(0, 1);
      row[i] = cast(one.reshape(shape(inputs.get(i), one)), inputs.get(i));
    }
    return row;
  }

  /** The declared shape with a batch of one, when it has as many elements as the row. */
  private static Shape shape(Graph.Value input, Tensor row) {
    if (!(input.type() instanceof ValueType.TensorType type) || !type.hasShape()) {
      return row.shape();
    }
    long[] dims = new long[type.dims().size()];
    for (int a = 0; a < dims.length; a++) {
      long size = type.dims().get(a).size();
      if (a == 0) {
        dims[a] = 1;
      } else if (size > 0) {
        dims[a] = size;
      } else {
        return row.shape();
      }
    }
    Shape declared = Shape.of(dims);
    return dims.length > 0 && declared.size() == row.size() ? declared : row.shape();
  }

  private static Tensor cast(Tensor row, Graph.Value input) {
    if (input.type() instanceof ValueType.TensorType type) {
      ElementType element = ElementType.ofOnnxNumber(type.elementType());
      if (element == ElementType.FLOAT && row.type() == ElementType.DOUBLE) {
        return Tensor.of(row.shape(), row.toFloats());
      }
    }
    return row;
  }
}
