package dev.sotto.onnx;

import dev.sotto.onnx.ValueType.Dimension;
import dev.sotto.onnx.ValueType.TensorType;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongBinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates the small integer vectors from which exporters compute shapes, as far as they are
 * known.
 *
 * <p>{@code Shape} of a tensor whose batch is unknown gives a vector with one unknown element; what
 * follows ({@code Gather}, {@code Slice}, {@code Concat} …) is computed element by element. Works
 * on canonical forms.
 */
final class ShapeArithmetic {
  /** Stands for an element that is not known. */
  private static final long UNKNOWN = Long.MIN_VALUE;

  private static final int MAX_ELEMENTS = 64;

  /** A vector, or a scalar with one element. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Numbers(ElementType type, boolean isScalar, long[] values) {
    boolean isKnown() {
      return Arrays.stream(values).noneMatch(v -> v == UNKNOWN);
    }
  }

  private final Function<String, @Nullable Tensor> constants;
  private final Function<String, @Nullable TensorType> types;
  private final Map<String, Numbers> numbers = new HashMap<>();

  ShapeArithmetic(
      Function<String, @Nullable Tensor> constants, Function<String, @Nullable TensorType> types) {
    this.constants = constants;
    this.types = types;
  }

  /** Evaluates a node; null when its output is not a small, completely known integer tensor. */
  @Nullable Tensor evaluate(Node node) {
    if (!node.domain().isEmpty() || node.outputs().size() != 1) {
      return null;
    }
    Numbers result = compute(node);
    if (result == null || result.values().length > MAX_ELEMENTS) {
      return null;
    }
    numbers.put(node.output(0), result);
    return result.isKnown() ? tensor(result, result.values()) : null;
  }

  /**
   * The target of a Reshape as a constant, where at most one element is unknown.
   *
   * @return null when it is constant already or not known well enough
   */
  @Nullable Tensor reshapeTarget(Node node) {
    Numbers target = numbers.get(node.input(1));
    if (target == null || target.isScalar()) {
      return null;
    }
    long unknown = Arrays.stream(target.values()).filter(v -> v == UNKNOWN).count();
    boolean inferred = Arrays.stream(target.values()).anyMatch(v -> v == -1 || v == 0);
    if (unknown > 1 || (unknown == 1 && inferred)) {
      return null;
    }
    return tensor(target, Arrays.stream(target.values()).map(v -> v == UNKNOWN ? -1 : v).toArray());
  }

  private static Tensor tensor(Numbers numbers, long[] values) {
    Shape shape = numbers.isScalar() ? Shape.SCALAR : Shape.of(values.length);
    return Tensor.of(numbers.type(), shape, values);
  }

  private @Nullable Numbers compute(Node node) {
    return switch (node.opType()) {
      case "Shape" -> shape(node);
      case "Gather" -> gather(node);
      case "Slice" -> slice(node);
      case "Concat" -> concat(node);
      case "Cast" -> cast(node);
      case "Unsqueeze", "Squeeze", "Reshape" -> reshape(node);
      case "Add" -> binary(node, Math::addExact);
      case "Sub" -> binary(node, Math::subtractExact);
      case "Mul" -> binary(node, Math::multiplyExact);
      case "Div" -> binary(node, (a, b) -> a / b);
      case "Mod" -> binary(node, Math::floorMod);
      default -> null;
    };
  }

  private @Nullable Numbers of(String value) {
    Numbers known = numbers.get(value);
    if (known != null) {
      return known;
    }
    Tensor tensor = constants.apply(value);
    if (tensor == null
        || tensor.shape().rank() > 1
        || tensor.size() > MAX_ELEMENTS
        || (tensor.type() != ElementType.INT64 && tensor.type() != ElementType.INT32)) {
      return null;
    }
    return new Numbers(tensor.type(), tensor.shape().rank() == 0, tensor.longs());
  }

  private @Nullable Numbers shape(Node node) {
    TensorType type = types.apply(node.input(0));
    if (type == null || !type.hasShape()) {
      return null;
    }
    int rank = type.dims().size();
    int start = clamp(node.intAttribute("start", 0), rank);
    int end = Math.max(start, clamp(node.intAttribute("end", rank), rank));
    List<Dimension> dims = type.dims().subList(start, end);
    return new Numbers(
        ElementType.INT64,
        false,
        dims.stream().mapToLong(d -> d.isFixed() ? d.size() : UNKNOWN).toArray());
  }

  private static int clamp(long index, int size) {
    return (int) Math.max(0, Math.min(size, index < 0 ? index + size : index));
  }

  private @Nullable Numbers gather(Node node) {
    Numbers data = of(node.input(0));
    Numbers indices = of(node.input(1));
    if (data == null || data.isScalar() || indices == null || !indices.isKnown()) {
      return null;
    }
    long[] result = new long[indices.values().length];
    for (int i = 0; i < result.length; i++) {
      long index = indices.values()[i];
      long at = index < 0 ? index + data.values().length : index;
      if (at < 0 || at >= data.values().length) {
        return null;
      }
      result[i] = data.values()[(int) at];
    }
    return new Numbers(data.type(), indices.isScalar(), result);
  }

  private @Nullable Numbers slice(Node node) {
    Numbers data = of(node.input(0));
    Long from = single(node.input(1));
    Long to = single(node.input(2));
    Long step = node.input(4).isEmpty() ? Long.valueOf(1) : single(node.input(4));
    if (data == null || data.isScalar() || from == null || to == null || step == null) {
      return null;
    }
    if (step != 1) {
      return null;
    }
    int size = data.values().length;
    int start = clamp(from, size);
    int end = Math.max(start, clamp(to, size));
    return new Numbers(data.type(), false, Arrays.copyOfRange(data.values(), start, end));
  }

  /** The only element of a value; null when it has more or the element is not known. */
  private @Nullable Long single(String value) {
    Numbers numbers = of(value);
    return numbers == null || numbers.values().length != 1 || !numbers.isKnown()
        ? null
        : (Long) numbers.values()[0];
  }

  private @Nullable Numbers concat(Node node) {
    List<Long> values = new ArrayList<>();
    ElementType type = ElementType.INT64;
    for (String input : node.inputs()) {
      Numbers part = of(input);
      if (part == null || part.isScalar() || values.size() > MAX_ELEMENTS) {
        return null;
      }
      type = part.type();
      Arrays.stream(part.values()).forEach(values::add);
    }
    return new Numbers(type, false, values.stream().mapToLong(Long::longValue).toArray());
  }

  private @Nullable Numbers cast(Node node) {
    Numbers data = of(node.input(0));
    ElementType type = ElementType.ofOnnxNumber((int) node.intAttribute("to", 0));
    boolean keeps =
        type == ElementType.INT64
            || (type == ElementType.INT32
                && data != null
                && Arrays.stream(data.values()).allMatch(v -> v == UNKNOWN || v == (int) v));
    return data == null || type == null || !keeps
        ? null
        : new Numbers(type, data.isScalar(), data.values());
  }

  /** A change between scalar and vector; other ranks are not followed. */
  private @Nullable Numbers reshape(Node node) {
    Numbers data = of(node.input(0));
    TensorType type = types.apply(node.output(0));
    if (data == null || type == null || !type.hasShape() || type.dims().size() > 1) {
      return null;
    }
    boolean toScalar = type.dims().isEmpty();
    return toScalar && data.values().length != 1
        ? null
        : new Numbers(data.type(), toScalar, data.values());
  }

  private @Nullable Numbers binary(Node node, LongBinaryOperator operator) {
    Numbers a = of(node.input(0));
    Numbers b = of(node.input(1));
    if (a == null || b == null || a.type() != b.type()) {
      return null;
    }
    int size = a.values().length == 1 ? b.values().length : a.values().length;
    if (b.values().length != 1 && b.values().length != size) {
      return null;
    }
    long[] result = new long[size];
    for (int i = 0; i < size; i++) {
      long left = a.values()[a.values().length == 1 ? 0 : i];
      long right = b.values()[b.values().length == 1 ? 0 : i];
      try {
        result[i] =
            left == UNKNOWN || right == UNKNOWN ? UNKNOWN : operator.applyAsLong(left, right);
      } catch (ArithmeticException e) {
        return null;
      }
      if (result[i] != UNKNOWN && a.type() == ElementType.INT32 && result[i] != (int) result[i]) {
        return null;
      }
    }
    return new Numbers(a.type(), a.isScalar() && b.isScalar(), result);
  }
}
