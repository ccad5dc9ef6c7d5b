package dev.sotto.onnx;

import com.google.protobuf.ByteString;
import dev.sotto.onnx.Graph.Value;
import dev.sotto.onnx.proto.AttributeProto;
import dev.sotto.onnx.proto.AttributeProto.AttributeType;
import dev.sotto.onnx.proto.GraphProto;
import dev.sotto.onnx.proto.ModelProto;
import dev.sotto.onnx.proto.NodeProto;
import dev.sotto.onnx.proto.ValueInfoProto;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.Tensor;

/** Turns an {@link OnnxModel} into the bytes of a file; the same model gives the same bytes. */
final class OnnxWriter {
  /** What one protobuf message can hold. */
  private static final long LIMIT = Integer.MAX_VALUE - 16;

  private OnnxWriter() {}

  static byte[] write(OnnxModel model) {
    requireMessageSize(tensorBytes(model.graph()));
    ModelProto.Builder proto = ModelProto.newBuilder().setIrVersion(model.irVersion());
    if (!model.producer().isEmpty()) {
      int space = model.producer().indexOf(' ');
      String name = space < 0 ? model.producer() : model.producer().substring(0, space);
      proto.setProducerName(name);
      if (space >= 0) {
        proto.setProducerVersion(model.producer().substring(space + 1));
      }
    }
    proto.setGraph(graph(model.graph()));
    model
        .opsets()
        .forEach(
            (domain, version) ->
                proto.addOpsetImportBuilder().setDomain(domain).setVersion(version));
    model
        .metadata()
        .forEach((key, value) -> proto.addMetadataPropsBuilder().setKey(key).setValue(value));
    return proto.build().toByteArray();
  }

  /** Refuses what does not fit one protobuf message. */
  static void requireMessageSize(long bytes) {
    if (bytes > LIMIT) {
      throw SottoException.of(
          OnnxError.TOO_LARGE, "", "the tensors have " + bytes + " bytes together.");
    }
  }

  private static long tensorBytes(Graph graph) {
    long bytes = 0;
    for (Tensor tensor : graph.initializers().values()) {
      bytes += (long) tensor.size() * tensor.type().bits() / 8;
    }
    return bytes;
  }

  private static GraphProto graph(Graph graph) {
    GraphProto.Builder proto = GraphProto.newBuilder().setName(graph.name());
    graph.nodes().forEach(node -> proto.addNode(node(node)));
    graph
        .initializers()
        .forEach((name, tensor) -> proto.addInitializer(TensorCodec.encode(tensor, name)));
    graph.inputs().forEach(input -> proto.addInput(value(input)));
    graph.outputs().forEach(output -> proto.addOutput(value(output)));
    graph.valueTypes().forEach((name, type) -> proto.addValueInfo(value(new Value(name, type))));
    return proto.build();
  }

  private static ValueInfoProto value(Value value) {
    ValueInfoProto.Builder proto = ValueInfoProto.newBuilder().setName(value.name());
    if (!(value.type() instanceof ValueType.OtherType)) {
      proto.setType(ValueTypes.write(value.type()));
    }
    return proto.build();
  }

  private static NodeProto node(Node node) {
    NodeProto.Builder proto =
        NodeProto.newBuilder()
            .addAllInput(node.inputs())
            .addAllOutput(node.outputs())
            .setName(node.name())
            .setOpType(node.opType());
    if (!node.domain().isEmpty()) {
      proto.setDomain(node.domain());
    }
    node.attributes().forEach((name, value) -> proto.addAttribute(attribute(node, name, value)));
    return proto.build();
  }

  private static AttributeProto attribute(Node node, String name, Attribute attribute) {
    AttributeProto.Builder proto = AttributeProto.newBuilder().setName(name);
    if (attribute instanceof Attribute.IntValue it) {
      proto.setType(AttributeType.INT).setI(it.value());
    } else if (attribute instanceof Attribute.FloatValue it) {
      proto.setType(AttributeType.FLOAT).setF(it.value());
    } else if (attribute instanceof Attribute.StringValue it) {
      proto.setType(AttributeType.STRING).setS(ByteString.copyFromUtf8(it.value()));
    } else if (attribute instanceof Attribute.TensorValue it) {
      proto.setType(AttributeType.TENSOR).setT(TensorCodec.encode(it.value(), ""));
    } else if (attribute instanceof Attribute.GraphValue it) {
      proto.setType(AttributeType.GRAPH).setG(graph(it.value()));
    } else if (attribute instanceof Attribute.IntsValue it) {
      proto.setType(AttributeType.INTS);
      for (long value : it.value()) {
        proto.addInts(value);
      }
    } else if (attribute instanceof Attribute.FloatsValue it) {
      proto.setType(AttributeType.FLOATS);
      for (float value : it.value()) {
        proto.addFloats(value);
      }
    } else if (attribute instanceof Attribute.StringsValue it) {
      proto.setType(AttributeType.STRINGS);
      it.value().forEach(value -> proto.addStrings(ByteString.copyFromUtf8(value)));
    } else if (attribute instanceof Attribute.TensorsValue it) {
      proto.setType(AttributeType.TENSORS);
      it.value().forEach(value -> proto.addTensors(TensorCodec.encode(value, "")));
    } else if (attribute instanceof Attribute.Opaque it) {
      throw SottoException.of(
          OnnxError.ATTRIBUTE,
          node.place(),
          "attribute '" + name + "' (" + it.description() + ") cannot be written.");
    }
    return proto.build();
  }
}
