package dev.sotto.tensor;

/** Products of row-major matrices held in arrays. */
public final class MatrixProduct {
  private MatrixProduct() {}

  /** The product of {@code a} (rows x inner) and {@code b} (inner x columns) in float. */
  public static float[] multiply(float[] a, float[] b, int rows, int inner, int columns) {
    return PackedMatrix.of(b, 0, inner, columns).multiply(a, rows);
  }

  /** The product of {@code a} (rows x inner) and {@code b} (inner x columns) in double. */
  public static double[] multiply(double[] a, double[] b, int rows, int inner, int columns) {
    return multiply(a, 0, b, 0, rows, inner, columns);
  }

  /** The product, in double, of matrices that start at offsets of their arrays. */
  public static double[] multiply(
      double[] a, int aFrom, double[] b, int bFrom, int rows, int inner, int columns) {
    if (rows == 0 || inner == 0 || columns == 0) {
      return new double[rows * columns];
    }
    return BreezeMatrixProduct.multiply(a, aFrom, rows, inner, b, bFrom, columns);
  }

  /** The product of integer matrices that start at offsets of their arrays; overflow wraps. */
  public static long[] multiply(
      long[] a, int aFrom, long[] b, int bFrom, int rows, int inner, int columns) {
    long[] result = new long[Math.multiplyExact(rows, columns)];
    for (int i = 0; i < rows; i++) {
      for (int p = 0; p < inner; p++) {
        long factor = a[aFrom + i * inner + p];
        int from = bFrom + p * columns;
        for (int j = 0, to = i * columns; j < columns; j++) {
          result[to + j] += factor * b[from + j];
        }
      }
    }
    return result;
  }
}
