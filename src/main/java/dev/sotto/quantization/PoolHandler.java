package dev.sotto.quantization;

import dev.sotto.circuit.Interval;
import dev.sotto.circuit.Move;
import dev.sotto.circuit.WeightedSum;
import dev.sotto.onnx.Node;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.IntToDoubleFunction;

/** Pooling and reductions: sums with weights 1, or maxima, over groups of elements. */
final class PoolHandler {
  private final QuantizationContext context;
  private final ProductHandler products;

  PoolHandler(QuantizationContext context, ProductHandler products) {
    this.context = context;
    this.products = products;
  }

  /**
   * Which elements are combined.
   *
   * @param source {@code positions · taps}; −1 for padding, −2 beyond the padding
   * @param positions number of results
   * @param taps elements combined into each
   */
  @SuppressWarnings("ArrayRecordComponent")
  private record Groups(int[] source, int positions, int taps) {
    /** The number of taps of a result that read an element or padding. */
    int counted(int position) {
      int count = 0;
      for (int k = 0; k < taps; k++) {
        count += source[position * taps + k] >= -1 ? 1 : 0;
      }
      return count;
    }

    /** The same sources with one number for all that reads no element. */
    int[] padded() {
      return Arrays.stream(source).map(from -> Math.max(-1, from)).toArray();
    }

    /** The number of taps of a result that read an element. */
    int present(int position) {
      int count = 0;
      for (int k = 0; k < taps; k++) {
        count += source[position * taps + k] >= 0 ? 1 : 0;
      }
      return count;
    }

    /** Whether a result reads padding. */
    boolean isPadded() {
      return Arrays.stream(source).anyMatch(i -> i < 0);
    }
  }

  void handle(Node node) {
    EncryptedValue x = context.value(node.input(0));
    Shape out = context.trace().shape(node.output(0));
    boolean pool = node.opType().endsWith("Pool");
    Groups groups = pool ? window(node, x.shape(), out) : reduction(node, x.shape(), out);
    switch (node.type()) {
      case "AveragePool" -> {
        boolean countsPadding = node.intAttribute("count_include_pad", 0) != 0;
        sum(node, x, groups, out, p -> countsPadding ? groups.counted(p) : groups.present(p));
      }
      case "GlobalAveragePool", "ReduceMean" -> sum(node, x, groups, out, p -> groups.taps());
      case "ReduceSum" -> sum(node, x, groups, out, p -> 1);
      case "ReduceL1" -> sum(node, magnitudes(node, x), groups, out, p -> 1);
      case "ReduceSumSquare" ->
          context.put(sum(node, node.output(0), products.square(node, x), groups, out, p -> 1));
      case "ReduceL2" -> root(node, products.square(node, x), groups, out);
      case "MaxPool", "GlobalMaxPool", "ReduceMax" -> extreme(node, x, groups, out, true);
      case "ReduceMin" -> extreme(node, x, groups, out, false);
      default -> throw Refusals.notEncryptable(node, "this reduction has no integer form");
    }
  }

  private EncryptedValue magnitudes(Node node, EncryptedValue x) {
    String name = node.output(0) + "/magnitudes";
    Range range = context.range(x, context.options().bits().opInputs(), false);
    context.note(name, new Range(0, range.magnitude()));
    return products.pend(node, "Abs", x, name);
  }

  /** The square root of a sum, left to the next lookup. */
  private void root(Node node, IntegerValue squares, Groups groups, Shape out) {
    String name = node.output(0) + "/squares";
    EncryptedValue sum = sum(node, name, squares, groups, out, p -> 1);
    context.put(sum);
    context.put(products.pend(node, "Sqrt", sum, node.output(0)));
  }

  private static Groups window(Node node, Shape in, Shape out) {
    int rank = in.rank() - 2;
    long[] given = node.intsAttribute("kernel_shape");
    int[] kernel = new int[rank];
    for (int a = 0; a < rank; a++) {
      kernel[a] = given == null ? in.dim(a + 2) : (int) given[a];
    }
    Window window = Window.of(node, in, out, kernel, false);
    int planes = in.dim(0) * in.dim(1);
    int inner = in.size(2, in.rank());
    int positions = window.positions();
    int taps = window.taps();
    int[] source = new int[planes * positions * taps];
    for (int plane = 0; plane < planes; plane++) {
      for (int p = 0; p < positions; p++) {
        for (int k = 0; k < taps; k++) {
          int from = window.source(p, k);
          source[(plane * positions + p) * taps + k] = from < 0 ? from : plane * inner + from;
        }
      }
    }
    return new Groups(source, planes * positions, taps);
  }

  private Groups reduction(Node node, Shape in, Shape out) {
    Tensor given = context.constant(node.input(1));
    TreeSet<Integer> axes = new TreeSet<>();
    if (given == null || given.size() == 0) {
      if (node.intAttribute("noop_with_empty_axes", 0) != 0) {
        return new Groups(identity(in.size()), in.size(), 1);
      }
      for (int a = 0; a < in.rank(); a++) {
        axes.add(a);
      }
    } else {
      Arrays.stream(given.toLongs()).forEach(a -> axes.add(in.axis(a)));
    }
    int positions = out.size();
    int taps = positions == 0 ? 0 : in.size() / positions;
    int[] source = new int[in.size()];
    int[] filled = new int[positions];
    int[] index = new int[in.rank()];
    for (int i = 0; i < in.size(); i++) {
      int position = 0;
      for (int a = 0; a < in.rank(); a++) {
        position = axes.contains(a) ? position : position * in.dim(a) + index[a];
      }
      source[position * taps + filled[position]++] = i;
      for (int a = in.rank() - 1; a >= 0 && ++index[a] == in.dim(a); a--) {
        index[a] = 0;
      }
    }
    return new Groups(source, positions, taps);
  }

  private static int[] identity(int size) {
    int[] source = new int[size];
    Arrays.setAll(source, i -> i);
    return source;
  }

  private void sum(
      Node node, EncryptedValue x, Groups groups, Shape out, IntToDoubleFunction divisor) {
    IntegerValue in =
        isSummable(x, groups)
            ? new IntegerValue(
                x.base().slot(),
                x.name(),
                x.shape(),
                Objects.requireNonNull(x.closed()),
                x.base().proved(),
                x.base().quantized())
            : context.quantize(x, context.options().bits().layer(node.name()).inputs(), false);
    context.put(sum(node, node.output(0), in, groups, out, divisor));
  }

  private EncryptedValue sum(
      Node node,
      String name,
      IntegerValue in,
      Groups groups,
      Shape out,
      IntToDoubleFunction divisor) {
    Affine meaning = in.affine();
    long zero = groups.isPadded() ? (long) meaning.zeroPoint() : 0;
    int[] ones = new int[groups.taps()];
    Arrays.fill(ones, 1);
    WeightedSum sum =
        new WeightedSum(
            1,
            groups.positions(),
            groups.taps(),
            1,
            groups.padded(),
            ones,
            new int[] {0, 1, 1},
            zero);
    double[] slope = new double[groups.positions()];
    double[] offset = new double[groups.positions()];
    for (int p = 0; p < slope.length; p++) {
      double part = 1 / divisor.applyAsDouble(p);
      for (int k = 0; k < groups.taps(); k++) {
        int from = Math.max(0, groups.source()[p * groups.taps() + k]);
        slope[p] = meaning.slope(from) * part;
        offset[p] += meaning.offset(from) * part;
      }
    }
    Affine affine = new Affine(slope, offset);
    if (affine.isUniform()) {
      affine = Affine.uniform(slope[0], offset[0]);
    }
    return EncryptedValue.of(
        context.emit(
            new QuantizedOp.Linear(node.name(), in.slot(), sum, null), name, out, affine, false));
  }

  /** Whether integers can be added as they are: those of each result count in one unit. */
  private static boolean isSummable(EncryptedValue x, Groups groups) {
    Affine closed = x.closed();
    if (closed == null || groups.isPadded()) {
      return false;
    }
    for (int i = 0; i < groups.source().length; i++) {
      int first = groups.source()[i / groups.taps() * groups.taps()];
      if (closed.slope(groups.source()[i]) != closed.slope(first)) {
        return false;
      }
    }
    return true;
  }

  private void extreme(Node node, EncryptedValue x, Groups groups, Shape out, boolean largest) {
    IntegerValue in = context.quantize(x, context.options().bits().modelOutputs(), false);
    Interval range = in.proved();
    long fill = largest ? range.lo() : range.hi();
    List<Move> candidates = new ArrayList<>();
    for (int k = 0; k < groups.taps(); k++) {
      int tap = k;
      int[] from = new int[groups.positions()];
      Arrays.setAll(from, p -> Math.max(-1, groups.source()[p * groups.taps() + tap]));
      candidates.add(new Move(from, fill));
    }
    context.put(
        EncryptedValue.of(
            context.emit(
                new QuantizedOp.Maximum(
                    node.name(), List.of(in.slot()), candidates, range, largest),
                node.output(0),
                out,
                in.affine(),
                in.quantized())));
  }
}
