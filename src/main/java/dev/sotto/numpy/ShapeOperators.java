package dev.sotto.numpy;

import dev.sotto.onnx.Node;
import dev.sotto.onnx.OnnxError;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.Broadcast;
import dev.sotto.tensor.Conversion;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Elementwise;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/** Operators that make shapes, constants and counted values. */
final class ShapeOperators {
  private ShapeOperators() {}

  static void register(OperatorRegistry registry) {
    registry.single("Shape", ShapeOperators::shape);
    registry.plain("Size", in -> Tensor.scalar((long) in.get(0).size()));
    registry.single("Constant", ShapeOperators::constant);
    registry.single("ConstantOfShape", ShapeOperators::constantOfShape);
    registry.plain("Range", in -> range(in.get(0), in.get(1), in.get(2)));
    registry.plain("NonZero", in -> nonZero(in.get(0)));
    registry.single("EyeLike", ShapeOperators::eyeLike);
  }

  private static Operator.Single shape(Node node) {
    long start = node.intAttribute("start", 0);
    long end = node.intAttribute("end", Long.MAX_VALUE);
    return in -> {
      Shape shape = in.get(0).shape();
      int from = clampAxis(start, shape.rank());
      int to = clampAxis(end, shape.rank());
      return Tensor.vector(Arrays.copyOfRange(shape.longDims(), from, Math.max(from, to)));
    };
  }

  private static int clampAxis(long axis, int rank) {
    long fromFront = axis < 0 ? axis + rank : axis;
    return (int) Math.max(0, Math.min(rank, fromFront));
  }

  private static Operator.Single constant(Node node) {
    Tensor value = constantValue(node);
    return in -> value;
  }

  private static Tensor constantValue(Node node) {
    Tensor tensor = node.tensorAttribute("value");
    if (tensor != null) {
      return tensor;
    }
    if (node.has("value_float")) {
      return Tensor.scalar(node.floatAttribute("value_float", 0));
    }
    if (node.has("value_int")) {
      return Tensor.scalar(node.intAttribute("value_int", 0));
    }
    if (node.has("value_string")) {
      return Tensor.of(Shape.SCALAR, node.stringAttribute("value_string", ""));
    }
    float[] floats = node.floatsAttribute("value_floats");
    if (floats != null) {
      return Tensor.of(Shape.of(floats.length), floats);
    }
    long[] ints = node.intsAttribute("value_ints");
    if (ints != null) {
      return Tensor.vector(ints);
    }
    List<String> strings = node.stringsAttribute("value_strings");
    if (strings != null) {
      return Tensor.of(Shape.of(strings.size()), strings.toArray(String[]::new));
    }
    throw SottoException.of(
        OnnxError.ATTRIBUTE,
        node.place(),
        "expected a dense tensor or a plain value, got attributes "
            + node.attributes().keySet()
            + ".");
  }

  private static Operator.Single constantOfShape(Node node) {
    Tensor given = node.tensorAttribute("value");
    Tensor value = given == null ? Tensor.of(Shape.of(1), 0f) : given;
    if (value.size() != 1) {
      throw SottoException.of(
          OnnxError.ATTRIBUTE,
          node.place(),
          "attribute 'value' should have one element, got " + value + ".");
    }
    return in -> Broadcast.expand(value.reshape(Shape.SCALAR), Shape.of(in.get(0).toLongs()));
  }

  private static Tensor range(Tensor start, Tensor limit, Tensor delta) {
    ElementType type = start.type();
    if (type.isInteger()) {
      long from = start.getLong(0);
      long step = delta.getLong(0);
      if (step == 0) {
        throw new IllegalArgumentException("delta is 0");
      }
      long span = Math.subtractExact(limit.getLong(0), from);
      int count = Math.toIntExact(Math.max(0, -Math.floorDiv(-span, step)));
      long[] values = new long[count];
      Arrays.setAll(values, i -> from + i * step);
      return Elementwise.longs(type, Shape.of(count), values);
    }
    double from = start.getDouble(0);
    double step = delta.getDouble(0);
    double steps = Math.ceil((limit.getDouble(0) - from) / step);
    if (!(steps < Integer.MAX_VALUE)) {
      throw new IllegalArgumentException("delta " + step + " never reaches the limit");
    }
    double[] values = new double[(int) Math.max(0, steps)];
    Arrays.setAll(values, i -> from + i * step);
    return Conversion.cast(Tensor.of(Shape.of(values.length), values), type);
  }

  private static Tensor nonZero(Tensor x) {
    int rank = x.shape().rank();
    int[] found = new int[x.size()];
    int count = 0;
    for (int i = 0; i < x.size(); i++) {
      if (x.getDouble(i) != 0) {
        found[count++] = i;
      }
    }
    int[] strides = x.shape().strides();
    long[] result = new long[rank * count];
    for (int axis = 0; axis < rank; axis++) {
      for (int i = 0; i < count; i++) {
        result[axis * count + i] = found[i] / strides[axis] % x.shape().dim(axis);
      }
    }
    return Tensor.of(Shape.of(rank, count), result);
  }

  private static Operator.Single eyeLike(Node node) {
    int diagonal = (int) node.intAttribute("k", 0);
    int number = (int) node.intAttribute("dtype", 0);
    ElementType given = ElementType.ofOnnxNumber(number);
    return in -> {
      Shape shape = in.get(0).shape();
      double[] values = new double[shape.size()];
      for (int row = 0; row < shape.dim(0); row++) {
        int column = row + diagonal;
        if (column >= 0 && column < shape.dim(1)) {
          values[row * shape.dim(1) + column] = 1;
        }
      }
      return Conversion.cast(Tensor.of(shape, values), given == null ? in.get(0).type() : given);
    };
  }
}
