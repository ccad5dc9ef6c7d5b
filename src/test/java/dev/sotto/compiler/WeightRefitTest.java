package dev.sotto.compiler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.circuit.CircuitBuilder;
import dev.sotto.circuit.IntegerTensor;
import dev.sotto.circuit.Interval;
import dev.sotto.circuit.WeightedSum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WeightRefitTest {
  private static final double STEP = Math.scalb(1.0, -40);
  private static final long BOUND = 1L << 46;
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
    WeightRefit refit = WeightRefit.of(sum, terms(x), target);
    assertArrayEquals(LayerFold.weights(sum), refit.weights()[0], 1e-9);
    assertArrayEquals(new double[2], refit.bias(), 1e-9);
  }

  @Test
  void inputs_of_another_scale_and_mean_are_made_up_for() {
    double[] target = results(x, LayerFold.weights(sum), new double[2]);
    double[] wrong = x.clone();
    for (int i = 0; i < wrong.length; i++) {
      wrong[i] = 0.8 * wrong[i] + 0.3;
    }
    WeightRefit refit = WeightRefit.of(sum, terms(wrong), target);
    double before = error(results(wrong, LayerFold.weights(sum), new double[2]), target);
    double after = error(results(wrong, refit.weights()[0], refit.bias()), target);
    assertTrue(after < 0.01 * before, before + " to " + after);
  }

  @Test
  void each_part_of_an_input_gets_weights_that_no_common_ones_replace() {
    double[] squares = Arrays.stream(x).map(v -> v * v).toArray();
    double[] other = new RandomRows(5).gaussian(12);
    int[] whole = Arrays.stream(other).mapToInt(v -> (int) Math.rint(20 * v)).toArray();
    double[] target = results(x, LayerFold.weights(sum), new double[] {3, -4});
    double[] rest =
        results(squares, LayerFold.weights(WeightedSum.dense(6, 2, whole)), new double[2]);
    Arrays.setAll(target, i -> target[i] + rest[i]);
    WeightRefit apart = WeightRefit.of(sum, terms(x, squares), target);
    double[] given = results(x, apart.weights()[0], apart.bias());
    double[] second = results(squares, apart.weights()[1], new double[2]);
    Arrays.setAll(given, i -> given[i] + second[i]);
    double[] sums = new double[x.length];
    Arrays.setAll(sums, i -> x[i] + squares[i]);
    WeightRefit common = WeightRefit.of(sum, terms(sums), target);
    double before = error(results(sums, common.weights()[0], common.bias()), target);
    assertTrue(error(given, target) < 0.01 * before, error(given, target) + " of " + before);
  }

  @Test
  void parts_share_weights_where_rows_are_too_few_for_their_own() {
    double[] few = Arrays.copyOf(x, 20 * 6);
    double[] squares = Arrays.stream(few).map(v -> v * v).toArray();
    double[] target = Arrays.copyOf(results(x, LayerFold.weights(sum), new double[2]), 20 * 2);
    WeightRefit refit = WeightRefit.of(sum, terms(few, squares), target);
    assertArrayEquals(refit.weights()[0], refit.weights()[1]);
  }

  /** The sum of parts with a step of 2^-40. */
  private static Terms terms(double[]... parts) {
    int rows = parts[0].length / 6;
    CircuitBuilder builder = new CircuitBuilder();
    double[] slope = new double[6];
    Arrays.fill(slope, STEP);
    List<Terms.Part> made = new ArrayList<>();
    for (double[] part : parts) {
      double[] whole = Arrays.stream(part).map(v -> Math.rint(v / STEP)).toArray();
      IntegerTensor values = IntegerTensor.ofDoubles(rows, 6, whole, BOUND);
      Interval interval = new Interval(-BOUND, BOUND);
      made.add(Terms.Part.linear(builder.input("x", 6, interval), values, slope));
    }
    return new Terms(made, new double[6], made.get(0).values(), false);
  }

  private static double error(double[] y, double[] target) {
    double sum = 0;
    for (int i = 0; i < y.length; i++) {
      sum += Math.pow(y[i] - target[i], 2);
    }
    return sum;
  }
}
