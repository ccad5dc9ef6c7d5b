package dev.sotto.quantization;

import dev.sotto.numpy.NumpyModule;
import dev.sotto.numpy.Operator;
import dev.sotto.numpy.OperatorRegistry;
import dev.sotto.onnx.Graph;
import dev.sotto.onnx.Node;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a graph looks like for one row: the shape and type of every value, and the values that do
 * not depend on the row's data.
 *
 * <p>A model is quantized as the function of one row. With a batch of one, every dimension is
 * known, so that all shape arithmetic (Shape, Gather, Concat, ConstantOfShape …) becomes constants.
 */
final class RowTrace {
  private final Map<String, Shape> shapes = new HashMap<>();
  private final Map<String, ElementType> types = new HashMap<>();
  private final Map<String, Tensor> constants = new HashMap<>();
  private final Set<String> dependent = new HashSet<>();

  private RowTrace() {}

  /**
   * Runs one row through a module.
   *
   * @param module the float module of {@code graph}
   * @param graph the graph to describe; its values are among the module's
   * @param row one row for every input of the graph
   */
  static RowTrace of(NumpyModule module, Graph graph, Tensor[] row) {
    RowTrace trace = new RowTrace();
    trace.constants.putAll(graph.initializers());
    trace.constants.putAll(module.model().graph().initializers());
    graph.inputs().forEach(input -> trace.dependent.add(input.name()));
    for (Node node : graph.nodes()) {
      boolean depends =
          !node.opType().equals("Shape")
              && !node.opType().equals("Size")
              && node.inputs().stream().anyMatch(trace.dependent::contains);
      if (depends) {
        trace.dependent.addAll(node.outputs());
      }
    }
    module.forward(
        row,
        (name, tensor) -> {
          trace.shapes.put(name, tensor.shape());
          trace.types.put(name, tensor.type());
        });
    graph.nodes().forEach(trace::foldIfConstant);
    trace.constants.forEach(
        (name, tensor) -> {
          trace.shapes.put(name, tensor.shape());
          trace.types.put(name, tensor.type());
        });
    return trace;
  }

  private void foldIfConstant(Node node) {
    if (node.outputs().stream().anyMatch(dependent::contains)) {
      return;
    }
    @Nullable Tensor[] inputs = new Tensor[node.inputs().size()];
    for (int i = 0; i < inputs.length; i++) {
      String name = node.input(i);
      inputs[i] = constants.get(name);
      if (inputs[i] == null && !name.isEmpty()) {
        inputs[i] = Tensor.of(shape(name), new float[shape(name).size()]);
      }
    }
    Operator.Factory factory = OperatorRegistry.standard().find(node.type());
    Tensor[] outputs = Objects.requireNonNull(factory, node.type()).prepare(node).apply(inputs);
    for (int i = 0; i < node.outputs().size(); i++) {
      constants.put(node.output(i), outputs[i]);
    }
  }

  /** Whether a value depends on the data of the row, not only on its shape. */
  boolean dependsOnData(String value) {
    return dependent.contains(value);
  }

  /** A value that does not depend on the row's data, or null. */
  @Nullable Tensor constant(String value) {
    return constants.get(value);
  }

  /** Adds a constant that a handler needs. */
  void put(String name, Tensor constant) {
    constants.put(name, constant);
    shapes.put(name, constant.shape());
    types.put(name, constant.type());
  }

  /** Adds a value that depends on data. */
  void putValue(String name, Shape shape, ElementType type) {
    dependent.add(name);
    shapes.put(name, shape);
    types.put(name, type);
  }

  /** Adds a value that depends on data, with the shape and type of another. */
  void putLike(String name, String like) {
    dependent.add(name);
    shapes.put(name, shape(like));
    types.put(name, type(like));
  }

  /** Shape of a value for one row. */
  Shape shape(String value) {
    Shape shape = shapes.get(value);
    if (shape == null) {
      throw new IllegalStateException("no shape was traced for '" + value + "'");
    }
    return shape;
  }

  /** Whether a shape was traced. */
  boolean hasShape(String value) {
    return shapes.containsKey(value);
  }

  /** Element type of a value. */
  ElementType type(String value) {
    return types.getOrDefault(value, ElementType.FLOAT);
  }
}
