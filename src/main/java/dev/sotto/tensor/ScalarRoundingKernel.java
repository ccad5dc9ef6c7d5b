package dev.sotto.tensor;

/** The plain loops; also the tails of the vector twin. */
final class ScalarRoundingKernel implements RoundingKernel {
  @Override
  public void quantize(
      float[] in,
      float[] scale,
      float[] zero,
      float[] lo,
      float[] hi,
      float[] least,
      float[] most,
      float[] out) {
    for (int at = 0; at < in.length; at += scale.length) {
      quantize(in, scale, zero, lo, hi, least, most, out, at, 0);
    }
  }

  static void quantize(
      float[] in,
      float[] scale,
      float[] zero,
      float[] lo,
      float[] hi,
      float[] least,
      float[] most,
      float[] out,
      int at,
      int from) {
    for (int i = from; i < scale.length; i++) {
      float q = (float) Math.rint(in[at + i] * scale[i]) + zero[i];
      least[i] = Math.min(least[i], q);
      most[i] = Math.max(most[i], q);
      out[at + i] = Math.min(hi[i], Math.max(lo[i], q));
    }
  }

  @Override
  public void requantize(
      float[] in, double[] slope, double[] offset, double lo, double hi, float[] out) {
    for (int at = 0; at < in.length; at += slope.length) {
      requantize(in, slope, offset, lo, hi, out, at, 0);
    }
  }

  static void requantize(
      float[] in,
      double[] slope,
      double[] offset,
      double lo,
      double hi,
      float[] out,
      int at,
      int from) {
    for (int i = from; i < slope.length; i++) {
      double q = Math.rint(slope[i] * in[at + i] + offset[i]) + 0.0; // no negative zero
      out[at + i] = (float) Math.min(hi, Math.max(lo, q));
    }
  }

  @Override
  public void extremes(float[] in, float[] least, float[] most) {
    for (int at = 0; at < in.length; at += least.length) {
      extremes(in, least, most, at, 0);
    }
  }

  static void extremes(float[] in, float[] least, float[] most, int at, int from) {
    for (int i = from; i < least.length; i++) {
      least[i] = Math.min(least[i], in[at + i]);
      most[i] = Math.max(most[i], in[at + i]);
    }
  }

  @Override
  public String toString() {
    return "scalar";
  }
}
