package dev.sotto.tensor;

/** Matrix products through Breeze: one panel, which is plain row-major order. */
final class BreezeMatrixKernel implements MatrixKernel {
  @Override
  public int panelWidth(int columns) {
    return Math.max(1, columns);
  }

  @Override
  public void multiplyAdd(
      float[] a,
      int aFrom,
      int rows,
      int inner,
      float[] panels,
      int columns,
      float[] c,
      int cFrom,
      int cStride) {
    float[] product = BreezeMatrixProduct.multiply(a, aFrom, rows, inner, panels, columns);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        c[cFrom + i * cStride + j] += product[i * columns + j];
      }
    }
  }

  @Override
  public String toString() {
    return "Breeze";
  }
}
