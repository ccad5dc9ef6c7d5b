package dev.sotto.onnx;

import dev.sotto.onnx.ValueType.Dimension;
import dev.sotto.onnx.ValueType.TensorType;
import dev.sotto.problem.Problem;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A graph while its nodes are brought to canonical form, one after the other in execution order.
 *
 * <p>What a rewrite sees of its surroundings: constants, the types and shapes known so far, who
 * uses a value; and what it may add: constants, nodes before and after its own.
 */
final class GraphRewriter {
  private final Graph graph;
  private final @Nullable GraphRewriter outer;
  private final List<Problem> problems;
  private final Map<String, String> labels;
  private final Map<String, Tensor> constants;
  private final Map<String, ValueType> outputTypes = new HashMap<>();
  private final ShapeInference shapes;
  private final ShapeArithmetic arithmetic;
  private final Set<String> names = new HashSet<>();
  private final GraphIndex index;
  private List<Node> nodes = new ArrayList<>();
  private final List<Node> before = new ArrayList<>();
  private final List<Node> after = new ArrayList<>();

  GraphRewriter(
      Graph graph,
      @Nullable GraphRewriter outer,
      Map<String, String> labels,
      List<Problem> problems) {
    this.graph = graph;
    this.outer = outer;
    this.labels = labels;
    this.problems = problems;
    this.constants = new LinkedHashMap<>(graph.initializers());
    this.index = GraphIndex.of(graph);
    this.shapes = new ShapeInference(this::constant, problems);
    this.arithmetic = new ShapeArithmetic(this::constant, this::type);
    if (outer != null) {
      names.addAll(outer.names);
    }
    names.addAll(constants.keySet());
    graph.inputs().forEach(input -> names.add(input.name()));
    for (Node node : graph.nodes()) {
      names.add(node.name());
      names.addAll(node.outputs());
    }
    constants.forEach((name, tensor) -> shapes.put(name, ShapeInference.typeOf(tensor)));
    graph.inputs().forEach(input -> shapes.put(input.name(), withFreeBatch(input.type())));
  }

  /** Rewrites all nodes and returns the new graph. */
  Graph rewrite(Map<String, Long> opsets) {
    for (Node node : graph.nodes()) {
      try {
        rewrite(node, opsets);
      } catch (SottoException e) {
        problems.addAll(e.problems());
      }
      before.clear();
      after.clear();
    }
    nodes = usedNodes();
    List<Graph.Value> outputs =
        graph.outputs().stream()
            .map(v -> new Graph.Value(v.name(), outputTypes.getOrDefault(v.name(), v.type())))
            .toList();
    return new Graph(graph.name(), nodes, graph.inputs(), outputs, usedConstants(), innerTypes());
  }

  private void rewrite(Node node, Map<String, Long> opsets) {
    Node current = withRewrittenBodies(node, opsets);
    for (OpsetChange change : OpsetChanges.of(node.type())) {
      if (current != null && change.since() > opsets.getOrDefault(node.domain(), 1L)) {
        current = change.rewrite().apply(current, this);
      }
    }
    before.forEach(this::emit);
    if (current != null) {
      emit(current);
    }
    after.forEach(this::emit);
  }

  /** The declared type with a free first dimension: files often fix it at the exporter's batch. */
  private static ValueType withFreeBatch(ValueType type) {
    if (type instanceof TensorType tensor
        && tensor.dims().size() > 1
        && tensor.dims().get(0).isFixed()) {
      List<Dimension> dims = new ArrayList<>(tensor.dims());
      dims.set(0, new Dimension(-1, ""));
      return new TensorType(tensor.elementType(), true, dims);
    }
    return type;
  }

  private void emit(Node unfolded) {
    Node node = withConstantTarget(unfolded);
    shapes.infer(node);
    Tensor constant = arithmetic.evaluate(node);
    if (constant != null) {
      setConstant(node.output(0), constant);
      return;
    }
    nodes.add(node);
    for (String output : node.outputs()) {
      shapes.refine(output, graph.valueTypes().get(output));
    }
  }

  /** A Reshape whose target was computed from shapes gets it as a constant. */
  private Node withConstantTarget(Node node) {
    Tensor target = node.type().equals("Reshape") ? arithmetic.reshapeTarget(node) : null;
    return target == null
        ? node
        : OpsetChanges.withInput(node, 1, addConstant(node, "target", target));
  }

  /** The nodes that an output needs, directly or not. */
  private List<Node> usedNodes() {
    Set<String> used = new HashSet<>();
    graph.outputs().forEach(output -> used.add(output.name()));
    List<Node> kept = new ArrayList<>();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      if (node.outputs().stream().anyMatch(used::contains)) {
        used.addAll(GraphIndex.reads(node));
        kept.add(node);
      }
    }
    Collections.reverse(kept);
    return kept;
  }

  /** What is known of the values between inputs and outputs. */
  private Map<String, ValueType> innerTypes() {
    Map<String, ValueType> known = new LinkedHashMap<>();
    for (Node node : nodes) {
      for (String output : node.outputs()) {
        TensorType type = shapes.type(output);
        if (type != null && type.elementType() != 0 && !index.isOutput(output)) {
          known.put(output, type);
        }
      }
    }
    return known;
  }

  private Map<String, Tensor> usedConstants() {
    Set<String> used = new HashSet<>();
    nodes.forEach(node -> used.addAll(GraphIndex.reads(node)));
    graph.outputs().forEach(output -> used.add(output.name()));
    Map<String, Tensor> kept = new LinkedHashMap<>(constants);
    kept.keySet().retainAll(used);
    return kept;
  }

  private Node withRewrittenBodies(Node node, Map<String, Long> opsets) {
    Map<String, Attribute> attributes = new HashMap<>();
    node.attributes()
        .forEach(
            (name, value) ->
                attributes.put(
                    name,
                    value instanceof Attribute.GraphValue body
                        ? new Attribute.GraphValue(
                            new GraphRewriter(body.value(), this, labels, problems).rewrite(opsets))
                        : value));
    return attributes.equals(node.attributes()) ? node : node.withAttributes(attributes);
  }

  /** Adds a constant and returns its name, which begins with that of the node. */
  String addConstant(Node node, String role, Tensor tensor) {
    String name = freshName(node, role);
    setConstant(name, tensor);
    return name;
  }

  /** Gives a value, which no node makes any more, as a constant. */
  void setConstant(String value, Tensor tensor) {
    constants.put(value, tensor);
    shapes.put(value, ShapeInference.typeOf(tensor));
  }

  /** A name that nothing in the graph has yet. */
  String freshName(Node node, String role) {
    String wish = node.name() + "_" + role;
    String name = wish;
    for (int i = 1; !names.add(name); i++) {
      name = wish + "_" + i;
    }
    return name;
  }

  /** Adds a node in canonical form before the one being rewritten and returns its output. */
  String addBefore(
      Node node, String opType, List<String> inputs, Map<String, Attribute> attributes) {
    String name = freshName(node, opType);
    before.add(Node.of(name, opType, inputs, List.of(name), attributes));
    return name;
  }

  /** Adds a node in canonical form after the one being rewritten. */
  void addAfter(Node node, String opType, List<String> inputs, String output) {
    after.add(Node.of(freshName(node, opType), opType, inputs, List.of(output), Map.of()));
  }

  /** The tensor of a constant value; null when the value is not constant. */
  @Nullable Tensor constant(String value) {
    Tensor tensor = constants.get(value);
    return tensor == null && outer != null ? outer.constant(value) : tensor;
  }

  /** What is known of a value's type; null when nothing is. */
  @Nullable TensorType type(String value) {
    TensorType type = shapes.type(value);
    return type == null && outer != null ? outer.type(value) : type;
  }

  /** The rank of a value, −1 when it is not known. */
  int rank(String value) {
    TensorType type = type(value);
    return type == null || !type.hasShape() ? -1 : type.dims().size();
  }

  /** The element type of a value; FLOAT when it is not known. */
  ElementType elementType(String value) {
    TensorType type = type(value);
    ElementType element = type == null ? null : ElementType.ofOnnxNumber(type.elementType());
    return element == null ? ElementType.FLOAT : element;
  }

  /** Whether a node or an output of the graph reads a value. */
  boolean isUsed(String value) {
    return !index.consumers(value).isEmpty() || index.isOutput(value);
  }

  /** Declares the type of a graph output anew. */
  void setOutputType(String value, ValueType type) {
    outputTypes.put(value, type);
  }

  /** Keeps the class labels that name the columns of a value. */
  void setLabels(String value, List<String> classes) {
    labels.put(value, ClassLabels.encode(classes));
  }

  /** Reports that a node has no canonical form, and returns it as it is. */
  Node refuse(Node node, String detail) {
    problems.add(Problem.of(OnnxError.OLD_FORM, node.place(), detail));
    return node;
  }
}
