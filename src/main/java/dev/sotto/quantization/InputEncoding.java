package dev.sotto.quantization;

import dev.sotto.circuit.IntegerTensor;
import dev.sotto.circuit.Interval;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * What the client does with a clear value before it is encrypted: real numbers in, integers out.
 *
 * <p>Immutable. A value is given for many rows at once, row after row.
 */
public sealed interface InputEncoding {
  /** ONNX name of the clear value. */
  String value();

  /** Numbers in a row of the clear value. */
  int width();

  /** Integers in a row of the result. */
  int size();

  /** The interval of the integers. */
  Interval range();

  /**
   * Encodes rows.
   *
   * @param rows number of rows
   * @param values {@code rows · width} numbers
   * @param clipped counts, per element of the result, the values that were clipped
   */
  IntegerTensor encode(int rows, float[] values, long[] clipped);

  /**
   * Uniform quantizers, one for all elements or one per element.
   *
   * @param quantizers one, or {@code width}
   */
  record Uniform(String value, int width, java.util.List<UniformQuantizer> quantizers)
      implements InputEncoding {
    @Override
    public int size() {
      return width;
    }

    @Override
    public Interval range() {
      Interval range = quantizers.get(0).range();
      for (UniformQuantizer quantizer : quantizers) {
        range = range.union(quantizer.range());
      }
      return range;
    }

    /** The quantizer of an element. */
    public UniformQuantizer quantizer(int element) {
      return quantizers.size() == 1 ? quantizers.get(0) : quantizers.get(element);
    }

    @Override
    public IntegerTensor encode(int rows, float[] values, long[] clipped) {
      return UniformEncoder.of(this).encode(rows, values, clipped);
    }
  }

  /**
   * Threshold bits: 1 where a feature stands in a relation to a threshold.
   *
   * @param feature the feature of each bit
   * @param threshold the threshold of each bit
   * @param relation how the feature is compared
   * @param missing the bit of a NaN
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Bits(
      String value,
      int width,
      int[] feature,
      double[] threshold,
      Relation[] relation,
      boolean[] missing)
      implements InputEncoding {
    @Override
    public int size() {
      return feature.length;
    }

    @Override
    public Interval range() {
      return new Interval(0, 1);
    }

    @Override
    public IntegerTensor encode(int rows, float[] values, long[] clipped) {
      int bits = feature.length;
      float[] out = new float[rows * bits];
      for (Relation each : Relation.values()) {
        int[] which = IntStream.range(0, bits).filter(b -> relation[b] == each).toArray();
        if (which.length > 0) {
          encode(each, which, rows, values, out);
        }
      }
      return IntegerTensor.ofFloats(rows, bits, out, 1);
    }

    /** Sets the bits of one relation: the loops are plain, so that the JVM keeps them tight. */
    private void encode(Relation each, int[] which, int rows, float[] values, float[] out) {
      int[] from = Arrays.stream(which).map(b -> feature[b]).toArray();
      double[] with = Arrays.stream(which).mapToDouble(b -> threshold[b]).toArray();
      float[] forNaN = new float[which.length];
      for (int i = 0; i < which.length; i++) {
        forNaN[i] = missing[which[i]] ? 1 : 0;
      }
      for (int row = 0; row < rows; row++) {
        int in = row * width;
        int to = row * feature.length;
        for (int i = 0; i < which.length; i++) {
          float x = values[in + from[i]];
          boolean set =
              switch (each) {
                case LEQ -> x <= with[i];
                case LT -> x < with[i];
                default -> each.holds(x, with[i]);
              };
          out[to + which[i]] = Float.isNaN(x) ? forNaN[i] : set ? 1 : 0;
        }
      }
    }

    /** The number of different thresholds of each feature that the client learns. */
    public long[] thresholdsByFeature() {
      long[] counts = new long[width];
      Arrays.stream(feature).forEach(f -> counts[f]++);
      return counts;
    }
  }

  /** How a feature is compared with a threshold. */
  enum Relation {
    /** At most the threshold. */
    LEQ,
    /** Below the threshold. */
    LT,
    /** At least the threshold. */
    GEQ,
    /** Above the threshold. */
    GT,
    /** Equal to the threshold. */
    EQ,
    /** Different from the threshold. */
    NEQ;

    boolean holds(double x, double threshold) {
      return switch (this) {
        case LEQ -> x <= threshold;
        case LT -> x < threshold;
        case GEQ -> x >= threshold;
        case GT -> x > threshold;
        case EQ -> x == threshold;
        case NEQ -> x != threshold;
      };
    }
  }
}
