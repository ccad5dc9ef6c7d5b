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
    String name = value.name() + "/expanded/" + node.name();
    EncryptedValue expanded =
        EncryptedValue.of(
            context.emit(
                new QuantizedOp.Rearrange(
                    node.name(), List.of(value.base().slot()), new Move(from, 0)),
                name,
                shape,
                closed.moved(from, 0, 0),
                value.base().quantized()));
    context.trace().putValue(name, shape, context.trace().type(value.name()));
    context.note(name, context.rangeOrNull(value));
    context.put(expanded);
    return expanded;
  }

  /**
   * Operands side by side, each keeping its own scale. A clear element is an integer 0 that means
   * its value.
   */
  private void concat(Node node) {
    if (!node.type().equals("Concat")) {
      throw Refusals.notEncryptable(node, "it has several encrypted operands");
    }
    List<Tensor> numbers = new ArrayList<>();
    List<Integer> slots = new ArrayList<>();
    List<Affine> meanings = new ArrayList<>();
    List<Integer> sizes = new ArrayList<>();
    boolean quantized = true;
    int next = 0;
    int nextClear = -1;
    List<Double> clear = new ArrayList<>();
    for (String input : node.inputs()) {
      EncryptedValue value = context.find(input);
      Tensor constant = value == null ? Objects.requireNonNull(context.constant(input)) : null;
      Shape shape = constant == null ? context.value(input).shape() : constant.shape();
      long[] own = new long[shape.size()];
      for (int i = 0; i < own.length; i++) {
        own[i] = constant == null ? next++ : nextClear--;
        if (constant != null) {
          clear.add(constant.getDouble(i));
        }
      }
      numbers.add(Tensor.of(shape, own));
      if (value != null && own.length > 0) {
        EncryptedValue affine = forConcat(node, value);
        slots.add(affine.base().slot());
        meanings.add(Objects.requireNonNull(affine.closed()));
        sizes.add(own.length);
        quantized &= affine.base().quantized();
      }
    }
    Tensor source = run(node, numbers.toArray(new Tensor[0]))[0];
    Affine joined = join(meanings, sizes);
    int[] from = toInts(source);
    double[] slope = new double[from.length];
    double[] offset = new double[from.length];
    for (int i = 0; i < from.length; i++) {
      slope[i] = from[i] < 0 ? 0 : joined.slope(from[i]);
      offset[i] = from[i] < 0 ? clear.get(-1 - from[i]) : joined.offset(from[i]);
      from[i] = Math.max(-1, from[i]);
    }
    context.put(
        EncryptedValue.of(
            context.emit(
                new QuantizedOp.Rearrange(node.name(), slots, new Move(from, 0)),
                node.output(0),
                source.shape(),
                new Affine(slope, offset),
                quantized)));
  }

  /** Features keep a scale each, which the dense layer that reads them takes into its weights. */
  private EncryptedValue forConcat(Node node, EncryptedValue value) {
    int bits = context.options().bits().modelOutputs();
    if (context.trace().shape(node.output(0)).rank() != 2 || value.base().quantized()) {
      return context.affine(value, bits);
    }
    IntegerValue own = context.quantize(value, bits, false);
    return EncryptedValue.of(
        new IntegerValue(own.slot(), value.name(), own.shape(), own.affine(), own.proved(), true));
  }

  private static Affine join(List<Affine> meanings, List<Integer> sizes) {
    int total = sizes.stream().mapToInt(Integer::intValue).sum();
    double[] slope = new double[total];
    double[] offset = new double[total];
    int at = 0;
    for (int v = 0; v < meanings.size(); v++) {
      for (int i = 0; i < sizes.get(v); i++, at++) {
        slope[at] = meanings.get(v).slope(i);
        offset[at] = meanings.get(v).offset(i);
      }
    }
    return new Affine(slope, offset);
  }

  /** Each element from one of two values, as a clear condition says. */
  EncryptedValue select(
      Node node, Tensor condition, EncryptedValue whenTrue, EncryptedValue whenFalse) {
    Shape shape = context.trace().shape(node.output(0));
    int bits = context.options().bits().modelOutputs();
    EncryptedValue x = context.affine(whenTrue, bits);
    EncryptedValue y = context.affine(whenFalse, bits);
    int[] chosen = Lookups.broadcastIndex(condition.shape(), shape);
    int[] inTrue = Lookups.broadcastIndex(x.shape(), shape);
    int[] inFalse = Lookups.broadcastIndex(y.shape(), shape);
    int[] from = new int[shape.size()];
    int first = x.shape().size();
    Arrays.setAll(from, i -> condition.getLong(chosen[i]) != 0 ? inTrue[i] : first + inFalse[i]);
    Affine joined =
        join(
            List.of(Objects.requireNonNull(x.closed()), Objects.requireNonNull(y.closed())),
            List.of(first, y.shape().size()));
    return EncryptedValue.of(
        context.emit(
            new QuantizedOp.Rearrange(
                node.name(), List.of(x.base().slot(), y.base().slot()), new Move(from, 0)),
            node.output(0),
            shape,
            joined.moved(from, 0, 0),
            x.base().quantized() && y.base().quantized()));
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
    return run(node, inputs);
  }

  private static Tensor[] run(Node node, @Nullable Tensor[] inputs) {
    Operator.Factory factory =
        Objects.requireNonNull(OperatorRegistry.standard().find(node.type()), node.type());
    return factory.prepare(node).apply(inputs);
  }

  private static int[] toInts(Tensor tensor) {
    return Arrays.stream(tensor.longs()).mapToInt(Math::toIntExact).toArray();
  }
}
