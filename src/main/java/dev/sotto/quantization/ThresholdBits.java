package dev.sotto.quantization;

import dev.sotto.numpy.ml.TreeEnsemble;
import dev.sotto.numpy.ml.TreeEnsemble.Mode;
import dev.sotto.problem.SottoException;
import dev.sotto.quantization.InputEncoding.Relation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The bits that trees read of their features.
 *
 * <p>A comparison and its opposite share a bit: "above t" is the bit "at most t", read negated.
 * With the model's own thresholds there is one bit per different comparison. With uniform
 * thresholds each moves to the nearest edge of equal bins of the feature's calibrated range, and
 * the bits of all edges are sent, so that the client learns which features count and nothing else.
 */
final class ThresholdBits {
  /**
   * How a node reads its comparison.
   *
   * @param bit number of the bit
   * @param negated whether the comparison holds where the bit is 0
   */
  record Reading(int bit, boolean negated) {}

  private record Bit(int feature, Relation relation, double threshold, boolean missing) {}

  private final String value;
  private final int width;
  private final Thresholds thresholds;
  private final RangeSource ranges;
  private final Map<Bit, Integer> numbers = new LinkedHashMap<>();
  private final Map<Integer, double[]> edges = new LinkedHashMap<>();

  private ThresholdBits(String value, int width, Thresholds thresholds, RangeSource ranges) {
    this.value = value;
    this.width = width;
    this.thresholds = thresholds;
    this.ranges = ranges;
  }

  /**
   * The bits of all comparisons of some ensembles.
   *
   * @param value the features
   * @param width features in a row
   */
  static ThresholdBits of(
      String value,
      int width,
      List<TreeEnsemble> ensembles,
      Thresholds thresholds,
      RangeSource ranges) {
    ThresholdBits bits = new ThresholdBits(value, width, thresholds, ranges);
    for (TreeEnsemble ensemble : ensembles) {
      for (int node = 0; node < ensemble.features().length; node++) {
        bits.add(bits.bit(ensemble, node));
      }
    }
    return bits;
  }

  private void add(Bit bit) {
    if (thresholds.areModel()) {
      numbers.putIfAbsent(bit, numbers.size());
      return;
    }
    for (double edge : edges(bit.feature())) {
      numbers.putIfAbsent(
          new Bit(bit.feature(), Relation.LEQ, edge, bit.missing()), numbers.size());
    }
  }

  /** How a node of an ensemble reads its bit. */
  Reading reading(TreeEnsemble ensemble, int node) {
    return new Reading(
        Objects.requireNonNull(numbers.get(bit(ensemble, node))),
        isOpposite(ensemble.modes()[node]));
  }

  private static boolean isOpposite(Mode mode) {
    return mode == Mode.GT || mode == Mode.GTE || mode == Mode.NEQ;
  }

  private Bit bit(TreeEnsemble ensemble, int node) {
    Mode mode = ensemble.modes()[node];
    Relation relation =
        switch (mode) {
          case LEQ, GT -> Relation.LEQ;
          case LT, GTE -> Relation.LT;
          case EQ, NEQ -> Relation.EQ;
          case MEMBER ->
              throw SottoException.of(
                  QuantizationError.NOT_ENCRYPTABLE,
                  "value '" + value + "'",
                  "trees ask whether a feature belongs to a set.");
        };
    // A NaN makes every comparison false but NEQ, unless the node sends it to its true branch.
    boolean holdsForNaN = mode == Mode.NEQ || ensemble.missingTracksTrue()[node];
    boolean missing = isOpposite(mode) != holdsForNaN;
    int feature = ensemble.features()[node];
    double threshold = ensemble.thresholds()[node] + 0.0;
    if (thresholds.areModel()) {
      return new Bit(feature, relation, threshold, missing);
    }
    if (relation == Relation.EQ) {
      throw SottoException.of(
          QuantizationError.NOT_ENCRYPTABLE,
          "value '" + value + "'",
          "trees compare for equality, which uniform thresholds cannot; use thresholds = model.");
    }
    return new Bit(feature, Relation.LEQ, nearest(edges(feature), threshold), missing);
  }

  private double[] edges(int feature) {
    return edges.computeIfAbsent(
        feature,
        f -> {
          Range[] seen = ranges.channelExtremes(value);
          if (seen == null || seen.length != width) {
            throw SottoException.of(
                QuantizationError.NOT_CALIBRATED,
                "value '" + value + "'",
                "uniform thresholds need the range of each of its " + width + " features.");
          }
          int bins = 1 << thresholds.uniformBits();
          double low = seen[f].min();
          double step = (seen[f].max() - low) / bins;
          double[] result = new double[bins + 1];
          for (int i = 0; i <= bins; i++) {
            result[i] = low + i * step;
          }
          return result;
        });
  }

  private static double nearest(double[] edges, double threshold) {
    double best = edges[0];
    for (double edge : edges) {
      if (Math.abs(edge - threshold) < Math.abs(best - threshold)) {
        best = edge;
      }
    }
    return best;
  }

  /** What the client sends. */
  InputEncoding.Bits encoding() {
    List<Bit> bits = new ArrayList<>(numbers.keySet());
    boolean[] missing = new boolean[bits.size()];
    for (int i = 0; i < missing.length; i++) {
      missing[i] = bits.get(i).missing();
    }
    return new InputEncoding.Bits(
        value,
        width,
        bits.stream().mapToInt(Bit::feature).toArray(),
        bits.stream().mapToDouble(Bit::threshold).toArray(),
        bits.stream().map(Bit::relation).toArray(Relation[]::new),
        missing);
  }
}
