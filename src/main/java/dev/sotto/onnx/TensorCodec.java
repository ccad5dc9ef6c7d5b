package dev.sotto.onnx;

import com.google.protobuf.ByteString;
import dev.sotto.onnx.proto.TensorProto;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Turns {@code TensorProto} messages into tensors and back.
 *
 * <p>Reads every encoding of the specification: {@code raw_data} (little-endian), the typed fields,
 * {@code int32_data} for the small types, and external files. Lengths are checked before anything
 * is allocated. Writes {@code raw_data}, and {@code string_data} for strings.
 */
final class TensorCodec {
  private TensorCodec() {}

  /**
   * The tensor in a message.
   *
   * @param place how error messages name it, such as {@code initializer 'fc1.weight'}
   * @throws SottoException for an unsupported type, a wrong length or missing external data
   */
  static Tensor decode(TensorProto proto, ExternalData external, String place) {
    ElementType type = ElementType.ofOnnxNumber(proto.getDataType());
    if (type == null) {
      throw SottoException.of(
          OnnxError.UNSUPPORTED_TYPE,
          place,
          "the tensor has elements of type " + DataType.name(proto.getDataType()) + ".");
    }
    if (proto.hasSegment()) {
      throw SottoException.of(
          OnnxError.UNSUPPORTED_TYPE, place, "the tensor is split into segments.");
    }
    Shape shape = shape(proto.getDimsList(), place);
    if (proto.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
      if (type == ElementType.STRING) {
        throw SottoException.of(
            OnnxError.UNSUPPORTED_TYPE, place, "strings cannot be in an external file.");
      }
      long bytes = (long) shape.size() * type.bits() / 8;
      return raw(type, shape, external.read(proto, bytes, place), place);
    }
    if (proto.hasRawData() && type != ElementType.STRING) {
      boolean empty = proto.getRawData().isEmpty() && typedCount(type, proto) > 0;
      if (!empty) {
        return raw(type, shape, proto.getRawData().asReadOnlyByteBuffer(), place);
      }
    }
    return typed(type, shape, proto, place);
  }

  private static Shape shape(List<Long> dims, String place) {
    long[] sizes = dims.stream().mapToLong(Long::longValue).toArray();
    try {
      return Shape.of(sizes);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw SottoException.of(
          OnnxError.SHAPE_MISMATCH,
          place,
          "the dimensions " + dims + " are not those of a tensor.",
          e);
    }
  }

  private static Tensor raw(ElementType type, Shape shape, ByteBuffer bytes, String place) {
    ByteBuffer in = bytes.order(ByteOrder.LITTLE_ENDIAN);
    int width = type.bits() / 8;
    requireCount(in.remaining(), (long) shape.size() * width, "bytes of raw data", shape, place);
    int size = shape.size();
    Object data = Tensor.newStorage(type, size);
    switch (type) {
      case FLOAT -> in.asFloatBuffer().get((float[]) data);
      case DOUBLE -> in.asDoubleBuffer().get((double[]) data);
      case INT64, UINT64 -> in.asLongBuffer().get((long[]) data);
      case FLOAT16 -> {
        float[] floats = (float[]) data;
        for (int i = 0; i < size; i++) {
          floats[i] = HalfPrecision.toFloat(in.getShort());
        }
      }
      default -> {
        long[] longs = (long[]) data;
        for (int i = 0; i < size; i++) {
          longs[i] =
              type.wrap(
                  switch (width) {
                    case 1 -> in.get();
                    case 2 -> in.getShort();
                    default -> in.getInt();
                  });
        }
      }
    }
    return Tensor.ofStorage(type, shape, data);
  }

  private static int typedCount(ElementType type, TensorProto proto) {
    return switch (type) {
      case FLOAT -> proto.getFloatDataCount();
      case DOUBLE -> proto.getDoubleDataCount();
      case INT64 -> proto.getInt64DataCount();
      case UINT64, UINT32 -> proto.getUint64DataCount();
      case STRING -> proto.getStringDataCount();
      default -> proto.getInt32DataCount();
    };
  }

  private static Tensor typed(ElementType type, Shape shape, TensorProto proto, String place) {
    requireCount(typedCount(type, proto), shape.size(), "elements", shape, place);
    int size = shape.size();
    Object data = Tensor.newStorage(type, size);
    for (int i = 0; i < size; i++) {
      switch (type) {
        case FLOAT -> ((float[]) data)[i] = proto.getFloatData(i);
        case DOUBLE -> ((double[]) data)[i] = proto.getDoubleData(i);
        case STRING -> ((String[]) data)[i] = proto.getStringData(i).toStringUtf8();
        case FLOAT16 -> ((float[]) data)[i] = HalfPrecision.toFloat((short) proto.getInt32Data(i));
        case INT64 -> ((long[]) data)[i] = proto.getInt64Data(i);
        case UINT64, UINT32 -> ((long[]) data)[i] = type.wrap(proto.getUint64Data(i));
        default -> ((long[]) data)[i] = type.wrap(proto.getInt32Data(i));
      }
    }
    return Tensor.ofStorage(type, shape, data);
  }

  private static void requireCount(
      long actual, long expected, String what, Shape shape, String place) {
    if (actual != expected) {
      throw SottoException.of(
          OnnxError.SHAPE_MISMATCH,
          place,
          "a tensor of shape "
              + shape
              + " needs "
              + expected
              + " "
              + what
              + ", got "
              + actual
              + ".");
    }
  }

  /** The message of a tensor; the same tensor always gives the same bytes. */
  static TensorProto encode(Tensor tensor, String name) {
    TensorProto.Builder proto = TensorProto.newBuilder().setDataType(tensor.type().onnxNumber());
    if (!name.isEmpty()) {
      proto.setName(name);
    }
    for (long dim : tensor.shape().longDims()) {
      proto.addDims(dim);
    }
    if (tensor.type() == ElementType.STRING) {
      for (String string : tensor.strings()) {
        proto.addStringData(ByteString.copyFrom(string, StandardCharsets.UTF_8));
      }
    } else {
      proto.setRawData(rawBytes(tensor));
    }
    return proto.build();
  }

  private static ByteString rawBytes(Tensor tensor) {
    int width = tensor.type().bits() / 8;
    long bytes = (long) tensor.size() * width;
    OnnxWriter.requireMessageSize(bytes);
    ByteBuffer out = ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
    switch (tensor.type()) {
      case FLOAT -> out.asFloatBuffer().put(tensor.floats());
      case DOUBLE -> out.asDoubleBuffer().put(tensor.doubles());
      case FLOAT16 -> {
        for (float value : tensor.floats()) {
          out.putShort(HalfPrecision.ofFloat(value));
        }
      }
      default -> {
        for (long value : tensor.longs()) {
          switch (width) {
            case 1 -> out.put((byte) value);
            case 2 -> out.putShort((short) value);
            case 4 -> out.putInt((int) value);
            default -> out.putLong(value);
          }
        }
      }
    }
    return ByteString.copyFrom(out.array());
  }
}
