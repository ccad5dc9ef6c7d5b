package dev.sotto.tensor;

import dev.sotto.common.VectorTwin;
import java.util.Optional;

/**
 * How float matrix products are computed on this JVM; chosen once.
 *
 * <p>The right-hand matrix is held in panels of {@link #panelWidth} columns, each panel row-major:
 * element (row, column) of a matrix of {@code inner} rows lies at {@code (column / width * inner +
 * row) * width + column % width}. A panel as wide as the matrix is plain row-major order.
 */
interface MatrixKernel {
  /** Columns per panel for a matrix of this many columns. */
  int panelWidth(int columns);

  /**
   * Adds a matrix product: {@code c[i, j] += sum over p of a[i, p] * b[p, j]}.
   *
   * @param a row-major from {@code aFrom}, {@code rows} x {@code inner}
   * @param panels {@code inner} x {@code columns} in panels
   * @param c row-major from {@code cFrom}, with {@code cStride} elements from row to row
   */
  void multiplyAdd(
      float[] a,
      int aFrom,
      int rows,
      int inner,
      float[] panels,
      int columns,
      float[] c,
      int cFrom,
      int cStride);

  /**
   * Adds a product whose left-hand side is gathered from an array, as the patches of a convolution
   * are from an image: {@code c[i, j] += sum over p of a[starts[i] + offsets[p]] * b[p, j]}.
   *
   * @param starts where each row starts in {@code a}
   * @param aFrom added to every start
   * @param offsets of a row's elements from its start
   * @param cStride at least the columns of all panels: columns that fill up the last panel are
   *     written too
   */
  void multiplyAddGathered(
      float[] a,
      int aFrom,
      int[] starts,
      int[] offsets,
      float[] panels,
      int columns,
      float[] c,
      int cFrom,
      int cStride);

  /** The kernel of this JVM: vector instructions where the module is there, otherwise Breeze. */
  static MatrixKernel best() {
    return Holder.BEST;
  }

  /** The vector kernel, when this JVM runs with {@code jdk.incubator.vector}. */
  static Optional<MatrixKernel> vector() {
    return VectorTwin.find(MatrixKernel.class, "VectorMatrixKernel");
  }

  /** Holds the choice. */
  final class Holder {
    private static final MatrixKernel BEST = choose();

    private Holder() {}

    private static MatrixKernel choose() {
      System.Logger log = System.getLogger("dev.sotto.tensor");
      Optional<MatrixKernel> vector = vector();
      if (vector.isPresent()) {
        log.log(System.Logger.Level.DEBUG, "matrix products: " + vector.get());
        return vector.get();
      }
      log.log(
          System.Logger.Level.INFO,
          "matrix products through Breeze; start java with --add-modules jdk.incubator.vector"
              + " for two to five times the speed");
      return new BreezeMatrixKernel();
    }
  }
}
