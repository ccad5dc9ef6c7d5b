package dev.sotto.quantization;

import dev.sotto.numpy.Operator;
import dev.sotto.numpy.OperatorRegistry;
import dev.sotto.onnx.Node;
import dev.sotto.problem.SottoException;
import dev.sotto.quantization.Decision.Constant;
import dev.sotto.quantization.Decision.Feature;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs a graph on one row whose features are unknown: every element of every value becomes a {@link
 * Decision}.
 *
 * <p>What an operator does to constants is not written a second time: the float operator itself is
 * applied to the leaves. A node that gives no decision trees (a product of two features, a sum of
 * scores) is where new features begin: its results are unknown, and known by their name.
 */
final class SymbolicRow {
  /** An operand or operator that decision trees cannot express. */
  private static final class Beyond extends RuntimeException {
    private static final long serialVersionUID = 1;

    Beyond(String message) {
      super(message, null, false, false);
    }
  }

  /**
   * A number that a row brings.
   *
   * @param value ONNX name of the value it is part of
   * @param element its place in a row of the value
   */
  record Source(String value, int element) {}

  private final RowTrace trace;
  private final Decisions decisions;
  private final SymbolicOperators operators;
  private final Map<String, Decision[]> values = new HashMap<>();
  private final Set<String> searched = new HashSet<>();
  private final Set<String> counted = new HashSet<>();
  private final Set<Node> opaque = new HashSet<>();
  private final List<Source> sources = new ArrayList<>();

  SymbolicRow(RowTrace trace, Decisions decisions) {
    this.trace = trace;
    this.decisions = decisions;
    this.operators = new SymbolicOperators(decisions);
  }

  /** The elements of a value; null when it does not depend on the row. */
  Decision @Nullable [] value(String name) {
    return values.get(name);
  }

  /** Whether an index or a count that depends on the row has had part in a value. */
  boolean isSearched(String name) {
    return searched.contains(name);
  }

  /** Whether a node's results are features of their own. */
  boolean isOpaque(Node node) {
    return opaque.contains(node);
  }

  /** What a feature is. */
  Source source(int feature) {
    return sources.get(feature);
  }

  /** Makes the elements of a value features of their own. */
  void begin(String name) {
    Decision[] features = new Decision[trace.shape(name).size()];
    for (int i = 0; i < features.length; i++) {
      features[i] = new Feature(sources.size());
      sources.add(new Source(name, i));
    }
    values.put(name, features);
    searched.remove(name);
  }

  /** Computes the results of a node. */
  void run(Node node) {
    if (node.outputs().stream().noneMatch(trace::dependsOnData)) {
      return;
    }
    try {
      Decision[][] results = apply(node);
      for (int i = 0; i < node.outputs().size(); i++) {
        values.put(node.output(i), results[i]);
      }
      if (isSearch(node) || node.inputs().stream().anyMatch(searched::contains)) {
        searched.addAll(node.outputs());
      }
      if (isProduct(node) || node.inputs().stream().anyMatch(counted::contains)) {
        counted.addAll(node.outputs());
      }
    } catch (Beyond | IllegalArgumentException | SottoException e) {
      decisions.leave();
      opaque.add(node);
      node.outputs().stream().filter(trace::hasShape).forEach(this::begin);
    }
  }

  /**
   * Whether a node looks something up by an index that depends on the row, or asks whether bits
   * that were counted by a matrix product are as many as a path has.
   */
  private boolean isSearch(Node node) {
    return switch (node.type()) {
      case "Gather", "GatherElements" -> values.containsKey(node.input(1));
      case "OneHot" -> values.containsKey(node.input(0));
      case "Equal" -> node.inputs().stream().anyMatch(counted::contains);
      default -> false;
    };
  }

  private static boolean isProduct(Node node) {
    return node.type().equals("MatMul") || node.type().equals("Gemm");
  }

  private Decision[][] apply(Node node) {
    if (isProduct(node)) {
      return one(product(node));
    } else if (node.type().equals("Equal")) {
      return one(elementwise(node));
    } else if (isSearch(node)) {
      return one(search(node));
    } else if (node.type().equals("Where")) {
      Decision[][] in = broadcast(node);
      return one(elements(in[0].length, i -> operators.where(in[0][i], in[1][i], in[2][i])));
    } else if (node.type().equals("ReduceSum")) {
      return one(sum(node));
    } else if (OperatorKinds.isMove(node.type()) && !node.type().equals("Pad")) {
      return move(node);
    } else if (OperatorKinds.isElementwise(node.type())
        && node.outputs().size() == 1
        && !node.type().equals("BatchNormalization")) {
      return one(elementwise(node));
    }
    throw new Beyond(node.type());
  }

  private static Decision[][] one(Decision[] result) {
    return new Decision[][] {result};
  }

  private interface Element {
    Decision at(int index);
  }

  private static Decision[] elements(int size, Element element) {
    Decision[] result = new Decision[size];
    Arrays.setAll(result, element::at);
    return result;
  }

  private Decision[] operand(String name) {
    Decision[] known = values.get(name);
    if (known != null) {
      return known;
    }
    Tensor constant = trace.constant(name);
    if (constant == null || constant.type() == ElementType.STRING) {
      throw new Beyond(name);
    }
    return elements(constant.size(), i -> new Constant(constant.getDouble(i)));
  }

  private Shape shape(String name) {
    Tensor constant = trace.constant(name);
    return constant == null ? trace.shape(name) : constant.shape();
  }

  private Decision[][] broadcast(Node node) {
    Shape to = trace.shape(node.output(0));
    Decision[][] result = new Decision[node.inputs().size()][];
    for (int k = 0; k < result.length; k++) {
      if (!node.input(k).isEmpty()) {
        Decision[] from = operand(node.input(k));
        int[] index = Lookups.broadcastIndex(shape(node.input(k)), to);
        result[k] = elements(index.length, i -> from[index[i]]);
      }
    }
    return result;
  }

  private Decision[] elementwise(Node node) {
    Decision[][] in = broadcast(node);
    List<ElementType> types = node.inputs().stream().map(this::type).toList();
    SymbolicOperators.Elementwise operator = operators.elementwise(node, types);
    return elements(
        trace.shape(node.output(0)).size(),
        i -> {
          @Nullable Decision[] operands = new Decision[in.length];
          for (int k = 0; k < in.length; k++) {
            operands[k] = in[k] == null ? null : in[k][i];
          }
          return operator.apply(operands);
        });
  }

  private ElementType type(String name) {
    Tensor constant = name.isEmpty() ? null : trace.constant(name);
    return constant == null ? trace.type(name) : constant.type();
  }

  private Decision[] product(Node node) {
    if (!node.input(2).isEmpty()) {
      throw new Beyond("bias");
    }
    String a = node.input(0);
    String b = node.input(1);
    return SymbolicProduct.of(decisions, node, operand(a), shape(a), operand(b), shape(b));
  }

  /** The float operator, run on the numbers of its operand's elements, tells where they go. */
  private Decision[][] move(Node node) {
    boolean concat = node.type().equals("Concat");
    @Nullable Tensor[] inputs = new Tensor[node.inputs().size()];
    List<Decision> joined = new ArrayList<>();
    for (int k = 0; k < inputs.length; k++) {
      String name = node.input(k);
      if (k == 0 || concat) {
        Decision[] elements = operand(name);
        long[] numbers = new long[elements.length];
        int first = joined.size();
        Arrays.setAll(numbers, i -> first + i);
        inputs[k] = Tensor.of(shape(name), numbers);
        joined.addAll(Arrays.asList(elements));
      } else if (!name.isEmpty()) {
        inputs[k] = trace.constant(name);
        if (inputs[k] == null) {
          throw new Beyond(name);
        }
      }
    }
    Operator.Factory factory = OperatorRegistry.standard().find(node.type());
    Tensor[] moved = Objects.requireNonNull(factory, node.type()).prepare(node).apply(inputs);
    Decision[][] results = new Decision[moved.length][];
    for (int k = 0; k < results.length; k++) {
      long[] numbers = moved[k].longs();
      results[k] = elements(numbers.length, i -> joined.get((int) numbers[i]));
    }
    return results;
  }

  private Decision[] search(Node node) {
    if (node.type().equals("OneHot")) {
      return oneHot(node);
    }
    boolean byElement = node.type().equals("GatherElements");
    Decision[] data = operand(node.input(0));
    Decision[] index = operand(node.input(1));
    Shape from = shape(node.input(0));
    Shape places = shape(node.input(1));
    int axis = from.axis(node.intAttribute("axis", 0));
    int dim = from.dim(axis);
    int inner = from.size(axis + 1, from.rank());
    int[] strides = from.strides();
    return elements(
        trace.shape(node.output(0)).size(),
        i -> {
          int which = byElement ? i : i / inner % places.size();
          int base =
              byElement
                  ? baseOf(i, places, strides, axis)
                  : i / inner / places.size() * dim * inner + i % inner;
          return operators.select(index[which], dim, j -> data[base + j * inner]);
        });
  }

  /** Where the line along an axis begins that an element of the indices reads. */
  private static int baseOf(int element, Shape places, int[] strides, int axis) {
    int base = 0;
    int rest = element;
    for (int a = places.rank() - 1; a >= 0; a--) {
      base += a == axis ? 0 : rest % places.dim(a) * strides[a];
      rest /= places.dim(a);
    }
    return base;
  }

  private Decision[] oneHot(Node node) {
    Decision[] index = operand(node.input(0));
    Decision[] depth = operand(node.input(1));
    Decision[] values = operand(node.input(2));
    Shape places = shape(node.input(0));
    Shape out = trace.shape(node.output(0));
    int axis = out.axis(node.intAttribute("axis", -1));
    int inner = places.size(axis, places.rank());
    if (!(depth[0] instanceof Constant classes)) {
      throw new Beyond("depth");
    }
    int count = (int) classes.value();
    return elements(
        out.size(),
        i -> {
          int which = i / inner / count * inner + i % inner;
          int here = i / inner % count;
          return operators.select(index[which], count, j -> values[j == here ? 1 : 0]);
        });
  }

  /** A sum is followed as long as it is one of the search's own, not a sum of the trees' scores. */
  private Decision[] sum(Node node) {
    Decision[] in = operand(node.input(0));
    boolean scores = type(node.input(0)).isFloating() && Arrays.stream(in).allMatch(this::isScore);
    if (scores) {
      throw new Beyond("scores");
    }
    int[] target = sumTargets(node, trace);
    Decision[] result = new Decision[trace.shape(node.output(0)).size()];
    ElementType type = type(node.input(0));
    Node add = Node.of(node.name(), "Add", List.of("a", "b"), List.of("c"), Map.of());
    SymbolicOperators.Elementwise plus = operators.elementwise(add, List.of(type, type));
    for (int i = 0; i < in.length; i++) {
      Decision before = result[target[i]];
      result[target[i]] = before == null ? in[i] : plus.apply(before, in[i]);
    }
    return result;
  }

  private boolean isScore(Decision tree) {
    return SymbolicOperators.leaves(tree).stream().allMatch(Constant.class::isInstance);
  }

  /** The element of a ReduceSum's result that each element of its operand is added to. */
  static int[] sumTargets(Node node, RowTrace trace) {
    Shape from = trace.shape(node.input(0));
    Tensor axes = node.input(1).isEmpty() ? null : trace.constant(node.input(1));
    boolean[] reduced = new boolean[from.rank()];
    if (axes == null || axes.size() == 0) {
      Arrays.fill(reduced, node.intAttribute("noop_with_empty_axes", 0) == 0);
    } else {
      for (long axis : axes.toLongs()) {
        reduced[from.axis(axis)] = true;
      }
    }
    int[] dims = from.dims().clone();
    for (int a = 0; a < dims.length; a++) {
      dims[a] = reduced[a] ? 1 : dims[a];
    }
    return Lookups.broadcastIndex(Shape.of(dims), from);
  }
}
