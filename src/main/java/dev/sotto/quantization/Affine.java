package dev.sotto.quantization;

import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;

/**
 * {@code real[i] = slope[i] · q[i] + offset[i]} for the elements of a row, or the same for all.
 *
 * @param slope one per element, or one for all
 * @param offset as many
 */
@SuppressWarnings("ArrayRecordComponent")
record Affine(double[] slope, double[] offset) {
  /** The same slope and offset for every element. */
  static Affine uniform(double slope, double offset) {
    return new Affine(new double[] {slope}, new double[] {offset});
  }

  /** The meaning of a quantizer's integers. */
  static Affine of(UniformQuantizer quantizer) {
    return uniform(quantizer.scale(), -quantizer.scale() * quantizer.zeroPoint());
  }

  /** Whether all elements share one slope and one offset. */
  boolean isUniform() {
    return slope.length == 1
        || (Arrays.stream(slope).allMatch(s -> s == slope[0])
            && Arrays.stream(offset).allMatch(o -> o == offset[0]));
  }

  /** Slope of an element. */
  double slope(int element) {
    return slope.length == 1 ? slope[0] : slope[element];
  }

  /** Offset of an element. */
  double offset(int element) {
    return offset.length == 1 ? offset[0] : offset[element];
  }

  /** For uniform meanings: the integer that stands for 0 if there is one, otherwise NaN. */
  double zeroPoint() {
    double zero = -offset[0] / slope[0];
    return Math.abs(zero - Math.rint(zero)) < 1e-9 * Math.max(1, Math.abs(zero))
        ? Math.rint(zero)
        : Double.NaN;
  }

  /** The meaning after {@code real' = factor · real + term}, element by element. */
  Affine then(double[] factor, double[] term, int size) {
    if (slope.length == 1 && factor.length == 1 && term.length == 1) {
      return uniform(slope[0] * factor[0], offset[0] * factor[0] + term[0]);
    }
    double[] newSlope = new double[size];
    double[] newOffset = new double[size];
    for (int i = 0; i < size; i++) {
      double f = factor.length == 1 ? factor[0] : factor[i];
      double t = term.length == 1 ? term[0] : term[i];
      newSlope[i] = slope(i) * f;
      newOffset[i] = offset(i) * f + t;
    }
    return new Affine(newSlope, newOffset);
  }

  /** The meaning of moved elements; {@code fill} is what −1 stands for. */
  Affine moved(int[] source, double fillSlope, double fillOffset) {
    if (slope.length == 1) {
      return this;
    }
    if (source.length == 0) {
      return uniform(fillSlope, fillOffset);
    }
    double[] newSlope = new double[source.length];
    double[] newOffset = new double[source.length];
    for (int i = 0; i < source.length; i++) {
      newSlope[i] = source[i] < 0 ? fillSlope : slope[source[i]];
      newOffset[i] = source[i] < 0 ? fillOffset : offset[source[i]];
    }
    return new Affine(newSlope, newOffset);
  }

  /** The extreme of a function of slope and offset over all elements. */
  double reduce(DoubleBinaryOperator function, DoubleBinaryOperator merge) {
    double result = function.applyAsDouble(slope[0], offset[0]);
    for (int i = 1; i < slope.length; i++) {
      result = merge.applyAsDouble(result, function.applyAsDouble(slope[i], offset[i]));
    }
    return result;
  }
}
