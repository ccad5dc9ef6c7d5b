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
  /**
   * Interpolates, in time proportional to the square of their number.
   *
   * @param t a prime below 2<sup>26</sup>, so that products are exact in double precision
   * @param first the number with the first value
   * @param values at most t, for consecutive numbers
   */
  static TablePolynomial of(Modulus t, long first, long[] values) {
    double[] newton = newton(t, values);
    double[] p = new double[values.length + 1];
    double[] next = new double[values.length + 1];
    p[1] = newton[newton.length - 1]; // one place up: the coefficient below the constant is zero
    double prime = t.p();
    double inverse = t.inverse();
    for (int k = newton.length - 2; k >= 0; k--) {
      double root = t.centre(first + k);
      for (int j = 1; j <= newton.length - k; j++) { // p · (x − root)
        double value = p[j - 1] - root * p[j];
        next[j] = value - prime * Math.rint(value * inverse);
      }
      next[1] = t.centre((long) (next[1] + newton[k]));
      double[] swapped = p;
      p = next;
      next = swapped;
    }
    int degree = values.length - 1;
    while (degree > 0 && t.canonical(p[degree + 1]) == 0) {
      degree--;
    }
    int[] coefficients = new int[degree + 1];
    for (int i = 0; i <= degree; i++) {
      coefficients[i] = (int) t.centre((long) p[i + 1]);
    }
    return new TablePolynomial(coefficients);
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
