package dev.sotto.onnx;

import dev.sotto.problem.Problem;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Tensor;
import java.util.List;
import java.util.function.ToIntFunction;

/** Element types of node outputs, as numbers of {@code TensorProto.DataType}, and their checks. */
final class ElementTypes {
  private final ToIntFunction<String> types;
  private final List<Problem> problems;

  /**
   * Prepares the rules.
   *
   * @param types the element type of a value, 0 when it is not known
   */
  ElementTypes(ToIntFunction<String> types, List<Problem> problems) {
    this.types = types;
    this.problems = problems;
  }

  private int element(String value) {
    return types.applyAsInt(value);
  }

  /** The element type of the first output, 0 when it is not known. */
  int outputOf(Node node) {
    if (node.domain().equals("ai.onnx.ml")) {
      return 0;
    }
    return switch (node.opType()) {
      case "Cast" -> (int) node.intAttribute("to", 0);
      case "Equal",
          "Greater",
          "GreaterOrEqual",
          "Less",
          "LessOrEqual",
          "And",
          "Or",
          "Xor",
          "Not",
          "IsNaN",
          "IsInf" ->
          ElementType.BOOL.onnxNumber();
      case "Shape", "Size", "ArgMax", "ArgMin", "NonZero" -> ElementType.INT64.onnxNumber();
      case "DequantizeLinear" -> element(node.input(1));
      case "QuantizeLinear" -> {
        long declared = node.intAttribute("output_dtype", 0);
        yield declared != 0
            ? (int) declared
            : node.input(2).isEmpty() ? ElementType.UINT8.onnxNumber() : element(node.input(2));
      }
      case "Where" -> element(node.input(1));
      case "OneHot" -> element(node.input(2));
      case "ConstantOfShape" -> {
        Tensor value = node.tensorAttribute("value");
        yield value == null ? ElementType.FLOAT.onnxNumber() : value.type().onnxNumber();
      }
      case "If",
          "Loop",
          "Scan",
          "MatMulInteger",
          "ConvInteger",
          "QLinearConv",
          "QLinearMatMul",
          "DynamicQuantizeLinear" ->
          0;
      default -> element(node.input(0));
    };
  }

  /** Reports inputs whose element types the operator does not take. */
  void check(Node node) {
    if (!node.domain().isEmpty()) {
      return;
    }
    switch (node.opType()) {
      case "Add",
          "Concat",
          "Conv",
          "ConvTranspose",
          "Div",
          "Equal",
          "Gemm",
          "Greater",
          "GreaterOrEqual",
          "Less",
          "LessOrEqual",
          "MatMul",
          "Max",
          "Mean",
          "Min",
          "Mod",
          "Mul",
          "PRelu",
          "Sub",
          "Sum" ->
          requireSame(node, node.inputs());
      case "Where" -> requireSame(node, node.inputs().subList(1, node.inputs().size()));
      case "And", "Not", "Or", "Xor" -> {
        for (String input : node.inputs()) {
          int type = element(input);
          if (type != 0 && type != ElementType.BOOL.onnxNumber()) {
            typeMismatch(node, "bool", input);
          }
        }
      }
      case "Cast" -> {
        int type = (int) node.intAttribute("to", 0);
        if (ElementType.ofOnnxNumber(type) == null) {
          problems.add(
              Problem.of(
                  OnnxError.UNSUPPORTED_TYPE,
                  node.place(),
                  "it casts to " + DataType.name(type) + "."));
        }
      }
      default -> {}
    }
  }

  private void requireSame(Node node, List<String> inputs) {
    int first = 0;
    for (String input : inputs) {
      int type = element(input);
      if (first == 0) {
        first = type;
      } else if (type != 0 && type != first) {
        typeMismatch(node, DataType.name(first), input);
      }
    }
  }

  private void typeMismatch(Node node, String expected, String input) {
    problems.add(
        Problem.of(
            OnnxError.TYPE_MISMATCH,
            node.place(),
            "input '"
                + input
                + "' should be "
                + expected
                + " like the others, got "
                + DataType.name(element(input))
                + "."));
  }
}
