package dev.sotto.quantization;

import dev.sotto.circuit.IntegerTensor;

/**
 * Applies uniform quantizers to rows, feature by feature, in loops that the JVM vectorises.
 *
 * <p>Equals {@link UniformQuantizer#quantize} for every value. Rounding half to even is done by
 * adding and subtracting 1.5 · 2<sup>23</sup>, which is exact below 2<sup>22</sup>; larger values
 * are clipped in any case.
 */
final class UniformEncoder {
  private static final float ROUNDER = 12_582_912f;

  private final int width;
  private final double bound;
  private final float[] inverse;
  private final float[] zero;
  private final float[] lo;
  private final float[] hi;

  private UniformEncoder(InputEncoding.Uniform encoding) {
    width = encoding.width();
    bound = encoding.range().bound();
    inverse = new float[width];
    zero = new float[width];
    lo = new float[width];
    hi = new float[width];
    for (int i = 0; i < width; i++) {
      UniformQuantizer quantizer = encoding.quantizer(i);
      inverse[i] = quantizer.inverse();
      zero[i] = quantizer.zeroPoint();
      lo[i] = quantizer.range().lo();
      hi[i] = quantizer.range().hi();
    }
  }

  static UniformEncoder of(InputEncoding.Uniform encoding) {
    return new UniformEncoder(encoding);
  }

  IntegerTensor encode(int rows, float[] values, long[] clipped) {
    float[] out = new float[rows * width];
    float[] least = lo.clone();
    float[] most = hi.clone();
    for (int row = 0; row < rows; row++) {
      encodeRow(values, out, row * width, least, most);
    }
    for (int i = 0; i < width; i++) {
      if (least[i] < lo[i] || most[i] > hi[i]) {
        clipped[i] += count(values, rows, i);
      }
    }
    return IntegerTensor.ofFloats(rows, width, out, bound);
  }

  private void encodeRow(float[] values, float[] out, int at, float[] least, float[] most) {
    for (int i = 0; i < width; i++) {
      float q = values[at + i] * inverse[i] + ROUNDER - ROUNDER + zero[i];
      least[i] = Math.min(least[i], q);
      most[i] = Math.max(most[i], q);
      out[at + i] = Math.min(hi[i], Math.max(lo[i], q));
    }
  }

  private long count(float[] values, int rows, int feature) {
    long count = 0;
    for (int row = 0; row < rows; row++) {
      float q =
          values[row * width + feature] * inverse[feature] + ROUNDER - ROUNDER + zero[feature];
      count += q < lo[feature] || q > hi[feature] ? 1 : 0;
    }
    return count;
  }
}
