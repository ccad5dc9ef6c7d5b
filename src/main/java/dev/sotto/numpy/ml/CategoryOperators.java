package dev.sotto.numpy.ml;

import dev.sotto.numpy.Operator;
import dev.sotto.onnx.Node;
import dev.sotto.onnx.OnnxError;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Operators on categories: LabelEncoder, CategoryMapper, OneHotEncoder. */
final class CategoryOperators {
  private CategoryOperators() {}

  static void register(Map<String, Operator.Factory> operators) {
    operators.put("ai.onnx.ml:LabelEncoder", CategoryOperators::labelEncoder);
    operators.put("ai.onnx.ml:CategoryMapper", CategoryOperators::categoryMapper);
    operators.put("ai.onnx.ml:OneHotEncoder", CategoryOperators::oneHotEncoder);
  }

  private static Operator labelEncoder(Node node) {
    List<String> classes = node.stringsAttribute("classes_strings");
    if (classes != null) {
      return bothWays(
          strings(classes),
          numbered(classes.size()),
          Tensor.scalar(node.intAttribute("default_int64", -1)),
          Tensor.of(Shape.SCALAR, node.stringAttribute("default_string", "_Unused")));
    }
    Tensor keys = list(node, "keys_");
    Tensor values = list(node, "values_");
    if (keys == null || values == null || keys.size() != values.size()) {
      throw SottoException.of(
          OnnxError.ATTRIBUTE, node.place(), "expected as many keys_* as values_*.");
    }
    Tensor otherwise = otherwise(node, values.type());
    Lookup lookup = new Lookup(keys, values, otherwise);
    return inputs -> new Tensor[] {lookup.apply(MlOperators.input(inputs, 0))};
  }

  private static Operator categoryMapper(Node node) {
    List<String> names = node.stringsAttribute("cats_strings");
    long[] numbers = node.intsAttribute("cats_int64s");
    if (names == null || numbers == null || names.size() != numbers.length) {
      throw SottoException.of(
          OnnxError.ATTRIBUTE, node.place(), "expected as many cats_strings as cats_int64s.");
    }
    return bothWays(
        strings(names),
        Tensor.vector(numbers),
        Tensor.scalar(node.intAttribute("default_int64", -1)),
        Tensor.of(Shape.SCALAR, node.stringAttribute("default_string", "_Unused")));
  }

  /** Strings become numbers, numbers become strings. */
  private static Operator bothWays(
      Tensor names, Tensor numbers, Tensor defaultNumber, Tensor defaultName) {
    Lookup toNumbers = new Lookup(names, numbers, defaultNumber);
    Lookup toNames = new Lookup(numbers, names, defaultName);
    return inputs -> {
      Tensor x = MlOperators.input(inputs, 0);
      return new Tensor[] {(x.type() == ElementType.STRING ? toNumbers : toNames).apply(x)};
    };
  }

  private static Tensor strings(List<String> values) {
    return Tensor.of(Shape.of(values.size()), values.toArray(new String[0]));
  }

  private static Tensor numbered(int count) {
    long[] numbers = new long[count];
    Arrays.setAll(numbers, i -> i);
    return Tensor.vector(numbers);
  }

  /** The attribute {@code <prefix>strings}, {@code int64s}, {@code floats} or {@code tensor}. */
  private static @Nullable Tensor list(Node node, String prefix) {
    List<String> names = node.stringsAttribute(prefix + "strings");
    long[] numbers = node.intsAttribute(prefix + "int64s");
    float[] floats = node.floatsAttribute(prefix + "floats");
    if (names != null && !names.isEmpty()) {
      return strings(names);
    }
    if (numbers != null && numbers.length > 0) {
      return Tensor.vector(numbers);
    }
    if (floats != null && floats.length > 0) {
      return Tensor.of(Shape.of(floats.length), floats);
    }
    return node.tensorAttribute(prefix + "tensor");
  }

  private static Tensor otherwise(Node node, ElementType type) {
    Tensor tensor = node.tensorAttribute("default_tensor");
    if (tensor != null && tensor.size() == 1) {
      return tensor;
    }
    return switch (type.storage()) {
      case STRINGS -> Tensor.of(Shape.SCALAR, node.stringAttribute("default_string", "_Unused"));
      case LONGS ->
          Tensor.of(type, Shape.SCALAR, new long[] {node.intAttribute("default_int64", -1)});
      case FLOATS -> Tensor.scalar(node.floatAttribute("default_float", -0f));
      case DOUBLES -> Tensor.scalar((double) node.floatAttribute("default_float", -0f));
    };
  }

  private static Operator oneHotEncoder(Node node) {
    List<String> names = node.stringsAttribute("cats_strings");
    long[] numbers = node.intsAttribute("cats_int64s");
    boolean zeros = node.intAttribute("zeros", 1) != 0;
    if ((names == null) == (numbers == null)) {
      throw SottoException.of(
          OnnxError.ATTRIBUTE, node.place(), "expected either cats_strings or cats_int64s.");
    }
    Tensor keys = names != null ? strings(names) : Tensor.vector(numbers);
    Map<Object, Integer> positions = Lookup.positions(keys);
    int count = keys.size();
    return inputs -> {
      Tensor x = MlOperators.input(inputs, 0);
      Tensor categories = keys.type() == ElementType.STRING ? x : Tensor.of(x.shape(), x.toLongs());
      float[] out = new float[Math.multiplyExact(x.size(), count)];
      for (int i = 0; i < x.size(); i++) {
        Integer position = positions.get(Lookup.key(categories, i));
        if (position != null) {
          out[i * count + position] = 1;
        } else if (!zeros) {
          throw new IllegalArgumentException("unknown category " + Lookup.key(categories, i));
        }
      }
      int[] dims = Arrays.copyOf(x.shape().dims(), x.shape().rank() + 1);
      dims[dims.length - 1] = count;
      return new Tensor[] {Tensor.of(Shape.of(dims), out)};
    };
  }

  /** A table from keys to values, with one value for everything else. */
  private record Lookup(
      ElementType keyType, Map<Object, Integer> positions, Tensor values, Tensor otherwise) {
    Lookup(Tensor keys, Tensor values, Tensor otherwise) {
      this(keys.type(), positions(keys), values, otherwise);
    }

    /** The position of each key, the first of equal ones; NaN is a key like any other. */
    static Map<Object, Integer> positions(Tensor keys) {
      Map<Object, Integer> positions = new HashMap<>();
      for (int i = 0; i < keys.size(); i++) {
        positions.putIfAbsent(key(keys, i), i);
      }
      return positions;
    }

    /** An element as a key: String, Long or Double. */
    static Object key(Tensor tensor, int index) {
      return switch (tensor.type().storage()) {
        case STRINGS -> tensor.strings()[index];
        case LONGS -> tensor.longs()[index];
        case FLOATS, DOUBLES -> tensor.getDouble(index) + 0.0;
      };
    }

    Tensor apply(Tensor x) {
      if (x.type().storage() != keyType.storage()) {
        throw new IllegalArgumentException("expected " + keyType + " keys, got " + x);
      }
      Object result = Tensor.newStorage(values.type(), x.size());
      for (int i = 0; i < x.size(); i++) {
        Integer position = positions.get(key(x, i));
        System.arraycopy(
            position == null ? otherwise.storage() : values.storage(),
            position == null ? 0 : position,
            result,
            i,
            1);
      }
      return Tensor.ofStorage(values.type(), x.shape(), result);
    }
  }
}
