package dev.sotto.compiler;

import dev.sotto.circuit.WeightedSum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A linear layer over terms: slopes are folded into its weights, which are then cut to whole
 * numbers again with one scale per output, and offsets into the offsets of its results.
 *
 * <p>Offsets of what the layer reads belong to the first part. Weights are cut by what they
 * contribute: the same error for one of small integers as for a fine one of large integers. What
 * cutting shifts results by on the average goes into the offsets. Taps whose weights are all zero
 * are left out.
 *
 * @param sum whole weights; reads the parts one after another
 * @param slope per element of the result
 * @param offset per element of the result
 */
@SuppressWarnings("ArrayRecordComponent")
record LayerFold(WeightedSum sum, double[] slope, double[] offset) {
  /** No whole weight is larger: what the engine takes, and half as much for the sums of two. */
  private static final double LARGEST_WEIGHT = (1 << 25) - 1;

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

  /**
   * The slope of what a tap reads; zero where it only reads padding, NaN where positions differ.
   */
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

  /** One tap of the folded layer: a tap of the layer in one part. */
  private record Tap(int part, int tap) {}

  /**
   * Folds.
   *
   * @param x of parts of first degree
   * @param refit weights in place of the layer's own, and what is added to results
   * @param limit the largest whole weight of the integers that move most
   * @param common whether all results shall have one slope
   * @param disparity an element that moves less than one part in so many of what others do counts
   *     as moving so much: weights are larger by this factor at most
   */
  static LayerFold of(
      WeightedSum sum, Terms x, WeightRefit refit, int limit, boolean common, double disparity) {
    int outputs = sum.outputs();
    double[][] weights = refit.weights();
    double[] bias = refit.bias();
    List<Tap> taps = new ArrayList<>();
    for (int part = 0; part < x.parts().size(); part++) {
      for (int k = 0; k < sum.taps(); k++) {
        if (isRead(sum, x.parts().get(part).slope(), weights[part], k)) {
          taps.add(new Tap(part, k));
        }
      }
    }
    if (taps.isEmpty()) {
      taps.add(new Tap(0, 0));
    }
    List<Behaviour> behaviours = x.parts().stream().map(p -> Behaviour.of(p.values())).toList();
    int count = taps.size();
    double[] folded = new double[sum.groups() * count * outputs];
    double[] moves = new double[sum.groups() * count];
    int[] source = new int[sum.groups() * sum.positions() * count];
    for (int g = 0; g < sum.groups(); g++) {
      for (int t = 0; t < count; t++) {
        Tap tap = taps.get(t);
        double slope = tapSlope(sum, x.parts().get(tap.part).slope(), g, tap.tap);
        int at = (g * count + t) * outputs;
        int own = (g * sum.taps() + tap.tap) * outputs;
        for (int n = 0; n < outputs; n++) {
          folded[at + n] = slope * weights[tap.part][own + n];
        }
        moves[g * count + t] = move(sum, g, tap.tap, behaviours.get(tap.part).deviation());
        for (int p = 0; p < sum.positions(); p++) {
          int from = sum.source(g, p, tap.tap);
          source[(g * sum.positions() + p) * count + t] =
              from < 0 ? -1 : from + tap.part * x.size();
        }
      }
    }
    double[] scale = new double[sum.groups() * outputs];
    units(folded, moves, sum.groups(), taps, outputs, limit, disparity, scale);
    if (common) {
      Arrays.fill(scale, Arrays.stream(scale).max().orElse(1));
    }
    int[] whole = cut(folded, sum.groups(), count, outputs, scale);
    double[] slope = new double[sum.size()];
    double[] offset = new double[sum.size()];
    double[] lost = new double[count * outputs];
    for (int g = 0; g < sum.groups(); g++) {
      for (int at = 0; at < lost.length; at++) {
        int from = g * lost.length + at;
        lost[at] = folded[from] - scale[g * outputs + at % outputs] * whole[from];
      }
      for (int p = 0; p < sum.positions(); p++) {
        double[] total = Arrays.copyOfRange(bias, g * outputs, (g + 1) * outputs);
        addOffsets(sum, g, p, x.offset(), weights[0], total);
        addLost(sum, g, p, taps, behaviours, lost, total);
        for (int n = 0; n < outputs; n++) {
          slope[sum.target(g, p, n)] = scale[g * outputs + n];
          offset[sum.target(g, p, n)] = total[n];
        }
      }
    }
    WeightedSum made =
        new WeightedSum(
            sum.groups(), sum.positions(), count, outputs, source, whole, sum.strides(), 0);
    return new LayerFold(made, slope, offset);
  }

  /** The root mean square of the deviations of what a tap reads. */
  private static double move(WeightedSum sum, int group, int tap, double[] deviation) {
    double variance = 0;
    int seen = 0;
    for (int p = 0; p < sum.positions(); p++) {
      int from = sum.source(group, p, tap);
      if (from >= 0) {
        variance += Math.pow(deviation[from], 2);
        seen++;
      }
    }
    return seen == 0 ? 0 : Math.sqrt(variance / seen);
  }

  /** Adds what offsets and padding contribute at a position. */
  private static void addOffsets(
      WeightedSum sum, int group, int p, double[] offset, double[] weights, double[] total) {
    for (int k = 0; k < sum.taps(); k++) {
      int from = sum.source(group, p, k);
      double constant = from < 0 ? sum.padding() : offset[from];
      int at = (group * sum.taps() + k) * total.length;
      for (int n = 0; n < total.length; n++) {
        total[n] += weights[at + n] * constant;
      }
    }
  }

  /** Adds what was lost of weights when they were cut, on the mean of what they read. */
  private static void addLost(
      WeightedSum sum,
      int group,
      int p,
      List<Tap> taps,
      List<Behaviour> behaviours,
      double[] lost,
      double[] total) {
    for (int t = 0; t < taps.size(); t++) {
      int from = sum.source(group, p, taps.get(t).tap);
      if (from >= 0) {
        double mean = behaviours.get(taps.get(t).part).mean()[from];
        for (int n = 0; n < total.length; n++) {
          total[n] += lost[t * total.length + n] * mean;
        }
      }
    }
  }

  /** Whether some output takes in some element of a tap. */
  private static boolean isRead(WeightedSum sum, double[] slope, double[] weights, int tap) {
    for (int g = 0; g < sum.groups(); g++) {
      if (tapSlope(sum, slope, g, tap) != 0) {
        for (int n = 0; n < sum.outputs(); n++) {
          if (weights[(g * sum.taps() + tap) * sum.outputs() + n] != 0) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /** What a whole weight of one stands for, per group and output. */
  private static void units(
      double[] weights,
      double[] moves,
      int groups,
      List<Tap> taps,
      int outputs,
      int limit,
      double disparity,
      double[] scale) {
    int count = taps.size();
    double[] most = new double[taps.stream().mapToInt(Tap::part).max().orElse(0) + 1];
    for (int g = 0; g < groups; g++) {
      Arrays.fill(most, 0);
      for (int t = 0; t < count; t++) {
        most[taps.get(t).part] = Math.max(most[taps.get(t).part], moves[g * count + t]);
      }
      double widest = Math.max(Arrays.stream(most).max().orElse(0), Double.MIN_NORMAL);
      for (int n = 0; n < outputs; n++) {
        double largest = 0;
        double contribution = 0;
        for (int t = 0; t < count; t++) {
          double size = Math.abs(weights[(g * count + t) * outputs + n]);
          double move = Math.max(moves[g * count + t], most[taps.get(t).part] / disparity);
          largest = Math.max(largest, size);
          contribution = Math.max(contribution, size * move / widest);
        }
        scale[g * outputs + n] = Math.max(contribution / limit, largest / LARGEST_WEIGHT);
      }
    }
    for (int i = 0; i < scale.length; i++) {
      scale[i] = scale[i] == 0 ? Double.MIN_NORMAL : scale[i];
    }
  }

  private static int[] cut(double[] weights, int groups, int taps, int outputs, double[] scale) {
    int[] whole = new int[weights.length];
    for (int g = 0; g < groups; g++) {
      for (int t = 0; t < taps; t++) {
        for (int n = 0; n < outputs; n++) {
          int at = (g * taps + t) * outputs + n;
          whole[at] = (int) Math.rint(weights[at] / scale[g * outputs + n]);
        }
      }
    }
    return whole;
  }

  /** Bits of the largest number that sums of such integers may reach on the way. */
  int bits(long bound) {
    return Math.getExponent(sum.norm() * Math.max(1, bound)) + 1;
  }

  /** The layer's own weights as real numbers. */
  static double[] weights(WeightedSum sum) {
    return Arrays.stream(sum.weights()).asDoubleStream().toArray();
  }
}
