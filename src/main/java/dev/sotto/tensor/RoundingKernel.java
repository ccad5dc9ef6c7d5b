package dev.sotto.tensor;

import dev.sotto.common.VectorTwin;
import java.util.Optional;

/**
 * Scale, round and clip rows of numbers: what stands before and between integer layers.
 *
 * <p>Two twins, scalar and vector, with equal results; chosen once per JVM. Rounding is half to
 * even.
 */
public interface RoundingKernel {
  /**
   * {@code out = clamp(round(in · scale) + zero, lo, hi)} in float, for rows one after another; the
   * other arrays have one element per column. Keeps the smallest and largest value of each column
   * before clipping.
   *
   * @param least taken in and updated
   * @param most taken in and updated
   */
  @SuppressWarnings("TooManyParameters")
  void quantize(
      float[] in,
      float[] scale,
      float[] zero,
      float[] lo,
      float[] hi,
      float[] least,
      float[] most,
      float[] out);

  /**
   * {@code out = clamp(round(slope · in + offset), lo, hi)} in double, for rows one after another;
   * {@code slope} and {@code offset} have one element per column.
   */
  void requantize(float[] in, double[] slope, double[] offset, double lo, double hi, float[] out);

  /** Updates the smallest and largest value of each column over rows one after another. */
  void extremes(float[] in, float[] least, float[] most);

  /** The kernel of this JVM: vector instructions where the module is there, otherwise scalar. */
  static RoundingKernel best() {
    return Holder.BEST;
  }

  /** The scalar kernel. */
  static RoundingKernel scalar() {
    return new ScalarRoundingKernel();
  }

  /** The vector kernel, when this JVM runs with {@code jdk.incubator.vector}. */
  static Optional<RoundingKernel> vector() {
    return VectorTwin.find(RoundingKernel.class, "VectorRoundingKernel");
  }

  /** Holds the choice. */
  final class Holder {
    private static final RoundingKernel BEST = vector().orElseGet(RoundingKernel::scalar);

    private Holder() {}
  }
}
