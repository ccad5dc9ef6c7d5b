package dev.sotto.quantization;

import dev.sotto.onnx.Graph;
import dev.sotto.onnx.Node;
import dev.sotto.problem.Problem;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Cuts a graph into what the client computes before encryption, what is computed on integers, and
 * what the client computes after decryption.
 *
 * <pre>
 *   inputs ─► before (clear, client) ─► inside (integers, encrypted) ─► after (clear, client) ─► outputs
 * </pre>
 *
 * <p>The inside begins and ends with operators that <em>mix</em> elements: layers, pooling, sums of
 * two different tensors. Every value has <em>roots</em>: the inputs or results of mixing operators
 * from which it is computed element by element. A node whose roots are inputs depends on one
 * feature at a time and belongs to the client, before; a node from which no mixing operator is
 * reached belongs to the client, after.
 */
final class GraphRegions {
  private final List<Node> before;
  private final List<Node> inside;
  private final List<Node> after;
  private final List<Problem> problems;

  private GraphRegions(
      List<Node> before, List<Node> inside, List<Node> after, List<Problem> problems) {
    this.before = before;
    this.inside = inside;
    this.after = after;
    this.problems = problems;
  }

  /** Nodes that the client computes before encryption, in order. */
  List<Node> before() {
    return before;
  }

  /** Nodes that are computed on integers, in order. */
  List<Node> inside() {
    return inside;
  }

  /** Nodes that the client computes after decryption, in order. */
  List<Node> after() {
    return after;
  }

  /** Nodes inside that cannot be computed on encrypted values. */
  List<Problem> problems() {
    return problems;
  }

  /** Cuts a graph. */
  static GraphRegions of(Graph graph, RowTrace trace) {
    Map<String, Set<String>> roots = new HashMap<>();
    graph.inputs().forEach(input -> roots.put(input.name(), Set.of(input.name())));
    Set<String> inputs = new HashSet<>(roots.keySet());
    Set<Node> mixing = new HashSet<>();
    List<Node> live = new ArrayList<>();
    for (Node node : graph.nodes()) {
      if (node.outputs().stream().noneMatch(trace::dependsOnData)) {
        continue;
      }
      live.add(node);
      Set<String> union = new TreeSet<>();
      node.inputs().forEach(in -> union.addAll(roots.getOrDefault(in, Set.of())));
      boolean mixes = mixes(node, union, roots, trace);
      if (mixes) {
        mixing.add(node);
      }
      for (String output : node.outputs()) {
        roots.put(output, mixes ? Set.of(output) : union);
      }
    }
    Set<Node> reaching = reachingMixing(live, mixing);
    List<Node> before = new ArrayList<>();
    List<Node> inside = new ArrayList<>();
    List<Node> after = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    for (Node node : live) {
      if (node.type().startsWith("ai.onnx.ml:TreeEnsemble")) {
        problems.add(
            Problem.of(
                QuantizationError.NOT_ENCRYPTABLE,
                node.place(),
                "trees whose smallest or largest leaf counts, or that test for membership in a set,"
                    + " are no sums of leaves."));
      }
      if (!reaching.contains(node)) {
        after.add(node);
      } else if (!mixing.contains(node) && inputs.containsAll(roots.get(node.output(0)))) {
        before.add(node);
      } else {
        inside.add(node);
        if (!canBeEncrypted(node)) {
          problems.add(
              Problem.of(
                  QuantizationError.NOT_ENCRYPTABLE,
                  node.place(),
                  "operator " + node.type() + " stands between encrypted layers."));
        }
      }
    }
    return new GraphRegions(before, inside, after, problems);
  }

  private static boolean canBeEncrypted(Node node) {
    return OperatorKinds.isElementwise(node.type())
        || OperatorKinds.isMove(node.type())
        || OperatorKinds.isMixing(node.type());
  }

  private static boolean mixes(
      Node node, Set<String> union, Map<String, Set<String>> roots, RowTrace trace) {
    return OperatorKinds.isMixing(node.type())
        ? !isSelection(node, trace)
        : OperatorKinds.isElementwise(node.type())
            && node.inputs().stream()
                .anyMatch(in -> roots.containsKey(in) && !roots.get(in).equals(union));
  }

  private static Set<Node> reachingMixing(List<Node> live, Set<Node> mixing) {
    Map<String, List<Node>> consumers = new HashMap<>();
    live.forEach(
        node ->
            node.inputs()
                .forEach(in -> consumers.computeIfAbsent(in, k -> new ArrayList<>()).add(node)));
    Set<Node> reaching = new HashSet<>();
    for (int i = live.size() - 1; i >= 0; i--) {
      Node node = live.get(i);
      boolean reaches =
          mixing.contains(node)
              || node.outputs().stream()
                  .flatMap(out -> consumers.getOrDefault(out, List.of()).stream())
                  .anyMatch(reaching::contains);
      if (reaches) {
        reaching.add(node);
      }
    }
    return reaching;
  }

  /** A product with a clear 0/1 matrix that picks one element for each result: a move. */
  static boolean isSelection(Node node, RowTrace trace) {
    if (!node.type().equals("MatMul") && !node.type().equals("Gemm")) {
      return false;
    }
    Tensor left = trace.constant(node.input(0));
    Tensor right = trace.constant(node.input(1));
    Tensor weights = left != null ? left : right;
    if (weights == null || (left != null && right != null) || weights.shape().rank() != 2) {
      return false;
    }
    boolean gemm = node.opType().equals("Gemm");
    if (gemm
        && (node.floatAttribute("alpha", 1) != 1
            || (!node.input(2).isEmpty() && node.floatAttribute("beta", 1) != 0))) {
      return false;
    }
    boolean transposed = gemm && node.intAttribute(left != null ? "transA" : "transB", 0) != 0;
    boolean outputsAreRows = (left != null) != transposed;
    int rows = weights.shape().dim(0);
    int columns = weights.shape().dim(1);
    int outputs = outputsAreRows ? rows : columns;
    int[] ones = new int[outputs];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        double w = weights.getDouble(r * columns + c);
        if (w != 0 && w != 1) {
          return false;
        }
        ones[outputsAreRows ? r : c] += w == 1 ? 1 : 0;
      }
    }
    for (int count : ones) {
      if (count > 1) {
        return false;
      }
    }
    return true;
  }
}
