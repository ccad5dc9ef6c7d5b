package dev.sotto.compiler;

import dev.sotto.circuit.WeightedSum;
import java.util.Arrays;

/**
 * A linear layer over terms: slopes are folded into its weights, which are then cut to whole numbers
 * again with one scale per output, and offsets into the offsets of its results.
 *
 * @param sum whole weights; reads the parts one after another
 * @param slope per element of the result
 * @param offset per element of the result
 */
@SuppressWarnings("ArrayRecordComponent")
record LayerFold(WeightedSum sum, double[] slope, double[] offset) {

  /** Whether every tap reads elements of one slope at all positions, in every part. */
  static boolean fits(WeightedSum sum, Terms x) {
    for (Terms.Part part : x.parts()) {
      for (int g = 0; g < sum.groups(); g++) {
        for (int k = 0; k < sum.taps(); k++) {
          if (Double.isNaN(tapSlope(sum, part.slope(), g, k))) {
            return false;
          }
        }
      }
    }
    return true;
  }

  /** The slope of what a tap reads; zero where it only reads padding, NaN where positions differ. */
  private static double tapSlope(WeightedSum sum, double[] slope, int group, int tap) {
    double found = 0;
    boolean any = false;
    for (int p = 0; p < sum.positions(); p++) {
      int source = sum.source(group, p, tap);
      if (source >= 0) {
        if (any && slope[source] != found) {
          return Double.NaN;
        }
        found = slope[source];
        any = true;
      }
    }
    return found;
  }

  /**
   * Folds.
   *
   * @param weights {@code [groups][taps][outputs]} in place of the layer's own
   * @param bias per group and output, added to results
   * @param limit the largest whole weight
   */
  static LayerFold of(WeightedSum sum, Terms x, double[] weights, double[] bias, int limit) {
    int parts = x.parts().size();
    int taps = sum.taps();
    int outputs = sum.outputs();
    double[] folded = new double[sum.groups() * parts * taps * outputs];
    int[] source = new int[sum.groups() * sum.positions() * parts * taps];
    for (int g = 0; g < sum.groups(); g++) {
      for (int part = 0; part < parts; part++) {
        for (int k = 0; k < taps; k++) {
          double slope = tapSlope(sum, x.parts().get(part).slope(), g, k);
          for (int n = 0; n < outputs; n++) {
            folded[((g * parts + part) * taps + k) * outputs + n] =
                slope * weights[(g * taps + k) * outputs + n];
          }
          for (int p = 0; p < sum.positions(); p++) {
            int from = sum.source(g, p, k);
            source[((g * sum.positions() + p) * parts + part) * taps + k] =
                from < 0 ? -1 : from + part * x.size();
          }
        }
      }
    }
    double[] scale = new double[sum.groups() * outputs];
    int[] whole = cut(folded, sum.groups(), parts * taps, outputs, limit, scale);
    double[] slope = new double[sum.size()];
    double[] offset = new double[sum.size()];
    for (int g = 0; g < sum.groups(); g++) {
      for (int p = 0; p < sum.positions(); p++) {
        for (int n = 0; n < outputs; n++) {
          double total = bias[g * outputs + n];
          for (int k = 0; k < taps; k++) {
            int from = sum.source(g, p, k);
            double constant = from < 0 ? sum.padding() : x.offset()[from];
            total += weights[(g * taps + k) * outputs + n] * constant;
          }
          slope[sum.target(g, p, n)] = scale[g * outputs + n];
          offset[sum.target(g, p, n)] = total;
        }
      }
    }
    WeightedSum made =
        new WeightedSum(
            sum.groups(),
            sum.positions(),
            parts * taps,
            outputs,
            source,
            whole,
            sum.strides(),
            0);
    return new LayerFold(made, slope, offset);
  }

  private static int[] cut(
      double[] weights, int groups, int taps, int outputs, int limit, double[] scale) {
    int[] whole = new int[weights.length];
    for (int g = 0; g < groups; g++) {
      for (int n = 0; n < outputs; n++) {
        double largest = 0;
        for (int k = 0; k < taps; k++) {
          largest = Math.max(largest, Math.abs(weights[(g * taps + k) * outputs + n]));
        }
        double unit = largest == 0 ? 1 : largest / limit;
        scale[g * outputs + n] = unit;
        for (int k = 0; k < taps; k++) {
          int at = (g * taps + k) * outputs + n;
          whole[at] = (int) Math.rint(weights[at] / unit);
        }
      }
    }
    return whole;
  }

  /** The layer's own weights as real numbers. */
  static double[] weights(WeightedSum sum) {
    return Arrays.stream(sum.weights()).asDoubleStream().toArray();
  }
}
