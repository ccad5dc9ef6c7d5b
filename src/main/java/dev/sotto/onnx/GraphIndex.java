package dev.sotto.onnx;

import dev.sotto.onnx.Graph.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who makes and who reads each value of a graph; built once, then read in constant time. */
public final class GraphIndex {
  private final Graph graph;
  private final Map<String, Node> producers = new HashMap<>();
  private final Map<String, List<Node>> consumers = new HashMap<>();
  private final Set<String> outputs = new HashSet<>();

  private GraphIndex(Graph graph) {
    this.graph = graph;
    for (Node node : graph.nodes()) {
      for (String output : node.outputs()) {
        producers.put(output, node);
      }
      for (String input : reads(node)) {
        consumers.computeIfAbsent(input, name -> new ArrayList<>()).add(node);
      }
    }
    producers.remove("");
    for (Value output : graph.outputs()) {
      outputs.add(output.name());
    }
  }

  /** The index of a graph. */
  public static GraphIndex of(Graph graph) {
    return new GraphIndex(graph);
  }

  /** The graph that this is the index of; its nodes are in execution order. */
  public Graph graph() {
    return graph;
  }

  /** The node that makes a value; null for inputs, initializers and unknown names. */
  public @Nullable Node producer(String value) {
    return producers.get(value);
  }

  /** The nodes that read a value, in execution order, each once; also through their bodies. */
  public List<Node> consumers(String value) {
    return consumers.getOrDefault(value, List.of());
  }

  /** The only reader of a value that is not a graph output; null when there is not exactly one. */
  public @Nullable Node onlyConsumer(String value) {
    List<Node> nodes = consumers(value);
    return nodes.size() == 1 && !isOutput(value) ? nodes.get(0) : null;
  }

  /** Whether a value is an output of the graph. */
  public boolean isOutput(String value) {
    return outputs.contains(value);
  }

  /** Whether a value is a constant of the graph. */
  public boolean isInitializer(String value) {
    return graph.initializers().containsKey(value);
  }

  /** The values that a node reads, each once: its inputs, and what its bodies take from outside. */
  static Set<String> reads(Node node) {
    Set<String> reads = new LinkedHashSet<>(node.inputs());
    reads.remove("");
    for (Attribute attribute : node.attributes().values()) {
      if (attribute instanceof Attribute.GraphValue body) {
        reads.addAll(captured(body.value()));
      }
    }
    return reads;
  }

  private static Set<String> captured(Graph body) {
    Set<String> captured = new LinkedHashSet<>();
    body.nodes().forEach(node -> captured.addAll(reads(node)));
    body.outputs().forEach(output -> captured.add(output.name()));
    body.inputs().forEach(input -> captured.remove(input.name()));
    captured.removeAll(body.initializers().keySet());
    body.nodes().forEach(node -> node.outputs().forEach(captured::remove));
    return captured;
  }
}
