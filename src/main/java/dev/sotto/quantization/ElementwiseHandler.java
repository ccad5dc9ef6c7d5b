package dev.sotto.quantization;

import dev.sotto.onnx.Node;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Operators that work element by element: kept pending while they have one integer producer, handed
 * to {@link ProductHandler} and {@link SumHandler} when they have two.
 */
final class ElementwiseHandler {
  private static final double[] ONE = {1};
  private static final double[] ZERO = {0};
  private static final Set<String> VARIADIC = Set.of("Sum", "Mean", "Max", "Min");

  private final QuantizationContext context;
  private final MoveHandler moves;
  private final SumHandler sums;
  private final ProductHandler products;

  ElementwiseHandler(
      QuantizationContext context, MoveHandler moves, SumHandler sums, ProductHandler products) {
    this.context = context;
    this.moves = moves;
    this.sums = sums;
    this.products = products;
  }

  void handle(Node node) {
    List<EncryptedValue> operands = new ArrayList<>();
    for (String input : node.inputs()) {
      EncryptedValue value = context.find(input);
      if (value != null) {
        operands.add(value);
      }
    }
    String output = node.output(0);
    EncryptedValue result;
    if (node.type().equals(FakeQuantization.TYPE)) {
      IntegerValue integers = context.quantize(operands.get(0), FakeQuantization.quantizer(node));
      result =
          EncryptedValue.of(
              new IntegerValue(
                  integers.slot(),
                  output,
                  integers.shape(),
                  integers.affine(),
                  integers.proved(),
                  true));
    } else if (operands.size() == 1 || operands.stream().allMatch(operands.get(0)::sharesBase)) {
      EncryptedValue product = products.power(node, operands);
      result = product != null ? product : pend(node, operands);
    } else if (VARIADIC.contains(node.type()) && operands.size() < node.inputs().size()) {
      apart(node);
      return;
    } else {
      result = products.handle(node, operands);
      if (result == null) {
        result = sums.handle(node, operands);
      }
    }
    context.put(result);
  }

  /** A variadic operator: its encrypted operands first, then each clear one, as two operands. */
  private void apart(Node node) {
    boolean mean = node.type().equals("Mean");
    String type = mean ? "Sum" : node.type();
    List<String> encrypted = new ArrayList<>();
    List<String> clear = new ArrayList<>();
    node.inputs().forEach(in -> (context.find(in) == null ? clear : encrypted).add(in));
    String output = node.output(0);
    if (mean) {
      String count = output + "/count";
      context.trace().put(count, Tensor.scalar((float) node.inputs().size()));
      String sum = output + "/sum";
      context.trace().putLike(sum, output);
      handle(Node.of(node.name(), "Sum", node.inputs(), List.of(sum), Map.of()));
      handle(Node.of(node.name(), "Div", List.of(sum, count), List.of(output), Map.of()));
      return;
    }
    String at = output + "/encrypted";
    handle(Node.of(node.name(), type, encrypted, List.of(at), Map.of()));
    for (int i = 0; i < clear.size(); i++) {
      String to = i == clear.size() - 1 ? output : output + "/clear" + i;
      Shape shape =
          SumHandler.broadcast(
              context.value(at).shape(),
              java.util.Objects.requireNonNull(context.constant(clear.get(i))).shape(),
              node);
      context.trace().putValue(to, shape, context.trace().type(output));
      String two = type.equals("Sum") ? "Add" : type;
      handle(Node.of(node.name(), two, List.of(at, clear.get(i)), List.of(to), Map.of()));
      at = to;
    }
  }

  private EncryptedValue pend(Node node, List<EncryptedValue> operands) {
    String output = node.output(0);
    Shape shape = context.trace().shape(output);
    EncryptedValue first = operands.get(0);
    if (!shape.equals(first.shape())) {
      if (operands.size() > 1) {
        throw Refusals.notEncryptable(node, "its operands have different shapes");
      }
      first = moves.expand(context.affine(first, bits()), shape, node);
      node = replaceInput(node, operands.get(0).name(), first.name());
      operands = List.of(first);
    }
    if (first.isAffine() && operands.size() == 1) {
      Affine closed = closedForm(node, first);
      if (closed != null) {
        return pending(node, operands, closed);
      }
    }
    return pending(node, operands, null);
  }

  private int bits() {
    return context.options().bits().modelOutputs();
  }

  private static Node replaceInput(Node node, String from, String to) {
    return node.withInputs(node.inputs().stream().map(in -> in.equals(from) ? to : in).toList());
  }

  private EncryptedValue pending(
      Node node, List<EncryptedValue> operands, @Nullable Affine closed) {
    Set<Node> nodes = new LinkedHashSet<>();
    operands.forEach(operand -> nodes.addAll(operand.pending()));
    List<Node> sorted = new ArrayList<>(nodes);
    sorted.sort(Comparator.comparingInt(context::order));
    sorted.add(node);
    return new EncryptedValue(node.output(0), operands.get(0).base(), sorted, closed);
  }

  /** The affine meaning after a node that keeps it affine, or null. */
  private @Nullable Affine closedForm(Node node, EncryptedValue x) {
    Affine closed = x.closed();
    int size = x.shape().size();
    if (closed == null) {
      return null;
    }
    switch (node.type()) {
      case "Identity", "Dropout", "Sum", "Mean", "Max", "Min" -> {
        return node.inputs().size() == 1 || node.type().equals("Dropout") ? closed : null;
      }
      case "Cast" -> {
        ElementType to = ElementType.ofOnnxNumber((int) node.intAttribute("to", 1));
        boolean keeps =
            to != null && (to.isFloating() || (to.isInteger() && hasIntegerMeaning(closed)));
        return keeps ? closed : null;
      }
      case "Neg" -> {
        return closed.then(new double[] {-1}, ZERO, size);
      }
      default -> {
        return withConstant(node, x, closed, size);
      }
    }
  }

  private static boolean hasIntegerMeaning(Affine affine) {
    return affine.isUniform()
        && affine.slope(0) == Math.rint(affine.slope(0))
        && affine.offset(0) == Math.rint(affine.offset(0));
  }

  private @Nullable Affine withConstant(Node node, EncryptedValue x, Affine closed, int size) {
    if (node.inputs().size() != 2) {
      return null;
    }
    boolean constantFirst = context.find(node.input(0)) == null;
    Tensor constant = context.constant(node.input(constantFirst ? 0 : 1));
    if (constant == null || !context.trace().type(x.name()).isFloating()) {
      return null;
    }
    double[] c = Lookups.spread(constant, x.shape());
    double[] negative = map(c, v -> -v);
    return switch (node.type()) {
      case "Add" -> closed.then(ONE, c, size);
      case "Sub" ->
          constantFirst
              ? closed.then(new double[] {-1}, c, size)
              : closed.then(ONE, negative, size);
      case "Mul" -> closed.then(c, ZERO, size);
      case "Div" -> constantFirst ? null : closed.then(map(c, v -> 1 / v), ZERO, size);
      default -> null;
    };
  }

  private static double[] map(double[] values, java.util.function.DoubleUnaryOperator function) {
    return java.util.Arrays.stream(values).map(function).toArray();
  }
}
