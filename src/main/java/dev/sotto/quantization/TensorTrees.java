package dev.sotto.quantization;

import dev.sotto.numpy.NumpyModule;
import dev.sotto.onnx.Attribute;
import dev.sotto.onnx.Graph;
import dev.sotto.onnx.Node;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.onnx.ValueType;
import dev.sotto.problem.SottoException;
import dev.sotto.quantization.Decision.Branch;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds decision trees in graphs that walk them with tensors, and writes them as trees.
 *
 * <p>Converters such as Hummingbird turn a forest into tensor operations: a running node index per
 * tree, {@code Gather} of features and thresholds by that index, a comparison, and so on to the
 * leaves. An index cannot be encrypted, a tree can: the graph is run once on unknown features
 * ({@link SymbolicRow}), and what depends on such an index is replaced by one {@code
 * dev.sotto:TreeScores}, together with the sum over trees behind it. Graphs without an index that
 * depends on the data are left as they are, and so are those whose trees would be too large.
 */
final class TensorTrees {
  private static final int LARGEST_TREE = 1 << 16;
  private static final long MOST_STEPS = 1L << 26;

  private final OnnxModel model;
  private final RowTrace trace;
  private final Map<String, Shape> pairShapes;
  private final Decisions decisions = new Decisions(LARGEST_TREE, MOST_STEPS);
  private final SymbolicRow row;

  private TensorTrees(OnnxModel model, RowTrace trace, Map<String, Shape> pairShapes) {
    this.model = model;
    this.trace = trace;
    this.pairShapes = pairShapes;
    this.row = new SymbolicRow(trace, decisions);
  }

  /**
   * Replaces trees that are written as tensor operations.
   *
   * @param model normalised
   * @return the same model when there are none
   */
  static OnnxModel rewrite(OnnxModel model) {
    if (!searches(model.graph())) {
      return model;
    }
    Tensor[] one = zeros(model.graph(), 1);
    Tensor[] two = zeros(model.graph(), 2);
    if (one == null || two == null) {
      return model;
    }
    try {
      NumpyModule module = NumpyModule.of(model);
      RowTrace trace = RowTrace.of(module, model.graph(), one);
      Map<String, Shape> pairShapes = new HashMap<>();
      module.forward(two, (name, tensor) -> pairShapes.put(name, tensor.shape()));
      return new TensorTrees(model, trace, pairShapes).rewrite();
    } catch (SottoException | IllegalArgumentException | Decisions.TooLarge e) {
      return model;
    }
  }

  /** Whether an index depends on the data of the row, or a count of it is asked for. */
  private static boolean searches(Graph graph) {
    Set<String> dependent = new HashSet<>();
    graph.inputs().forEach(input -> dependent.add(input.name()));
    for (Node node : graph.nodes()) {
      boolean gathers = node.type().equals("Gather") || node.type().equals("GatherElements");
      if (gathers && dependent.contains(node.input(1))) {
        return true;
      }
      if (node.type().equals("Equal") && node.inputs().stream().anyMatch(dependent::contains)) {
        return true;
      }
      if (!node.type().equals("Shape")
          && !node.type().equals("Size")
          && node.inputs().stream().anyMatch(dependent::contains)) {
        dependent.addAll(node.outputs());
      }
    }
    return false;
  }

  private static Tensor @Nullable [] zeros(Graph graph, int rows) {
    Tensor[] inputs = new Tensor[graph.inputs().size()];
    for (int i = 0; i < inputs.length; i++) {
      if (!(graph.inputs().get(i).type() instanceof ValueType.TensorType type)
          || !type.hasShape()
          || type.dims().isEmpty()
          || type.dims().stream().skip(1).anyMatch(dim -> !dim.isFixed())) {
        return null;
      }
      int[] dims = type.dims().stream().mapToInt(dim -> (int) dim.size()).toArray();
      dims[0] = rows;
      Shape shape = Shape.of(dims);
      inputs[i] = Tensor.of(shape, new float[shape.size()]);
    }
    return inputs;
  }

  private OnnxModel rewrite() {
    Graph graph = model.graph();
    graph.inputs().forEach(input -> row.begin(input.name()));
    graph.nodes().forEach(row::run);
    Map<String, List<Node>> replaced = new LinkedHashMap<>();
    Map<String, Tensor> constants = new LinkedHashMap<>(graph.initializers());
    for (Node node : graph.nodes()) {
      if (row.isOpaque(node)) {
        for (String input : node.inputs()) {
          if (row.isSearched(input)) {
            Node sum = isOnlyRead(input) && isSumOfScores(node) ? node : null;
            replace(input, sum, replaced, constants);
          }
        }
      }
    }
    for (Graph.Value output : graph.outputs()) {
      if (row.isSearched(output.name())) {
        replace(output.name(), null, replaced, constants);
      }
    }
    if (replaced.isEmpty()) {
      return model;
    }
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      nodes.addAll(replaced.getOrDefault(node.output(0), List.of(node)));
    }
    Map<String, Long> opsets = new HashMap<>(model.opsets());
    opsets.put("dev.sotto", 1L);
    return new OnnxModel(
        graph.with(live(nodes, graph.outputs()), constants),
        opsets,
        model.irVersion(),
        model.producer(),
        model.metadata());
  }

  private boolean isOnlyRead(String value) {
    long readers =
        model.graph().nodes().stream().filter(node -> node.inputs().contains(value)).count();
    return readers == 1
        && model.graph().outputs().stream().noneMatch(output -> output.name().equals(value));
  }

  /** Whether a node adds up elements of a row, not of several rows. */
  private boolean isSumOfScores(Node node) {
    return node.type().equals("ReduceSum")
        && trace.type(node.input(0)) == ElementType.FLOAT
        && rowAxis(node.input(0)) >= 0
        && rowAxis(node.output(0)) >= 0;
  }

  /** The axis of a value along which rows lie; negative where they do not lie apart. */
  private int rowAxis(String value) {
    Shape two = pairShapes.get(value);
    BatchLayout layout = two == null ? null : BatchLayout.of(trace.shape(value), two);
    if (layout == null || (layout.axis() != 0 && layout.row().dim(layout.axis()) != 1)) {
      return -1;
    }
    return layout.axis();
  }

  /** Puts trees in the place of a value, or of the sum of its elements. */
  private void replace(
      String value,
      @Nullable Node sum,
      Map<String, List<Node>> replaced,
      Map<String, Tensor> constants) {
    String result = sum == null ? value : sum.output(0);
    if (replaced.containsKey(result)) {
      return;
    }
    Decision[] trees = java.util.Objects.requireNonNull(row.value(value));
    Shape shape = trace.shape(result);
    String source = source(trees);
    int axis = rowAxis(result);
    if (axis < 0 || rowAxis(source) != 0 || trace.type(source) != ElementType.FLOAT) {
      throw new IllegalArgumentException("rows of " + result + " or its features mingle");
    }
    int[] targets = new int[trees.length];
    Arrays.setAll(targets, i -> i);
    if (sum != null) {
      targets = SymbolicRow.sumTargets(sum, trace);
    }
    List<Node> nodes = new ArrayList<>();
    String features = source;
    if (trace.shape(source).rank() != 2) {
      features = result + "/features";
      nodes.add(Node.of(features, "Flatten", List.of(source), List.of(features), Map.of()));
    }
    Map<String, Attribute> attributes =
        EnsembleBuilder.attributes(
            decisions, trees, targets, shape.size(), f -> row.source(f).element());
    String scores = result + "/scores";
    nodes.add(
        new Node(
            result + "/trees",
            "dev.sotto",
            "TreeScores",
            List.of(features),
            List.of(scores),
            attributes));
    if (shape.rank() != 2 || axis > 0) {
      scores = shaped(result, shape, axis, nodes, constants);
    }
    nodes.add(
        Node.of(
            result + "/cast",
            "Cast",
            List.of(scores),
            List.of(result),
            Map.of("to", new Attribute.IntValue(trace.type(result).onnxNumber()))));
    replaced.put(result, nodes);
  }

  /** Brings scores, a row of them for each row, into the shape of the value they replace. */
  private static String shaped(
      String result, Shape shape, int axis, List<Node> nodes, Map<String, Tensor> constants) {
    long[] dims = shape.longDims().clone();
    System.arraycopy(shape.longDims(), 0, dims, 1, axis);
    dims[0] = -1;
    String to = result + "/shape";
    constants.put(to, Tensor.vector(dims));
    String last = result + "/shaped";
    nodes.add(Node.of(last, "Reshape", List.of(result + "/scores", to), List.of(last), Map.of()));
    if (axis == 0) {
      return last;
    }
    long[] order = new long[dims.length];
    Arrays.setAll(order, a -> a == axis ? 0 : a < axis ? a + 1 : a);
    String turned = result + "/turned";
    Attribute perm = new Attribute.IntsValue(order);
    nodes.add(Node.of(turned, "Transpose", List.of(last), List.of(turned), Map.of("perm", perm)));
    return turned;
  }

  /** The value whose elements the trees test. */
  private String source(Decision[] trees) {
    Set<Integer> features = new HashSet<>();
    Arrays.stream(trees).forEach(tree -> collect(tree, features));
    Set<String> sources = new HashSet<>();
    features.forEach(feature -> sources.add(row.source(feature).value()));
    if (sources.size() != 1) {
      throw new IllegalArgumentException("trees test features of " + sources);
    }
    return sources.iterator().next();
  }

  private static void collect(Decision tree, Set<Integer> features) {
    if (tree instanceof Branch branch) {
      features.add(branch.test().feature());
      collect(branch.whenTrue(), features);
      collect(branch.whenFalse(), features);
    }
  }

  private static List<Node> live(List<Node> nodes, List<Graph.Value> outputs) {
    Set<String> needed = new HashSet<>();
    outputs.forEach(output -> needed.add(output.name()));
    List<Node> kept = new ArrayList<>();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      if (node.outputs().stream().anyMatch(needed::contains)) {
        needed.addAll(node.inputs());
        kept.add(0, node);
      }
    }
    return kept;
  }
}
