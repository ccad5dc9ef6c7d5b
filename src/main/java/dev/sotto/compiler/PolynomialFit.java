package dev.sotto.compiler;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * A polynomial of one channel in the variable w = x + shift, without the term of degree d − 1, which
 * the shift takes in: Σ<sub>k</sub> coefficient<sub>k</sub>·w<sup>k</sup>.
 *
 * <p>Weighted least squares over the values that calibration saw, plus a uniform term of {@value
 * #UNIFORM_WEIGHT} of their weight over the range widened by {@value #WIDENING} on both sides, which
 * holds the polynomial down where there is little data.
 *
 * @param shift what is added to x
 * @param coefficients of w<sup>0</sup> … w<sup>d</sup>
 */
@SuppressWarnings("ArrayRecordComponent")
record PolynomialFit(double shift, double[] coefficients) {
  static final double UNIFORM_WEIGHT = 0.03;
  static final double WIDENING = 0.15;
  private static final int GRID = 64;

  /** A vertex may lie so many half ranges outside: beyond, squares only waste bits. */
  private static final double FARTHEST_SHIFT = 4;

  int degree() {
    return coefficients.length - 1;
  }

  double at(double x) {
    double w = x + shift;
    double sum = 0;
    for (int k = coefficients.length - 1; k >= 0; k--) {
      sum = sum * w + coefficients[k];
    }
    return sum;
  }

  /**
   * Fits.
   *
   * @param x where calibration saw the input, one for each observation
   * @param f the function
   * @param degree one to seven
   */
  static PolynomialFit of(double[] x, DoubleUnaryOperator f, int degree) {
    double lo = Arrays.stream(x).min().orElse(0);
    double hi = Arrays.stream(x).max().orElse(0);
    double middle = (lo + hi) / 2;
    double half = Math.max((hi - lo) / 2, 1e-9 * (1 + Math.abs(middle)));
    double wide = half * (1 + 2 * WIDENING);
    double[] points = Arrays.copyOf(x, x.length + GRID);
    double[] weights = new double[points.length];
    Arrays.fill(weights, 0, x.length, 1.0 / x.length);
    for (int i = 0; i < GRID; i++) {
      points[x.length + i] = middle + wide * (2.0 * i / (GRID - 1) - 1);
      weights[x.length + i] = UNIFORM_WEIGHT / GRID;
    }
    double[] u = Arrays.stream(points).map(v -> (v - middle) / half).toArray();
    double[] y = Arrays.stream(points).map(f).toArray();
    double[] powers = monomials(u, y, weights, degree);
    PolynomialFit normal = centred(u, y, weights, powers);
    return normal.scaled(middle, half);
  }

  /** From u = (x − middle)/half to x: w_u = u + s = (x + half·s − middle)/half. */
  private PolynomialFit scaled(double middle, double half) {
    double[] scaled = new double[coefficients.length];
    double power = 1;
    for (int k = 0; k < scaled.length; k++) {
      scaled[k] = coefficients[k] / power;
      power *= half;
    }
    return new PolynomialFit(half * shift - middle, scaled);
  }

  /** Takes the term of degree d − 1 into a shift; a vertex too far away is pulled in, and refitted. */
  private static PolynomialFit centred(double[] u, double[] y, double[] weights, double[] powers) {
    int d = powers.length - 1;
    if (d < 2) {
      return new PolynomialFit(0, powers);
    }
    double size = Arrays.stream(powers).skip(1).map(Math::abs).max().orElse(0);
    if (size == 0) {
      return new PolynomialFit(0, powers);
    }
    double shift = powers[d - 1] / (d * powers[d]);
    if (!(Math.abs(shift) <= FARTHEST_SHIFT)) {
      double sign = powers[d] == 0 ? 1 : Math.signum(shift);
      shift = sign * FARTHEST_SHIFT;
    }
    double s = shift;
    double[] w = Arrays.stream(u).map(v -> v + s).toArray();
    return new PolynomialFit(shift, without(w, y, weights, d));
  }

  /** Least squares with monomials 1 … w^(d−2) and w^d. */
  private static double[] without(double[] w, double[] y, double[] weights, int d) {
    double[] coefficients = new double[d + 1];
    double[][] columns = new double[d][];
    for (int k = 0; k < d; k++) {
      int exponent = k < d - 1 ? k : d;
      columns[k] = Arrays.stream(w).map(v -> Math.pow(v, exponent)).toArray();
    }
    double[] solved = LeastSquares.solve(columns, y, weights);
    System.arraycopy(solved, 0, coefficients, 0, d - 1);
    coefficients[d] = solved[d - 1];
    return coefficients;
  }

  private static double[] monomials(double[] u, double[] y, double[] weights, int degree) {
    double[][] columns = new double[degree + 1][];
    for (int k = 0; k <= degree; k++) {
      int exponent = k;
      columns[k] = Arrays.stream(u).map(v -> Math.pow(v, exponent)).toArray();
    }
    return LeastSquares.solve(columns, y, weights);
  }
}
