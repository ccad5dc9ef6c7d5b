package dev.sotto.onnx;

import dev.sotto.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One operator call of a graph.
 *
 * @param name the node's name; unique and never empty in a model that {@link OnnxModel#read} gave
 *     (empty and duplicate names in the file are replaced by {@code <type>_<position>})
 * @param domain the operator's domain; the empty string for {@code ai.onnx}
 * @param opType the operator, such as {@code Gemm}
 * @param inputs names of values; an empty string is an input left out
 * @param outputs names of values; an empty string is an output left out
 * @param attributes by name
 */
public record Node(
    String name,
    String domain,
    String opType,
    List<String> inputs,
    List<String> outputs,
    Map<String, Attribute> attributes) {

  /** Copies the lists and the map. */
  public Node {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    attributes = java.util.Collections.unmodifiableMap(new java.util.TreeMap<>(attributes));
  }

  /** A node of the {@code ai.onnx} domain. */
  public static Node of(
      String name,
      String opType,
      List<String> inputs,
      List<String> outputs,
      Map<String, Attribute> attributes) {
    return new Node(name, "", opType, inputs, outputs, attributes);
  }

  /** The operator with its domain where it is not {@code ai.onnx}: {@code ai.onnx.ml:Scaler}. */
  public String type() {
    return domain.isEmpty() ? opType : domain + ":" + opType;
  }

  /** How error messages name this node: {@code node 'fc1' (Gemm)}. */
  public String place() {
    return "node '" + name + "' (" + type() + ")";
  }

  /** The name of an input, or the empty string when it is left out. */
  public String input(int index) {
    return index < inputs.size() ? inputs.get(index) : "";
  }

  /** The name of an output, or the empty string when it is left out. */
  public String output(int index) {
    return index < outputs.size() ? outputs.get(index) : "";
  }

  /** Whether an attribute is present. */
  public boolean has(String attribute) {
    return attributes.containsKey(attribute);
  }

  /** An INT attribute, or a default when it is absent. */
  public long intAttribute(String attribute, long otherwise) {
    Attribute value = attributes.get(attribute);
    return value == null ? otherwise : cast(attribute, value, Attribute.IntValue.class).value();
  }

  /** A FLOAT attribute, or a default when it is absent. */
  public float floatAttribute(String attribute, float otherwise) {
    Attribute value = attributes.get(attribute);
    return value == null ? otherwise : cast(attribute, value, Attribute.FloatValue.class).value();
  }

  /** A STRING attribute, or a default when it is absent. */
  public String stringAttribute(String attribute, String otherwise) {
    Attribute value = attributes.get(attribute);
    return value == null ? otherwise : cast(attribute, value, Attribute.StringValue.class).value();
  }

  /** An INTS attribute, or null when it is absent. */
  public long @Nullable [] intsAttribute(String attribute) {
    Attribute value = attributes.get(attribute);
    return value == null ? null : cast(attribute, value, Attribute.IntsValue.class).value();
  }

  /** A FLOATS attribute, or null when it is absent. */
  public float @Nullable [] floatsAttribute(String attribute) {
    Attribute value = attributes.get(attribute);
    return value == null ? null : cast(attribute, value, Attribute.FloatsValue.class).value();
  }

  /** A STRINGS attribute, or null when it is absent. */
  public @Nullable List<String> stringsAttribute(String attribute) {
    Attribute value = attributes.get(attribute);
    return value == null ? null : cast(attribute, value, Attribute.StringsValue.class).value();
  }

  /** A TENSOR attribute, or null when it is absent. */
  public @Nullable Tensor tensorAttribute(String attribute) {
    Attribute value = attributes.get(attribute);
    return value == null ? null : cast(attribute, value, Attribute.TensorValue.class).value();
  }

  private <T extends Attribute> T cast(String attribute, Attribute value, Class<T> kind) {
    if (!kind.isInstance(value)) {
      throw dev.sotto.problem.SottoException.of(
          OnnxError.ATTRIBUTE,
          place(),
          "attribute '"
              + attribute
              + "' should be "
              + kind.getSimpleName()
              + ", got "
              + value.getClass().getSimpleName()
              + ".");
    }
    return kind.cast(value);
  }

  /** The same call with other inputs. */
  public Node withInputs(List<String> newInputs) {
    return new Node(name, domain, opType, newInputs, outputs, attributes);
  }

  /** The same call with other attributes. */
  public Node withAttributes(Map<String, Attribute> newAttributes) {
    return new Node(name, domain, opType, inputs, outputs, newAttributes);
  }
}
