package dev.sotto.compiler;

import dev.sotto.circuit.WeightedSum;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Corrects the weights of a layer so that it gives on approximated inputs what the model's layer
 * gives on its own: ridge regression of the difference on calibration rows, no labels, no gradient.
 *
 * <p>Where inputs are sums of parts, such as powers of a neuron, and rows suffice, each part has
 * weights of its own: every output then reads polynomials made for it, which costs nothing, since
 * the powers are computed anyway.
 *
 * @param weights by part, {@code [groups][taps][outputs]}
 * @param bias {@code [groups][outputs]}
 */
@SuppressWarnings("ArrayRecordComponent")
record WeightRefit(double[][] weights, double[] bias) {
  private static final double RIDGE = 1e-2;
  private static final int MOST_OBSERVATIONS = 20_000;

  /** Pieces of the work that threads may share; results do not depend on how. */
  private static final int STRIDES = 8;

  /** The layer as it is. */
  static WeightRefit none(WeightedSum sum, int parts) {
    double[][] weights = new double[parts][];
    Arrays.setAll(weights, p -> LayerFold.weights(sum));
    return new WeightRefit(weights, new double[sum.groups() * sum.outputs()]);
  }

  /**
   * Refits.
   *
   * @param x of first degree
   * @param target what the layer shall give, rows × sum.size()
   */
  static WeightRefit of(WeightedSum sum, Terms x, double[] target) {
    int parts = x.parts().size();
    int rows = x.rows();
    int step = Math.max(1, (int) ((long) rows * sum.positions() / MOST_OBSERVATIONS));
    int observations = (rows * sum.positions() + step - 1) / step;
    if (observations < 2 * sum.taps() || sum.taps() < 2) {
      return none(sum, parts);
    }
    boolean apart = parts > 1 && observations >= 2 * sum.taps() * parts;
    WeightRefit refit = none(sum, apart ? parts : 1);
    double[][] read = apart ? x.contributions() : new double[][] {x.values()};
    for (int g = 0; g < sum.groups(); g++) {
      double[][] inputs = new double[observations][sum.taps() * read.length];
      double[][] wanted = new double[observations][sum.outputs()];
      int group = g;
      IntStream.range(0, observations)
          .parallel()
          .forEach(
              o -> {
                int row = o * step / sum.positions();
                int p = o * step % sum.positions();
                for (int k = 0; k < inputs[o].length; k++) {
                  int from = sum.source(group, p, k % sum.taps());
                  double padding = k < sum.taps() ? sum.padding() : 0;
                  inputs[o][k] = from < 0 ? padding : read[k / sum.taps()][row * x.size() + from];
                }
                for (int n = 0; n < sum.outputs(); n++) {
                  wanted[o][n] = target[row * sum.size() + sum.target(group, p, n)];
                }
              });
      refit.correct(sum, g, inputs, wanted);
    }
    return refit.forParts(parts);
  }

  /** The same weights for every part, where they were not refitted apart. */
  private WeightRefit forParts(int parts) {
    if (weights.length == parts) {
      return this;
    }
    double[][] same = new double[parts][];
    Arrays.fill(same, weights[0]);
    return new WeightRefit(same, bias);
  }

  /** Of what is wanted, the layer's own results are taken off in the normal equations. */
  private void correct(WeightedSum sum, int group, double[][] inputs, double[][] wanted) {
    int taps = inputs[0].length;
    int outputs = sum.outputs();
    double[] meanInput = means(inputs);
    double[] shift = means(wanted);
    subtract(inputs, meanInput);
    subtract(wanted, shift);
    double[][] normal = new double[taps][taps];
    double[][] right = new double[taps][outputs];
    IntStream.range(0, Math.min(taps, STRIDES))
        .parallel()
        .forEach(first -> accumulate(inputs, wanted, normal, right, first));
    for (int k = 0; k < taps; k++) {
      for (int j = 0; j < k; j++) {
        normal[j][k] = normal[k][j];
      }
    }
    double[][] own = new double[taps][];
    for (int k = 0; k < taps; k++) {
      int first = (group * sum.taps() + k % sum.taps()) * outputs;
      own[k] = Arrays.copyOfRange(weights[k / sum.taps()], first, first + outputs);
      add(-meanInput[k], own[k], shift, outputs);
    }
    for (int k = 0; k < taps; k++) {
      for (int j = 0; j < taps; j++) {
        add(-normal[k][j], own[j], right[k], outputs);
      }
    }
    double trace = 0;
    for (int k = 0; k < taps; k++) {
      trace += normal[k][k];
    }
    LeastSquares.solve(normal, right, RIDGE * trace / taps + Double.MIN_NORMAL);
    for (int k = 0; k < taps; k++) {
      int first = (group * sum.taps() + k % sum.taps()) * outputs;
      for (int n = 0; n < outputs; n++) {
        weights[k / sum.taps()][first + n] += right[k][n];
      }
      add(-meanInput[k], right[k], shift, outputs);
    }
    for (int n = 0; n < outputs; n++) {
      bias[group * outputs + n] += shift[n];
    }
  }

  /** Every so-manieth row of the normal equations from {@code first} on, below the diagonal. */
  private static void accumulate(
      double[][] inputs, double[][] wanted, double[][] normal, double[][] right, int first) {
    int o = 0;
    for (; o + 3 < inputs.length; o += 4) {
      for (int k = first; k < normal.length; k += STRIDES) {
        addFour(inputs, o, k, inputs, normal[k], k + 1);
        addFour(inputs, o, k, wanted, right[k], right[k].length);
      }
    }
    for (; o < inputs.length; o++) {
      for (int k = first; k < normal.length; k += STRIDES) {
        add(inputs[o][k], inputs[o], normal[k], k + 1);
        add(inputs[o][k], wanted[o], right[k], right[k].length);
      }
    }
  }

  /** Four rows of values at a time, one after another: sums are what single ones make them. */
  private static void addFour(
      double[][] inputs, int o, int k, double[][] values, double[] sums, int count) {
    double a = inputs[o][k];
    double b = inputs[o + 1][k];
    double c = inputs[o + 2][k];
    double d = inputs[o + 3][k];
    double[] x = values[o];
    double[] y = values[o + 1];
    double[] z = values[o + 2];
    double[] w = values[o + 3];
    for (int i = 0; i < count; i++) {
      sums[i] = sums[i] + a * x[i] + b * y[i] + c * z[i] + d * w[i];
    }
  }

  private static void add(double factor, double[] values, double[] sums, int count) {
    for (int i = 0; i < count; i++) {
      sums[i] += factor * values[i];
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
