package dev.sotto.compiler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

final class PolynomialFitTest {
  private static final UnaryOperator<double[]> RELU =
      x -> Arrays.stream(x).map(v -> Math.max(0, v)).toArray();

  private final double[] seen =
      Arrays.stream(new RandomRows(1).gaussian(2000)).map(v -> 300 * v + 40).toArray();

  @Test
  void polynomial_of_the_degree_is_found_exactly() {
    UnaryOperator<double[]> cubic =
        x -> Arrays.stream(x).map(v -> 2e-6 * v * v * v - 1e-3 * v * v + v - 7).toArray();
    PolynomialFit fit = PolynomialFit.of(seen, cubic, 3, false);
    for (double x : new double[] {-900, -10, 0, 55, 700}) {
      assertEquals(cubic.apply(new double[] {x})[0], fit.at(x), 1e-5);
    }
  }

  @Test
  void relu_error_falls_with_the_degree() {
    double before = Double.POSITIVE_INFINITY;
    for (int degree : new int[] {1, 2, 4, 6}) {
      PolynomialFit fit = PolynomialFit.of(seen, RELU, degree, false);
      double error = Arrays.stream(seen).map(x -> fit.at(x) - Math.max(0, x)).map(e -> e * e).sum();
      assertTrue(error < 0.7 * before, "degree " + degree + ": " + error);
      before = error;
    }
  }

  @Test
  void polynomial_stays_small_in_the_widened_range() {
    PolynomialFit fit = PolynomialFit.of(seen, RELU, 7, false);
    double hi = Arrays.stream(seen).max().orElseThrow();
    double lo = Arrays.stream(seen).min().orElseThrow();
    double margin = PolynomialFit.WIDENING * (hi - lo);
    assertTrue(Math.abs(fit.at(hi + margin)) < 2 * (hi + margin));
    assertTrue(Math.abs(fit.at(lo - margin)) < hi);
  }

  @Test
  void compact_parabola_keeps_its_vertex_near_the_range() {
    UnaryOperator<double[]> line = x -> Arrays.stream(x).map(v -> 3 * v + 1).toArray();
    PolynomialFit fit = PolynomialFit.of(seen, line, 2, true);
    double vertex = -fit.coefficients()[1] / (2 * fit.coefficients()[2]);
    assertTrue(Math.abs(vertex) < PowerForms.FARTHEST + 0.01, "vertex at " + vertex);
  }

  @Test
  void coefficients_in_another_unit_give_the_same_values() {
    PolynomialFit fit = PolynomialFit.of(seen, RELU, 5, false);
    double[] p = fit.of(0.25, -3);
    double n = 500;
    double value = 0;
    for (int k = p.length - 1; k >= 0; k--) {
      value = value * n + p[k];
    }
    assertEquals(fit.at(0.25 * n - 3), value, 1e-6);
  }
}
