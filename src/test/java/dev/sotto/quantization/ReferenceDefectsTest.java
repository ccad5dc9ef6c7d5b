package dev.sotto.quantization;

import static dev.sotto.testing.GraphBuilder.attributes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.numpy.NumpyModule;
import dev.sotto.onnx.Graph;
import dev.sotto.onnx.Node;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import dev.sotto.testing.GraphBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Defects of another framework, each shown to be absent here: in float and in integers. */
class ReferenceDefectsTest {
  private static Tensor[] rows(Tensor... rows) {
    return rows;
  }

  private static QuantizedRun run(GraphBuilder graph, int bits, Tensor... rows) {
    QuantizationOptions options = QuantizationOptions.of(BitWidths.of(bits));
    return QuantizedRun.of(graph.model(), options, rows, rows).requireShapes();
  }

  /** Expected shape of the float output for each row, and R² of the quantized one. */
  private static void assertRow(GraphBuilder graph, Shape row) {
    QuantizedRun run = QuantizedRun.of(graph, 8).requireShapes().requireR2(0.99);
    assertEquals(row.withDim(0, run.expected[0].shape().dim(0)), run.expected[0].shape());
  }

  @Test
  void mulOfTwoEncryptedInputs_asOutput_hasNoConstantShift() {
    GraphBuilder g = GraphBuilder.create();
    g.output(g.node("Mul", g.input("a", 4), g.input("b", 4)));
    Tensor a = GraphBuilder.rows(1, 300, 2, 5, 4);
    Tensor b = GraphBuilder.rows(2, 300, -1, 6, 4);
    QuantizedRun run = run(g, 8, a, b);
    double mean = 0;
    for (int i = 0; i < run.expected[0].size(); i++) {
      double product = (double) a.getDouble(i) * b.getDouble(i);
      assertEquals(product, run.expected[0].getDouble(i), 1e-5);
      mean += (run.actual[0].getDouble(i) - product) / run.expected[0].size();
    }
    assertEquals(0, mean, 0.05);
    assertTrue(run.largestError() < 0.4, () -> "largest error " + run.largestError());
  }

  @Test
  void matMulOfTwoEncryptedInputs_alone_errsLessWithMoreBits() {
    GraphBuilder g = GraphBuilder.create();
    g.output(g.node("MatMul", g.input("a", 3, 4), g.input("b", 4, 2)));
    Tensor a = GraphBuilder.rows(1, 200, -1, 3, 3, 4);
    Tensor b = GraphBuilder.rows(2, 200, -2, 1, 4, 2);
    double at4 = run(g, 4, a, b).largestError();
    double at8 = run(g, 8, a, b).largestError();
    double at12 = run(g, 12, a, b).largestError();
    assertTrue(at8 < at4 / 4 && at12 < at8 / 4, () -> at4 + " " + at8 + " " + at12);
    assertTrue(at8 < 0.2, () -> "largest error " + at8);
  }

  @Test
  void trigonometryAndThresholdedRelu_betweenLayers_areEncrypted() {
    for (String type : List.of("Sin", "Cos", "Tan", "Atan", "Sinh", "Cosh", "ThresholdedRelu")) {
      GraphBuilder g = GraphBuilder.create();
      String h = g.node("Mul", g.gemm(g.input("x", 6), 6, 6), g.scalar(0.5));
      g.output(g.gemm(g.node(type, h), 6, 3));
      QuantizedRun run = QuantizedRun.of(g, 10).requireR2(type.startsWith("Thr") ? 0.9 : 0.99);
      assertEquals(1, run.count("lookup"), type);
    }
  }

  @Test
  void unsqueeze_severalAxes_putsEachWhereItBelongs() {
    GraphBuilder g = GraphBuilder.create();
    String h = g.gemm(g.input("x", 3), 3, 4);
    g.output(g.node("MatMul", g.node("Unsqueeze", h, g.longs(1, 3)), g.normal(1, 1, 2)));
    assertRow(g, Shape.of(1, 1, 4, 2));
  }

  @Test
  void slice_atTheBorderAndBackwards_isExact() {
    GraphBuilder g = GraphBuilder.create();
    String h = g.gemm(g.input("x", 5), 5, 6);
    String none = g.node("Slice", h, g.longs(6), g.longs(9), g.longs(1));
    String back = g.node("Slice", h, g.longs(4), g.longs(1), g.longs(1), g.longs(-1));
    String both = g.node("Concat", attributes("axis", 1), none, back);
    g.output(g.node("MatMul", both, g.constant(identity(3))));
    assertRow(g, Shape.of(1, 3));
  }

  private static Tensor identity(int size) {
    float[] data = new float[size * size];
    for (int i = 0; i < size; i++) {
      data[i * size + i] = 1.5f;
    }
    return Tensor.of(Shape.of(size, size), data);
  }

  @Test
  void flatten_axisTwo_givesAMatrix() {
    GraphBuilder g = GraphBuilder.create();
    String h = g.conv(g.input("x", 2, 3, 4), 2, 2);
    String flat = g.node("Flatten", attributes("axis", 2), g.node("Relu", h));
    g.output(g.node("MatMul", flat, g.normal(0.4, 12, 3)));
    Tensor rows = GraphBuilder.rows(1, 200, -1, 1, 2, 3, 4);
    NumpyModule floats = NumpyModule.of(g.model());
    Tensor expected = floats.forward(rows)[0];
    assertEquals(Shape.of(400, 3), expected.shape());
    QuantizedModule module =
        QuantizedModule.quantize(
            g.model(), Calibrator.calibrate(floats, rows), QuantizationOptions.of(BitWidths.of(8)));
    assertTrue(QuantizedRun.r2(expected, module.forward(rows)[0]) > 0.99);
  }

  @Test
  void maxPool_negativeValuesPadded_ignoresPadding() {
    GraphBuilder g = GraphBuilder.create();
    String h = g.node("Sub", g.conv(g.input("x", 1, 4, 4), 1, 2), g.scalar(5));
    String pooled =
        g.node(
            "MaxPool",
            attributes("kernel_shape", new long[] {3, 3}, "pads", new long[] {1, 1, 1, 1}),
            h);
    g.output(g.node("Conv", pooled, g.constant(Tensor.of(Shape.of(1, 2, 1, 1), 1f, 0.5f))));
    QuantizedRun run = QuantizedRun.of(g, 8).requireShapes().requireR2(0.97);
    for (int i = 0; i < run.expected[0].size(); i++) {
      assertTrue(run.expected[0].getDouble(i) < 0);
      assertTrue(run.actual[0].getDouble(i) < 0);
    }
  }

  @Test
  void averagePool_withoutCountIncludePad_dividesByWhatItReads() {
    GraphBuilder g = GraphBuilder.create();
    g.output(
        g.node(
            "AveragePool",
            attributes("kernel_shape", new long[] {2, 2}, "pads", new long[] {1, 1, 0, 0}),
            g.input("x", 1, 3, 3)));
    QuantizedRun run = QuantizedRun.of(g, 8).requireR2(0.999);
    for (int row = 0; row < 5; row++) {
      assertEquals(
          run.rows[0].getDouble(9 * row), run.expected[0].getDouble(9 * row), 1e-6, "corner");
      assertEquals(run.rows[0].getDouble(9 * row), run.actual[0].getDouble(9 * row), 0.01);
    }
  }

  @Test
  void pad_ofFourAxes_hasTheRightShapeInFloatAndIntegers() {
    GraphBuilder g = GraphBuilder.create();
    String h = g.node("Relu", g.conv(g.input("x", 2, 3, 4), 2, 2));
    String padded = g.node("Pad", h, g.longs(0, 0, 1, 2, 0, 0, 2, 4));
    g.output(g.node("Conv", padded, g.normal(0.7, 1, 2, 1, 1)));
    assertRow(g, Shape.of(1, 1, 6, 10));
  }

  @Test
  void concat_branchesWithScalesFarApart_keepsBoth() {
    GraphBuilder g = GraphBuilder.create();
    String x = g.input("x", 6);
    String large = g.node("Mul", g.gemm(x, 6, 4), g.scalar(50));
    String small = g.node("Mul", g.node("Relu", g.gemm(x, 6, 4)), g.scalar(0.02));
    String joined = g.node("Concat", attributes("axis", 1), large, small);
    float[] weights = new float[16];
    for (int i = 0; i < 8; i++) {
      weights[2 * i + (i < 4 ? 0 : 1)] = i < 4 ? 0.02f : 50f;
    }
    g.output(g.node("MatMul", joined, g.constant(Tensor.of(Shape.of(8, 2), weights))));
    QuantizedRun.of(g, 8).requireShapes().requireR2(0.99);
  }

  @Test
  void addOfAValueToItself_afterMatMul_isTwiceTheValue() {
    GraphBuilder g = GraphBuilder.create();
    String h = g.node("MatMul", g.input("x", 6), g.normal(0.5, 6, 4));
    g.output(g.node("MatMul", g.node("Add", h, h), g.normal(0.5, 4, 3)));
    assertRow(g, Shape.of(1, 3));
  }

  @Test
  void validFiles_othersRefuse_areRead() {
    GraphBuilder g = GraphBuilder.create();
    String x = g.input("x", 1, 4, 4);
    String h = g.node("Conv", x, g.normal(0.5, 2, 1, 3, 3));
    String low = g.node("Clip", h, g.scalar(-0.2));
    g.output(g.node("Conv", low, g.normal(0.5, 2, 2, 1, 1)));
    OnnxModel model = g.model();
    Graph graph = model.graph();
    OnnxModel foreignFirst =
        new OnnxModel(graph, Map.of("", 21L, "aaa.first", 3L), 10, "test", Map.of());
    byte[] bytes = withInitializersAsInputs(foreignFirst.toBytes());
    OnnxModel read = OnnxModel.parse(bytes, null, "test");
    assertEquals(1, read.graph().inputs().size());
    Tensor[] rows = rows(GraphBuilder.rows(1, 200, -1, 1, 1, 4, 4));
    QuantizedRun.of(read, QuantizationOptions.of(BitWidths.of(8)), rows, rows)
        .requireShapes()
        .requireR2(0.99);
  }

  private static byte[] withInitializersAsInputs(byte[] model) {
    try {
      var proto = ai.onnx.proto.OnnxMl.ModelProto.parseFrom(model).toBuilder();
      var graph = proto.getGraphBuilder();
      for (var initializer : proto.getGraph().getInitializerList()) {
        graph.addInput(
            ai.onnx.proto.OnnxMl.ValueInfoProto.newBuilder()
                .setName(initializer.getName())
                .setType(
                    ai.onnx.proto.OnnxMl.TypeProto.newBuilder()
                        .setTensorType(
                            ai.onnx.proto.OnnxMl.TypeProto.Tensor.newBuilder()
                                .setElemType(initializer.getDataType()))));
      }
      return proto.build().toByteArray();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void duplicateNodeNames_everyLayerIsReported() {
    GraphBuilder g = GraphBuilder.create();
    g.output(g.gemm(g.node("Relu", g.gemm(g.input("x", 6), 6, 5)), 5, 4));
    OnnxModel model = g.model();
    List<Node> nodes = new ArrayList<>();
    for (Node n : model.graph().nodes()) {
      nodes.add(Node.of("same", n.opType(), n.inputs(), n.outputs(), n.attributes()));
    }
    Graph graph = model.graph().with(nodes, model.graph().initializers());
    byte[] bytes = new OnnxModel(graph, model.opsets(), 10, "test", Map.of()).toBytes();
    QuantizedRun run = QuantizedRun.of(OnnxModel.parse(bytes, null, "test"), 8).requireR2(0.99);
    List<String> linear =
        run.module.bitWidthAndRangeReport().stream()
            .filter(l -> l.kind().equals("linear"))
            .map(LayerReport::name)
            .toList();
    assertEquals(2, linear.size());
    assertEquals(2, linear.stream().distinct().count());
  }
}
