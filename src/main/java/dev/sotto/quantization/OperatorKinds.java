package dev.sotto.quantization;

import java.util.Set;

/**
 * What the quantizer does with each ONNX operator.
 *
 * <p>This table, the handlers it leads to, and the client's two regions (see {@link GraphRegions})
 * are all that decides what is encrypted.
 */
final class OperatorKinds {
  /** Functions of one element, and of several elements at the same place. */
  private static final Set<String> ELEMENTWISE =
      Set.of(
          "Abs",
          "Acos",
          "Acosh",
          "Add",
          "And",
          "Asin",
          "Asinh",
          "Atan",
          "Atanh",
          "BatchNormalization",
          "Cast",
          "CastLike",
          "Ceil",
          "Celu",
          "Clip",
          "Cos",
          "Cosh",
          "Div",
          "Dropout",
          "Elu",
          "Equal",
          "Erf",
          "Exp",
          "Floor",
          "Gelu",
          "Greater",
          "GreaterOrEqual",
          "HardSigmoid",
          "HardSwish",
          "Identity",
          "IsInf",
          "IsNaN",
          "LeakyRelu",
          "Less",
          "LessOrEqual",
          "Log",
          "Max",
          "Mean",
          "Min",
          "Mish",
          "Mod",
          "Mul",
          "Neg",
          "Not",
          "Or",
          "PRelu",
          "Pow",
          "Reciprocal",
          "Relu",
          "Round",
          "Selu",
          "Shrink",
          "Sigmoid",
          "Sign",
          "Sin",
          "Sinh",
          "Softplus",
          "Softsign",
          "Sqrt",
          "Sub",
          "Sum",
          "Swish",
          "Tan",
          "Tanh",
          "ThresholdedRelu",
          "Where",
          "Xor",
          FakeQuantization.TYPE);

  /** Rearrangements: every element of the result is an element of an operand. */
  private static final Set<String> MOVES =
      Set.of(
          "Concat",
          "DepthToSpace",
          "Expand",
          "Flatten",
          "Gather",
          "GatherElements",
          "GatherND",
          "Pad",
          "Reshape",
          "Slice",
          "SpaceToDepth",
          "Split",
          "Squeeze",
          "Tile",
          "Transpose",
          "Unsqueeze");

  /** Operators that combine elements of a row, in integers. */
  private static final Set<String> MIXING =
      Set.of(
          "Gemm",
          "MatMul",
          "Conv",
          "ConvTranspose",
          "AveragePool",
          "GlobalAveragePool",
          "MaxPool",
          "GlobalMaxPool",
          "ReduceSum",
          "ReduceMean",
          "ReduceMax",
          "ReduceMin",
          "ReduceL1",
          "ReduceL2",
          "ReduceSumSquare",
          ModelSplit.SCORES);

  private OperatorKinds() {}

  /** Every operator that can stand between encrypted layers. */
  static Set<String> all() {
    Set<String> all = new java.util.TreeSet<>(ELEMENTWISE);
    all.addAll(MOVES);
    all.addAll(MIXING);
    return all;
  }

  static boolean isElementwise(String type) {
    return ELEMENTWISE.contains(type);
  }

  static boolean isMove(String type) {
    return MOVES.contains(type);
  }

  static boolean isMixing(String type) {
    return MIXING.contains(type);
  }
}
