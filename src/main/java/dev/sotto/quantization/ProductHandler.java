package dev.sotto.quantization;

import dev.sotto.circuit.Interval;
import dev.sotto.circuit.Move;
import dev.sotto.circuit.WeightedSum;
import dev.sotto.onnx.Node;
import dev.sotto.tensor.ElementType;
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

  /** The squares of a value, with one scale for all elements. */
  IntegerValue square(Node node, EncryptedValue x) {
    int bits = context.options().bits().layer(node.name()).inputs();
    IntegerValue in = context.quantize(x, bits, true);
    return product(node, in, in, in.affine(), in.affine());
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
        return renamed(
            multiply(node, operands.get(0), reciprocal(node, operands.get(1))), node.output(0));
      }
      case "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Equal" -> {
        return compare(node, operands);
      }
      case "And", "Or", "Xor" -> {
        return logic(node, operands);
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

  /** A function of a value, left to the next lookup. */
  EncryptedValue pend(Node node, String type, EncryptedValue x, String name, String... constants) {
    List<String> inputs = new ArrayList<>(List.of(x.name()));
    inputs.addAll(List.of(constants));
    Node made = Node.of(node.name(), type, inputs, List.of(name), Map.of());
    List<Node> pending = new ArrayList<>(x.pending());
    pending.add(made);
    context.order(made);
    EncryptedValue value = new EncryptedValue(name, x.base(), pending, null);
    if (!context.trace().hasShape(name)) {
      context.trace().putValue(name, x.shape(), context.trace().type(x.name()));
    }
    context.put(value);
    return value;
  }

  private EncryptedValue reciprocal(Node node, EncryptedValue divisor) {
    Range range = context.ranges().nearestToZero(divisor.name());
    if (range == null) {
      throw Refusals.notEncryptable(
          node, "its divisor is encrypted and calibration saw it reach zero, or never saw it");
    }
    String name = node.output(0) + "/reciprocal";
    context.note(
        name, range.max() > 0 ? new Range(0, 1 / range.max()) : new Range(1 / range.min(), 0));
    return pend(node, "Reciprocal", divisor, name);
  }

  private IntegerValue bit(EncryptedValue condition) {
    return context.quantize(condition, UniformQuantizer.identity(new Interval(0, 1)));
  }

  /** And, Or and Xor of two bits: a function of their sum. */
  private EncryptedValue logic(Node node, List<EncryptedValue> operands) {
    String name = node.output(0) + "/count";
    EncryptedValue count =
        sums.add(
            node,
            name,
            EncryptedValue.of(bit(operands.get(0))),
            EncryptedValue.of(bit(operands.get(1))),
            1);
    context.trace().putValue(name, count.shape(), ElementType.FLOAT);
    context.put(count);
    String constant = node.output(0) + "/threshold";
    double threshold = node.type().equals("And") ? 1.5 : node.type().equals("Or") ? 0.5 : 1;
    context.trace().put(constant, Tensor.scalar((float) threshold));
    String type = node.type().equals("Xor") ? "Equal" : "Greater";
    return pend(node, type, count, node.output(0), constant);
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
    Shape shape = operands.get(0).shape();
    for (EncryptedValue operand : operands) {
      shape = SumHandler.broadcast(shape, operand.shape(), node);
    }
    UniformQuantizer quantizer = common(operands, bits);
    List<Integer> slots = new ArrayList<>();
    List<Move> candidates = new ArrayList<>();
    for (EncryptedValue operand : operands) {
      slots.add(quantized(operand, quantizer, shape, node).base().slot());
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

  /** {@code b + c · (a − b)} for an encrypted condition; a move for a clear one. */
  private EncryptedValue where(Node node) {
    EncryptedValue condition = context.find(node.input(0));
    EncryptedValue whenTrue = context.find(node.input(1));
    EncryptedValue whenFalse = context.find(node.input(2));
    if (condition == null) {
      return moves.select(
          node,
          Objects.requireNonNull(context.constant(node.input(0))),
          Objects.requireNonNull(whenTrue),
          Objects.requireNonNull(whenFalse));
    }
    Shape shape = context.trace().shape(node.output(0));
    if (whenTrue == null || whenFalse == null) {
      boolean clearTrue = whenTrue == null;
      EncryptedValue branch = Objects.requireNonNull(clearTrue ? whenFalse : whenTrue);
      return whereClear(node, condition, branch, shape, clearTrue);
    }
    int bits = context.options().bits().modelOutputs();
    UniformQuantizer common = common(List.of(whenTrue, whenFalse), bits);
    EncryptedValue a = quantized(whenTrue, common, shape, node);
    EncryptedValue b = quantized(whenFalse, common, shape, node);
    EncryptedValue c = moves.expand(EncryptedValue.of(bit(condition)), shape, node);
    String name = node.output(0);
    IntegerValue difference = sums.add(node, name + "/difference", a, b, -1).base();
    IntegerValue chosen =
        product(node, c.base(), difference, c.base().affine(), difference.affine());
    return sums.add(node, name, b, renamed(EncryptedValue.of(chosen), name + "/chosen"), 1);
  }

  /** {@code clear + bit · (branch − clear)}: the clear branch goes into the meaning. */
  private EncryptedValue whereClear(
      Node node, EncryptedValue condition, EncryptedValue branch, Shape shape, boolean clearTrue) {
    String name = node.output(0);
    String clearName = node.input(clearTrue ? 1 : 2);
    Tensor clear = Objects.requireNonNull(context.constant(clearName));
    EncryptedValue chooses = clearTrue ? pend(node, "Not", condition, name + "/not") : condition;
    EncryptedValue c = moves.expand(EncryptedValue.of(bit(chooses)), shape, node);
    int bits = context.options().bits().modelOutputs();
    Range range = context.range(branch, bits, false);
    EncryptedValue expanded = moves.expand(context.affine(branch, bits), shape, node);
    double[] value = Lookups.spread(clear, shape);
    double[] minus = Arrays.stream(value).map(v -> -v).toArray();
    double least = Arrays.stream(value).min().orElse(0);
    double most = Arrays.stream(value).max().orElse(0);
    String differenceName = name + "/difference";
    context.note(differenceName, Range.extendedToZero(range.min() - most, range.max() - least));
    IntegerValue base = expanded.base();
    Affine closed =
        Objects.requireNonNull(expanded.closed()).then(new double[] {1}, minus, shape.size());
    EncryptedValue difference =
        EncryptedValue.of(
            new IntegerValue(
                base.slot(), differenceName, shape, closed, base.proved(), base.quantized()));
    IntegerValue d = context.quantize(difference, bits, true);
    IntegerValue chosen = product(node, c.base(), d, c.base().affine(), d.affine());
    Affine meaning = chosen.affine().then(new double[] {1}, value, shape.size());
    return EncryptedValue.of(
        new IntegerValue(chosen.slot(), name, shape, meaning, chosen.proved(), false));
  }

  private UniformQuantizer common(List<EncryptedValue> values, int bits) {
    double lo = 0;
    double hi = 0;
    for (EncryptedValue value : values) {
      Range range = context.range(value, bits, false);
      lo = Math.min(lo, range.min());
      hi = Math.max(hi, range.max());
    }
    return UniformQuantizer.affine(lo, hi, bits);
  }

  private EncryptedValue quantized(
      EncryptedValue value, UniformQuantizer quantizer, Shape shape, Node node) {
    return moves.expand(EncryptedValue.of(context.quantize(value, quantizer)), shape, node);
  }

  /** MatMul of two encrypted tensors: every pair gathered, multiplied, and summed. */
  EncryptedValue matrixProduct(Node node, EncryptedValue left, EncryptedValue right) {
    int bits = context.options().bits().layer(node.name()).inputs();
    EncryptedValue x = EncryptedValue.of(context.quantize(left, bits, true));
    EncryptedValue y = EncryptedValue.of(context.quantize(right, bits, true));
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
    IntegerValue product = product(node, a.base(), b.base(), a.base().affine(), b.base().affine());
    int[] ones = new int[matrix.inner()];
    Arrays.fill(ones, 1);
    int[] source = new int[pairs];
    Arrays.setAll(source, i -> i);
    WeightedSum sum =
        new WeightedSum(
            1, matrix.outputs(), matrix.inner(), 1, source, ones, new int[] {0, 1, 1}, 0);
    return EncryptedValue.of(
        context.emit(
            new QuantizedOp.Linear(node.name(), product.slot(), sum, null),
            name,
            matrix.shape(),
            Affine.uniform(product.affine().slope(0), 0),
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
