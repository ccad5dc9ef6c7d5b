package dev.sotto.numpy;

import dev.sotto.onnx.Attribute;
import dev.sotto.onnx.Node;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Calls single operators: {@code Calls.of("Flatten").with("axis", 0).one(x)}. */
final class Calls {
  private final String type;
  private final Map<String, Attribute> attributes = new TreeMap<>();

  private Calls(String type) {
    this.type = type;
  }

  static Calls of(String type) {
    return new Calls(type);
  }

  Calls with(String name, long value) {
    attributes.put(name, new Attribute.IntValue(value));
    return this;
  }

  Calls with(String name, float value) {
    attributes.put(name, new Attribute.FloatValue(value));
    return this;
  }

  Calls with(String name, String value) {
    attributes.put(name, new Attribute.StringValue(value));
    return this;
  }

  Calls with(String name, long... value) {
    attributes.put(name, new Attribute.IntsValue(value));
    return this;
  }

  Calls with(String name, Tensor value) {
    attributes.put(name, new Attribute.TensorValue(value));
    return this;
  }

  /** All outputs of the operator; a null input is one left out. */
  Tensor[] all(int outputs, @Nullable Tensor... inputs) {
    List<String> inputNames = new ArrayList<>();
    for (int i = 0; i < inputs.length; i++) {
      inputNames.add(inputs[i] == null ? "" : "x" + i);
    }
    List<String> outputNames = new ArrayList<>();
    for (int i = 0; i < outputs; i++) {
      outputNames.add("y" + i);
    }
    Node node = Node.of("n", type, inputNames, outputNames, attributes);
    return Objects.requireNonNull(OperatorRegistry.standard().find(type), type)
        .prepare(node)
        .apply(inputs);
  }

  /** The first output. */
  Tensor one(@Nullable Tensor... inputs) {
    return all(1, inputs)[0];
  }

  /** A FLOAT vector. */
  static Tensor floats(float... values) {
    return Tensor.of(Shape.of(values.length), values);
  }

  /** An integer or BOOL vector. */
  static Tensor integers(ElementType type, long... values) {
    return Tensor.of(type, Shape.of(values.length), values);
  }

  /** The FLOAT tensor 0, 1, 2, … of a shape. */
  static Tensor counting(int... dims) {
    Shape shape = Shape.of(dims);
    float[] values = new float[shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    return Tensor.of(shape, values);
  }
}
