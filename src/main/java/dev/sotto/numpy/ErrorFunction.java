package dev.sotto.numpy;

/**
 * The error function erf(x) = 2/√π ∫₀ˣ exp(−t²) dt, to about one unit in the last place of a
 * double.
 *
 * <p>Taylor expansions around multiples of 1/16, whose derivatives follow a two-term recurrence
 * (Abramowitz and Stegun, 7.1.19, through Hermite polynomials); 1 from 6 on.
 */
final class ErrorFunction {
  private static final double TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI);
  private static final int TERMS = 12;
  private static final int STEPS_PER_UNIT = 16;
  private static final int LIMIT = 6;
  private static final double[][] EXPANSIONS = expansions();

  private ErrorFunction() {}

  static double erf(double x) {
    double magnitude = Math.abs(x);
    if (!(magnitude < LIMIT)) {
      return Double.isNaN(x) ? x : Math.copySign(1, x);
    }
    int index = (int) (magnitude * STEPS_PER_UNIT + 0.5);
    double distance = magnitude - (double) index / STEPS_PER_UNIT;
    double[] coefficients = EXPANSIONS[index];
    double sum = coefficients[TERMS - 1];
    for (int i = TERMS - 2; i >= 0; i--) {
      sum = sum * distance + coefficients[i];
    }
    return Math.copySign(sum, x);
  }

  private static double[][] expansions() {
    double[][] table = new double[LIMIT * STEPS_PER_UNIT + 1][TERMS];
    for (int i = 0; i < table.length; i++) {
      double x = (double) i / STEPS_PER_UNIT;
      double[] c = table[i];
      c[0] = series(x);
      c[1] = TWO_OVER_ROOT_PI * StrictMath.exp(-x * x);
      // f'' = -2x f', hence f(n) = -2x f(n-1) - 2(n-2) f(n-2); c[n] = f(n) / n!.
      for (int n = 2; n < TERMS; n++) {
        c[n] = (-2 * x * c[n - 1] - (n > 2 ? 2.0 * (n - 2) / (n - 1) * c[n - 2] : 0)) / n;
      }
    }
    return table;
  }

  /** erf(x) = 2/√π exp(−x²) Σ 2ⁿ x²ⁿ⁺¹ / (2n+1)!!, all terms positive. */
  private static double series(double x) {
    double term = x;
    double sum = 0;
    for (int n = 1; term > sum * 1e-18; n++) {
      sum += term;
      term *= 2 * x * x / (2 * n + 1);
    }
    return TWO_OVER_ROOT_PI * StrictMath.exp(-x * x) * sum;
  }
}
