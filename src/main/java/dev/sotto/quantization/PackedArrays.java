package dev.sotto.quantization;

import dev.sotto.circuit.Interval;
import dev.sotto.quantization.proto.QuantizedModuleProto;
import dev.sotto.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/** How arrays and small values stand in {@code quantized_module.proto}. */
final class PackedArrays {
  private PackedArrays() {}

  static QuantizedModuleProto.Indices indices(int[] values) {
    QuantizedModuleProto.Indices.Builder out = QuantizedModuleProto.Indices.newBuilder();
    int previous = 0;
    for (int value : values) {
      out.addDeltas(value - previous);
      previous = value;
    }
    return out.build();
  }

  static int[] indices(QuantizedModuleProto.Indices in) {
    int[] values = new int[in.getDeltasCount()];
    int previous = 0;
    for (int i = 0; i < values.length; i++) {
      previous += in.getDeltas(i);
      values[i] = previous;
    }
    return values;
  }

  static QuantizedModuleProto.Reals reals(double[] values) {
    QuantizedModuleProto.Reals.Builder out = QuantizedModuleProto.Reals.newBuilder();
    boolean floats = true;
    for (double value : values) {
      floats &= Double.doubleToRawLongBits((float) value) == Double.doubleToRawLongBits(value);
    }
    for (double value : values) {
      if (floats) {
        out.addFloats((float) value);
      } else {
        out.addDoubles(value);
      }
    }
    return out.build();
  }

  static double[] reals(QuantizedModuleProto.Reals in) {
    require(in.getFloatsCount() == 0 || in.getDoublesCount() == 0, "floats and doubles mixed");
    double[] values = new double[in.getFloatsCount() + in.getDoublesCount()];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.getFloatsCount() > 0 ? in.getFloats(i) : in.getDoubles(i);
    }
    return values;
  }

  static QuantizedModuleProto.Interval interval(Interval interval) {
    return QuantizedModuleProto.Interval.newBuilder()
        .setLo(interval.lo())
        .setHi(interval.hi())
        .build();
  }

  static Interval interval(QuantizedModuleProto.Interval in) {
    return new Interval(in.getLo(), in.getHi());
  }

  static List<Integer> dims(Shape shape) {
    return Arrays.stream(shape.dims()).boxed().toList();
  }

  static Shape shape(List<Integer> dims) {
    return Shape.of(dims.stream().mapToInt(Integer::intValue).toArray());
  }

  static long[] longs(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).toArray();
  }

  static List<Long> list(long[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }

  static List<Integer> list(int[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  /**
   * Checks what was read; the reader of the module turns the exception into a coded one.
   *
   * @param what what contradicts itself
   */
  static void require(boolean condition, String what) {
    if (!condition) {
      throw new IllegalArgumentException(what);
    }
  }

  /** Checks that every index is in {@code from} (inclusive) to {@code to} (exclusive). */
  static void requireWithin(int[] indices, int from, int to, String what) {
    for (int index : indices) {
      require(index >= from && index < to, what + " " + index);
    }
  }
}
