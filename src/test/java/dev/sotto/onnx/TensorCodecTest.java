package dev.sotto.onnx;

import static dev.sotto.onnx.TestModels.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.sotto.problem.Problem;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tensors on the wire: every encoding of the specification, and every way to be too short. */
final class TensorCodecTest {
  private static TensorProto.Builder proto(ElementType type, long... dims) {
    TensorProto.Builder proto = TensorProto.newBuilder().setDataType(type.onnxNumber());
    for (long dim : dims) {
      proto.addDims(dim);
    }
    return proto;
  }

  private static Tensor decode(TensorProto.Builder proto) {
    return OnnxTensors.parse(proto.build().toByteArray());
  }

  @Test
  void typed_fields_hold_each_type_where_the_specification_says() {
    assertEquals(
        Tensor.of(Shape.of(2), 1.5f, -2f),
        decode(proto(ElementType.FLOAT, 2).addFloatData(1.5f).addFloatData(-2)));
    assertEquals(
        Tensor.of(Shape.of(1), 1e300), decode(proto(ElementType.DOUBLE, 1).addDoubleData(1e300)));
    assertEquals(
        Tensor.vector(Long.MIN_VALUE),
        decode(proto(ElementType.INT64, 1).addInt64Data(Long.MIN_VALUE)));
    for (ElementType type :
        List.of(
            ElementType.INT8,
            ElementType.UINT8,
            ElementType.INT16,
            ElementType.UINT16,
            ElementType.INT32,
            ElementType.BOOL)) {
      assertEquals(
          Tensor.of(type, Shape.of(2), new long[] {1, 0}),
          decode(proto(type, 2).addInt32Data(1).addInt32Data(0)));
    }
    for (ElementType type : List.of(ElementType.UINT32, ElementType.UINT64)) {
      assertEquals(
          Tensor.of(type, Shape.of(1), new long[] {0xFFFF_FFFFL}),
          decode(proto(type, 1).addUint64Data(0xFFFF_FFFFL)));
    }
    assertEquals(
        Tensor.of(Shape.of(1), "käse"),
        decode(proto(ElementType.STRING, 1).addStringData(ByteString.copyFromUtf8("käse"))));
    assertEquals(
        Tensor.of(ElementType.FLOAT16, Shape.of(3), new float[] {1, -2, 65504}),
        decode(
            proto(ElementType.FLOAT16, 3)
                .addInt32Data(0x3C00)
                .addInt32Data(0xC000)
                .addInt32Data(0x7BFF)));
  }

  @ParameterizedTest
  @EnumSource(ElementType.class)
  void written_tensor_reads_back_equal(ElementType type) {
    Random random = new Random(type.ordinal());
    Object storage = Tensor.newStorage(type, 12);
    for (int i = 0; i < 12; i++) {
      if (storage instanceof float[] floats) {
        floats[i] = HalfPrecision.toFloat((short) random.nextInt(0x7C00));
      } else if (storage instanceof double[] doubles) {
        doubles[i] = random.nextGaussian();
      } else if (storage instanceof long[] longs) {
        longs[i] = type.wrap(random.nextLong());
      } else {
        ((String[]) storage)[i] = "text " + random.nextInt();
      }
    }
    Tensor tensor = Tensor.ofStorage(type, Shape.of(3, 4), storage);
    assertEquals(tensor, OnnxTensors.parse(OnnxTensors.toBytes(tensor, "t")));
  }

  @Test
  void half_precision_converts_every_pattern_back() {
    for (int bits = 0; bits < 0x10000; bits++) {
      assertEquals((short) bits, HalfPrecision.ofFloat(HalfPrecision.toFloat((short) bits)));
    }
    assertEquals((short) 0x3C00, HalfPrecision.ofFloat(1.00048828125f), "ties go to even");
    assertEquals((short) 0x7C00, HalfPrecision.ofFloat(65520f), "overflow goes to infinity");
  }

  @Test
  void count_that_differs_from_the_shape_is_refused_before_allocation() {
    for (TensorProto.Builder proto :
        List.of(
            proto(ElementType.FLOAT, 2_000_000_000).addFloatData(1),
            proto(ElementType.FLOAT, 2).setRawData(ByteString.copyFrom(new byte[7])),
            proto(ElementType.INT64, 3),
            proto(ElementType.FLOAT, 1L << 40),
            proto(ElementType.FLOAT, -1))) {
      Problem problem = refusal(() -> decode(proto)).get(0);
      assertEquals(OnnxError.SHAPE_MISMATCH, problem.code(), problem.message());
    }
  }

  @Test
  void test_data_file_reads_back(@TempDir Path directory) {
    Tensor tensor = Tensor.of(Shape.of(2, 2), 1f, 2f, 3f, 4f);
    Path file = directory.resolve("input_0.pb");
    OnnxTensors.write(tensor, "x", file);
    assertEquals(tensor, OnnxTensors.read(file));
  }

  private static OnnxModel withExternal(Path directory, Map<String, String> entries) {
    OnnxMl.ModelProto.Builder model = TestModels.foreign();
    TensorProto.Builder w = model.getGraphBuilder().getInitializerBuilder(0).clearRawData();
    w.setDataLocation(TensorProto.DataLocation.EXTERNAL);
    entries.forEach((key, value) -> w.addExternalDataBuilder().setKey(key).setValue(value));
    return OnnxModel.parse(model.build().toByteArray(), directory, "model");
  }

  @Test
  void external_data_is_read_at_its_offset(@TempDir Path directory) throws IOException {
    byte[] floats = TestModels.foreignFloats("w", 9, 1, 2, 3, 9).getRawData().toByteArray();
    Files.write(directory.resolve("weights.bin"), floats);
    OnnxModel model =
        withExternal(directory, Map.of("location", "weights.bin", "offset", "4", "length", "12"));
    assertEquals(Tensor.of(Shape.of(3), 1f, 2f, 3f), model.graph().initializers().get("w"));
  }

  @Test
  void external_data_outside_missing_or_short_is_refused(@TempDir Path directory)
      throws IOException {
    Path inside = Files.createDirectory(directory.resolve("model"));
    Files.write(directory.resolve("secret"), new byte[100]);
    Files.write(inside.resolve("short"), new byte[8]);
    Files.createSymbolicLink(inside.resolve("link"), directory.resolve("secret"));
    Map<Map<String, String>, OnnxError> cases =
        Map.of(
            Map.of("location", "../secret"), OnnxError.EXTERNAL_DATA_OUTSIDE,
            Map.of("location", directory.resolve("secret").toString()),
                OnnxError.EXTERNAL_DATA_OUTSIDE,
            Map.of("location", "link"), OnnxError.EXTERNAL_DATA_OUTSIDE,
            Map.of("location", "none"), OnnxError.EXTERNAL_DATA_MISSING,
            Map.of(), OnnxError.EXTERNAL_DATA_MISSING,
            Map.of("location", "short"), OnnxError.EXTERNAL_DATA_TOO_SHORT,
            Map.of("location", "short", "offset", "9223372036854775807"),
                OnnxError.EXTERNAL_DATA_TOO_SHORT,
            Map.of("location", "short", "offset", "minus"), OnnxError.ATTRIBUTE,
            Map.of("location", "short", "length", "8"), OnnxError.SHAPE_MISMATCH);
    cases.forEach(
        (entries, expected) -> {
          Problem problem = refusal(() -> withExternal(inside, entries)).get(0);
          assertEquals(expected, problem.code(), problem.message());
          assertTrue(problem.where().startsWith("initializer 'w'"));
        });
    Problem problem = refusal(() -> withExternal(null, Map.of("location", "short"))).get(0);
    assertEquals(OnnxError.EXTERNAL_DATA_MISSING, problem.code());
  }
}
