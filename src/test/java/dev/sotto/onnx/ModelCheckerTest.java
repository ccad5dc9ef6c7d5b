package dev.sotto.onnx;

import static dev.sotto.onnx.TestModels.model;
import static dev.sotto.onnx.TestModels.number;
import static dev.sotto.onnx.TestModels.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.problem.Problem;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import dev.sotto.testing.SharedMaterial;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Types and shapes that contradict each other, and operators that are not supported. */
final class ModelCheckerTest {
  private static Problem only(OnnxModel model) {
    List<Problem> problems = ModelChecker.check(model);
    assertEquals(1, problems.size(), problems::toString);
    return problems.get(0);
  }

  private static OnnxModel binary(String opType, Tensor weights, long... dims) {
    return model(
        21, opType, List.of(value("x", dims)), Map.of("w", weights), List.of("x", "w"), Map.of());
  }

  private static Tensor zeros(int... dims) {
    Shape shape = Shape.of(dims);
    return Tensor.of(shape, new float[shape.size()]);
  }

  @Test
  void inner_dimensions_that_differ_are_named() {
    for (String opType : List.of("MatMul", "Gemm")) {
      Problem problem = only(binary(opType, zeros(4, 2), -1, 3));
      assertEquals(OnnxError.SHAPE_MISMATCH, problem.code());
      assertTrue(problem.detail().contains("3 columns, the second 4 rows"), problem.detail());
      assertEquals("node 'op' (" + opType + ")", problem.where());
      assertEquals(List.of(), ModelChecker.check(binary(opType, zeros(3, 2), -1, 3)));
    }
  }

  @Test
  void transposed_weights_are_read_transposed() {
    OnnxModel good =
        model(
            21,
            "Gemm",
            List.of(value("x", -1, 3)),
            Map.of("w", zeros(2, 3)),
            List.of("x", "w"),
            Map.of("transB", number(1)));
    assertEquals(List.of(), ModelChecker.check(good));
    assertEquals(OnnxError.SHAPE_MISMATCH, only(binary("Gemm", zeros(2, 3), -1, 3)).code());
  }

  @Test
  void channels_that_differ_are_named() {
    Problem problem = only(binary("Conv", zeros(8, 3, 5, 5), -1, 1, 28, 28));
    assertEquals(OnnxError.SHAPE_MISMATCH, problem.code());
    assertTrue(problem.detail().contains("3 channels, the data has 1"));
    assertEquals(List.of(), ModelChecker.check(binary("Conv", zeros(8, 1, 5, 5), -1, 1, 28, 28)));
  }

  @Test
  void operands_that_do_not_broadcast_are_refused() {
    assertEquals(OnnxError.SHAPE_MISMATCH, only(binary("Add", zeros(4), -1, 3)).code());
    assertEquals(List.of(), ModelChecker.check(binary("Add", zeros(1), -1, 3)));
  }

  @Test
  void batch_that_the_exporter_fixed_is_free() {
    OnnxModel fixed = binary("Add", zeros(16, 3), 1, 3);
    assertEquals(List.of(), ModelChecker.check(fixed));
  }

  @Test
  void operands_of_two_types_are_refused() {
    Problem problem = only(binary("Mul", Tensor.vector(1, 2, 3), -1, 3));
    assertEquals(OnnxError.TYPE_MISMATCH, problem.code());
    assertTrue(problem.detail().contains("should be float like the others, got int64"));
  }

  @Test
  void cast_to_a_type_without_arithmetic_is_refused() {
    OnnxModel cast =
        model(21, "Cast", List.of(value("x", 3)), Map.of(), List.of("x"), Map.of("to", number(16)));
    assertEquals(OnnxError.UNSUPPORTED_TYPE, only(cast).code());
    assertTrue(only(cast).detail().contains("bfloat16"));
  }

  @Test
  void unsupported_operators_and_domains_are_named_each() {
    Node known = Node.of("a", "Relu", List.of("x"), List.of("h"), Map.of());
    Node operator = Node.of("b", "LSTM", List.of("h"), List.of("i"), Map.of());
    Node domain = new Node("c", "my.domain", "Magic", List.of("i"), List.of("y"), Map.of());
    OnnxModel model =
        model(
            21,
            List.of(value("x", ElementType.FLOAT, 3)),
            Map.of(),
            List.of(known, operator, domain),
            List.of(value("y", 3)));
    List<Problem> problems = ModelChecker.unsupported(model, type -> type.equals("Relu"));
    assertEquals(
        List.of(OnnxError.UNSUPPORTED_OPERATOR, OnnxError.UNSUPPORTED_DOMAIN),
        problems.stream().map(Problem::code).toList());
    assertEquals("node 'c' (my.domain:Magic)", problems.get(1).where());
  }

  @Test
  void real_models_have_tails_where_they_decide() {
    OnnxModel model =
        OnnxModel.read(SharedMaterial.require("onnx-exports/skl-mlp-digits/model.onnx"))
            .normalized();
    List<OutputTail> tails = OutputTail.of(model.graph());
    assertEquals("label", tails.get(0).output());
    assertEquals("add_result1", tails.get(0).source());
    assertTrue(tails.get(0).contains("ArgMax"));
    assertEquals("add_result1", tails.get(1).source());
    assertTrue(tails.get(1).contains("Softmax"));
    GraphIndex index = GraphIndex.of(model.graph());
    assertEquals("Softmax", index.consumers("add_result1").get(0).opType());
    assertEquals("Add", index.producer("add_result1").opType());
    assertTrue(index.isOutput("label"));
    assertTrue(index.isInitializer("coefficient"));
  }

  @Test
  void printed_model_has_one_line_per_value_and_node() {
    OnnxModel model = binary("Gemm", zeros(3, 2), -1, 3).normalized();
    assertEquals(
        """
        model test (test; IR 10; ai.onnx 21; ai.onnx.ml 4)
          input   x: float[?,3]
          const   w: float[3,2] 0.0,0.0,0.0,0.0,0.0,0.0
          y = Gemm(x, w)
          output  y: float
        """,
        model.print());
  }
}
