package dev.sotto.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import dev.sotto.testing.SharedMaterial;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Saved normalised models open in ONNX Runtime and give the results that the original gives: the
 * rewrites change the form, never the meaning.
 */
final class OnnxRuntimeAgreementTest {
  private static final OrtEnvironment ENVIRONMENT = OrtEnvironment.getEnvironment();

  /** Types and domains that the Java side of ONNX Runtime cannot run. */
  private static final class NotRunnable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotRunnable(String why) {
      super(why);
    }
  }

  @ParameterizedTest
  @CsvSource({"onnx-models, 0", "onnx-exports, 1", "benchmark-models, 0", "onnx-conformance, 35"})
  void normalised_model_gives_the_results_of_the_original(String folder, int maxNotRunnable) {
    List<String> failures = new ArrayList<>();
    List<String> notRunnable = new ArrayList<>();
    int passed = 0;
    for (Path file : SharedMaterial.files(folder, "model.onnx")) {
      if (!Files.exists(file.resolveSibling("test_data_set_0"))) {
        continue;
      }
      try {
        compare(file);
        passed++;
      } catch (NotRunnable e) {
        notRunnable.add(file.getParent().getFileName() + ": " + e.getMessage());
      } catch (OrtException | RuntimeException e) {
        failures.add(file.getParent() + ": " + e);
      }
    }
    assertEquals("", String.join("\n", failures));
    assertTrue(passed > 0);
    assertTrue(
        notRunnable.size() <= maxNotRunnable,
        () -> notRunnable.size() + " not runnable: " + String.join("\n", notRunnable));
  }

  private static void compare(Path file) throws OrtException {
    OnnxModel model = OnnxModel.read(file).normalized();
    for (Node node : model.graph().nodes()) {
      if (node.domain().equals(OpsetChanges.QONNX)) {
        throw new NotRunnable(node.type());
      }
    }
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
    options.setSessionLogLevel(ai.onnxruntime.OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
    try (OrtSession session = open(model, options)) {
      Path set = file.resolveSibling("test_data_set_0");
      Map<String, OnnxTensor> inputs = new HashMap<>();
      for (int i = 0; i < model.graph().inputs().size(); i++) {
        Path input = set.resolve("input_" + i + ".pb");
        inputs.put(model.graph().inputs().get(i).name(), toOrt(OnnxTensors.read(input)));
      }
      try (OrtSession.Result result = session.run(inputs)) {
        for (int i = 0; i < model.graph().outputs().size(); i++) {
          Path output = set.resolve("output_" + i + ".pb");
          if (!Files.exists(output)) {
            continue;
          }
          assertClose(
              OnnxTensors.read(output),
              fromOrt(result.get(i)),
              model.graph().outputs().get(i).name());
        }
      }
    }
  }

  private static OrtSession open(OnnxModel model, OrtSession.SessionOptions options)
      throws OrtException {
    try {
      return ENVIRONMENT.createSession(model.toBytes(), options);
    } catch (OrtException e) {
      if (e.getCode() == OrtException.OrtErrorCode.ORT_NOT_IMPLEMENTED
          || e.getMessage().contains("only *guarantees* support")) {
        throw new NotRunnable(e.getMessage());
      }
      throw e;
    }
  }

  private static OnnxTensor toOrt(Tensor tensor) throws OrtException {
    if (tensor.type() == ElementType.STRING) {
      return OnnxTensor.createTensor(ENVIRONMENT, tensor.strings(), tensor.shape().longDims());
    }
    OnnxJavaType type =
        switch (tensor.type()) {
          case FLOAT -> OnnxJavaType.FLOAT;
          case DOUBLE -> OnnxJavaType.DOUBLE;
          case INT8 -> OnnxJavaType.INT8;
          case INT16 -> OnnxJavaType.INT16;
          case INT32 -> OnnxJavaType.INT32;
          case INT64 -> OnnxJavaType.INT64;
          case UINT8 -> OnnxJavaType.UINT8;
          case BOOL -> OnnxJavaType.BOOL;
          case FLOAT16 -> OnnxJavaType.FLOAT16;
          default -> throw new NotRunnable("input of type " + tensor.type());
        };
    byte[] raw = TensorCodec.encode(tensor, "").getRawData().toByteArray();
    ByteBuffer buffer = ByteBuffer.allocateDirect(raw.length).order(ByteOrder.nativeOrder());
    buffer.put(raw).flip();
    return OnnxTensor.createTensor(ENVIRONMENT, buffer, tensor.shape().longDims(), type);
  }

  private static Tensor fromOrt(OnnxValue value) throws OrtException {
    if (!(value instanceof OnnxTensor tensor)) {
      throw new AssertionError("output is " + value.getInfo());
    }
    Shape shape = Shape.of(tensor.getInfo().getShape());
    ElementType type =
        switch (tensor.getInfo().type) {
          case FLOAT -> ElementType.FLOAT;
          case DOUBLE -> ElementType.DOUBLE;
          case INT8 -> ElementType.INT8;
          case INT16 -> ElementType.INT16;
          case INT32 -> ElementType.INT32;
          case INT64 -> ElementType.INT64;
          case UINT8 -> ElementType.UINT8;
          case BOOL -> ElementType.BOOL;
          case FLOAT16 -> ElementType.FLOAT16;
          default -> throw new NotRunnable("output of type " + tensor.getInfo().type);
        };
    ByteBuffer bytes = tensor.getByteBuffer();
    dev.sotto.onnx.proto.TensorProto.Builder proto =
        dev.sotto.onnx.proto.TensorProto.newBuilder().setDataType(type.onnxNumber());
    for (long dim : shape.longDims()) {
      proto.addDims(dim);
    }
    proto.setRawData(com.google.protobuf.ByteString.copyFrom(bytes));
    return TensorCodec.decode(proto.build(), new ExternalData(null), "output");
  }

  private static void assertClose(Tensor expected, Tensor actual, String what) {
    assertEquals(expected.toString(), actual.toString(), what);
    for (int i = 0; i < expected.size(); i++) {
      double e = expected.getDouble(i);
      double a = actual.getDouble(i);
      boolean close = Double.compare(e, a) == 0 || Math.abs(a - e) <= 1e-5 + 1e-3 * Math.abs(e);
      assertTrue(close, what + "[" + i + "] expected " + e + ", got " + a);
    }
  }

  @Test
  void saved_bytes_are_the_same_every_time() {
    for (Path file : SharedMaterial.files("onnx-exports", "model.onnx")) {
      byte[] once = OnnxModel.read(file).normalized().toBytes();
      byte[] again = OnnxModel.parse(once, null, "saved").toBytes();
      assertEquals(ByteBuffer.wrap(once), ByteBuffer.wrap(again), file.toString());
    }
  }
}
