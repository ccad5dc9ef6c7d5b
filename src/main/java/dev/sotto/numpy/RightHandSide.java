package dev.sotto.numpy;

import dev.sotto.tensor.Broadcast;
import dev.sotto.tensor.ElementType.Storage;
import dev.sotto.tensor.MatrixProduct;
import dev.sotto.tensor.PackedMatrix;
import dev.sotto.tensor.Rearrange;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** The right-hand operand of matrix products: one matrix or a batch of them, laid out once. */
final class RightHandSide {
  private final Tensor matrices;
  private final Shape batch;
  private final int inner;
  private final int columns;
  private final PackedMatrix @Nullable [] packed;

  private RightHandSide(Tensor matrices) {
    Shape shape = matrices.shape();
    this.matrices = matrices;
    this.batch = batch(shape);
    this.inner = shape.dim(-2);
    this.columns = shape.dim(-1);
    if (matrices.type().storage() == Storage.FLOATS) {
      packed = new PackedMatrix[batch.size()];
      for (int i = 0; i < packed.length; i++) {
        packed[i] = PackedMatrix.of(matrices.floats(), i * inner * columns, inner, columns);
      }
    } else {
      packed = null;
    }
  }

  /** Lays out matrices of shape (..., inner, columns). */
  static RightHandSide of(Tensor matrices) {
    return new RightHandSide(matrices);
  }

  /** The tensor with its last two axes exchanged. */
  static Tensor transpose(Tensor matrices) {
    int rank = matrices.shape().rank();
    int[] order = Arguments.allAxes(rank);
    order[rank - 1] = rank - 2;
    order[rank - 2] = rank - 1;
    return Rearrange.transpose(matrices, order);
  }

  private static Shape batch(Shape shape) {
    int[] dims = shape.dims();
    return Shape.of(java.util.Arrays.copyOf(dims, dims.length - 2));
  }

  /** The shape of the product of matrices of shape (..., rows, inner) with these. */
  Shape shape(Shape left) {
    if (left.dim(-1) != inner) {
      throw new IllegalArgumentException(
          "matrices of " + left + " and " + matrices.shape() + " do not multiply");
    }
    Shape outer = Broadcast.shape(batch(left), batch);
    int[] dims = java.util.Arrays.copyOf(outer.dims(), outer.rank() + 2);
    dims[dims.length - 2] = left.dim(-2);
    dims[dims.length - 1] = columns;
    return Shape.of(dims);
  }

  /**
   * Adds the product to what {@code result} holds.
   *
   * @param left matrices of shape (..., rows, inner), of the same element type
   * @param result array of the type's storage, of {@code shape(left.shape())}
   */
  void multiplyAdd(Tensor left, Object result) {
    if (left.type() != matrices.type()) {
      throw new IllegalArgumentException(left + " and " + matrices + " have different types");
    }
    Shape shape = shape(left.shape());
    Shape outer = batch(shape);
    if (batch.size() == 1) {
      multiplyAdd(left, 0, left.size() / Math.max(1, inner), 0, result, 0);
      return;
    }
    int rows = shape.dim(-2);
    int[] leftIndex = indices(batch(left.shape()), outer);
    int[] rightIndex = indices(batch, outer);
    for (int i = 0; i < leftIndex.length; i++) {
      multiplyAdd(
          left, leftIndex[i] * rows * inner, rows, rightIndex[i], result, i * rows * columns);
    }
  }

  private void multiplyAdd(Tensor left, int from, int rows, int matrix, Object result, int to) {
    int b = matrix * inner * columns;
    switch (matrices.type().storage()) {
      case FLOATS -> {
        PackedMatrix right = java.util.Objects.requireNonNull(packed)[matrix];
        right.multiplyAdd(left.floats(), from, rows, (float[]) result, to, columns);
      }
      case DOUBLES -> {
        double[] product =
            MatrixProduct.multiply(
                left.doubles(), from, matrices.doubles(), b, rows, inner, columns);
        for (int i = 0; i < product.length; i++) {
          ((double[]) result)[to + i] += product[i];
        }
      }
      case LONGS -> {
        long[] product =
            MatrixProduct.multiply(left.longs(), from, matrices.longs(), b, rows, inner, columns);
        for (int i = 0; i < product.length; i++) {
          ((long[]) result)[to + i] += product[i];
        }
      }
      case STRINGS -> throw new IllegalArgumentException("strings do not multiply");
    }
  }

  /** For each matrix of the broadcast batch, its position in an operand's batch. */
  private static int[] indices(Shape operand, Shape outer) {
    int[] positions = new int[operand.size()];
    java.util.Arrays.setAll(positions, i -> i);
    long[] values = java.util.Arrays.stream(positions).asLongStream().toArray();
    return java.util.Arrays.stream(Broadcast.expand(Tensor.of(operand, values), outer).longs())
        .mapToInt(Math::toIntExact)
        .toArray();
  }
}
