package dev.sotto.numpy.ml;

import dev.sotto.onnx.Node;
import dev.sotto.onnx.OnnxError;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.List;

/**
 * The classes of a classifier, in the order of its scores.
 *
 * @param values an INT64 or STRING vector
 */
public record ClassLabels(Tensor values) {
  /** Reads the labels from the attribute with whole numbers or the one with strings. */
  static ClassLabels of(Node node, String integers, String strings) {
    List<String> names = node.stringsAttribute(strings);
    long[] numbers = node.intsAttribute(integers);
    if (names != null && !names.isEmpty()) {
      return new ClassLabels(Tensor.of(Shape.of(names.size()), names.toArray(new String[0])));
    }
    if (numbers == null || numbers.length == 0) {
      throw SottoException.of(
          OnnxError.ATTRIBUTE,
          node.place(),
          "expected class labels in " + integers + " or " + strings + ".");
    }
    return new ClassLabels(Tensor.vector(numbers));
  }

  /** The number of classes. */
  public int size() {
    return values.size();
  }

  /** The labels of classes given by position. */
  Tensor at(int[] positions) {
    Shape shape = Shape.of(positions.length);
    if (values.storage() instanceof String[] names) {
      String[] result = new String[positions.length];
      for (int i = 0; i < result.length; i++) {
        result[i] = names[positions[i]];
      }
      return Tensor.of(shape, result);
    }
    long[] result = new long[positions.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = values.longs()[positions[i]];
    }
    return Tensor.of(shape, result);
  }
}
