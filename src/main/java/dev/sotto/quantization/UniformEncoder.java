package dev.sotto.quantization;

import dev.sotto.circuit.IntegerTensor;
import dev.sotto.tensor.RoundingKernel;

/**
 * Applies uniform quantizers to rows, feature by feature.
 *
 * <p>Equals {@link UniformQuantizer#quantize} for every value.
 */
final class UniformEncoder {
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
    RoundingKernel.best().quantize(values, inverse, zero, lo, hi, least, most, out);
    for (int i = 0; i < width; i++) {
      if (!(least[i] >= lo[i] && most[i] <= hi[i])) {
        clipped[i] += settle(values, out, rows, i);
      }
    }
    return IntegerTensor.ofFloats(rows, width, out, bound);
  }

  /** Counts what was clipped of a feature; NaN is among it and becomes the integer of 0. */
  private long settle(float[] values, float[] out, int rows, int feature) {
    long count = 0;
    for (int at = feature; at < rows * width; at += width) {
      float q = (float) Math.rint(values[at] * inverse[feature]) + zero[feature];
      count += q >= lo[feature] && q <= hi[feature] ? 0 : 1;
      if (Float.isNaN(q)) {
        out[at] = zero[feature];
      }
    }
    return count;
  }
}
