package dev.sotto.compiler;

/** Small least-squares problems, by normal equations with a little ridge and Cholesky's method. */
final class LeastSquares {
  private static final double RIDGE = 1e-10;

  private LeastSquares() {}

  /** The coefficients of columns that fit y best under weights. */
  static double[] solve(double[][] columns, double[] y, double[] weights) {
    int n = columns.length;
    double[][] normal = new double[n][n];
    double[][] right = new double[n][1];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = 0;
        for (int r = 0; r < y.length; r++) {
          sum += weights[r] * columns[i][r] * columns[j][r];
        }
        normal[i][j] = sum;
        normal[j][i] = sum;
      }
      double sum = 0;
      for (int r = 0; r < y.length; r++) {
        sum += weights[r] * columns[i][r] * y[r];
      }
      right[i][0] = sum;
    }
    double ridge = 0;
    for (int i = 0; i < n; i++) {
      ridge = Math.max(ridge, normal[i][i]);
    }
    solve(normal, right, ridge * RIDGE);
    double[] result = new double[n];
    for (int i = 0; i < n; i++) {
      result[i] = right[i][0];
    }
    return result;
  }

  /**
   * Solves (A + ridge·I)·X = B in place of B, for symmetric A that is overwritten.
   *
   * @param ridge makes A positive definite where it is not
   */
  static void solve(double[][] a, double[][] b, double ridge) {
    int n = a.length;
    for (int i = 0; i < n; i++) {
      a[i][i] += ridge;
    }
    double[] roots = new double[n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        a[i][j] = reduced(a[i][j], a[i], a[j], j) / roots[j];
      }
      double rest = reduced(a[i][i], a[i], a[i], i);
      roots[i] = Math.sqrt(Math.max(rest, Double.MIN_NORMAL));
      a[i][i] = rest / roots[i];
    }
    int columns = b[0].length;
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < i; k++) {
        subtract(b[i], a[i][k], b[k]);
      }
      for (int c = 0; c < columns; c++) {
        b[i][c] /= a[i][i];
      }
    }
    for (int i = n - 1; i >= 0; i--) {
      for (int k = i + 1; k < n; k++) {
        subtract(b[i], a[k][i], b[k]);
      }
      for (int c = 0; c < columns; c++) {
        b[i][c] /= a[i][i];
      }
    }
  }

  /** A value less the products of the first elements of two rows. */
  private static double reduced(double value, double[] x, double[] y, int count) {
    double rest = value;
    for (int k = 0; k < count; k++) {
      rest -= x[k] * y[k];
    }
    return rest;
  }

  private static void subtract(double[] from, double factor, double[] row) {
    for (int c = 0; c < from.length; c++) {
      from[c] -= factor * row[c];
    }
  }
}
