package dev.sotto.compiler;

import java.util.Arrays;
import java.util.function.UnaryOperator;

/**
 * A polynomial of one channel: Σ<sub>k</sub> coefficient<sub>k</sub>·u<sup>k</sup> with u = (x −
 * middle)/half, which is within ±1 where calibration saw x.
 *
 * <p>Weighted least squares over the values that calibration saw, plus a uniform term of {@value
 * #UNIFORM_WEIGHT} of their weight over the range widened by {@value #WIDENING} on both sides,
 * which holds the polynomial down where there is little data.
 *
 * @param coefficients of u<sup>0</sup> … u<sup>d</sup>
 */
@SuppressWarnings("ArrayRecordComponent")
record PolynomialFit(double middle, double half, double[] coefficients) {
  static final double UNIFORM_WEIGHT = 0.03;
  static final double WIDENING = 0.15;
  private static final int GRID = 64;

  /** Observations of a channel beyond so many are thinned out. */
  private static final int MOST_OBSERVATIONS = 4_000;

  private static final double MOST_SHIFT = PowerForms.FARTHEST;

  int degree() {
    return coefficients.length - 1;
  }

  double at(double x) {
    double u = (x - middle) / half;
    double sum = 0;
    for (int k = coefficients.length - 1; k >= 0; k--) {
      sum = sum * u + coefficients[k];
    }
    return sum;
  }

  /**
   * Fits.
   *
   * @param x where calibration saw the input, one for each observation
   * @param f the function, of many points at once
   * @param degree one to seven
   * @param compact whether the vertex of a parabola has to be near the range, so that its square
   *     needs few bits
   */
  static PolynomialFit of(double[] x, UnaryOperator<double[]> f, int degree, boolean compact) {
    double lo = Double.POSITIVE_INFINITY;
    double hi = Double.NEGATIVE_INFINITY;
    for (double value : x) {
      lo = Math.min(lo, value);
      hi = Math.max(hi, value);
    }
    double middle = (lo + hi) / 2;
    double half = Math.max((hi - lo) / 2, 1e-9 * (1 + Math.abs(middle)));
    double wide = half * (1 + 2 * WIDENING);
    int step = Math.max(1, x.length / MOST_OBSERVATIONS);
    int seen = (x.length + step - 1) / step;
    double[] points = new double[seen + GRID];
    double[] weights = new double[points.length];
    for (int i = 0; i < seen; i++) {
      points[i] = x[i * step];
      weights[i] = 1.0 / seen;
    }
    for (int i = 0; i < GRID; i++) {
      points[seen + i] = middle + wide * (2.0 * i / (GRID - 1) - 1);
      weights[seen + i] = UNIFORM_WEIGHT / GRID;
    }
    double[] y = f.apply(points);
    double[][] columns = new double[degree + 1][points.length];
    Arrays.fill(columns[0], 1);
    for (int k = 1; k <= degree; k++) {
      for (int i = 0; i < points.length; i++) {
        columns[k][i] = columns[k - 1][i] * (points[i] - middle) / half;
      }
    }
    double[] best = LeastSquares.solve(columns, y, weights);
    if (compact && degree == 2 && !(Math.abs(best[1]) <= 2 * MOST_SHIFT * Math.abs(best[2]))) {
      best = withVertex(best[1] * best[2] < 0 ? -MOST_SHIFT : MOST_SHIFT, columns[1], y, weights);
    }
    return new PolynomialFit(middle, half, best);
  }

  /** The best parabola whose vertex is at u = −shift. */
  private static double[] withVertex(double shift, double[] u, double[] y, double[] weights) {
    double[] one = new double[u.length];
    Arrays.fill(one, 1);
    double[] square = Arrays.stream(u).map(v -> (v + shift) * (v + shift)).toArray();
    double[] solved = LeastSquares.solve(new double[][] {one, square}, y, weights);
    return new double[] {solved[0] + solved[1] * shift * shift, 2 * shift * solved[1], solved[1]};
  }

  /**
   * The coefficients as a polynomial of n, where x = slope · n + offset: of n<sup>0</sup> …
   * n<sup>d</sup>.
   */
  double[] of(double slope, double offset) {
    return composed(coefficients, slope / half, (offset - middle) / half);
  }

  /** The coefficients of p(slope · n + offset). */
  static double[] composed(double[] p, double slope, double offset) {
    double[] result = new double[p.length];
    for (int k = p.length - 1; k >= 0; k--) {
      for (int j = result.length - 1; j > 0; j--) {
        result[j] = result[j] * offset + result[j - 1] * slope;
      }
      result[0] = result[0] * offset + p[k];
    }
    return result;
  }
}
