package dev.sotto.numpy;

import dev.sotto.onnx.Graph;
import dev.sotto.onnx.OnnxError;
import dev.sotto.onnx.ValueType;
import dev.sotto.onnx.ValueType.Dimension;
import dev.sotto.onnx.ValueType.TensorType;
import dev.sotto.problem.Problem;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.Conversion;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The declared inputs of a graph: what callers give is checked against them and converted. */
final class ModelInputs {
  /**
   * One declared input.
   *
   * @param type null when none is declared
   * @param dims null when no shape is declared
   */
  record Declared(String name, @Nullable ElementType type, @Nullable List<Dimension> dims) {
    /** Elements of one row: the product of all fixed dimensions but the first; −1 if not fixed. */
    long rowSize() {
      if (dims == null || dims.isEmpty()) {
        return -1;
      }
      long size = 1;
      for (Dimension dim : dims.subList(1, dims.size())) {
        size = dim.isFixed() && size >= 0 ? size * dim.size() : -1;
      }
      return size;
    }

    /** Whether a shape is the declared one, with any size in the first dimension. */
    boolean admits(Shape shape) {
      if (dims == null) {
        return true;
      }
      boolean fits = dims.size() == shape.rank();
      for (int i = 1; fits && i < shape.rank(); i++) {
        fits = !dims.get(i).isFixed() || dims.get(i).size() == shape.dim(i);
      }
      return fits;
    }

    String shapeText() {
      return dims == null
          ? "any shape"
          : dims.stream()
              .map(
                  d ->
                      d.isFixed()
                          ? Long.toString(d.size())
                          : d.symbol().isEmpty() ? "?" : d.symbol())
              .collect(Collectors.joining("x", "", dims.isEmpty() ? "scalar" : ""));
    }
  }

  private final List<Declared> inputs;

  private ModelInputs(List<Declared> inputs) {
    this.inputs = inputs;
  }

  /**
   * Reads the declarations.
   *
   * @throws SottoException for inputs of a type that Sotto does not compute with
   */
  static ModelInputs of(Graph graph) {
    List<Problem> problems = new ArrayList<>();
    List<Declared> inputs = new ArrayList<>();
    for (Graph.Value value : graph.inputs()) {
      ValueType declared = value.type();
      ElementType type = null;
      List<Dimension> dims = null;
      if (declared instanceof TensorType tensor) {
        type = ElementType.ofOnnxNumber(tensor.elementType());
        dims = tensor.hasShape() ? tensor.dims() : null;
      }
      boolean undeclared = declared instanceof TensorType tensor && tensor.elementType() == 0;
      if (type == null && !undeclared) {
        problems.add(
            Problem.of(
                OnnxError.UNSUPPORTED_TYPE,
                "graph input '" + value.name() + "'",
                "has type " + declared + "."));
      }
      inputs.add(new Declared(value.name(), type, dims));
    }
    if (!problems.isEmpty()) {
      throw new SottoException(problems);
    }
    return new ModelInputs(List.copyOf(inputs));
  }

  List<Declared> all() {
    return inputs;
  }

  /**
   * Checks and converts one tensor per input; all problems at once.
   *
   * @param asRows whether rows of equal size but another shape are reshaped
   */
  Tensor[] accept(Tensor[] given, boolean asRows) {
    if (given.length != inputs.size()) {
      throw SottoException.of(
          NumpyError.INPUT_COUNT,
          "",
          "expected "
              + inputs.size()
              + " inputs ("
              + inputs.stream().map(Declared::name).collect(Collectors.joining(", "))
              + "), got "
              + given.length
              + ".");
    }
    List<Problem> problems = new ArrayList<>();
    Tensor[] accepted = given.clone();
    for (int i = 0; i < given.length; i++) {
      Declared declared = inputs.get(i);
      String where = "input '" + declared.name + "'";
      if (declared.type != null && declared.type != given[i].type()) {
        Tensor converted = convert(given[i], declared.type);
        if (converted == null) {
          problems.add(
              Problem.of(
                  NumpyError.INPUT_TYPE,
                  where,
                  "expected " + declared.type + ", got " + given[i] + "."));
          continue;
        }
        accepted[i] = converted;
      }
      if (asRows) {
        accepted[i] = shapeRows(accepted[i], declared);
      }
      if (!declared.admits(accepted[i].shape()) && !(asRows && isRowsOfUnbatched(accepted[i], i))) {
        problems.add(
            Problem.of(
                NumpyError.INPUT_SHAPE,
                where,
                "expected " + declared.shapeText() + ", got " + given[i].shape() + "."));
      }
    }
    if (!problems.isEmpty()) {
      throw new SottoException(problems);
    }
    return accepted;
  }

  /** Whether the input is declared without a batch axis and the tensor holds rows of its shape. */
  private boolean isRowsOfUnbatched(Tensor rows, int input) {
    int[] declared = unbatchedDims(input);
    if (declared == null || rows.shape().rank() == 0) {
      return false;
    }
    Shape shape = Shape.of(declared);
    return shape.size() == rows.shape().size(1, rows.shape().rank());
  }

  /** The whole declared shape of an input when every dimension is fixed, otherwise null. */
  int @Nullable [] unbatchedDims(int input) {
    List<Dimension> dims = inputs.get(input).dims;
    if (dims == null || !dims.stream().allMatch(Dimension::isFixed)) {
      return null;
    }
    return dims.stream().mapToInt(dim -> Math.toIntExact(dim.size())).toArray();
  }

  private static Tensor shapeRows(Tensor rows, Declared declared) {
    Shape shape = rows.shape();
    if (declared.dims == null || declared.admits(shape) || shape.rank() == 0) {
      return rows;
    }
    if (declared.rowSize() != shape.size(1, shape.rank())) {
      return rows;
    }
    int[] dims = new int[declared.dims.size()];
    dims[0] = shape.dim(0);
    for (int axis = 1; axis < dims.length; axis++) {
      dims[axis] = Math.toIntExact(declared.dims.get(axis).size());
    }
    return rows.reshape(Shape.of(dims));
  }

  /** Any number becomes floating; a number becomes an integer when nothing is lost. */
  private static @Nullable Tensor convert(Tensor x, ElementType type) {
    if (x.type() == ElementType.STRING || type == ElementType.STRING) {
      return null;
    }
    Tensor converted = Conversion.cast(x, type);
    if (!type.isFloating()) {
      for (int i = 0; i < x.size(); i++) {
        if (converted.getDouble(i) != x.getDouble(i)) {
          return null;
        }
      }
    }
    return converted;
  }
}
