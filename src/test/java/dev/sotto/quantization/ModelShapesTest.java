package dev.sotto.quantization;

import static dev.sotto.testing.GraphBuilder.attributes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.numpy.NumpyModule;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import dev.sotto.testing.GraphBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whole models: what the client keeps, several inputs and outputs, layouts of the batch. */
class ModelShapesTest {
  private static QuantizedRun run(GraphBuilder g) {
    return QuantizedRun.of(g, 8).requireShapes().requireR2(0.99).requireInvariants();
  }

  @Test
  void tails_ofClassifiers_stayOnTheClient() {
    for (String tail : List.of("Softmax", "Sigmoid", "LogSoftmax")) {
      GraphBuilder g = GraphBuilder.create();
      g.output(g.node(tail, g.gemm(g.node("Relu", g.gemm(g.input("x", 6), 6, 8)), 8, 4)));
      QuantizedRun run = run(g);
      assertEquals(2, run.count("linear"), tail);
      assertEquals(1, run.count("lookup"), tail);
    }
  }

  @Test
  void argMax_asTail_isAnInt64OfTheClient() {
    GraphBuilder g = GraphBuilder.create();
    String scores = g.gemm(g.node("Relu", g.gemm(g.input("x", 6), 6, 8)), 8, 4);
    g.output(g.node("ArgMax", attributes("axis", 1, "keepdims", 0), scores), scores);
    QuantizedRun run = QuantizedRun.of(g, 12).requireShapes();
    int equal = 0;
    for (int i = 0; i < run.expected[0].size(); i++) {
      equal += run.expected[0].getLong(i) == run.actual[0].getLong(i) ? 1 : 0;
    }
    assertTrue(equal >= 0.99 * run.expected[0].size());
  }

  @Test
  void reluAndBatchNormalization_asTail_runOnTheClient() {
    GraphBuilder g = GraphBuilder.create();
    String h = g.node("Relu", g.gemm(g.input("x", 6), 6, 4));
    g.output(
        g.node(
            "BatchNormalization",
            h,
            g.uniform(0.5, 2, 4),
            g.normal(1, 4),
            g.normal(1, 4),
            g.uniform(0.5, 2, 4)));
    assertEquals(0, run(g).count("lookup"));
  }

  @Test
  void quantizerOfTheModelBehindAnInput_encodesIt_whateverTheBits() {
    GraphBuilder g = GraphBuilder.create();
    String scale = g.scalar(1.0 / 128);
    String zero = g.constant(Tensor.of(ElementType.INT8, Shape.of(), new long[1]));
    String moved = g.node("Reshape", g.input("x", 6), g.longs(-1, 2, 3));
    String integers = g.node("QuantizeLinear", moved, scale, zero);
    g.output(g.node("Tanh", g.node("DequantizeLinear", integers, scale, zero)));
    QuantizedRun run = QuantizedRun.of(g, 4).requireShapes();
    assertEquals(run.expected[0], run.actual[0]);
  }

  @Test
  void leadingScaler_isTheClients() {
    GraphBuilder g = GraphBuilder.create();
    String centred = g.node("Sub", g.input("x", 6), g.normal(0.3, 6));
    String scaled = g.node("Div", centred, g.uniform(0.1, 3, 6));
    g.output(g.gemm(scaled, 6, 3));
    assertEquals(1, run(g).module.ops().size());
  }

  @Test
  void columnsJoinedAndScaled_areTheClients() {
    GraphBuilder g = GraphBuilder.create();
    String joined = g.node("Concat", attributes("axis", 1), g.input("a", 2), g.input("b", 3));
    g.output(g.gemm(g.node("Mul", joined, g.uniform(0.1, 2, 5)), 5, 3));
    QuantizedRun run = run(g);
    assertEquals(1, run.module.encodings().size());
    assertEquals(1, run.module.ops().size());
  }

  @Test
  void severalInputs_meetInTheMiddle() {
    GraphBuilder g = GraphBuilder.create();
    String a = g.node("Relu", g.gemm(g.input("a", 4), 4, 6));
    String b = g.node("Tanh", g.gemm(g.input("b", 3), 3, 6));
    g.output(g.gemm(g.node("Add", a, b), 6, 2));
    assertEquals(2, run(g).module.encodings().size());
  }

  @Test
  void severalOutputs_fromHiddenLayersToo_allFollowFloat() {
    GraphBuilder g = GraphBuilder.create();
    String h = g.gemm(g.input("x", 5), 5, 6);
    String r = g.node("Relu", h);
    String y = g.gemm(r, 6, 3);
    g.output(y, r, h, g.node("Sigmoid", y));
    run(g);
  }

  @Test
  void fixedBatchOfOne_withHardCodedReshape_scoresManyRows() {
    for (long[] target : new long[][] {{1, 8}, {1, -1}}) {
      GraphBuilder g = GraphBuilder.create();
      String h = g.conv(g.fixedInput("x", 1, 1, 2, 2), 1, 2);
      String flat = g.node("Reshape", g.node("Relu", h), g.longs(target));
      g.output(g.node("Softmax", g.gemm(flat, 8, 3)));
      run(g);
    }
  }

  @Test
  void fixedBatchOfOne_softmaxOfAReshapedRow_mixesNoRows() {
    GraphBuilder g = GraphBuilder.create();
    String h = g.gemm(g.fixedInput("x", 1, 5), 5, 4);
    g.output(g.node("Softmax", g.node("Reshape", h, g.longs(1, -1))));
    run(g);
  }

  @Test
  void featuresFirst_asHummingbirdWrites_scoresManyRows() {
    GraphBuilder g = GraphBuilder.create();
    String t = g.node("Transpose", attributes("perm", new long[] {1, 0}), g.input("x", 5));
    String h = g.node("Relu", g.node("MatMul", g.normal(0.5, 6, 5), t));
    String y = g.node("MatMul", g.normal(0.5, 3, 6), h);
    g.output(g.node("Transpose", attributes("perm", new long[] {1, 0}), g.node("Sigmoid", y)));
    run(g);
  }

  @Test
  void rowsOutsideCalibration_areClippedAndCounted() {
    GraphBuilder g = GraphBuilder.create();
    g.output(g.gemm(g.node("Relu", g.gemm(g.input("x", 2), 2, 8)), 8, 2));
    QuantizedModule module =
        QuantizedModule.quantize(
            g.model(),
            Calibrator.calibrate(NumpyModule.of(g.model()), GraphBuilder.rows(1, 300, -1, 1, 2)),
            QuantizationOptions.of(BitWidths.of(8)));
    Tensor rows = Tensor.of(Shape.of(3, 2), 0f, 50f, 0.1f, -50f, Float.NaN, 0.2f);
    assertEquals(3, module.score(rows).clipped());
    long[] byColumn = module.quantizeInput(rows).clipped().get(0);
    assertEquals(1, byColumn[0]);
    assertEquals(2, byColumn[1]);
    for (float y : module.forward(rows)[0].toFloats()) {
      assertTrue(Float.isFinite(y));
    }
    assertEquals(0, module.score(Tensor.of(Shape.of(1, 2), 0f, 0f)).clipped());
  }

  @Test
  void scores_doNotDependOnTheBatch() {
    GraphBuilder g = GraphBuilder.create();
    String h = g.node("Relu", g.conv(g.input("x", 2, 4, 4), 2, 3));
    g.output(g.node("Softmax", g.gemm(g.node("Flatten", h), 48, 3)));
    QuantizedRun run = run(g);
    for (int size : new int[] {1, 7}) {
      for (int from = 0; from + size <= 21; from += size) {
        Tensor part = run.module.forward(run.rows[0].rows(from, from + size))[0];
        assertEquals(run.actual[0].rows(from, from + size), part);
      }
    }
  }
}
