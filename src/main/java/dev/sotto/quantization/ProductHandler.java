package dev.sotto.quantization;

import dev.sotto.circuit.Move;
import dev.sotto.circuit.WeightedSum;
import dev.sotto.onnx.Node;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Products of encrypted tensors: Mul, small powers, MatMul of two activations, and what is built
 * from them (Div, Where, comparisons, Max and Min of two tensors).
 *
 * <p>Operands are quantized with zero point 0, so that a product of integers stands for the product
 * of the values and nothing else.
 */
final class ProductHandler {
  private static final int LARGEST_POWER = 4;

  private final QuantizationContext context;
  private final MoveHandler moves;
  private final SumHandler sums;

  ProductHandler(QuantizationContext context, MoveHandler moves, SumHandler sums) {
    this.context = context;
    this.moves = moves;
    this.sums = sums;
  }

  /** A power, or a product of two affine functions of one tensor, as products; null otherwise. */
  @Nullable EncryptedValue power(Node node, List<EncryptedValue> operands) {
    EncryptedValue x = operands.get(0);
    if (!context.trace().type(x.name()).isFloating()) {
      return null;
    }
    if (node.type().equals("Pow") && operands.size() == 1 && x.isAffine()) {
      Tensor exponent = context.constant(node.input(1));
      if (context.find(node.input(0)) == null || exponent == null || exponent.size() != 1) {
        return null;
      }
      double p = exponent.getDouble(0);
      return p == Math.rint(p) && p >= 2 && p <= LARGEST_POWER ? power(node, x, (int) p) : null;
    }
    if (node.type().equals("Mul")
        && operands.size() == 2
        && operands.stream().allMatch(EncryptedValue::isAffine)
        && operands.get(0).shape().equals(operands.get(1).shape())) {
      return multiply(node, operands.get(0), operands.get(1));
    }
    return null;
  }

  private EncryptedValue power(Node node, EncryptedValue x, int exponent) {
    EncryptedValue base = forProduct(node, x);
    Affine affine = Objects.requireNonNull(base.closed());
    IntegerValue square = product(node, base.base(), base.base(), affine, affine);
    if (exponent == 2) {
      return EncryptedValue.of(square);
    }
    return EncryptedValue.of(
        exponent == 3
            ? product(node, square, base.base(), square.affine(), affine)
            : product(node, square, square, square.affine(), square.affine()));
  }

  private IntegerValue product(Node node, IntegerValue x, IntegerValue y, Affine a, Affine b) {
    int size = a.slope().length == 1 && b.slope().length == 1 ? 1 : x.shape().size();
    double[] slope = new double[size];
    Arrays.setAll(slope, i -> a.slope(i) * b.slope(i));
    return context.emit(
        new QuantizedOp.Product(node.name(), x.slot(), y.slot()),
        node.output(0),
        x.shape(),
        new Affine(slope, new double[size]),
        false);
  }

  private static EncryptedValue renamed(EncryptedValue value, String name) {
    IntegerValue base = value.base();
    return EncryptedValue.of(
        new IntegerValue(
            base.slot(), name, base.shape(), base.affine(), base.proved(), base.quantized()));
  }

  /** The product of two values, element by element. */
  EncryptedValue multiply(Node node, EncryptedValue left, EncryptedValue right) {
    Shape shape = SumHandler.broadcast(left.shape(), right.shape(), node);
    EncryptedValue x = moves.expand(forProduct(node, left), shape, node);
    EncryptedValue y =
        left.name().equals(right.name()) ? x : moves.expand(forProduct(node, right), shape, node);
    return EncryptedValue.of(
        product(
            node,
            x.base(),
            y.base(),
            Objects.requireNonNull(x.closed()),
            Objects.requireNonNull(y.closed())));
  }

  /**
   * Integers with zero point 0 for a product. A value that is a multiple of one already quantized
   * keeps its integers, so that {@code (a · x) · x} is a square.
   */
  private EncryptedValue forProduct(Node node, EncryptedValue value) {
    int bits = context.options().bits().layer(node.name()).inputs();
    EncryptedValue source = multipleOf(value);
    if (source != null) {
      IntegerValue integers = integers(source, bits).base();
      Affine ratio = ratio(value, source);
      Affine affine =
          integers
              .affine()
              .then(ratio.slope(), new double[ratio.slope().length], value.shape().size());
      return EncryptedValue.of(
          new IntegerValue(
              integers.slot(), value.name(), value.shape(), affine, integers.proved(), true));
    }
    return integers(value, bits);
  }

  private EncryptedValue integers(EncryptedValue value, int bits) {
    EncryptedValue filled = context.fillChannels(value, bits);
    return filled != null ? filled : EncryptedValue.of(context.quantize(value, bits, true));
  }

  /**
   * The value of which this one is a multiple by one constant per element, if it was multiplied.
   */
  private @Nullable EncryptedValue multipleOf(EncryptedValue value) {
    if (value.pending().isEmpty() || value.closed() == null) {
      return null;
    }
    Node last = value.pending().get(value.pending().size() - 1);
    boolean scales =
        last.type().equals("Mul")
            || last.type().equals("Neg")
            || (last.type().equals("Div") && context.find(last.input(0)) != null);
    if (!scales) {
      return null;
    }
    for (String input : last.inputs()) {
      EncryptedValue operand = context.find(input);
      if (operand != null
          && operand.sharesBase(value)
          && operand.isAffine()
          && operand.shape().equals(value.shape())) {
        return operand;
      }
    }
    return null;
  }

  private static Affine ratio(EncryptedValue value, EncryptedValue source) {
    Affine a = Objects.requireNonNull(value.closed());
    Affine b = Objects.requireNonNull(source.closed());
    int size = a.slope().length == 1 && b.slope().length == 1 ? 1 : value.shape().size();
    double[] ratio = new double[size];
    Arrays.setAll(ratio, i -> b.slope(i) == 0 ? 0 : a.slope(i) / b.slope(i));
    return new Affine(ratio, new double[size]);
  }

  /** Operators on operands from different encrypted tensors; null when it is a sum. */
  @Nullable EncryptedValue handle(Node node, List<EncryptedValue> operands) {
    switch (node.type()) {
      case "Mul" -> {
        return renamed(multiply(node, operands.get(0), operands.get(1)), node.output(0));
      }
      case "Div" -> {
        EncryptedValue reciprocal = pend(node, "Reciprocal", operands.get(1), "reciprocal");
        return renamed(multiply(node, operands.get(0), reciprocal), node.output(0));
      }
      case "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Equal" -> {
        return compare(node, operands);
      }
      case "Max", "Min" -> {
        return extreme(node, operands);
      }
      case "Where" -> {
        return where(node);
      }
      default -> {
        return null;
      }
    }
  }

  private EncryptedValue pend(Node node, String type, EncryptedValue x, String suffix) {
    String name = node.output(0) + "/" + suffix;
    Node made = Node.of(node.name(), type, List.of(x.name()), List.of(name), Map.of());
    List<Node> pending = new ArrayList<>(x.pending());
    pending.add(made);
    context.order(made);
    EncryptedValue value = new EncryptedValue(name, x.base(), pending, null);
    context.put(value);
    Range range = reciprocalRange(context.range(x, context.options().bits().opInputs(), false));
    return EncryptedValue.of(
        context.quantize(
            value,
            UniformQuantizer.symmetric(
                range.min(), range.max(), context.options().bits().layer(node.name()).inputs())));
  }

  private static Range reciprocalRange(Range range) {
    double nearest = Math.min(Math.abs(range.min()), Math.abs(range.max()));
    double largest = nearest > 0 && range.min() * range.max() > 0 ? 1 / nearest : 1;
    return range.max() <= 0 ? new Range(-largest, 0) : new Range(0, largest);
  }

  /** The sign of the difference. */
  private EncryptedValue compare(Node node, List<EncryptedValue> operands) {
    String name = node.output(0) + "/difference";
    EncryptedValue difference = sums.add(node, name, operands.get(0), operands.get(1), -1);
    context.put(difference);
    String zero = node.output(0) + "/zero";
    context.trace().put(zero, Tensor.scalar(0f));
    Node made =
        Node.of(node.name(), node.opType(), List.of(name, zero), List.of(node.output(0)), Map.of());
    return new EncryptedValue(node.output(0), difference.base(), List.of(made), null);
  }

  private EncryptedValue extreme(Node node, List<EncryptedValue> operands) {
    if (operands.size() != node.inputs().size()) {
      throw Refusals.notEncryptable(node, "it compares several encrypted and clear operands");
    }
    int bits = context.options().bits().modelOutputs();
    boolean max = node.type().equals("Max");
    double lo = 0;
    double hi = 0;
    Shape shape = operands.get(0).shape();
    for (EncryptedValue operand : operands) {
      Range range = context.range(operand, bits, false);
      lo = Math.min(lo, range.min());
      hi = Math.max(hi, range.max());
      shape = SumHandler.broadcast(shape, operand.shape(), node);
    }
    UniformQuantizer quantizer = UniformQuantizer.affine(lo, hi, bits);
    List<Integer> slots = new ArrayList<>();
    List<Move> candidates = new ArrayList<>();
    for (EncryptedValue operand : operands) {
      EncryptedValue same = EncryptedValue.of(context.quantize(operand, quantizer));
      slots.add(moves.expand(same, shape, node).base().slot());
    }
    int size = shape.size();
    for (int i = 0; i < slots.size(); i++) {
      int first = i * size;
      int[] from = new int[size];
      Arrays.setAll(from, k -> first + k);
      candidates.add(new Move(from, 0));
    }
    QuantizedOp op =
        new QuantizedOp.Maximum(node.name(), slots, candidates, quantizer.range(), max);
    return EncryptedValue.of(context.emit(op, node.output(0), shape, Affine.of(quantizer), true));
  }

  /** {@code b + c · (a − b)} for an encrypted condition. */
  private EncryptedValue where(Node node) {
    EncryptedValue condition = context.find(node.input(0));
    EncryptedValue whenTrue = context.find(node.input(1));
    EncryptedValue whenFalse = context.find(node.input(2));
    if (condition == null || whenTrue == null || whenFalse == null) {
      throw Refusals.notEncryptable(node, "condition and both branches must be encrypted");
    }
    EncryptedValue bit =
        EncryptedValue.of(
            context.quantize(
                condition, UniformQuantizer.identity(new dev.sotto.circuit.Interval(0, 1))));
    String name = node.output(0);
    EncryptedValue difference = sums.add(node, name + "/difference", whenTrue, whenFalse, -1);
    EncryptedValue chosen = renamed(multiply(node, bit, difference), name + "/chosen");
    return sums.add(node, name, whenFalse, chosen, 1);
  }

  /** MatMul of two encrypted tensors: every pair gathered, multiplied, and summed. */
  EncryptedValue matrixProduct(Node node, EncryptedValue left, EncryptedValue right) {
    EncryptedValue x = forProduct(node, left);
    EncryptedValue y = forProduct(node, right);
    MatrixShape matrix = MatrixShape.of(x.shape(), y.shape(), node);
    int pairs = matrix.outputs() * matrix.inner();
    int[] fromLeft = new int[pairs];
    int[] fromRight = new int[pairs];
    for (int o = 0; o < matrix.outputs(); o++) {
      for (int k = 0; k < matrix.inner(); k++) {
        fromLeft[o * matrix.inner() + k] = matrix.left(o, k);
        fromRight[o * matrix.inner() + k] = matrix.right(o, k);
      }
    }
    Shape flat = Shape.of(matrix.outputs(), matrix.inner());
    String name = node.output(0);
    EncryptedValue a = gathered(node, x, fromLeft, flat, name + "/left");
    EncryptedValue b = gathered(node, y, fromRight, flat, name + "/right");
    EncryptedValue product = multiply(node, a, b);
    int[] ones = new int[matrix.inner()];
    Arrays.fill(ones, 1);
    int[] source = new int[pairs];
    Arrays.setAll(source, i -> i);
    WeightedSum sum =
        new WeightedSum(
            1, matrix.outputs(), matrix.inner(), 1, source, ones, new int[] {0, 1, 1}, 0);
    Affine affine = Objects.requireNonNull(product.closed());
    if (!affine.isUniform()) {
      throw Refusals.notEncryptable(node, "its operands have a scale per element");
    }
    return EncryptedValue.of(
        context.emit(
            new QuantizedOp.Linear(node.name(), product.base().slot(), sum, null),
            name,
            matrix.shape(),
            Affine.uniform(affine.slope(0), 0),
            false));
  }

  private EncryptedValue gathered(
      Node node, EncryptedValue x, int[] from, Shape shape, String name) {
    return EncryptedValue.of(
        context.emit(
            new QuantizedOp.Rearrange(node.name(), List.of(x.base().slot()), new Move(from, 0)),
            name,
            shape,
            Objects.requireNonNull(x.closed()).moved(from, 0, 0),
            x.base().quantized()));
  }
}
