package dev.sotto.onnx;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * What a graph does to its scores at the very end: softmax, argmax, label look-up, reshaping.
 *
 * <p>A tail needs no encryption: whoever decrypts the scores can compute it. One tail per graph
 * output; tails of several outputs may begin at the same value.
 *
 * @param output the graph output
 * @param source the value that the tail begins with; the output itself when the tail is empty
 * @param nodes the nodes of the tail in execution order, each reading the one before
 */
public record OutputTail(String output, String source, List<Node> nodes) {
  private static final Set<String> TAIL_OPERATORS =
      Set.of(
          "ArgMax",
          "ArgMin",
          "Cast",
          "Flatten",
          "Gather",
          "Identity",
          "LogSoftmax",
          "Reshape",
          "Sigmoid",
          "Softmax",
          "Squeeze",
          "Unsqueeze",
          "ai.onnx.ml:ArrayFeatureExtractor",
          "ai.onnx.ml:LabelEncoder",
          "ai.onnx.ml:Normalizer",
          "ai.onnx.ml:ZipMap");

  /** Copies the list. */
  public OutputTail {
    nodes = List.copyOf(nodes);
  }

  /** The tails of all outputs of a graph, in the order of the outputs. */
  public static List<OutputTail> of(Graph graph) {
    GraphIndex index = GraphIndex.of(graph);
    return graph.outputs().stream().map(output -> of(output.name(), index)).toList();
  }

  private static OutputTail of(String output, GraphIndex index) {
    List<Node> nodes = new ArrayList<>();
    String value = output;
    Node node = index.producer(value);
    while (node != null && TAIL_OPERATORS.contains(node.type())) {
      String next = dataInput(node, index);
      if (next.isEmpty()) {
        break;
      }
      nodes.add(node);
      value = next;
      node = index.producer(value);
    }
    Collections.reverse(nodes);
    return new OutputTail(output, value, nodes);
  }

  /** The input that carries the scores; empty when there is not exactly one. */
  private static String dataInput(Node node, GraphIndex index) {
    if (node.opType().equals("Reshape")) {
      return index.isInitializer(node.input(0)) ? "" : node.input(0);
    }
    List<String> data =
        node.inputs().stream().filter(i -> !i.isEmpty() && !index.isInitializer(i)).toList();
    return data.size() == 1 ? data.get(0) : "";
  }

  /** Whether the tail contains an operator, such as {@code ArgMax}. */
  public boolean contains(String type) {
    return nodes.stream().anyMatch(node -> node.type().equals(type));
  }
}
