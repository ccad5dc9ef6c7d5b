package dev.sotto.compiler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.circuit.WeightedSum;
import org.junit.jupiter.api.Test;

final class WeightRefitTest {
  private final WeightedSum sum = new RandomRows(3).dense(6, 2, 50);
  private final double[] x = new RandomRows(4).gaussian(200 * 6);

  private double[] results(double[] inputs, double[] weights, double[] bias) {
    double[] y = new double[200 * 2];
    for (int row = 0; row < 200; row++) {
      for (int n = 0; n < 2; n++) {
        y[row * 2 + n] = bias[n];
        for (int k = 0; k < 6; k++) {
          y[row * 2 + n] += inputs[row * 6 + k] * weights[k * 2 + n];
        }
      }
    }
    return y;
  }

  @Test
  void inputs_without_error_leave_the_layer_as_it_is() {
    double[] target = results(x, LayerFold.weights(sum), new double[2]);
    WeightRefit refit = WeightRefit.of(sum, x, 6, target);
    assertArrayEquals(LayerFold.weights(sum), refit.weights(), 1e-9);
    assertArrayEquals(new double[2], refit.bias(), 1e-9);
  }

  @Test
  void inputs_of_another_scale_and_mean_are_made_up_for() {
    double[] target = results(x, LayerFold.weights(sum), new double[2]);
    double[] wrong = x.clone();
    for (int i = 0; i < wrong.length; i++) {
      wrong[i] = 0.8 * wrong[i] + 0.3;
    }
    WeightRefit refit = WeightRefit.of(sum, wrong, 6, target);
    double before = error(results(wrong, LayerFold.weights(sum), new double[2]), target);
    double after = error(results(wrong, refit.weights(), refit.bias()), target);
    assertTrue(after < 0.01 * before, before + " to " + after);
  }

  private static double error(double[] y, double[] target) {
    double sum = 0;
    for (int i = 0; i < y.length; i++) {
      sum += Math.pow(y[i] - target[i], 2);
    }
    return sum;
  }
}
