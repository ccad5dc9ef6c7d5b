package dev.sotto.numpy;

import dev.sotto.onnx.Node;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.Broadcast;
import dev.sotto.tensor.Rearrange;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Operators that only change the shape or reorder axes, and those that pass values through. */
final class MoveOperators {
  private MoveOperators() {}

  static void register(OperatorRegistry registry) {
    registry.plain("Identity", in -> in.get(0));
    registry.register("Dropout", new Dropout());
    registry.single("Reshape", MoveOperators::reshape);
    registry.single("Flatten", MoveOperators::flatten);
    registry.plain("Squeeze", in -> squeeze(in.get(0), in.longs(1)));
    registry.plain("Unsqueeze", in -> unsqueeze(in.get(0), in.get(1).toLongs()));
    registry.single("Transpose", MoveOperators::transpose);
    registry.plain("Expand", in -> Broadcast.expand(in.get(0), Shape.of(in.get(1).toLongs())));
    registry.plain("Tile", in -> tile(in.get(0), in.get(1).toLongs()));
    registry.single("Concat", MoveOperators::concat);
    registry.register("Split", MoveOperators::split);
    registry.single("DepthToSpace", MoveOperators::depthToSpace);
    registry.single("SpaceToDepth", MoveOperators::spaceToDepth);
  }

  /** Dropout for inference: the input itself, and a mask that keeps everything. */
  private static final class Dropout implements Operator.Factory {
    @Override
    public Operator prepare(Node node) {
      return inputs -> {
        Arguments in = new Arguments(inputs);
        if (in.has(2) && in.scalar(2) != 0) {
          throw training(node);
        }
        long[] mask = new long[in.get(0).size()];
        Arrays.fill(mask, 1);
        return new Tensor[] {in.get(0), Tensor.ofBooleans(in.get(0).shape(), mask)};
      };
    }

    @Override
    public Operator prepare(Node node, @Nullable Tensor[] constants) {
      if (constants.length > 2 && constants[2] != null && constants[2].getLong(0) != 0) {
        throw training(node);
      }
      return prepare(node);
    }

    private static SottoException training(Node node) {
      return SottoException.of(NumpyError.UNSUPPORTED_MODE, node.place(), "training_mode is on.");
    }
  }

  private static Operator.Single reshape(Node node) {
    boolean zeroIsZero = node.intAttribute("allowzero", 0) != 0;
    return in -> in.get(0).reshape(reshaped(in.get(0).shape(), in.get(1).toLongs(), zeroIsZero));
  }

  private static Shape reshaped(Shape from, long[] target, boolean zeroIsZero) {
    long[] dims = target.clone();
    int inferred = -1;
    long known = 1;
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] == 0 && !zeroIsZero) {
        if (i >= from.rank()) {
          throw new IllegalArgumentException(
              "dimension " + i + " of " + Arrays.toString(target) + " copies none of " + from);
        }
        dims[i] = from.dim(i);
      }
      if (dims[i] == -1) {
        if (inferred >= 0) {
          throw new IllegalArgumentException("more than one -1 in " + Arrays.toString(target));
        }
        inferred = i;
      } else {
        known *= dims[i];
      }
    }
    if (inferred >= 0) {
      dims[inferred] = known == 0 ? 0 : from.size() / known;
      known *= dims[inferred];
    }
    if (known != from.size()) {
      throw new IllegalArgumentException(
          "shape " + from + " cannot become " + Arrays.toString(target));
    }
    return Shape.of(dims);
  }

  private static Operator.Single flatten(Node node) {
    long axis = node.intAttribute("axis", 1);
    return in -> {
      Shape shape = in.get(0).shape();
      int split = axis == shape.rank() ? shape.rank() : shape.axis(axis);
      return in.get(0).reshape(Shape.of(shape.size(0, split), shape.size(split, shape.rank())));
    };
  }

  private static Tensor squeeze(Tensor x, long @Nullable [] given) {
    Shape shape = x.shape();
    boolean[] drop = new boolean[shape.rank()];
    if (given == null) {
      for (int axis = 0; axis < drop.length; axis++) {
        drop[axis] = shape.dim(axis) == 1;
      }
    } else {
      for (int axis : Arguments.axes(given, shape.rank())) {
        if (shape.dim(axis) != 1) {
          throw new IllegalArgumentException(
              "axis " + axis + " of " + shape + " is not of size 1 and cannot be squeezed");
        }
        drop[axis] = true;
      }
    }
    int[] dims = new int[drop.length];
    int rank = 0;
    for (int axis = 0; axis < drop.length; axis++) {
      if (!drop[axis]) {
        dims[rank++] = shape.dim(axis);
      }
    }
    return x.reshape(Shape.of(Arrays.copyOf(dims, rank)));
  }

  private static Tensor unsqueeze(Tensor x, long[] given) {
    int[] dims = new int[x.shape().rank() + given.length];
    for (int axis : Arguments.axes(given, dims.length)) {
      dims[axis] = -1;
    }
    int next = 0;
    for (int axis = 0; axis < dims.length; axis++) {
      dims[axis] = dims[axis] == -1 ? 1 : x.shape().dim(next++);
    }
    return x.reshape(Shape.of(dims));
  }

  private static Operator.Single transpose(Node node) {
    long[] given = node.intsAttribute("perm");
    return in -> {
      Tensor x = in.get(0);
      int rank = x.shape().rank();
      int[] order = new int[rank];
      for (int i = 0; i < rank; i++) {
        order[i] = rank - 1 - i;
      }
      if (given != null) {
        if (given.length != rank) {
          throw new IllegalArgumentException(
              "perm " + Arrays.toString(given) + " does not fit " + x);
        }
        Arguments.axes(given, rank);
        Arrays.setAll(order, i -> x.shape().axis(given[i]));
      }
      return Rearrange.transpose(x, order);
    };
  }

  private static Tensor tile(Tensor x, long[] repeats) {
    Shape shape = x.shape();
    if (repeats.length != shape.rank()) {
      throw new IllegalArgumentException(
          "repeats " + Arrays.toString(repeats) + " do not fit " + x);
    }
    int[][] positions = new int[repeats.length][];
    for (int axis = 0; axis < repeats.length; axis++) {
      int dim = shape.dim(axis);
      positions[axis] = new int[Math.toIntExact(dim * repeats[axis])];
      Arrays.setAll(positions[axis], i -> i % dim);
    }
    return Rearrange.select(x, positions, null);
  }

  private static Operator.Single concat(Node node) {
    long axis = node.intAttribute("axis", 0);
    return in -> {
      List<Tensor> parts = new ArrayList<>();
      for (int i = 0; i < in.count(); i++) {
        parts.add(in.get(i));
      }
      return Rearrange.concat(parts, parts.get(0).shape().axis(axis));
    };
  }

  private static Operator split(Node node) {
    long axis = node.intAttribute("axis", 0);
    int count = (int) node.intAttribute("num_outputs", node.outputs().size());
    return inputs -> {
      Arguments in = new Arguments(inputs);
      Tensor x = in.get(0);
      int along = x.shape().axis(axis);
      int dim = x.shape().dim(along);
      long[] sizes = in.longs(1);
      if (sizes == null) {
        long chunk = (dim + count - 1) / count;
        sizes = new long[count];
        for (int i = 0; i < count; i++) {
          sizes[i] = Math.max(0, Math.min(chunk, dim - i * chunk));
        }
      }
      if (Arrays.stream(sizes).sum() != dim || Arrays.stream(sizes).anyMatch(s -> s < 0)) {
        throw new IllegalArgumentException(
            "axis " + axis + " of " + x + " cannot be split into " + Arrays.toString(sizes));
      }
      Tensor[] parts = new Tensor[sizes.length];
      int start = 0;
      for (int i = 0; i < parts.length; i++) {
        int from = start;
        int[] positions = new int[(int) sizes[i]];
        Arrays.setAll(positions, p -> from + p);
        parts[i] = Rearrange.select(x, along, positions);
        start += positions.length;
      }
      return parts;
    };
  }

  private static Operator.Single depthToSpace(Node node) {
    int block = (int) node.intAttribute("blocksize", 1);
    boolean columnRowDepth =
        switch (node.stringAttribute("mode", "DCR")) {
          case "DCR" -> false;
          case "CRD" -> true;
          default -> throw ElementwiseOperators.unsupported(node, "mode");
        };
    return in -> {
      Shape s = in.get(0).shape();
      int depth = s.dim(1) / (block * block);
      Tensor split =
          in.get(0)
              .reshape(
                  columnRowDepth
                      ? Shape.of(s.dim(0), depth, block, block, s.dim(2), s.dim(3))
                      : Shape.of(s.dim(0), block, block, depth, s.dim(2), s.dim(3)));
      Tensor moved =
          columnRowDepth
              ? Rearrange.transpose(split, 0, 1, 4, 2, 5, 3)
              : Rearrange.transpose(split, 0, 3, 4, 1, 5, 2);
      return moved.reshape(Shape.of(s.dim(0), depth, s.dim(2) * block, s.dim(3) * block));
    };
  }

  private static Operator.Single spaceToDepth(Node node) {
    int block = (int) node.intAttribute("blocksize", 1);
    return in -> {
      Shape s = in.get(0).shape();
      int height = s.dim(2) / block;
      int width = s.dim(3) / block;
      Tensor split = in.get(0).reshape(Shape.of(s.dim(0), s.dim(1), height, block, width, block));
      return Rearrange.transpose(split, 0, 3, 5, 1, 2, 4)
          .reshape(Shape.of(s.dim(0), s.dim(1) * block * block, height, width));
    };
  }
}
