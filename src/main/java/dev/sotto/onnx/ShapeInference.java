package dev.sotto.onnx;

import dev.sotto.onnx.ValueType.Dimension;
import dev.sotto.onnx.ValueType.TensorType;
import dev.sotto.problem.Problem;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Element types and shapes of values, as far as simple rules give them.
 *
 * <p>Light: for rewrites that need a rank and for checks that are cheap. What a rule does not know
 * stays unknown; nothing is guessed. Works on canonical forms. Contradictions become problems.
 */
final class ShapeInference {
  static final Dimension UNKNOWN = new Dimension(-1, "");

  private final Function<String, @Nullable Tensor> constants;
  private final List<Problem> problems;
  private final ElementTypes elements;
  private final Map<String, TensorType> types = new HashMap<>();

  ShapeInference(Function<String, @Nullable Tensor> constants, List<Problem> problems) {
    this.constants = constants;
    this.problems = problems;
    this.elements = new ElementTypes(this::element, problems);
  }

  static TensorType typeOf(Tensor tensor) {
    return new TensorType(
        tensor.type().onnxNumber(),
        true,
        Arrays.stream(tensor.shape().longDims()).mapToObj(d -> new Dimension(d, "")).toList());
  }

  void put(String value, ValueType type) {
    if (type instanceof TensorType tensor && !value.isEmpty()) {
      types.put(value, tensor);
    }
  }

  /** Takes a declared type where inference found nothing. */
  void refine(String value, @Nullable ValueType declared) {
    TensorType known = types.get(value);
    if (!(declared instanceof TensorType type)) {
      return;
    }
    if (known == null) {
      put(value, type);
    } else if (!known.hasShape()) {
      int element = known.elementType() == 0 ? type.elementType() : known.elementType();
      put(value, new TensorType(element, type.hasShape(), type.dims()));
    }
  }

  @Nullable TensorType type(String value) {
    return types.get(value);
  }

  private @Nullable List<Dimension> dims(String value) {
    TensorType type = types.get(value);
    return type == null || !type.hasShape() ? null : type.dims();
  }

  private int element(String value) {
    TensorType type = types.get(value);
    return type == null ? 0 : type.elementType();
  }

  /** Gives the outputs of a node their types. */
  void infer(Node node) {
    if (node.outputs().isEmpty()) {
      return;
    }
    try {
      elements.check(node);
      List<Dimension> dims = node.domain().isEmpty() ? outputDims(node) : foreignDims(node);
      if (node.opType().equals("Split") && node.domain().isEmpty()) {
        inferSplit(node);
        return;
      }
      put(
          node.output(0),
          new TensorType(elements.outputOf(node), dims != null, dims == null ? List.of() : dims));
    } catch (IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException e) {
      mismatch(
          node,
          "its attributes and the shapes of its inputs contradict each other: "
              + inputShapes(node)
              + ".");
    }
  }

  private @Nullable List<Dimension> foreignDims(Node node) {
    boolean keeps = node.domain().equals(OpsetChanges.QONNX) || node.opType().equals("Scaler");
    return keeps ? dims(node.input(0)) : null;
  }

  private @Nullable List<Dimension> outputDims(Node node) {
    List<Dimension> x = dims(node.input(0));
    return switch (node.opType()) {
      case "Abs",
          "Acos",
          "Acosh",
          "Asin",
          "Asinh",
          "Atan",
          "Atanh",
          "BatchNormalization",
          "Cast",
          "Ceil",
          "Celu",
          "Clip",
          "Cos",
          "Cosh",
          "CumSum",
          "DequantizeLinear",
          "Dropout",
          "Elu",
          "Erf",
          "Exp",
          "Floor",
          "Gelu",
          "HardSigmoid",
          "HardSwish",
          "Hardmax",
          "Identity",
          "InstanceNormalization",
          "IsInf",
          "IsNaN",
          "LRN",
          "LayerNormalization",
          "LeakyRelu",
          "Log",
          "LogSoftmax",
          "LpNormalization",
          "MeanVarianceNormalization",
          "Mish",
          "Neg",
          "Not",
          "PRelu",
          "QuantizeLinear",
          "Reciprocal",
          "Relu",
          "Round",
          "Selu",
          "Shrink",
          "Sigmoid",
          "Sign",
          "Sin",
          "Sinh",
          "Softmax",
          "Softplus",
          "Softsign",
          "Sqrt",
          "Swish",
          "Tan",
          "Tanh",
          "ThresholdedRelu",
          "Trilu" ->
          x;
      case "Add",
          "And",
          "BitShift",
          "Div",
          "Equal",
          "Greater",
          "GreaterOrEqual",
          "Less",
          "LessOrEqual",
          "Max",
          "Mean",
          "Min",
          "Mod",
          "Mul",
          "Or",
          "Pow",
          "Sub",
          "Sum",
          "Where",
          "Xor" ->
          broadcast(node);
      case "MatMul" -> matMul(node);
      case "Gemm" -> gemm(node);
      case "Conv", "ConvTranspose" -> conv(node);
      case "AveragePool", "MaxPool", "LpPool" ->
          SlidingWindow.positions(
              node, SlidingWindow.each(x, UNKNOWN), x, node.intsAttribute("kernel_shape"));
      case "GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool" -> SlidingWindow.each(x, fixed(1));
      case "Flatten" -> flatten(node, x);
      case "Reshape" -> reshape(node, x);
      case "Transpose" -> transpose(node, x);
      case "Squeeze" -> squeeze(node, x);
      case "Unsqueeze" -> unsqueeze(node, x);
      case "Concat" -> concat(node);
      case "ReduceL1",
          "ReduceL2",
          "ReduceLogSum",
          "ReduceLogSumExp",
          "ReduceMax",
          "ReduceMean",
          "ReduceMin",
          "ReduceProd",
          "ReduceSum",
          "ReduceSumSquare" ->
          reduce(node, x, node.input(1).isEmpty() ? new long[0] : constantLongs(node.input(1)));
      case "ArgMax", "ArgMin" -> reduce(node, x, new long[] {node.intAttribute("axis", 0)});
      case "Shape" -> List.of(shapeLength(node, x));
      case "Size" -> List.of();
      case "Pad", "Slice", "Tile", "Upsample", "Resize" -> unknown(x == null ? -1 : x.size());
      case "TopK" -> unknown(x == null ? -1 : x.size());
      case "Gather" -> gather(node, x);
      case "GatherElements" -> dims(node.input(1));
      case "OneHot" -> unknown(x == null ? -1 : x.size() + 1);
      case "ConstantOfShape" -> shapeOf(constantLongs(node.input(0)), node.input(0));
      case "Expand" -> expand(node, x);
      default -> null;
    };
  }

  static Dimension fixed(long size) {
    return new Dimension(size, "");
  }

  private static @Nullable List<Dimension> unknown(int rank) {
    return rank < 0 ? null : Collections.nCopies(rank, UNKNOWN);
  }

  private long @Nullable [] constantLongs(String value) {
    Tensor tensor = constants.apply(value);
    return tensor == null || !tensor.type().isInteger() ? null : tensor.toLongs();
  }

  private @Nullable List<Dimension> broadcast(Node node) {
    List<Dimension> result = List.of();
    for (String input : node.inputs()) {
      List<Dimension> dims = dims(input);
      if (dims == null) {
        return null;
      }
      result = broadcast(node, result, dims);
    }
    return result;
  }

  private List<Dimension> broadcast(Node node, List<Dimension> a, List<Dimension> b) {
    int rank = Math.max(a.size(), b.size());
    List<Dimension> result = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      int ia = i - rank + a.size();
      int ib = i - rank + b.size();
      Dimension da = ia < 0 ? fixed(1) : a.get(ia);
      Dimension db = ib < 0 ? fixed(1) : b.get(ib);
      if (da.isFixed()
          && db.isFixed()
          && da.size() != db.size()
          && da.size() != 1
          && db.size() != 1) {
        mismatch(node, "shapes " + inputShapes(node) + " do not broadcast.");
      }
      if (da.size() == 1) {
        result.add(db);
      } else if (db.size() == 1) {
        result.add(da);
      } else {
        result.add(da.isFixed() ? da : db.isFixed() ? db : da.equals(db) ? da : UNKNOWN);
      }
    }
    return result;
  }

  private void requireInner(Node node, Dimension left, Dimension right) {
    if (left.isFixed() && right.isFixed() && left.size() != right.size()) {
      mismatch(
          node,
          "the first operand has "
              + left.size()
              + " columns, the second "
              + right.size()
              + " rows (shapes "
              + inputShapes(node)
              + ").");
    }
  }

  private @Nullable List<Dimension> matMul(Node node) {
    List<Dimension> a = dims(node.input(0));
    List<Dimension> b = dims(node.input(1));
    if (a == null || b == null || a.isEmpty() || b.isEmpty()) {
      return null;
    }
    requireInner(node, a.get(a.size() - 1), b.size() == 1 ? b.get(0) : b.get(b.size() - 2));
    List<Dimension> result =
        new ArrayList<>(
            broadcast(
                node,
                a.subList(0, Math.max(0, a.size() - 2)),
                b.subList(0, Math.max(0, b.size() - 2))));
    if (a.size() > 1) {
      result.add(a.get(a.size() - 2));
    }
    if (b.size() > 1) {
      result.add(b.get(b.size() - 1));
    }
    return result;
  }

  private @Nullable List<Dimension> gemm(Node node) {
    List<Dimension> a = dims(node.input(0));
    List<Dimension> b = dims(node.input(1));
    if ((a != null && a.size() != 2) || (b != null && b.size() != 2)) {
      mismatch(node, "Gemm takes two matrices, got shapes " + inputShapes(node) + ".");
      return unknown(2);
    }
    int ta = node.intAttribute("transA", 0) == 0 ? 0 : 1;
    int tb = node.intAttribute("transB", 0) == 0 ? 0 : 1;
    if (a != null && b != null) {
      requireInner(node, a.get(1 - ta), b.get(tb));
    }
    return List.of(a == null ? UNKNOWN : a.get(ta), b == null ? UNKNOWN : b.get(1 - tb));
  }

  private @Nullable List<Dimension> conv(Node node) {
    List<Dimension> x = dims(node.input(0));
    List<Dimension> w = dims(node.input(1));
    if (x == null || w == null) {
      return unknown(x == null ? w == null ? -1 : w.size() : x.size());
    }
    if (x.size() != w.size() || x.size() < 3) {
      mismatch(node, "data and weights have one rank of 3 or more, got " + inputShapes(node) + ".");
      return null;
    }
    long group = node.intAttribute("group", 1);
    boolean transposed = node.opType().equals("ConvTranspose");
    Dimension channels = x.get(1);
    long expected = transposed ? w.get(0).size() : w.get(1).size() * group;
    if (channels.isFixed() && expected >= 0 && channels.size() != expected) {
      mismatch(
          node,
          "the weights take "
              + expected
              + " channels, the data has "
              + channels.size()
              + " (shapes "
              + inputShapes(node)
              + ").");
    }
    List<Dimension> result = new ArrayList<>(Collections.nCopies(x.size(), UNKNOWN));
    result.set(0, x.get(0));
    Dimension made = transposed ? w.get(1) : w.get(0);
    result.set(1, made.isFixed() ? fixed(made.size() * (transposed ? group : 1)) : UNKNOWN);
    if (transposed) {
      return result;
    }
    long[] kernel = w.stream().skip(2).mapToLong(Dimension::size).toArray();
    return SlidingWindow.positions(node, result, x, kernel);
  }

  private static List<Dimension> flatten(Node node, @Nullable List<Dimension> x) {
    if (x == null) {
      return List.of(UNKNOWN, UNKNOWN);
    }
    long axis = node.intAttribute("axis", 1);
    int at = (int) (axis < 0 ? axis + x.size() : axis);
    return List.of(product(x.subList(0, at)), product(x.subList(at, x.size())));
  }

  private static Dimension product(List<Dimension> dims) {
    long product = 1;
    for (Dimension dim : dims) {
      if (!dim.isFixed()) {
        return dims.size() == 1 ? dim : UNKNOWN;
      }
      product = Math.multiplyExact(product, dim.size());
    }
    return fixed(product);
  }

  private @Nullable List<Dimension> reshape(Node node, @Nullable List<Dimension> x) {
    long[] shape = constantLongs(node.input(1));
    if (shape == null) {
      return shapeOf(null, node.input(1));
    }
    List<Dimension> result = new ArrayList<>();
    for (int i = 0; i < shape.length; i++) {
      if (shape[i] == 0 && node.intAttribute("allowzero", 0) == 0) {
        result.add(x == null ? UNKNOWN : x.get(i));
      } else {
        result.add(shape[i] < 0 ? UNKNOWN : fixed(shape[i]));
      }
    }
    return result;
  }

  /** The dimensions that a shape tensor stands for: its elements, or only how many there are. */
  private @Nullable List<Dimension> shapeOf(long @Nullable [] shape, String value) {
    if (shape != null) {
      return Arrays.stream(shape).mapToObj(s -> s < 0 ? UNKNOWN : fixed(s)).toList();
    }
    List<Dimension> dims = dims(value);
    return dims == null || dims.size() != 1 || !dims.get(0).isFixed() || dims.get(0).size() > 64
        ? null
        : unknown((int) dims.get(0).size());
  }

  private static @Nullable List<Dimension> transpose(Node node, @Nullable List<Dimension> x) {
    if (x == null) {
      return null;
    }
    long[] perm = node.intsAttribute("perm");
    if (perm == null) {
      List<Dimension> reversed = new ArrayList<>(x);
      Collections.reverse(reversed);
      return reversed;
    }
    return Arrays.stream(perm).mapToObj(p -> x.get((int) p)).toList();
  }

  private @Nullable List<Dimension> squeeze(Node node, @Nullable List<Dimension> x) {
    long[] axes = node.input(1).isEmpty() ? null : constantLongs(node.input(1));
    if (x == null || axes == null) {
      return null;
    }
    List<Dimension> result = new ArrayList<>();
    for (int i = 0; i < x.size(); i++) {
      if (!contains(axes, i, x.size())) {
        result.add(x.get(i));
      }
    }
    return result;
  }

  private @Nullable List<Dimension> unsqueeze(Node node, @Nullable List<Dimension> x) {
    long[] axes = constantLongs(node.input(1));
    if (x == null || axes == null) {
      return null;
    }
    int rank = x.size() + axes.length;
    List<Dimension> result = new ArrayList<>();
    int next = 0;
    for (int i = 0; i < rank; i++) {
      result.add(contains(axes, i, rank) ? fixed(1) : x.get(next++));
    }
    return result;
  }

  private static boolean contains(long[] axes, int axis, int rank) {
    return Arrays.stream(axes).anyMatch(a -> (a < 0 ? a + rank : a) == axis);
  }

  private @Nullable List<Dimension> concat(Node node) {
    List<Dimension> result = null;
    for (String input : node.inputs()) {
      List<Dimension> dims = dims(input);
      if (dims == null) {
        return null;
      }
      if (result == null) {
        result = new ArrayList<>(dims);
        continue;
      }
      if (dims.size() != result.size()) {
        mismatch(node, "the operands differ in rank: " + inputShapes(node) + ".");
        return null;
      }
      long axis = node.intAttribute("axis", 0);
      int at = (int) (axis < 0 ? axis + dims.size() : axis);
      Dimension a = result.get(at);
      Dimension b = dims.get(at);
      result.set(at, a.isFixed() && b.isFixed() ? fixed(a.size() + b.size()) : UNKNOWN);
    }
    return result;
  }

  private static @Nullable List<Dimension> reduce(
      Node node, @Nullable List<Dimension> x, long @Nullable [] axes) {
    boolean keep = node.intAttribute("keepdims", 1) != 0;
    if (x == null || (axes == null && !keep)) {
      return null;
    }
    if (axes == null) {
      return unknown(x.size());
    }
    boolean nothing = axes.length == 0 && node.intAttribute("noop_with_empty_axes", 0) != 0;
    List<Dimension> result = new ArrayList<>();
    for (int i = 0; i < x.size(); i++) {
      if (nothing || (axes.length > 0 && !contains(axes, i, x.size()))) {
        result.add(x.get(i));
      } else if (keep) {
        result.add(fixed(1));
      }
    }
    return result;
  }

  private static Dimension shapeLength(Node node, @Nullable List<Dimension> x) {
    if (x == null) {
      return UNKNOWN;
    }
    long start = clamp(node.intAttribute("start", 0), x.size());
    long end = clamp(node.intAttribute("end", x.size()), x.size());
    return fixed(Math.max(0, end - start));
  }

  private static long clamp(long index, int rank) {
    return Math.max(0, Math.min(rank, index < 0 ? index + rank : index));
  }

  private @Nullable List<Dimension> gather(Node node, @Nullable List<Dimension> x) {
    List<Dimension> indices = dims(node.input(1));
    if (x == null || indices == null || x.isEmpty()) {
      return null;
    }
    long axis = node.intAttribute("axis", 0);
    int at = (int) (axis < 0 ? axis + x.size() : axis);
    List<Dimension> result = new ArrayList<>(x.subList(0, at));
    result.addAll(indices);
    result.addAll(x.subList(at + 1, x.size()));
    return result;
  }

  private @Nullable List<Dimension> expand(Node node, @Nullable List<Dimension> x) {
    List<Dimension> shape = shapeOf(constantLongs(node.input(1)), node.input(1));
    return x == null || shape == null ? null : broadcast(node, x, shape);
  }

  private void inferSplit(Node node) {
    List<Dimension> x = dims(node.input(0));
    for (String output : node.outputs()) {
      List<Dimension> dims = unknown(x == null ? -1 : x.size());
      put(
          output,
          new TensorType(element(node.input(0)), dims != null, dims == null ? List.of() : dims));
    }
  }

  private String inputShapes(Node node) {
    List<String> shapes = new ArrayList<>();
    for (String input : node.inputs()) {
      TensorType type = types.get(input);
      shapes.add(type == null ? "?" : ValueTypes.print(type));
    }
    return String.join(", ", shapes);
  }

  private void mismatch(Node node, String detail) {
    problems.add(Problem.of(OnnxError.SHAPE_MISMATCH, node.place(), detail));
  }
}
