package dev.sotto.numpy;

import dev.sotto.numpy.BinaryOperators.Arithmetic;
import dev.sotto.onnx.Node;
import dev.sotto.tensor.Elementwise;
import dev.sotto.tensor.Rearrange;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Operators that read or write at positions given as data: the Gather and Scatter families. */
final class GatherOperators {
  private GatherOperators() {}

  static void register(OperatorRegistry registry) {
    registry.single("Gather", GatherOperators::gather);
    registry.single("GatherElements", GatherOperators::gatherElements);
    registry.single("GatherND", GatherOperators::gatherNd);
    registry.single("ScatterElements", GatherOperators::scatterElements);
    registry.single("ScatterND", GatherOperators::scatterNd);
  }

  /** Positions along an axis; negative ones count from the end. */
  private static int[] positions(Tensor indices, int dim) {
    int[] positions = new int[indices.size()];
    for (int i = 0; i < positions.length; i++) {
      positions[i] = position(indices.getLong(i), dim);
    }
    return positions;
  }

  private static int position(long index, int dim) {
    if (index < -dim || index >= dim) {
      throw new IllegalArgumentException("index " + index + " is outside an axis of size " + dim);
    }
    return (int) (index < 0 ? index + dim : index);
  }

  private static Operator.Single gather(Node node) {
    long axis = node.intAttribute("axis", 0);
    return in -> {
      Tensor x = in.get(0);
      Tensor indices = in.get(1);
      int along = x.shape().axis(axis);
      int[] positions = positions(indices, x.shape().dim(along));
      Tensor selected = Rearrange.select(x, along, positions);
      return selected.reshape(
          join(x.shape(), 0, along, indices.shape(), along + 1, x.shape().rank()));
    };
  }

  /** Dimensions [from, to) of a shape, then all of another, then [from2, to2) of the first. */
  private static Shape join(Shape outer, int from, int to, Shape middle, int from2, int to2) {
    int[] dims = new int[to - from + middle.rank() + to2 - from2];
    int next = 0;
    for (int i = from; i < to; i++) {
      dims[next++] = outer.dim(i);
    }
    for (int i = 0; i < middle.rank(); i++) {
      dims[next++] = middle.dim(i);
    }
    for (int i = from2; i < to2; i++) {
      dims[next++] = outer.dim(i);
    }
    return Shape.of(dims);
  }

  /**
   * For each element of {@code indices}, the row-major position in {@code shape} with the same
   * coordinates but the index along the axis.
   */
  private static int[] elementPositions(Shape shape, Tensor indices, int axis) {
    if (indices.shape().rank() != shape.rank()) {
      throw new IllegalArgumentException(
          "indices " + indices + " should have the rank of " + shape);
    }
    int[] strides = shape.strides();
    int[] coordinates = new int[shape.rank()];
    int[] result = new int[indices.size()];
    for (int i = 0; i < result.length; i++) {
      int at = position(indices.getLong(i), shape.dim(axis)) * strides[axis];
      for (int d = 0; d < coordinates.length; d++) {
        if (d != axis) {
          at += coordinates[d] * strides[d];
        }
      }
      result[i] = at;
      for (int d = coordinates.length - 1; d >= 0; d--) {
        if (++coordinates[d] < indices.shape().dim(d)) {
          break;
        }
        coordinates[d] = 0;
      }
    }
    return result;
  }

  private static Operator.Single gatherElements(Node node) {
    long axis = node.intAttribute("axis", 0);
    return in -> {
      Tensor x = in.get(0);
      int[] positions = elementPositions(x.shape(), in.get(1), x.shape().axis(axis));
      return Rearrange.pick(x, in.get(1).shape(), positions);
    };
  }

  /**
   * The row-major start of the block that each index tuple names.
   *
   * @param batch leading axes that shape and indices share
   */
  private static int[] tuplePositions(Shape shape, Tensor indices, int batch) {
    int width = indices.shape().dim(-1);
    int[] strides = shape.strides();
    int[] starts =
        new int
            [width == 0
                ? indices.shape().size(0, indices.shape().rank() - 1)
                : indices.size() / width];
    int batches = shape.size(0, batch);
    int perBatch = batches == 0 ? 0 : starts.length / batches;
    int batchStride = shape.size(batch, shape.rank());
    for (int i = 0; i < starts.length; i++) {
      starts[i] = i / perBatch * batchStride;
      for (int j = 0; j < width; j++) {
        int axis = batch + j;
        starts[i] += position(indices.getLong(i * width + j), shape.dim(axis)) * strides[axis];
      }
    }
    return starts;
  }

  private static Operator.Single gatherNd(Node node) {
    int batch = (int) node.intAttribute("batch_dims", 0);
    return in -> {
      Tensor x = in.get(0);
      Tensor indices = in.get(1);
      Shape shape = x.shape();
      int width = indices.shape().dim(-1);
      int[] starts = tuplePositions(shape, indices, batch);
      int block = shape.size(batch + width, shape.rank());
      Shape tuples = Shape.of(Arrays.copyOf(indices.shape().dims(), indices.shape().rank() - 1));
      return Rearrange.bySums(x, new int[][] {starts, Rearrange.progression(block, 1)})
          .reshape(join(shape, 0, 0, tuples, batch + width, shape.rank()));
    };
  }

  private static @Nullable Arithmetic scatterReduction(Node node) {
    return switch (node.stringAttribute("reduction", "none")) {
      case "none" -> null;
      case "add" -> BinaryOperators.ADD;
      case "mul" -> BinaryOperators.MULTIPLY;
      case "max" -> BinaryOperators.MAXIMUM;
      case "min" -> BinaryOperators.MINIMUM;
      default -> throw ElementwiseOperators.unsupported(node, "reduction");
    };
  }

  private static Operator.Single scatterElements(Node node) {
    long axis = node.intAttribute("axis", 0);
    Arithmetic reduction = scatterReduction(node);
    return in -> {
      Tensor x = in.get(0);
      int[] positions = elementPositions(x.shape(), in.get(1), x.shape().axis(axis));
      return scatter(x, positions, in.get(2), 1, reduction);
    };
  }

  private static Operator.Single scatterNd(Node node) {
    Arithmetic reduction = scatterReduction(node);
    return in -> {
      Tensor x = in.get(0);
      int[] starts = tuplePositions(x.shape(), in.get(1), 0);
      int width = in.get(1).shape().dim(-1);
      int block = x.shape().size(width, x.shape().rank());
      return scatter(x, starts, in.get(2), block, reduction);
    };
  }

  /** A copy of x with blocks of the updates written, or combined, at positions, in order. */
  private static Tensor scatter(
      Tensor x, int[] positions, Tensor updates, int block, @Nullable Arithmetic reduction) {
    BinaryOperators.requireSameType(x, updates);
    if (updates.size() != positions.length * block) {
      throw new IllegalArgumentException(
          "expected " + positions.length * block + " updates, got " + updates);
    }
    Object result = Tensor.newStorage(x.type(), x.size());
    System.arraycopy(x.storage(), 0, result, 0, x.size());
    for (int i = 0; i < positions.length; i++) {
      if (reduction == null) {
        System.arraycopy(updates.storage(), i * block, result, positions[i], block);
      } else {
        reduction.into(result, positions[i], updates.storage(), i * block, block, x.type());
      }
    }
    return Elementwise.settle(Tensor.ofStorage(x.type(), x.shape(), result));
  }
}
