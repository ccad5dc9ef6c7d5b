package dev.sotto.compiler;

import dev.sotto.circuit.WeightedSum;

/**
 * Corrects the weights of a layer so that it gives on approximated inputs what the model's layer
 * gives on its own: ridge regression of the difference on calibration rows, no labels, no gradient.
 *
 * @param weights {@code [groups][taps][outputs]}
 * @param bias {@code [groups][outputs]}
 */
@SuppressWarnings("ArrayRecordComponent")
record WeightRefit(double[] weights, double[] bias) {
  private static final double RIDGE = 1e-2;
  private static final int MOST_OBSERVATIONS = 20_000;

  /** The layer as it is. */
  static WeightRefit none(WeightedSum sum) {
    return new WeightRefit(LayerFold.weights(sum), new double[sum.groups() * sum.outputs()]);
  }

  /**
   * Refits.
   *
   * @param x approximated inputs, rows × size
   * @param size of a row
   * @param target what the layer shall give, rows × sum.size()
   */
  static WeightRefit of(WeightedSum sum, double[] x, int size, double[] target) {
    WeightRefit refit = none(sum);
    int rows = x.length / size;
    int taps = sum.taps();
    int step = Math.max(1, (int) ((long) rows * sum.positions() / MOST_OBSERVATIONS));
    int observations = (rows * sum.positions() + step - 1) / step;
    if (observations < 2 * taps || taps < 2) {
      return refit;
    }
    for (int g = 0; g < sum.groups(); g++) {
      double[][] inputs = new double[observations][taps];
      double[][] errors = new double[observations][sum.outputs()];
      for (int o = 0; o < observations; o++) {
        int row = o * step / sum.positions();
        int p = o * step % sum.positions();
        for (int k = 0; k < taps; k++) {
          int from = sum.source(g, p, k);
          inputs[o][k] = from < 0 ? sum.padding() : x[row * size + from];
        }
        for (int n = 0; n < sum.outputs(); n++) {
          double given = 0;
          for (int k = 0; k < taps; k++) {
            given += inputs[o][k] * sum.weight(g, k, n);
          }
          errors[o][n] = target[row * sum.size() + sum.target(g, p, n)] - given;
        }
      }
      refit.correct(sum, g, inputs, errors);
    }
    return refit;
  }

  private void correct(WeightedSum sum, int group, double[][] inputs, double[][] errors) {
    int taps = sum.taps();
    int outputs = sum.outputs();
    double[] meanInput = means(inputs);
    double[] meanError = means(errors);
    double[][] normal = new double[taps][taps];
    double[][] right = new double[taps][outputs];
    for (int o = 0; o < inputs.length; o++) {
      double[] x = inputs[o];
      for (int k = 0; k < taps; k++) {
        x[k] -= meanInput[k];
      }
      for (int k = 0; k < taps; k++) {
        double value = x[k];
        if (value == 0) {
          continue;
        }
        double[] row = normal[k];
        for (int j = 0; j < taps; j++) {
          row[j] += value * x[j];
        }
        for (int n = 0; n < outputs; n++) {
          right[k][n] += value * (errors[o][n] - meanError[n]);
        }
      }
    }
    double trace = 0;
    for (int k = 0; k < taps; k++) {
      trace += normal[k][k];
    }
    LeastSquares.solve(normal, right, RIDGE * trace / taps + Double.MIN_NORMAL);
    for (int n = 0; n < outputs; n++) {
      double shift = meanError[n];
      for (int k = 0; k < taps; k++) {
        weights[(group * taps + k) * outputs + n] += right[k][n];
        shift -= right[k][n] * meanInput[k];
      }
      bias[group * outputs + n] += shift;
    }
  }

  private static double[] means(double[][] values) {
    double[] means = new double[values[0].length];
    for (double[] row : values) {
      for (int i = 0; i < means.length; i++) {
        means[i] += row[i] / values.length;
      }
    }
    return means;
  }
}
