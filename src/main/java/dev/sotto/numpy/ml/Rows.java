package dev.sotto.numpy.ml;

import dev.sotto.tensor.Tensor;

/**
 * A tensor as rows of features: a vector is one row.
 *
 * @param tensor the tensor
 * @param count the number of rows
 * @param width features per row
 */
record Rows(Tensor tensor, int count, int width) {
  static Rows of(Tensor tensor) {
    int rank = tensor.shape().rank();
    if (rank == 0 || rank > 2) {
      throw new IllegalArgumentException("expected rows of features, got " + tensor);
    }
    return rank == 1
        ? new Rows(tensor, 1, tensor.size())
        : new Rows(tensor, tensor.shape().dim(0), tensor.shape().dim(1));
  }

  /** The rows of a tensor that are at least so wide. */
  static Rows of(Tensor tensor, int width) {
    Rows rows = of(tensor);
    if (rows.width < width) {
      throw new IllegalArgumentException("expected at least " + width + " features, got " + tensor);
    }
    return rows;
  }
}
