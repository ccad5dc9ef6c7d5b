package dev.sotto.quantization;

import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * How the rows of a batch lie in a value: which axis grows with the number of rows.
 *
 * @param row shape for one row
 * @param axis the axis along which rows follow one another
 */
record BatchLayout(Shape row, int axis) {
  /**
   * The layout of a value with one shape for one row and another for two; null if there is none.
   */
  static @Nullable BatchLayout of(Shape one, Shape two) {
    if (one.rank() != two.rank()) {
      return null;
    }
    int axis = -1;
    for (int a = 0; a < one.rank(); a++) {
      if (two.dim(a) != one.dim(a)) {
        if (axis >= 0 || two.dim(a) != 2 * one.dim(a)) {
          return null;
        }
        axis = a;
      }
    }
    return axis < 0 ? null : new BatchLayout(one, axis);
  }

  /** The layout in which rows come first. */
  static BatchLayout rowsFirst(Shape row) {
    return new BatchLayout(row, 0);
  }

  /** The number of rows in a batch. */
  int rows(Tensor batch) {
    return batch.shape().dim(axis) / row.dim(axis);
  }

  /** The elements of a batch, row after row. */
  float[] toRows(Tensor batch) {
    float[] data = batch.toFloats();
    return axis == 0 ? data : copy(data, rows(batch), true);
  }

  /** A batch from elements row after row. */
  Tensor toBatch(float[] rows, int count) {
    Shape shape = row.withDim(axis, row.dim(axis) * count);
    return Tensor.of(shape, axis == 0 ? rows : copy(rows, count, false));
  }

  private float[] copy(float[] from, int rows, boolean toRows) {
    float[] to = new float[from.length];
    int outer = row.size(0, axis);
    int block = row.size(axis, row.rank());
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < outer; i++) {
        int inBatch = (i * rows + r) * block;
        int inRows = (r * outer + i) * block;
        System.arraycopy(from, toRows ? inBatch : inRows, to, toRows ? inRows : inBatch, block);
      }
    }
    return to;
  }
}
