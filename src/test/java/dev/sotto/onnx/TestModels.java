package dev.sotto.onnx;

import ai.onnx.proto.OnnxMl;
import com.google.protobuf.ByteString;
import dev.sotto.onnx.Graph.Value;
import dev.sotto.onnx.ValueType.Dimension;
import dev.sotto.onnx.ValueType.TensorType;
import dev.sotto.problem.Problem;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Small models for tests, made in memory or with ONNX classes that are not ours. */
final class TestModels {
  private TestModels() {}

  /** A FLOAT value; a dimension of −1 is unknown. */
  static Value value(String name, long... dims) {
    return value(name, ElementType.FLOAT, dims);
  }

  static Value value(String name, ElementType type, long... dims) {
    List<Dimension> list = Arrays.stream(dims).mapToObj(d -> new Dimension(d, "")).toList();
    return new Value(name, new TensorType(type.onnxNumber(), true, list));
  }

  /** A model of one node {@code op}, whose output {@code y} is the output. */
  static OnnxModel model(
      long opset,
      String opType,
      List<Value> inputs,
      Map<String, Tensor> constants,
      List<String> nodeInputs,
      Map<String, Attribute> attributes) {
    Node node = Node.of("op", opType, nodeInputs, List.of("y"), attributes);
    return model(
        opset, inputs, constants, List.of(node), List.of(new Value("y", floatOfAnyShape())));
  }

  static ValueType floatOfAnyShape() {
    return new TensorType(ElementType.FLOAT.onnxNumber(), false, List.of());
  }

  static OnnxModel model(
      long opset,
      List<Value> inputs,
      Map<String, Tensor> constants,
      List<Node> nodes,
      List<Value> outputs) {
    Graph graph = new Graph("test", nodes, inputs, outputs, constants, Map.of());
    Map<String, Long> opsets = new TreeMap<>(Map.of("", opset, "ai.onnx.ml", 1L));
    return new OnnxModel(graph, opsets, 8, "test", Map.of());
  }

  static Attribute ints(long... values) {
    return new Attribute.IntsValue(values);
  }

  static Attribute number(long value) {
    return new Attribute.IntValue(value);
  }

  static Attribute real(float value) {
    return new Attribute.FloatValue(value);
  }

  /** A foreign model with one node chain, to be changed by a test. */
  static OnnxMl.ModelProto.Builder foreign() {
    OnnxMl.ModelProto.Builder model = OnnxMl.ModelProto.newBuilder().setIrVersion(8);
    model.addOpsetImportBuilder().setDomain("").setVersion(17);
    OnnxMl.GraphProto.Builder graph = model.getGraphBuilder().setName("g");
    graph.addInput(foreignValue("x", 1, -1, 3));
    graph.addOutput(foreignValue("y", 1, -1, 3));
    graph.addInitializer(foreignFloats("w", 1, 2, 3));
    graph.addNode(foreignNode("first", "Add", "h", "x", "w"));
    graph.addNode(foreignNode("second", "Relu", "y", "h"));
    return model;
  }

  static OnnxMl.ValueInfoProto foreignValue(String name, int type, long... dims) {
    OnnxMl.ValueInfoProto.Builder value = OnnxMl.ValueInfoProto.newBuilder().setName(name);
    OnnxMl.TypeProto.Tensor.Builder tensor =
        value.getTypeBuilder().getTensorTypeBuilder().setElemType(type);
    for (long dim : dims) {
      OnnxMl.TensorShapeProto.Dimension.Builder d = tensor.getShapeBuilder().addDimBuilder();
      if (dim >= 0) {
        d.setDimValue(dim);
      } else {
        d.setDimParam("batch");
      }
    }
    return value.build();
  }

  static OnnxMl.TensorProto foreignFloats(String name, float... values) {
    ByteBuffer raw = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(values);
    return OnnxMl.TensorProto.newBuilder()
        .setName(name)
        .setDataType(1)
        .addDims(values.length)
        .setRawData(ByteString.copyFrom(raw.array()))
        .build();
  }

  static OnnxMl.NodeProto foreignNode(String name, String opType, String output, String... inputs) {
    return OnnxMl.NodeProto.newBuilder()
        .setName(name)
        .setOpType(opType)
        .addAllInput(List.of(inputs))
        .addOutput(output)
        .build();
  }

  static OnnxModel parse(OnnxMl.ModelProto.Builder model) {
    return OnnxModel.parse(model.build().toByteArray(), null, "test.onnx");
  }

  /** The problems that an action is refused with. */
  static List<Problem> refusal(Runnable action) {
    try {
      action.run();
    } catch (SottoException e) {
      return e.problems();
    }
    throw new AssertionError("expected a refusal");
  }
}
