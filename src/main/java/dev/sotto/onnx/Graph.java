package dev.sotto.onnx;

import dev.sotto.tensor.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A graph of operator calls, in an order in which every value is made before it is used.
 *
 * @param name the graph's name
 * @param nodes in execution order
 * @param inputs what a caller must give: declared inputs without an initializer, in order
 * @param outputs what the graph gives, in order
 * @param initializers constant tensors by name
 * @param valueTypes declared types of inner values, where the file has them; after normalisation
 *     also those that follow from the operators
 */
public record Graph(
    String name,
    List<Node> nodes,
    List<Value> inputs,
    List<Value> outputs,
    Map<String, Tensor> initializers,
    Map<String, ValueType> valueTypes) {

  /** A named value with its declared type. */
  public record Value(String name, ValueType type) {}

  /** Copies the lists and maps, keeping their order. */
  public Graph {
    nodes = List.copyOf(nodes);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    initializers = Collections.unmodifiableMap(new LinkedHashMap<>(initializers));
    valueTypes = Collections.unmodifiableMap(new LinkedHashMap<>(valueTypes));
  }

  /**
   * The type of a value: of an input, an output, a constant or, where it is known, an inner value.
   *
   * @return null when it is not known
   */
  public @Nullable ValueType typeOf(String value) {
    Tensor constant = initializers.get(value);
    if (constant != null) {
      return ShapeInference.typeOf(constant);
    }
    return Stream.concat(inputs.stream(), outputs.stream())
        .filter(v -> v.name().equals(value))
        .map(Value::type)
        .findFirst()
        .orElse(valueTypes.get(value));
  }

  /** The same graph with other nodes and initializers. */
  public Graph with(List<Node> newNodes, Map<String, Tensor> newInitializers) {
    return new Graph(name, newNodes, inputs, outputs, newInitializers, valueTypes);
  }
}
