package dev.sotto.numpy;

import dev.sotto.onnx.Node;
import dev.sotto.tensor.Broadcast;
import dev.sotto.tensor.Conversion;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Lines;
import dev.sotto.tensor.Rearrange;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.Arrays;

/** Operators that find, order or choose elements: ArgMax, TopK, OneHot, Where, CumSum, Trilu. */
final class SelectionOperators {
  private SelectionOperators() {}

  static void register(OperatorRegistry registry) {
    registry.single("ArgMax", node -> argExtremum(node, true));
    registry.single("ArgMin", node -> argExtremum(node, false));
    registry.register("TopK", SelectionOperators::topK);
    registry.single("OneHot", SelectionOperators::oneHot);
    registry.plain("Where", in -> where(in.get(0), in.get(1), in.get(2)));
    registry.single("CumSum", SelectionOperators::cumulativeSum);
    registry.single("Trilu", SelectionOperators::triangle);
  }

  private static Operator.Single argExtremum(Node node, boolean largest) {
    long axis = node.intAttribute("axis", 0);
    boolean keepAxis = node.intAttribute("keepdims", 1) != 0;
    boolean last = node.intAttribute("select_last_index", 0) != 0;
    return in -> {
      Tensor x = in.get(0);
      Lines lines = Lines.along(x, x.shape().axis(axis));
      if (x.type().isFloating()) {
        return lines.index(keepAxis, line -> best(line, largest, last));
      }
      long flip = orderFlip(x.type());
      return lines.reduceLongs(
          keepAxis, ElementType.INT64, line -> best(line, flip, largest, last));
    };
  }

  /** What to XOR a long with so that signed comparison orders this type. */
  private static long orderFlip(ElementType type) {
    return type == ElementType.UINT64 ? Long.MIN_VALUE : 0;
  }

  /** The position of the largest (smallest) element; of the first NaN when there is one. */
  private static long best(double[] line, boolean largest, boolean last) {
    int best = 0;
    for (int i = 0; i < line.length; i++) {
      if (Double.isNaN(line[i])) {
        return i;
      }
      boolean better = largest ? line[i] > line[best] : line[i] < line[best];
      if (better || (last && line[i] == line[best])) {
        best = i;
      }
    }
    return best;
  }

  private static long best(long[] line, long flip, boolean largest, boolean last) {
    int best = 0;
    for (int i = 0; i < line.length; i++) {
      int order = Long.compare(line[i] ^ flip, line[best] ^ flip);
      if ((largest ? order > 0 : order < 0) || (last && order == 0)) {
        best = i;
      }
    }
    return best;
  }

  private static Operator topK(Node node) {
    long axis = node.intAttribute("axis", -1);
    boolean largest = node.intAttribute("largest", 1) != 0;
    return inputs -> {
      Arguments in = new Arguments(inputs);
      Tensor x = in.get(0);
      int along = x.shape().axis(axis);
      int k = in.scalar(1);
      if (k < 0 || k > x.shape().dim(along)) {
        throw new IllegalArgumentException(
            "k = " + k + " is outside axis " + along + " of " + x.shape());
      }
      Lines lines = Lines.along(x, along);
      Shape shape = x.shape().withDim(along, k);
      long[] chosen = new long[shape.size()];
      long[] flat = new long[shape.size()];
      long[] line = new long[lines.length()];
      double[] numbers = new double[lines.length()];
      long[] positions = new long[k];
      int stride = x.shape().strides()[along];
      for (int i = 0; i < lines.count(); i++) {
        readOrdered(x, lines, i, numbers, line);
        topOfLine(line, largest, positions);
        lines.write(i, positions, chosen);
        int base = i / stride * stride * lines.length() + i % stride;
        long[] sources = new long[k];
        Arrays.setAll(sources, j -> base + positions[j] * stride);
        lines.write(i, sources, flat);
      }
      int[] sources = Arrays.stream(flat).mapToInt(Math::toIntExact).toArray();
      return new Tensor[] {Rearrange.pick(x, shape, sources), Tensor.of(shape, chosen)};
    };
  }

  /** Reads a line as longs that order as the elements do. */
  private static void readOrdered(Tensor x, Lines lines, int index, double[] numbers, long[] line) {
    if (x.type().isFloating()) {
      lines.read(index, numbers);
      for (int i = 0; i < line.length; i++) {
        long bits = Double.doubleToLongBits(numbers[i] + 0.0);
        line[i] = bits ^ ((bits >> 63) & Long.MAX_VALUE);
      }
    } else {
      lines.read(index, line);
      long flip = orderFlip(x.type());
      for (int i = 0; i < line.length; i++) {
        line[i] ^= flip;
      }
    }
  }

  /** Sorted insertion into the best so far; of equal elements the first comes first. */
  private static void topOfLine(long[] line, boolean largest, long[] positions) {
    int filled = 0;
    for (int i = 0; i < line.length; i++) {
      int slot = filled;
      while (slot > 0 && isBetter(line[i], line[(int) positions[slot - 1]], largest)) {
        slot--;
      }
      if (slot < positions.length) {
        filled = Math.min(filled + 1, positions.length);
        System.arraycopy(positions, slot, positions, slot + 1, filled - slot - 1);
        positions[slot] = i;
      }
    }
  }

  private static boolean isBetter(long a, long b, boolean largest) {
    return largest ? a > b : a < b;
  }

  private static Operator.Single oneHot(Node node) {
    long axis = node.intAttribute("axis", -1);
    return in -> {
      Tensor indices = in.get(0);
      int depth = in.scalar(1);
      Tensor values = in.get(2);
      Shape shape = indices.shape();
      int rank = shape.rank() + 1;
      int[] dims = new int[rank];
      int along = Arguments.axes(new long[] {axis}, rank)[0];
      for (int i = 0; i < rank; i++) {
        dims[i] = i == along ? depth : shape.dim(i < along ? i : i - 1);
      }
      int inner = shape.size(along, shape.rank());
      int[] hot = new int[depth * indices.size()];
      for (int i = 0; i < indices.size(); i++) {
        long index = indices.getLong(i);
        long position = index < 0 ? index + depth : index;
        if (position >= 0 && position < depth) {
          hot[i / inner * inner * depth + (int) position * inner + i % inner] = 1;
        }
      }
      return Rearrange.pick(values, Shape.of(dims), hot);
    };
  }

  private static Tensor where(Tensor condition, Tensor x, Tensor y) {
    ElementwiseOperators.requireType(condition, ElementType.BOOL);
    BinaryOperators.requireSameType(x, y);
    Shape shape = Broadcast.shape(condition.shape(), Broadcast.shape(x.shape(), y.shape()));
    long[] chosen = Broadcast.expand(condition, shape).longs();
    Tensor yes = Broadcast.expand(x, shape);
    Tensor no = Broadcast.expand(y, shape);
    Object result = Tensor.newStorage(x.type(), shape.size());
    if (result instanceof float[] out) {
      float[] a = yes.floats();
      float[] b = no.floats();
      for (int i = 0; i < out.length; i++) {
        out[i] = chosen[i] != 0 ? a[i] : b[i];
      }
    } else {
      for (int i = 0; i < chosen.length; i++) {
        System.arraycopy(chosen[i] != 0 ? yes.storage() : no.storage(), i, result, i, 1);
      }
    }
    return Tensor.ofStorage(x.type(), shape, result);
  }

  private static Operator.Single cumulativeSum(Node node) {
    boolean exclusive = node.intAttribute("exclusive", 0) != 0;
    boolean reverse = node.intAttribute("reverse", 0) != 0;
    return in -> {
      Tensor x = in.get(0);
      Lines lines = Lines.along(x, x.shape().axis(in.scalar(1)));
      return x.type().isFloating()
          ? lines.map(line -> accumulate(line, exclusive, reverse))
          : lines.mapLongs(line -> accumulate(line, exclusive, reverse));
    };
  }

  private static void accumulate(double[] line, boolean exclusive, boolean reverse) {
    double sum = 0;
    for (int i = 0; i < line.length; i++) {
      int at = reverse ? line.length - 1 - i : i;
      double value = line[at];
      line[at] = exclusive ? sum : sum + value;
      sum += value;
    }
  }

  private static void accumulate(long[] line, boolean exclusive, boolean reverse) {
    long sum = 0;
    for (int i = 0; i < line.length; i++) {
      int at = reverse ? line.length - 1 - i : i;
      long value = line[at];
      line[at] = exclusive ? sum : sum + value;
      sum += value;
    }
  }

  private static Operator.Single triangle(Node node) {
    boolean upper = node.intAttribute("upper", 1) != 0;
    return in -> {
      Tensor x = in.get(0);
      int rows = x.shape().dim(-2);
      int columns = x.shape().dim(-1);
      long diagonal = in.has(1) ? in.get(1).getLong(0) : 0;
      long[] keep = new long[rows * columns];
      for (int i = 0; i < keep.length; i++) {
        long distance = i % columns - i / columns;
        keep[i] = (upper ? distance >= diagonal : distance <= diagonal) ? 1 : 0;
      }
      Tensor mask = Tensor.ofBooleans(Shape.of(rows, columns), keep);
      Tensor zero = Conversion.cast(Tensor.scalar(0L), x.type());
      return where(mask, x, zero);
    };
  }
}
