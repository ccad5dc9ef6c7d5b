package dev.sotto.numpy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.onnx.Attribute;
import dev.sotto.onnx.Graph;
import dev.sotto.onnx.Node;
import dev.sotto.onnx.OnnxError;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.onnx.ValueType.Dimension;
import dev.sotto.onnx.ValueType.TensorType;
import dev.sotto.problem.ErrorCode;
import dev.sotto.problem.Problem;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NumpyModuleTest {
  /** A small graph under construction. */
  private static final class Model {
    private final List<Node> nodes = new ArrayList<>();
    private final List<Graph.Value> inputs = new ArrayList<>();
    private final List<Graph.Value> outputs = new ArrayList<>();
    private final Map<String, Tensor> initializers = new LinkedHashMap<>();

    Model input(String name, ElementType type, long... dims) {
      List<Dimension> declared =
          Arrays.stream(dims).mapToObj(dim -> new Dimension(dim, dim < 0 ? "batch" : "")).toList();
      inputs.add(new Graph.Value(name, new TensorType(type.onnxNumber(), true, declared)));
      return this;
    }

    Model constant(String name, Tensor value) {
      initializers.put(name, value);
      return this;
    }

    Model node(String type, String inputs, String outputs) {
      return node(type, inputs, outputs, Map.of());
    }

    Model node(String type, String in, String out, Map<String, Attribute> attributes) {
      nodes.add(
          Node.of(
              type + "_" + nodes.size(),
              type,
              List.of(in.split(" ")),
              List.of(out.split(" ")),
              attributes));
      return this;
    }

    Model output(String name) {
      outputs.add(new Graph.Value(name, new TensorType(1, false, List.of())));
      return this;
    }

    NumpyModule build() {
      Graph graph = new Graph("g", nodes, inputs, outputs, initializers, Map.of());
      return NumpyModule.of(
          new OnnxModel(graph, Map.of("", OnnxModel.CANONICAL_OPSET), 10, "test", Map.of()));
    }
  }

  private static List<ErrorCode> codes(SottoException e) {
    return e.problems().stream().map(Problem::code).toList();
  }

  @Test
  void of_severalThingsWrong_reportsAllAtOnce() {
    Model model =
        new Model()
            .input("x", ElementType.FLOAT, -1, 2)
            .node("LSTM", "x", "a")
            .node("Gelu", "x", "b", Map.of("approximate", new Attribute.StringValue("no")))
            .node("Add", "x nowhere", "c")
            .output("a")
            .output("b")
            .output("c")
            .output("missing");
    SottoException refusal = assertThrows(SottoException.class, model::build);
    assertEquals(
        List.of(
            OnnxError.UNSUPPORTED_OPERATOR,
            NumpyError.UNSUPPORTED_MODE,
            NumpyError.MISSING_VALUE,
            NumpyError.MISSING_VALUE),
        codes(refusal));
    assertTrue(refusal.getMessage().contains("node 'LSTM_0' (LSTM)"), refusal.getMessage());
  }

  @Test
  void of_modelThatCannotBeNormalised_stillNamesItsUnsupportedOperators() {
    Model model =
        new Model()
            .input("x", ElementType.FLOAT, -1, 2)
            .node("Cast", "x", "a", Map.of("to", new Attribute.IntValue(16)))
            .node("LSTM", "x", "b")
            .output("a")
            .output("b");
    SottoException refusal = assertThrows(SottoException.class, model::build);
    assertEquals(
        List.of(OnnxError.UNSUPPORTED_TYPE, OnnxError.UNSUPPORTED_OPERATOR), codes(refusal));
  }

  @Test
  void of_trainingModeDropout_isRefusedBeforeItRuns() {
    Model model =
        new Model()
            .input("x", ElementType.FLOAT, -1, 2)
            .constant("ratio", Tensor.scalar(0.5f))
            .constant("training", Tensor.ofBooleans(Shape.SCALAR, 1))
            .node("Dropout", "x ratio training", "y")
            .output("y");
    SottoException refusal = assertThrows(SottoException.class, model::build);
    assertEquals(List.of(NumpyError.UNSUPPORTED_MODE), codes(refusal));
  }

  @Test
  void constantNodes_areEvaluatedOnce() {
    NumpyModule module =
        new Model()
            .input("x", ElementType.FLOAT, -1, 4)
            .constant("w", Calls.counting(2, 3))
            .node("Shape", "w", "s")
            .node("ReduceProd", "s", "n")
            .node("Cast", "n", "f", Map.of("to", new Attribute.IntValue(1)))
            .node("Mul", "x f", "y")
            .output("y")
            .build();
    assertEquals(Calls.floats(6), module.constants().get("f"));
    Tensor x = Calls.counting(1, 4);
    assertEquals(Tensor.of(Shape.of(1, 4), 0f, 6, 12, 18), module.forward(x)[0]);
  }

  @Test
  void forward_outputsThatAreInputsOrInitializers_areGivenAsTheyAre() {
    Tensor w = Calls.floats(1, 2);
    NumpyModule module =
        new Model()
            .input("x", ElementType.FLOAT, -1)
            .constant("w", w)
            .node("Relu", "x", "y")
            .output("w")
            .output("x")
            .output("y")
            .output("y")
            .build();
    Tensor x = Calls.floats(-1);
    Tensor[] results = module.forward(x);
    assertSame(w, results[0]);
    assertSame(x, results[1]);
    assertEquals(Calls.floats(0), results[2]);
    assertSame(results[2], results[3]);
  }

  @Test
  void observer_seesInputsAndEveryNodeOutputInOrder() {
    NumpyModule module =
        new Model()
            .input("x", ElementType.FLOAT, -1, 2)
            .constant("w", Calls.floats(1, 2))
            .node("Neg", "w", "v")
            .node("Add", "x v", "y")
            .node("Relu", "y", "z")
            .output("z")
            .build();
    List<String> seen = new ArrayList<>();
    module.forward(new Tensor[] {Calls.counting(1, 2)}, (name, value) -> seen.add(name));
    assertEquals(List.of("x", "v", "y", "z"), seen);
  }

  @Test
  void forward_wrongInputs_areNamedWithExpectedAndActual() {
    NumpyModule module =
        new Model()
            .input("x", ElementType.FLOAT, -1, 3)
            .input("i", ElementType.INT64, -1)
            .node("Gather", "x i", "y")
            .output("y")
            .build();
    SottoException count = assertThrows(SottoException.class, module::forward);
    assertEquals(List.of(NumpyError.INPUT_COUNT), codes(count));
    SottoException both =
        assertThrows(
            SottoException.class, () -> module.forward(Calls.counting(2, 4), Calls.floats(0.5f)));
    assertEquals(List.of(NumpyError.INPUT_SHAPE, NumpyError.INPUT_TYPE), codes(both));
    assertTrue(both.getMessage().contains("input 'x': expected batchx3, got 2x4."));
  }

  @Test
  void forward_numbersOfAnotherType_areConverted() {
    NumpyModule module =
        new Model()
            .input("x", ElementType.FLOAT, -1, 2)
            .input("i", ElementType.INT64, -1)
            .node("Gather", "x i", "y")
            .output("y")
            .build();
    Tensor[] results =
        module.forward(Tensor.of(Shape.of(2, 2), 0.1, 0.2, 0.3, 0.4), Calls.floats(1));
    assertEquals(Tensor.of(Shape.of(1, 2), 0.3f, 0.4f), results[0]);
  }

  @Test
  void forward_nodeThatCannotBeApplied_isNamedWithItsInputs() {
    NumpyModule module =
        new Model()
            .input("a", ElementType.FLOAT, -1)
            .input("b", ElementType.FLOAT, -1)
            .node("Add", "a b", "y")
            .output("y")
            .build();
    SottoException failure =
        assertThrows(
            SottoException.class, () -> module.forward(Calls.counting(2), Calls.counting(3)));
    assertEquals(
        "SOTTO-NUMPY-004 node 'Add_0' (Add): cannot be applied to (FLOAT 2, FLOAT 3): shapes 2 and"
            + " 3 do not broadcast. Try: "
            + NumpyError.EVALUATION.remedy(),
        failure.getMessage());
  }

  /** Multiplies rows of 2x3 images by a mask after a Reshape to {@code target}. */
  private static NumpyModule reshaping(long batch, long... target) {
    return new Model()
        .input("x", ElementType.FLOAT, batch, 1, 2, 3)
        .constant("shape", Tensor.vector(target))
        .constant("mask", Calls.floats(1, 2, 3, 4, 5, 6))
        .node("Reshape", "x shape", "flat")
        .node("Mul", "flat mask", "y")
        .output("y")
        .build();
  }

  private static final float[] EXPECTED = {
    0, 2, 6, 12, 20, 30, 6, 14, 24, 36, 50, 66, 12, 26, 42, 60, 80, 102
  };

  @Test
  void forwardRows_whereTheFileFixesTheBatch_runsAnyNumber() {
    Tensor rows = Calls.counting(3, 6);
    for (NumpyModule module :
        List.of(reshaping(1, 1, 6), reshaping(1, 6), reshaping(-1, -1, 6), reshaping(2, 2, 6))) {
      Tensor result = module.forwardRows(new Tensor[] {rows}, null)[0];
      assertEquals(Shape.of(3, 6), result.shape());
      assertArrayEquals(EXPECTED, result.floats());
    }
  }

  @Test
  void forwardRows_ofNoRows_givesNoRows() {
    Tensor none = Tensor.of(Shape.of(0, 6), new float[0]);
    Tensor result = reshaping(1, 1, 6).forwardRows(new Tensor[] {none}, null)[0];
    assertEquals(Shape.of(0, 6), result.shape());
  }

  @Test
  void forwardRows_whereTheBatchIsMixed_runsRowByRow() {
    NumpyModule module =
        new Model()
            .input("x", ElementType.FLOAT, -1, 2)
            .node("Softmax", "x", "y", Map.of("axis", new Attribute.IntValue(0)))
            .output("y")
            .build();
    Tensor result = module.forwardRows(new Tensor[] {Calls.counting(3, 2)}, null)[0];
    assertEquals(Tensor.of(Shape.of(3, 2), 1f, 1, 1, 1, 1, 1), result);
  }

  @Test
  void forwardRows_whereTheBatchIsFree_runsOnce() {
    NumpyModule module =
        new Model().input("x", ElementType.FLOAT, 1, 2).node("Relu", "x", "y").output("y").build();
    List<Shape> seen = new ArrayList<>();
    module.forwardRows(
        new Tensor[] {Calls.counting(5, 2)}, (name, value) -> seen.add(value.shape()));
    assertEquals(List.of(Shape.of(5, 2), Shape.of(5, 2)), seen);
  }

  @Test
  void forwardRows_whereInputsHaveNoBatchAxis_givesEachItsShape() {
    NumpyModule module =
        new Model()
            .input("x", ElementType.FLOAT, 2, 3)
            .node("ReduceSum", "x", "y", Map.of("keepdims", new Attribute.IntValue(0)))
            .output("y")
            .build();
    Tensor result = module.forwardRows(new Tensor[] {Calls.counting(2, 6)}, null)[0];
    assertEquals(Calls.floats(15, 51), result);
  }

  @Test
  void forwardRows_ofUnequalCounts_isRefused() {
    NumpyModule module =
        new Model()
            .input("a", ElementType.FLOAT, -1, 2)
            .input("b", ElementType.FLOAT, -1, 2)
            .node("Add", "a b", "y")
            .output("y")
            .build();
    SottoException refusal =
        assertThrows(
            SottoException.class,
            () ->
                module.forwardRows(
                    new Tensor[] {Calls.counting(2, 2), Calls.counting(3, 2)}, null));
    assertEquals(List.of(NumpyError.INPUT_SHAPE), codes(refusal));
  }

  @Test
  void forward_fromManyThreads_givesTheSame() {
    NumpyModule module = reshaping(1, 1, 6);
    Tensor rows = Calls.counting(3, 6);
    List<Tensor> results =
        java.util.stream.IntStream.range(0, 64)
            .parallel()
            .mapToObj(i -> module.forwardRows(new Tensor[] {rows}, null)[0])
            .toList();
    results.forEach(result -> assertArrayEquals(EXPECTED, result.floats()));
  }
}
