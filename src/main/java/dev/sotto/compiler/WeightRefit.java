package dev.sotto.compiler;

import dev.sotto.circuit.WeightedSum;
import java.util.stream.IntStream;

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

  /** Pieces of the work that threads may share; results do not depend on how. */
  private static final int STRIDES = 8;

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
        double[] given = new double[sum.outputs()];
        for (int k = 0; k < taps; k++) {
          double value = inputs[o][k];
          for (int n = 0; n < given.length; n++) {
            given[n] += value * sum.weight(g, k, n);
          }
        }
        for (int n = 0; n < given.length; n++) {
          errors[o][n] = target[row * sum.size() + sum.target(g, p, n)] - given[n];
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
    subtract(inputs, meanInput);
    subtract(errors, meanError);
    double[][] normal = new double[taps][taps];
    double[][] right = new double[taps][outputs];
    IntStream.range(0, Math.min(taps, STRIDES))
        .parallel()
        .forEach(first -> accumulate(inputs, errors, normal, right, first));
    for (int k = 0; k < taps; k++) {
      for (int j = 0; j < k; j++) {
        normal[j][k] = normal[k][j];
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

  /** Every so-manieth row of the normal equations from {@code first} on, below the diagonal. */
  private static void accumulate(
      double[][] inputs, double[][] errors, double[][] normal, double[][] right, int first) {
    for (int o = 0; o < inputs.length; o++) {
      double[] x = inputs[o];
      double[] error = errors[o];
      for (int k = first; k < x.length; k += STRIDES) {
        double value = x[k];
        if (value == 0) {
          continue;
        }
        double[] row = normal[k];
        for (int j = 0; j <= k; j++) {
          row[j] += value * x[j];
        }
        double[] sums = right[k];
        for (int n = 0; n < sums.length; n++) {
          sums[n] += value * error[n];
        }
      }
    }
  }

  private static void subtract(double[][] values, double[] means) {
    for (double[] row : values) {
      for (int i = 0; i < means.length; i++) {
        row[i] -= means[i];
      }
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
