package dev.sotto.compiler;

import dev.sotto.circuit.Bounds;
import dev.sotto.circuit.Interval;
import dev.sotto.compiler.proto.CompiledCircuitProto;
import java.util.Arrays;
import java.util.List;

/** How arrays and small values stand in {@code compiled_circuit.proto}. */
final class StoredFields {
  private StoredFields() {}

  static CompiledCircuitProto.Indices indices(int[] values) {
    CompiledCircuitProto.Indices.Builder out = CompiledCircuitProto.Indices.newBuilder();
    int previous = 0;
    for (int value : values) {
      out.addDeltas(value - previous);
      previous = value;
    }
    return out.build();
  }

  static int[] indices(CompiledCircuitProto.Indices in) {
    int[] values = new int[in.getDeltasCount()];
    int previous = 0;
    for (int i = 0; i < values.length; i++) {
      previous += in.getDeltas(i);
      values[i] = previous;
    }
    return values;
  }

  static CompiledCircuitProto.Reals reals(double[] values) {
    CompiledCircuitProto.Reals.Builder out = CompiledCircuitProto.Reals.newBuilder();
    boolean floats =
        Arrays.stream(values)
            .allMatch(v -> Double.doubleToRawLongBits((float) v) == Double.doubleToRawLongBits(v));
    for (double value : values) {
      if (floats) {
        out.addFloats((float) value);
      } else {
        out.addDoubles(value);
      }
    }
    return out.build();
  }

  /** Finite numbers. */
  static double[] reals(CompiledCircuitProto.Reals in) {
    require(in.getFloatsCount() == 0 || in.getDoublesCount() == 0, "floats and doubles mixed");
    double[] values = new double[in.getFloatsCount() + in.getDoublesCount()];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.getFloatsCount() > 0 ? in.getFloats(i) : in.getDoubles(i);
      require(Double.isFinite(values[i]), "finite numbers");
    }
    return values;
  }

  static CompiledCircuitProto.Interval interval(Interval interval) {
    return CompiledCircuitProto.Interval.newBuilder()
        .setLo(interval.lo())
        .setHi(interval.hi())
        .build();
  }

  static Interval interval(CompiledCircuitProto.Interval in) {
    return new Interval(in.getLo(), in.getHi());
  }

  static CompiledCircuitProto.Bounds bounds(Bounds bounds) {
    CompiledCircuitProto.Bounds.Builder out =
        CompiledCircuitProto.Bounds.newBuilder().setSize(bounds.size());
    int written = isUniform(bounds) ? 1 : bounds.size();
    for (int i = 0; i < written; i++) {
      Interval each = bounds.get(i);
      out.addLo(each.lo()).addWidth(each.hi() - each.lo());
    }
    return out.build();
  }

  private static boolean isUniform(Bounds bounds) {
    for (int i = 1; i < bounds.size(); i++) {
      if (!bounds.get(i).equals(bounds.get(0))) {
        return false;
      }
    }
    return true;
  }

  /**
   * The bounds of a node.
   *
   * @param most elements that the rest of the message accounts for: one interval can stand for them
   */
  static Bounds bounds(CompiledCircuitProto.Bounds in, int most) {
    int size = in.getSize();
    int given = in.getLoCount();
    require(
        size > 0 && size <= most && in.getWidthCount() == given && (given == 1 || given == size),
        "number of intervals");
    Interval[] intervals = new Interval[size];
    for (int i = 0; i < given; i++) {
      intervals[i] = new Interval(in.getLo(i), Math.addExact(in.getLo(i), in.getWidth(i)));
    }
    Arrays.fill(intervals, given, size, intervals[0]);
    return Bounds.of(intervals);
  }

  static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }

  static List<Integer> list(int[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  static long[] longs(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).toArray();
  }

  static List<Long> list(long[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  /**
   * Checks what was read; the reader of the whole turns the exception into a coded one.
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
