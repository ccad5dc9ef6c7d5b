package dev.sotto.slots;

import dev.sotto.slots.ring.Modulus;

/**
 * The polynomial modulo t of least degree that goes through the values of a table.
 *
 * @param coefficients from the constant on, of size at most t/2; the last is not zero, unless it is
 *     the constant
 */
@SuppressWarnings("ArrayRecordComponent")
record TablePolynomial(int[] coefficients) {
  /** Doubles around this are whole numbers: adding it rounds, where Math.rint is a slow call. */
  private static final double WHOLE = 0x1.8p52;

  /**
   * Interpolates, in time proportional to the square of their number.
   *
   * @param t a prime below 2<sup>26</sup>, so that products are exact in double precision
   * @param first the number with the first value
   * @param values at most t, for consecutive numbers
   */
  static TablePolynomial of(Modulus t, long first, long[] values) {
    double[] newton = newton(t, values);
    double[] p = new double[values.length + 2];
    double[] next = new double[values.length + 2];
    int k = values.length - 1;
    p[2] = newton[k]; // two places up: coefficients below the constant are zero
    if (k % 2 == 1) {
      k--;
      p[3] = p[2];
      p[2] = t.centre((long) (newton[k] - t.multiply(t.centre(first + k), p[3])));
    }
    for (; k > 0; k -= 2) { // (p · (x − upper) + a) · (x − lower) + b
      double upper = t.centre(first + k - 1);
      double lower = t.centre(first + k - 2);
      double sum = t.centre((long) (upper + lower));
      double product = t.centre((long) t.multiply(upper, lower));
      quadratic(t, p, sum, product, next, newton.length - k + 4);
      double a = newton[k - 1];
      next[3] = t.centre((long) (next[3] + a));
      next[2] = t.centre((long) (next[2] + newton[k - 2] - t.multiply(lower, a)));
      double[] swapped = p;
      p = next;
      next = swapped;
    }
    int degree = values.length - 1;
    while (degree > 0 && t.canonical(p[degree + 2]) == 0) {
      degree--;
    }
    int[] coefficients = new int[degree + 1];
    for (int i = 0; i <= degree; i++) {
      coefficients[i] = (int) t.centre((long) p[i + 2]);
    }
    return new TablePolynomial(coefficients);
  }

  /** next = p · (x² − sum · x + product): two roots for one reduction. */
  private static void quadratic(
      Modulus t, double[] p, double sum, double product, double[] next, int end) {
    double prime = t.p();
    double inverse = t.inverse();
    for (int j = 2; j < end; j++) {
      double value = p[j - 2] - sum * p[j - 1] + product * p[j];
      double quotient = value * inverse + WHOLE - WHOLE; // the nearest integer
      next[j] = value - prime * quotient;
    }
  }

  /** Divided differences: the k-th forward difference over k!. */
  private static double[] newton(Modulus t, long[] values) {
    int prime = (int) t.value();
    int[] difference = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      difference[i] = Math.floorMod(values[i], prime);
    }
    double[] newton = new double[values.length];
    double factorial = 1;
    for (int k = 0; k < values.length; k++) {
      newton[k] = difference[0];
      factorial = k == 0 ? 1 : t.multiply(factorial, k);
      for (int i = 0; i < values.length - 1 - k; i++) {
        int change = difference[i + 1] - difference[i];
        difference[i] = change + (change >> 31 & prime);
      }
    }
    double inverse = t.inverse(factorial);
    for (int k = values.length - 1; k >= 0; k--) {
      newton[k] = t.centre((long) t.multiply(newton[k], inverse));
      inverse = k == 0 ? 1 : t.multiply(inverse, k);
    }
    return newton;
  }

  int degree() {
    return coefficients.length - 1;
  }
}
