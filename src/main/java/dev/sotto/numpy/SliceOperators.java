package dev.sotto.numpy;

import dev.sotto.onnx.Node;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Rearrange;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Operators that keep, repeat or reverse positions along axes: Slice, Pad, Compress. */
final class SliceOperators {
  private SliceOperators() {}

  static void register(OperatorRegistry registry) {
    registry.plain(
        "Slice",
        in -> slice(in.get(0), in.get(1).toLongs(), in.get(2).toLongs(), in.longs(3), in.longs(4)));
    registry.single("Pad", SliceOperators::pad);
    registry.single("Compress", SliceOperators::compress);
    registry.single("ReverseSequence", SliceOperators::reverseSequence);
  }

  static Tensor slice(
      Tensor x, long[] starts, long[] ends, long @Nullable [] axes, long @Nullable [] steps) {
    Shape shape = x.shape();
    int[][] positions = new int[shape.rank()][];
    for (int axis = 0; axis < positions.length; axis++) {
      positions[axis] = Rearrange.progression(shape.dim(axis), 1);
    }
    for (int i = 0; i < starts.length; i++) {
      int axis = shape.axis(axes == null ? i : axes[i]);
      long step = steps == null ? 1 : steps[i];
      positions[axis] = slicePositions(shape.dim(axis), starts[i], ends[i], step);
    }
    return Rearrange.select(x, positions, null);
  }

  /** Start and end count from the end when negative and are clamped to the axis, as in numpy. */
  private static int[] slicePositions(int dim, long start, long end, long step) {
    if (step == 0) {
      throw new IllegalArgumentException("a slice's step is 0");
    }
    long lowest = step > 0 ? 0 : -1;
    long highest = step > 0 ? dim : dim - 1;
    long from = clamp(start < 0 ? start + dim : start, lowest, highest);
    long to = clamp(end < 0 ? end + dim : end, lowest, highest);
    long span = step > 0 ? to - from : from - to;
    long stride = step == Long.MIN_VALUE ? Long.MAX_VALUE : Math.abs(step);
    int count = span <= 0 ? 0 : (int) ((span - 1) / stride + 1);
    int[] positions = new int[count];
    for (int i = 0; i < count; i++) {
      positions[i] = (int) (from + i * step);
    }
    return positions;
  }

  private static long clamp(long value, long lowest, long highest) {
    return Math.max(lowest, Math.min(highest, value));
  }

  private static Operator.Single pad(Node node) {
    String mode = node.stringAttribute("mode", "constant");
    if (!Arrays.asList("constant", "reflect", "edge", "wrap").contains(mode)) {
      throw ElementwiseOperators.unsupported(node, "mode");
    }
    return in -> {
      Tensor x = in.get(0);
      long[] pads = in.get(1).toLongs();
      long[] given = in.longs(3);
      int[] axes = Arguments.allAxes(x.shape().rank());
      if (given != null) {
        axes = new int[given.length];
        for (int i = 0; i < axes.length; i++) {
          axes[i] = x.shape().axis(given[i]);
        }
      }
      if (pads.length != 2 * axes.length) {
        throw new IllegalArgumentException(
            "expected " + 2 * axes.length + " pads for " + x + ", got " + pads.length);
      }
      int[][] positions = new int[x.shape().rank()][];
      for (int axis = 0; axis < positions.length; axis++) {
        positions[axis] = Rearrange.progression(x.shape().dim(axis), 1);
      }
      for (int i = 0; i < axes.length; i++) {
        int dim = x.shape().dim(axes[i]);
        positions[axes[i]] = padPositions(dim, pads[i], pads[i + axes.length], mode);
      }
      Tensor value = in.optional(2);
      if (value == null && x.type() == ElementType.STRING) {
        value = Tensor.of(Shape.SCALAR, "");
      }
      if (value != null && (value.type() != x.type() || value.size() != 1)) {
        throw new IllegalArgumentException(
            "the padding value should be one " + x.type() + " element, got " + value);
      }
      return Rearrange.select(x, positions, value == null ? null : value.storage());
    };
  }

  /** Negative pads remove elements. */
  private static int[] padPositions(int dim, long before, long after, String mode) {
    int[] positions = new int[Math.toIntExact(Math.max(0, dim + before + after))];
    for (int i = 0; i < positions.length; i++) {
      long at = i - before;
      if (at < 0 || at >= dim) {
        at =
            switch (mode) {
              case "edge" -> clamp(at, 0, dim - 1);
              case "wrap" -> Math.floorMod(at, dim);
              case "reflect" -> reflect(at, dim);
              default -> Rearrange.PADDING;
            };
      }
      positions[i] = (int) at;
    }
    return positions;
  }

  private static long reflect(long at, int dim) {
    if (dim == 1) {
      return 0;
    }
    long period = 2L * (dim - 1);
    long folded = Math.floorMod(at, period);
    return folded < dim ? folded : period - folded;
  }

  private static Operator.Single compress(Node node) {
    boolean flat = !node.has("axis");
    long axis = node.intAttribute("axis", 0);
    return in -> {
      Tensor x = flat ? in.get(0).reshape(Shape.of(in.get(0).size())) : in.get(0);
      long[] condition = in.get(1).longs();
      int[] kept = new int[condition.length];
      int count = 0;
      for (int i = 0; i < condition.length; i++) {
        if (condition[i] != 0) {
          kept[count++] = i;
        }
      }
      return Rearrange.select(x, x.shape().axis(axis), Arrays.copyOf(kept, count));
    };
  }

  private static Operator.Single reverseSequence(Node node) {
    int timeAxis = (int) node.intAttribute("time_axis", 0);
    int batchAxis = (int) node.intAttribute("batch_axis", 1);
    if (timeAxis + batchAxis != 1) {
      throw ElementwiseOperators.unsupported(node, "batch_axis");
    }
    return in -> {
      Tensor x = in.get(0);
      long[] lengths = in.get(1).toLongs();
      int[] strides = x.shape().strides();
      int[] starts = new int[x.shape().dim(0) * x.shape().dim(1)];
      for (int i = 0; i < starts.length; i++) {
        int first = i / x.shape().dim(1);
        int second = i % x.shape().dim(1);
        int time = timeAxis == 0 ? first : second;
        int batch = timeAxis == 0 ? second : first;
        int from = time < lengths[batch] ? (int) lengths[batch] - 1 - time : time;
        starts[i] = from * strides[timeAxis] + batch * strides[batchAxis];
      }
      int block = x.shape().size(2, x.shape().rank());
      return Rearrange.bySums(x, new int[][] {starts, Rearrange.progression(block, 1)})
          .reshape(x.shape());
    };
  }
}
