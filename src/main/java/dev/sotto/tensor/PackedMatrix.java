package dev.sotto.tensor;

import java.util.Arrays;

/**
 * The right-hand side of float matrix products, laid out once for the kernel of this JVM.
 *
 * <p>Weights are packed once and multiplied with every mini-batch.
 */
public final class PackedMatrix {
  private final MatrixKernel kernel;
  private final int rows;
  private final int columns;
  private final int width;
  private final float[] panels;

  private PackedMatrix(MatrixKernel kernel, int rows, int columns, float[] panels) {
    this.kernel = kernel;
    this.rows = rows;
    this.columns = columns;
    this.width = kernel.panelWidth(columns);
    this.panels = panels;
  }

  private static PackedMatrix zeros(MatrixKernel kernel, int rows, int columns) {
    int width = kernel.panelWidth(columns);
    int padded = (columns + width - 1) / width * width;
    return new PackedMatrix(kernel, rows, columns, new float[Math.multiplyExact(rows, padded)]);
  }

  /** Packs a row-major matrix. */
  public static PackedMatrix of(float[] matrix, int rows, int columns) {
    return of(matrix, 0, rows, columns);
  }

  /** Packs a row-major matrix that starts at an offset of an array. */
  public static PackedMatrix of(float[] matrix, int from, int rows, int columns) {
    return of(MatrixKernel.best(), matrix, from, rows, columns);
  }

  static PackedMatrix of(MatrixKernel kernel, float[] matrix, int from, int rows, int columns) {
    PackedMatrix packed = zeros(kernel, rows, columns);
    for (int j = 0; j < columns; j += packed.width) {
      int count = Math.min(packed.width, columns - j);
      for (int i = 0; i < rows; i++) {
        System.arraycopy(matrix, from + i * columns + j, packed.panels, packed.index(i, j), count);
      }
    }
    return packed;
  }

  /** Packs the transpose of a row-major matrix of {@code columns} x {@code rows}. */
  public static PackedMatrix ofTransposed(float[] matrix, int from, int rows, int columns) {
    PackedMatrix packed = zeros(MatrixKernel.best(), rows, columns);
    for (int j = 0; j < columns; j++) {
      for (int i = 0; i < rows; i++) {
        packed.panels[packed.index(i, j)] = matrix[from + j * rows + i];
      }
    }
    return packed;
  }

  /** The number of rows: the inner dimension of products. */
  public int rows() {
    return rows;
  }

  /** The number of columns. */
  public int columns() {
    return columns;
  }

  private int index(int row, int column) {
    return (column / width * rows + row) * width + column % width;
  }

  /** The elements in panels, see {@link MatrixKernel}. */
  float[] storage() {
    return panels;
  }

  /**
   * The product of a row-major matrix with this one, row-major.
   *
   * @param a at least {@code count} x {@link #rows()} elements
   * @param count the number of rows of the left-hand matrix
   */
  public float[] multiply(float[] a, int count) {
    float[] result = new float[Math.multiplyExact(count, columns)];
    multiplyAdd(a, 0, count, result, 0, columns);
    return result;
  }

  /** Writes the product of {@code count} rows with this matrix over what {@code result} holds. */
  public void multiply(float[] a, int count, float[] result) {
    Arrays.fill(result, 0, count * columns, 0);
    multiplyAdd(a, 0, count, result, 0, columns);
  }

  /**
   * Adds a product to what {@code result} holds.
   *
   * @param a row-major matrix of {@code count} x {@link #rows()} from {@code aFrom}
   * @param result row-major from {@code from}, with {@code stride} elements from row to row
   */
  public void multiplyAdd(float[] a, int aFrom, int count, float[] result, int from, int stride) {
    if (count == 0 || columns == 0 || rows == 0) {
      return;
    }
    kernel.multiplyAdd(a, aFrom, count, rows, panels, columns, result, from, stride);
  }

  /**
   * Adds the product of a matrix that is gathered from an array with this one.
   *
   * <p>Element (i, p) of the left-hand side is {@code a[aFrom + starts[i] + offsets[p]]}.
   *
   * @param starts one per row
   * @param offsets one per row of this matrix
   * @param result row-major, {@link #paddedColumns()} from row to row; what lies behind the columns
   *     is undefined afterwards
   */
  public void multiplyAddGathered(
      float[] a, int aFrom, int[] starts, int[] offsets, float[] result) {
    if (offsets.length != rows) {
      throw new IllegalArgumentException("expected " + rows + " offsets, got " + offsets.length);
    }
    if (starts.length > 0 && columns > 0 && rows > 0) {
      kernel.multiplyAddGathered(
          a, aFrom, starts, offsets, panels, columns, result, 0, paddedColumns());
    }
  }

  /** The number of columns, rounded up to what the kernel handles at once. */
  public int paddedColumns() {
    return (columns + width - 1) / width * width;
  }
}
