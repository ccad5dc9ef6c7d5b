package dev.sotto.quantization;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.numpy.OperatorRegistry;
import dev.sotto.testing.GeneratedPage;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** {@code docs/operators.md} lists every operator and where it can run. */
final class OperatorsPageTest {
  /** Operators of Sotto's own, made while a model is prepared; never in a file. */
  private static final String OWN = "dev.sotto:";

  /** What {@link ModelSplit} makes scores of, in integers, and a finish on the client. */
  private static final Set<String> SPLIT =
      Set.of(
          "ai.onnx.ml:TreeEnsemble",
          "ai.onnx.ml:TreeEnsembleClassifier",
          "ai.onnx.ml:TreeEnsembleRegressor",
          "ai.onnx.ml:LinearClassifier",
          "ai.onnx.ml:LinearRegressor",
          "ai.onnx.ml:SVMClassifier",
          "ai.onnx.ml:SVMRegressor");

  /** What {@link FakeQuantization} recognises. */
  private static final Set<String> AUTHORS_QUANTIZERS =
      Set.of("QuantizeLinear", "DequantizeLinear", "qonnx.custom_op.general:Quant");

  /** Elementwise operators that take two encrypted operands as well. */
  private static final Set<String> OF_TWO =
      Set.of(
          "Add",
          "Sub",
          "Sum",
          "Mean",
          "Mul",
          "Div",
          "Max",
          "Min",
          "Greater",
          "GreaterOrEqual",
          "Less",
          "LessOrEqual",
          "Equal",
          "Where");

  private static final Set<String> PRODUCTS = Set.of("Gemm", "MatMul", "Pow");

  @Test
  void page_lists_every_operator() throws IOException {
    GeneratedPage.check("operators.md", page());
  }

  @Test
  void every_operator_named_here_is_one_that_runs_in_float() {
    Set<String> known = OperatorRegistry.standard().all().keySet();
    for (Set<String> named : List.of(SPLIT, AUTHORS_QUANTIZERS, OF_TWO, PRODUCTS)) {
      named.forEach(type -> assertTrue(known.contains(type), type));
    }
    OF_TWO.forEach(type -> assertTrue(OperatorKinds.isElementwise(type), type));
  }

  private static String page() {
    StringBuilder page =
        new StringBuilder(
            """
            # Operators

            All of these run in float, and with that in the two parts of a quantized model that \
            the client computes in
            the clear: before encryption, up to the first layer that mixes elements of a row, and \
            after decryption,
            from the last one on. Between the two, an operator must be one that works on integers: \
            the second column
            says how. `sotto inspect MODEL` says it for one model, with every obstacle.

            | operator | between encrypted layers |
            |---|---|
            """);
    int encrypted = 0;
    Set<String> types = new TreeSet<>(OperatorRegistry.standard().all().keySet());
    types.removeIf(type -> type.startsWith(OWN));
    for (String type : types) {
      String how = how(type);
      encrypted += how.isEmpty() ? 0 : 1;
      page.append("| ").append(type).append(" | ");
      page.append(how.isEmpty() ? "client only" : how).append(" |\n");
    }
    page.append('\n').append(types.size()).append(" operators, ").append(encrypted);
    page.append(
        """
         of them on integers. An operator of constants alone is computed when the model is loaded.

        - *lookup*: fused, with all its neighbours of this kind, into one lookup of one integer.
        - *product*: a product of two encrypted tensors, where both operands are encrypted.
        - *move*: a rearrangement; costs nothing.

        This page is made from the code by `dev.sotto.quantization.OperatorsPageTest`.
        """);
    return page.toString();
  }

  private static String how(String type) {
    if (SPLIT.contains(type)) {
      return type.contains("Tree")
          ? "trees over threshold bits; classes and transforms on the client"
          : "weighted sums, linear kernel; classes and transforms on the client";
    } else if (AUTHORS_QUANTIZERS.contains(type)) {
      return "the author's own scales are kept";
    } else if (OperatorKinds.isMove(type)) {
      return "move";
    } else if (OperatorKinds.isElementwise(type)) {
      return ofElements(type);
    } else if (OperatorKinds.isMixing(type)) {
      return mixing(type);
    }
    return "";
  }

  private static String ofElements(String type) {
    return switch (type) {
      case "Add", "Sub", "Sum", "Mean" -> "lookup; of two encrypted operands a sum";
      case "Max", "Min" -> "lookup; of two encrypted operands lookups of differences";
      case "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Equal" ->
          "lookup; of two encrypted operands a lookup of the difference";
      case "Pow" -> "lookup; small whole exponents products";
      default -> OF_TWO.contains(type) ? "lookup; of two encrypted operands a product" : "lookup";
    };
  }

  private static String mixing(String type) {
    if (type.equals("ReduceMax") || type.equals("ReduceMin") || type.contains("MaxPool")) {
      return "lookups of differences";
    } else if (PRODUCTS.contains(type)) {
      return "weighted sums; of two encrypted operands products";
    }
    return type.matches("ReduceL[12]|ReduceSumSquare")
        ? "lookups or products, then sums"
        : "weighted sums";
  }
}
