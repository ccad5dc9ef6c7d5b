package dev.sotto.quantization;

import dev.sotto.circuit.Move;
import dev.sotto.numpy.Operator;
import dev.sotto.numpy.OperatorRegistry;
import dev.sotto.onnx.Node;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Operators that only rearrange elements.
 *
 * <p>Where elements go is not written a second time: the float operator is run on a tensor that
 * holds the numbers of its own elements, and what comes out is the move.
 */
final class MoveHandler {
  private final QuantizationContext context;

  MoveHandler(QuantizationContext context) {
    this.context = context;
  }

  void handle(Node node) {
    List<EncryptedValue> operands = new ArrayList<>();
    for (int i = 0; i < node.inputs().size(); i++) {
      EncryptedValue value = context.find(node.input(i));
      if (value != null) {
        operands.add(value);
        if (i > 0 && !node.type().equals("Concat")) {
          throw Refusals.notEncryptable(node, "input " + (i + 1) + " is encrypted");
        }
      }
    }
    if (operands.size() != 1 || node.type().equals("Concat")) {
      concat(node);
      return;
    }
    EncryptedValue x = operands.get(0);
    boolean fills = node.type().equals("Pad");
    Tensor[] sources = indices(node, List.of(x.shape()), fills);
    if (isIdentity(sources, x.shape())) {
      moveMeaning(node, x, sources[0].shape());
      return;
    }
    EncryptedValue affine = context.affine(x, context.options().bits().modelOutputs());
    if (fills) {
      affine =
          EncryptedValue.of(
              context.quantize(affine, context.options().bits().modelOutputs(), false));
    }
    for (int i = 0; i < node.outputs().size(); i++) {
      if (!node.output(i).isEmpty()) {
        move(node, node.output(i), affine, sources[i]);
      }
    }
  }

  private static boolean isIdentity(Tensor[] sources, Shape shape) {
    return sources.length == 1
        && sources[0].size() == shape.size()
        && new Move(toInts(sources[0]), 0).isIdentity(shape.size());
  }

  /** A reshape changes no integer, only the shape: no operator is needed. */
  private void moveMeaning(Node node, EncryptedValue x, Shape shape) {
    EncryptedValue affine =
        x.isAffine() ? x : context.affine(x, context.options().bits().modelOutputs());
    IntegerValue base = affine.base();
    context.put(
        EncryptedValue.of(
            new IntegerValue(
                base.slot(),
                node.output(0),
                shape,
                Objects.requireNonNull(affine.closed()),
                base.proved(),
                base.quantized())));
  }

  private void move(Node node, String output, EncryptedValue x, Tensor source) {
    Affine closed = Objects.requireNonNull(x.closed());
    int[] from = toInts(source);
    double fill = 0;
    if (Arrays.stream(from).anyMatch(i -> i < 0)) {
      Tensor value = context.constant(node.input(2));
      double real = value == null ? 0 : value.getDouble(0);
      fill = Math.rint((real - closed.offset(0)) / closed.slope(0));
    }
    Affine moved = closed.moved(from, closed.slope(0), closed.offset(0));
    QuantizedOp op =
        new QuantizedOp.Rearrange(
            node.name(), List.of(x.base().slot()), new Move(from, (long) fill));
    context.put(
        EncryptedValue.of(context.emit(op, output, source.shape(), moved, x.base().quantized())));
  }

  /** The value broadcast to a larger shape. */
  EncryptedValue expand(EncryptedValue value, Shape shape, Node node) {
    if (value.shape().equals(shape)) {
      return value;
    }
    int[] from = Lookups.broadcastIndex(value.shape(), shape);
    Affine closed = Objects.requireNonNull(value.closed());
    IntegerValue moved =
        context.emit(
            new QuantizedOp.Rearrange(node.name(), List.of(value.base().slot()), new Move(from, 0)),
            value.name() + "/expanded/" + node.name(),
            shape,
            closed.moved(from, 0, 0),
            value.base().quantized());
    return EncryptedValue.of(moved);
  }

  /** Operands side by side: brought to one scale first where they differ. */
  private void concat(Node node) {
    if (!node.type().equals("Concat")) {
      throw Refusals.notEncryptable(node, "it has several encrypted operands");
    }
    List<EncryptedValue> operands = new ArrayList<>();
    List<Shape> shapes = new ArrayList<>();
    for (String input : node.inputs()) {
      EncryptedValue value = context.find(input);
      if (value == null) {
        throw Refusals.notEncryptable(node, "operand '" + input + "' is clear");
      }
      operands.add(context.affine(value, context.options().bits().modelOutputs()));
      shapes.add(value.shape());
    }
    Tensor source = indices(node, shapes, false)[0];
    int[] from = toInts(source);
    List<Integer> slots = operands.stream().map(v -> v.base().slot()).toList();
    int total = shapes.stream().mapToInt(Shape::size).sum();
    double[] slope = new double[total];
    double[] offset = new double[total];
    int at = 0;
    for (EncryptedValue operand : operands) {
      Affine closed = Objects.requireNonNull(operand.closed());
      for (int i = 0; i < operand.shape().size(); i++, at++) {
        slope[at] = closed.slope(i);
        offset[at] = closed.offset(i);
      }
    }
    boolean quantized = operands.stream().allMatch(v -> v.base().quantized());
    context.put(
        EncryptedValue.of(
            context.emit(
                new QuantizedOp.Rearrange(node.name(), slots, new Move(from, 0)),
                node.output(0),
                source.shape(),
                new Affine(slope, offset).moved(from, 0, 0),
                quantized)));
  }

  /** Runs the float operator on the numbers of its operands' elements. */
  private Tensor[] indices(Node node, List<Shape> shapes, boolean fills) {
    @Nullable Tensor[] inputs = new Tensor[node.inputs().size()];
    int next = 0;
    int operand = 0;
    for (int i = 0; i < inputs.length; i++) {
      if (context.find(node.input(i)) != null) {
        Shape shape = shapes.get(operand++);
        long[] numbers = new long[shape.size()];
        for (int k = 0; k < numbers.length; k++) {
          numbers[k] = next++;
        }
        inputs[i] = Tensor.of(shape, numbers);
      } else {
        inputs[i] = context.constant(node.input(i));
      }
    }
    if (fills && inputs.length > 2) {
      inputs[2] = Tensor.scalar(-1L);
    } else if (fills) {
      inputs = new Tensor[] {inputs[0], inputs[1], Tensor.scalar(-1L)};
    }
    Operator.Factory factory =
        Objects.requireNonNull(OperatorRegistry.standard().find(node.type()), node.type());
    return factory.prepare(node).apply(inputs);
  }

  private static int[] toInts(Tensor tensor) {
    return Arrays.stream(tensor.longs()).mapToInt(Math::toIntExact).toArray();
  }
}
