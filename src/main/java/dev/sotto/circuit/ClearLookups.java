package dev.sotto.circuit;

import dev.sotto.tensor.RoundingKernel;

/** Lookups on clear integers. */
final class ClearLookups {
  private ClearLookups() {}

  static IntegerTensor affine(IntegerTensor x, AffineLookup lookup) {
    int size = x.size();
    double[] slope = lookup.slopes();
    double[] offset = lookup.offsets();
    double lo = lookup.range().lo();
    double hi = lookup.range().hi();
    double bound = lookup.range().bound();
    if (bound > IntegerTensor.NARROW_BOUND) {
      double[] in = x.toDoubles();
      double[] out = new double[in.length];
      for (int at = 0; at < out.length; at += size) {
        for (int i = 0; i < size; i++) {
          double y = Math.rint(slope[i] * in[at + i] + offset[i]) + 0.0;
          out[at + i] = Math.min(hi, Math.max(lo, y));
        }
      }
      return IntegerTensor.ofDoubles(x.rows(), size, out, bound);
    }
    float[] out = new float[x.rows() * size];
    if (x.isNarrow()) {
      RoundingKernel.best().requantize(x.floats(), slope, offset, lo, hi, out);
    } else {
      double[] in = x.doubles();
      for (int at = 0; at < out.length; at += size) {
        for (int i = 0; i < size; i++) {
          double y = Math.rint(slope[i] * in[at + i] + offset[i]) + 0.0;
          out[at + i] = (float) Math.min(hi, Math.max(lo, y));
        }
      }
    }
    return IntegerTensor.ofFloats(x.rows(), size, out, bound);
  }

  static IntegerTensor table(IntegerTensor x, TableLookup lookup) {
    double[] values = x.toDoubles().clone();
    int[] channelOf = lookup.channelOf();
    for (int at = 0; at < values.length; at += channelOf.length) {
      for (int i = 0; i < channelOf.length; i++) {
        values[at + i] = lookup.at(channelOf[i], values[at + i]);
      }
    }
    return IntegerTensor.ofDoubles(x.rows(), x.size(), values, lookup.range().bound()).narrowed();
  }

  static IntegerTensor function(IntegerTensor x, FunctionLookup lookup) {
    float[][] tables = lookup.tables();
    double[] in = x.toDoubles();
    int[] channelOf = lookup.channelOf();
    int size = x.size();
    double[] out = new double[in.length];
    if (tables != null) {
      double lo = lookup.domain().lo();
      double hi = lookup.domain().hi();
      for (int at = 0; at < out.length; at += size) {
        for (int i = 0; i < size; i++) {
          double v = in[at + i];
          if (v < lo || v > hi) {
            throw new IllegalStateException(
                v + " is outside the lookup's domain " + lookup.domain());
          }
          out[at + i] = tables[channelOf[i]][(int) (v - lo)];
        }
      }
    } else {
      computeByChannel(x.rows(), size, in, lookup, out);
    }
    return IntegerTensor.ofDoubles(x.rows(), size, out, lookup.range().bound()).narrowed();
  }

  private static void computeByChannel(
      int rows, int size, double[] in, FunctionLookup lookup, double[] out) {
    int[][] elements = lookup.elementsByChannel();
    for (int channel = 0; channel < elements.length; channel++) {
      int[] members = elements[channel];
      double[] x = new double[rows * members.length];
      for (int row = 0; row < rows; row++) {
        for (int m = 0; m < members.length; m++) {
          x[row * members.length + m] = in[row * size + members[m]] + 0.0; // −0 is 0
        }
      }
      double[] y = lookup.apply(channel, x);
      for (int row = 0; row < rows; row++) {
        for (int m = 0; m < members.length; m++) {
          out[row * size + members[m]] = y[row * members.length + m];
        }
      }
    }
  }
}
