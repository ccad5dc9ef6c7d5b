package dev.sotto.testing;

import ai.onnx.proto.OnnxMl;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import com.google.protobuf.ByteString;
import dev.sotto.onnx.Attribute;
import dev.sotto.onnx.Node;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * ONNX Runtime as an independent opinion: runs one node, or a whole model, and gives the tensors.
 *
 * <p>Set ORT_DISABLE_TELEMETRY=1: its telemetry crashes a JVM with a long command line.
 */
public final class OnnxRuntimeOracle {
  private OnnxRuntimeOracle() {}

  /**
   * Runs a graph of one node.
   *
   * @param node inputs and outputs by name
   * @param opset version of the node's domain
   * @param variables values of inputs
   * @param constants values of inputs that are written into the model
   * @return the outputs that the node names, in order
   */
  public static List<Tensor> run(
      Node node, long opset, Map<String, Tensor> variables, Map<String, Tensor> constants)
      throws OrtException {
    OnnxMl.GraphProto.Builder graph = OnnxMl.GraphProto.newBuilder().setName("one-node");
    graph.addNode(proto(node));
    constants.forEach((name, tensor) -> graph.addInitializer(proto(name, tensor)));
    variables.forEach(
        (name, tensor) ->
            graph.addInput(
                OnnxMl.ValueInfoProto.newBuilder()
                    .setName(name)
                    .setType(
                        OnnxMl.TypeProto.newBuilder()
                            .setTensorType(
                                OnnxMl.TypeProto.Tensor.newBuilder()
                                    .setElemType(tensor.type().onnxNumber())
                                    .setShape(proto(tensor.shape()))))));
    for (String output : node.outputs()) {
      if (!output.isEmpty()) {
        graph.addOutput(OnnxMl.ValueInfoProto.newBuilder().setName(output));
      }
    }
    OnnxMl.ModelProto.Builder model = OnnxMl.ModelProto.newBuilder().setIrVersion(10);
    model.addOpsetImport(opset("", node.domain().isEmpty() ? opset : 21));
    if (!node.domain().isEmpty()) {
      model.addOpsetImport(opset(node.domain(), opset));
    }
    return run(model.setGraph(graph).build().toByteArray(), variables);
  }

  /** Runs a serialized model. */
  public static List<Tensor> run(byte[] model, Map<String, Tensor> inputs) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    Map<String, OnnxTensor> feeds = new LinkedHashMap<>();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setSessionLogLevel(ai.onnxruntime.OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      try (OrtSession session = environment.createSession(model, options)) {
        for (Map.Entry<String, Tensor> input : inputs.entrySet()) {
          feeds.put(input.getKey(), feed(environment, input.getValue()));
        }
        try (OrtSession.Result result = session.run(feeds)) {
          List<Tensor> tensors = new ArrayList<>();
          for (Map.Entry<String, OnnxValue> output : result) {
            tensors.add(tensor((OnnxTensor) output.getValue()));
          }
          return tensors;
        }
      }
    } finally {
      feeds.values().forEach(OnnxTensor::close);
    }
  }

  private static OnnxTensor feed(OrtEnvironment environment, Tensor tensor) throws OrtException {
    long[] shape = tensor.shape().longDims();
    if (tensor.type() == ElementType.STRING) {
      return OnnxTensor.createTensor(environment, tensor.strings(), shape);
    }
    OnnxJavaType type =
        switch (tensor.type()) {
          case BOOL -> OnnxJavaType.BOOL;
          default -> OnnxJavaType.valueOf(tensor.type().name());
        };
    ByteBuffer bytes = bytes(tensor);
    return switch (type) {
      case FLOAT -> OnnxTensor.createTensor(environment, bytes.asFloatBuffer(), shape);
      case DOUBLE -> OnnxTensor.createTensor(environment, bytes.asDoubleBuffer(), shape);
      case INT32 -> OnnxTensor.createTensor(environment, bytes.asIntBuffer(), shape);
      case INT64 -> OnnxTensor.createTensor(environment, bytes.asLongBuffer(), shape);
      default -> OnnxTensor.createTensor(environment, bytes, shape, type);
    };
  }

  private static Tensor tensor(OnnxTensor value) throws OrtException {
    TensorInfo info = value.getInfo();
    ElementType type =
        ElementType.valueOf(info.onnxType.name().replace("ONNX_TENSOR_ELEMENT_DATA_TYPE_", ""));
    Shape shape = Shape.of(info.getShape());
    if (type == ElementType.STRING) {
      Object values = value.getValue();
      return Tensor.of(shape, flatten(values).toArray(new String[0]));
    }
    Object storage = Tensor.newStorage(type, shape.size());
    ByteBuffer bytes = value.getByteBuffer().order(ByteOrder.nativeOrder());
    for (int i = 0; i < shape.size(); i++) {
      if (storage instanceof float[] floats) {
        floats[i] = type == ElementType.FLOAT ? bytes.getFloat() : halfToFloat(bytes.getShort());
      } else if (storage instanceof double[] doubles) {
        doubles[i] = bytes.getDouble();
      } else {
        ((long[]) storage)[i] = integer(type, bytes);
      }
    }
    return Tensor.ofStorage(type, shape, storage);
  }

  private static long integer(ElementType type, ByteBuffer bytes) {
    return type.wrap(
        switch (type.bits()) {
          case 8 -> bytes.get();
          case 16 -> bytes.getShort();
          case 32 -> bytes.getInt();
          default -> bytes.getLong();
        });
  }

  private static List<String> flatten(Object values) {
    List<String> result = new ArrayList<>();
    if (values instanceof Object[] array) {
      for (Object element : array) {
        result.addAll(flatten(element));
      }
    } else {
      result.add(String.valueOf(values));
    }
    return result;
  }

  private static ByteBuffer bytes(Tensor tensor) {
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(Math.max(1, tensor.size() * tensor.type().bits() / 8))
            .order(ByteOrder.nativeOrder());
    for (int i = 0; i < tensor.size(); i++) {
      switch (tensor.type()) {
        case FLOAT -> bytes.putFloat(tensor.floats()[i]);
        case FLOAT16 -> bytes.putShort(floatToHalf(tensor.floats()[i]));
        case DOUBLE -> bytes.putDouble(tensor.doubles()[i]);
        case UINT8, INT8, BOOL -> bytes.put((byte) tensor.longs()[i]);
        case UINT16, INT16 -> bytes.putShort((short) tensor.longs()[i]);
        case UINT32, INT32 -> bytes.putInt((int) tensor.longs()[i]);
        case UINT64, INT64 -> bytes.putLong(tensor.longs()[i]);
        case STRING -> throw new IllegalArgumentException("strings are not bytes");
      }
    }
    return bytes.flip().limit(tensor.size() * tensor.type().bits() / 8);
  }

  private static short floatToHalf(float value) {
    return ai.onnxruntime.platform.Fp16Conversions.floatToFp16(value);
  }

  private static float halfToFloat(short value) {
    return ai.onnxruntime.platform.Fp16Conversions.fp16ToFloat(value);
  }

  private static OnnxMl.OperatorSetIdProto opset(String domain, long version) {
    return OnnxMl.OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version).build();
  }

  private static OnnxMl.TensorShapeProto proto(Shape shape) {
    OnnxMl.TensorShapeProto.Builder proto = OnnxMl.TensorShapeProto.newBuilder();
    for (int dim : shape.dims()) {
      proto.addDim(OnnxMl.TensorShapeProto.Dimension.newBuilder().setDimValue(dim));
    }
    return proto.build();
  }

  private static OnnxMl.TensorProto proto(String name, Tensor tensor) {
    OnnxMl.TensorProto.Builder proto =
        OnnxMl.TensorProto.newBuilder().setName(name).setDataType(tensor.type().onnxNumber());
    for (int dim : tensor.shape().dims()) {
      proto.addDims(dim);
    }
    if (tensor.type() == ElementType.STRING) {
      for (String string : tensor.strings()) {
        proto.addStringData(ByteString.copyFromUtf8(string));
      }
      return proto.build();
    }
    return proto.setRawData(ByteString.copyFrom(bytes(tensor))).build();
  }

  private static OnnxMl.NodeProto proto(Node node) {
    OnnxMl.NodeProto.Builder proto =
        OnnxMl.NodeProto.newBuilder()
            .setName(node.name())
            .setDomain(node.domain())
            .setOpType(node.opType())
            .addAllInput(node.inputs())
            .addAllOutput(node.outputs());
    node.attributes().forEach((name, value) -> proto.addAttribute(proto(name, value)));
    return proto.build();
  }

  private static OnnxMl.AttributeProto proto(String name, Attribute value) {
    OnnxMl.AttributeProto.Builder proto = OnnxMl.AttributeProto.newBuilder().setName(name);
    if (value instanceof Attribute.IntValue v) {
      proto.setType(OnnxMl.AttributeProto.AttributeType.INT).setI(v.value());
    } else if (value instanceof Attribute.FloatValue v) {
      proto.setType(OnnxMl.AttributeProto.AttributeType.FLOAT).setF(v.value());
    } else if (value instanceof Attribute.StringValue v) {
      proto.setType(OnnxMl.AttributeProto.AttributeType.STRING);
      proto.setS(ByteString.copyFromUtf8(v.value()));
    } else if (value instanceof Attribute.TensorValue v) {
      proto.setType(OnnxMl.AttributeProto.AttributeType.TENSOR).setT(proto("", v.value()));
    } else if (value instanceof Attribute.IntsValue v) {
      proto.setType(OnnxMl.AttributeProto.AttributeType.INTS);
      for (long i : v.value()) {
        proto.addInts(i);
      }
    } else if (value instanceof Attribute.FloatsValue v) {
      proto.setType(OnnxMl.AttributeProto.AttributeType.FLOATS);
      for (float f : v.value()) {
        proto.addFloats(f);
      }
    } else if (value instanceof Attribute.StringsValue v) {
      proto.setType(OnnxMl.AttributeProto.AttributeType.STRINGS);
      v.value().forEach(s -> proto.addStrings(ByteString.copyFromUtf8(s)));
    } else {
      throw new IllegalArgumentException("no proto for " + value);
    }
    return proto.build();
  }
}
