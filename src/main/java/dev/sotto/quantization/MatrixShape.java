package dev.sotto.quantization;

import dev.sotto.onnx.Node;
import dev.sotto.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the operands of a matrix product with broadcasting meet, as in ONNX MatMul.
 *
 * @param shape shape of the result
 * @param batches number of products of matrices
 * @param rows rows of each left matrix
 * @param inner contracted length
 * @param columns columns of each right matrix
 * @param leftBatch which left matrix each product uses
 * @param rightBatch which right matrix each product uses
 */
@SuppressWarnings("ArrayRecordComponent")
record MatrixShape(
    Shape shape, int batches, int rows, int inner, int columns, int[] leftBatch, int[] rightBatch) {

  static MatrixShape of(Shape left, Shape right, Node node) {
    Shape a = left.rank() == 1 ? Shape.of(1, left.dim(0)) : left;
    Shape b = right.rank() == 1 ? Shape.of(right.dim(0), 1) : right;
    if (a.rank() < 2 || b.rank() < 2 || a.dim(-1) != b.dim(-2)) {
      throw Refusals.notEncryptable(node, "shapes " + left + " and " + right + " do not multiply");
    }
    Shape batchA = Shape.of(java.util.Arrays.copyOf(a.dims(), a.rank() - 2));
    Shape batchB = Shape.of(java.util.Arrays.copyOf(b.dims(), b.rank() - 2));
    Shape batch = SumHandler.broadcast(batchA, batchB, node);
    List<Integer> dims = new ArrayList<>();
    for (int axis = 0; axis < batch.rank(); axis++) {
      dims.add(batch.dim(axis));
    }
    if (left.rank() > 1) {
      dims.add(a.dim(-2));
    }
    if (right.rank() > 1) {
      dims.add(b.dim(-1));
    }
    return new MatrixShape(
        Shape.of(dims.stream().mapToInt(Integer::intValue).toArray()),
        batch.size(),
        a.dim(-2),
        a.dim(-1),
        b.dim(-1),
        Lookups.broadcastIndex(batchA, batch),
        Lookups.broadcastIndex(batchB, batch));
  }

  /** The number of elements of the result. */
  int outputs() {
    return batches * rows * columns;
  }

  /** Element of the left operand for a term of an output. */
  int left(int output, int k) {
    int batch = output / (rows * columns);
    int row = output / columns % rows;
    return (leftBatch[batch] * rows + row) * inner + k;
  }

  /** Element of the right operand for a term of an output. */
  int right(int output, int k) {
    int batch = output / (rows * columns);
    return (rightBatch[batch] * inner + k) * columns + output % columns;
  }
}
