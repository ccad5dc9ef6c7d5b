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
  public void multiplyAddGathered(
      float[] a,
      int aFrom,
      int[] starts,
      int[] offsets,
      float[] panels,
      int columns,
      float[] c,
      int cFrom,
      int cStride) {
    float[] gathered = new float[starts.length * offsets.length];
    for (int i = 0; i < starts.length; i++) {
      int start = aFrom + starts[i];
      for (int p = 0; p < offsets.length; p++) {
        gathered[i * offsets.length + p] = a[start + offsets[p]];
      }
    }
    multiplyAdd(gathered, 0, starts.length, offsets.length, panels, columns, c, cFrom, cStride);
  }

  @Override
  public String toString() {
    return "Breeze";
  }
}
