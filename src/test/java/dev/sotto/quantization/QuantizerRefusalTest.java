package dev.sotto.quantization;

import static dev.sotto.testing.GraphBuilder.attributes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.circuit.CircuitError;
import dev.sotto.numpy.NumpyModule;
import dev.sotto.problem.Problem;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import dev.sotto.testing.GraphBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What cannot be computed on integers is refused: all of it, by name, with a code. */
class QuantizerRefusalTest {
  private static List<Problem> refused(GraphBuilder g, int bits) {
    return assertThrows(SottoException.class, () -> QuantizedRun.of(g, bits)).problems();
  }

  @Test
  void operatorsBetweenLayers_thatCannotBeEncrypted_areRefusedAtOnce() {
    GraphBuilder g = GraphBuilder.create();
    String h = g.gemm(g.input("x", 6), 6, 6);
    String softmax = g.node("Softmax", h);
    String top = g.nodes("TopK", attributes("axis", 1), 2, softmax, g.longs(3)).get(0);
    String second = g.gemm(top, 3, 6);
    String order = g.node("CumSum", second, g.constant(Tensor.scalar(1L)));
    g.output(g.gemm(order, 6, 2));
    List<Problem> problems = refused(g, 8);
    assertEquals(
        List.of("softmax1", "topk2", "cumsum4"),
        problems.stream().map(p -> p.where().split("'")[1]).toList());
    assertTrue(problems.stream().allMatch(p -> p.code() == QuantizationError.NOT_ENCRYPTABLE));
  }

  @Test
  void handlersAndRegions_refusalsOfBoth_areListedTogether() {
    GraphBuilder g = GraphBuilder.create();
    String x = g.input("x", 6);
    String h = g.gemm(x, 6, 6);
    String k = g.gemm(x, 6, 6);
    String power = g.node("Pow", h, k);
    String softmax = g.node("Softmax", k);
    g.output(g.gemm(g.node("Add", power, softmax), 6, 2));
    assertEquals(
        List.of("pow2", "softmax3"),
        refused(g, 8).stream().map(p -> p.where().split("'")[1]).sorted().toList());
  }

  @Test
  void divisor_thatTakesBothSigns_isRefused() {
    GraphBuilder g = GraphBuilder.create();
    String x = g.input("x", 6);
    g.output(g.gemm(g.node("Div", g.gemm(x, 6, 4), g.gemm(x, 6, 4)), 4, 2));
    List<Problem> problems = refused(g, 8);
    assertEquals(1, problems.size());
    assertEquals("node 'div2' (Div)", problems.get(0).where());
  }

  @Test
  void accumulator_above53Bits_isRefusedWithItsNode() {
    GraphBuilder g = GraphBuilder.create();
    String a = g.gemm(g.input("x", 6), 6, 4);
    String b = g.node("Mul", g.gemm("x", 6, 4), g.gemm("x", 6, 4));
    String c = g.node("Pow", a, g.scalar(4));
    g.output(g.node("Sub", c, b));
    List<Problem> problems = refused(g, 16);
    assertTrue(
        problems.stream().anyMatch(p -> p.code() == CircuitError.TOO_WIDE), problems::toString);
    assertTrue(problems.get(0).where().contains("pow"), problems::toString);
  }

  @Test
  void calibrationOfAnotherModel_isRefusedWithTheValue() {
    GraphBuilder seen = GraphBuilder.create();
    seen.output(seen.gemm(seen.input("x", 6), 6, 4));
    Calibration calibration =
        Calibrator.calibrate(NumpyModule.of(seen.model()), GraphBuilder.rows(1, 50, -1, 1, 6));
    GraphBuilder g = GraphBuilder.create();
    g.output(g.gemm(g.node("Sigmoid", g.gemm(g.input("x", 6), 6, 4)), 4, 2));
    SottoException refusal =
        assertThrows(
            SottoException.class,
            () ->
                QuantizedModule.quantize(
                    g.model(), calibration, QuantizationOptions.of(BitWidths.of(8))));
    assertEquals(QuantizationError.NOT_CALIBRATED, refusal.problems().get(0).code());
    assertTrue(refusal.getMessage().contains("sigmoid1.y"), refusal::getMessage);
  }

  @Test
  void rows_ofAnotherWidthOrNumber_areRefused() {
    GraphBuilder g = GraphBuilder.create();
    g.output(g.gemm(g.input("x", 6), 6, 4));
    QuantizedModule module = QuantizedRun.of(g, 8).module;
    Tensor wide = Tensor.of(Shape.of(2, 7), new float[14]);
    Tensor right = Tensor.of(Shape.of(2, 6), new float[12]);
    for (Tensor[] rows : List.of(new Tensor[] {wide}, new Tensor[] {right, right})) {
      SottoException refusal = assertThrows(SottoException.class, () -> module.forward(rows));
      assertEquals(QuantizationError.INPUT, refusal.problems().get(0).code());
    }
  }
}
