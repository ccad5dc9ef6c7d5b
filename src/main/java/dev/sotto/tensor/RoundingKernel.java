package dev.sotto.tensor;

import dev.sotto.common.Twins;
import dev.sotto.common.VectorTwin;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Scale, round and clip rows of numbers: what stands before and between integer layers.
 *
 * <p>Two twins, scalar and vector, with equal results. Rounding is half to even.
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

  /** The kernel to use now: vector instructions where the module is there and they are compiled. */
  static RoundingKernel best() {
    return Holder.TWINS.current();
  }

  /** The scalar kernel. */
  static RoundingKernel scalar() {
    return new ScalarRoundingKernel();
  }

  /** The vector kernel, when this JVM runs with {@code jdk.incubator.vector}. */
  static Optional<RoundingKernel> vector() {
    return VectorTwin.find(RoundingKernel.class, "VectorRoundingKernel");
  }

  /** Holds the twins. */
  final class Holder {
    private static final Twins<RoundingKernel> TWINS =
        Twins.of(RoundingKernel.scalar(), vector(), Holder::rehearsal);

    private Holder() {}

    private static Consumer<RoundingKernel> rehearsal() {
      int columns = 70; // whole vectors of any length, and some more
      float[] rows = new float[4 * columns];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = i % 13 - 6.3f;
      }
      float[] scale = filled(columns, 0.7f);
      float[] zero = filled(columns, 2);
      float[] lo = filled(columns, -3);
      float[] hi = filled(columns, 3);
      float[] least = new float[columns];
      float[] most = new float[columns];
      float[] out = new float[rows.length];
      double[] slope = new double[columns];
      Arrays.fill(slope, 0.3);
      return kernel -> {
        kernel.quantize(rows, scale, zero, lo, hi, least, most, out);
        kernel.requantize(rows, slope, slope, -1, 1, out);
        kernel.extremes(rows, least, most);
      };
    }

    private static float[] filled(int size, float value) {
      float[] array = new float[size];
      Arrays.fill(array, value);
      return array;
    }
  }
}
