package dev.sotto.onnx;

import dev.sotto.onnx.ValueType.Dimension;
import dev.sotto.onnx.ValueType.MapType;
import dev.sotto.onnx.ValueType.OtherType;
import dev.sotto.onnx.ValueType.SequenceType;
import dev.sotto.onnx.ValueType.TensorType;
import dev.sotto.onnx.proto.TensorShapeProto;
import dev.sotto.onnx.proto.TypeProto;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Turns {@code TypeProto} messages into value types and back, and into text. */
final class ValueTypes {
  private ValueTypes() {}

  static ValueType read(TypeProto proto) {
    return switch (proto.getValueCase()) {
      case TENSOR_TYPE -> {
        TypeProto.Tensor tensor = proto.getTensorType();
        List<Dimension> dims =
            tensor.getShape().getDimList().stream().map(ValueTypes::dimension).toList();
        yield new TensorType(tensor.getElemType(), tensor.hasShape(), dims);
      }
      case SEQUENCE_TYPE -> new SequenceType(read(proto.getSequenceType().getElemType()));
      case MAP_TYPE ->
          new MapType(proto.getMapType().getKeyType(), read(proto.getMapType().getValueType()));
      case VALUE_NOT_SET -> new OtherType("no type");
      default ->
          new OtherType(
              proto
                  .getValueCase()
                  .name()
                  .toLowerCase(Locale.ROOT)
                  .replace("_type", "")
                  .replace('_', ' '));
    };
  }

  private static Dimension dimension(TensorShapeProto.Dimension proto) {
    return proto.hasDimValue() && proto.getDimValue() >= 0
        ? new Dimension(proto.getDimValue(), "")
        : new Dimension(-1, proto.getDimParam());
  }

  static TypeProto write(ValueType type) {
    TypeProto.Builder proto = TypeProto.newBuilder();
    if (type instanceof TensorType tensor) {
      proto.getTensorTypeBuilder().setElemType(tensor.elementType());
      if (tensor.hasShape()) {
        TensorShapeProto.Builder shape = proto.getTensorTypeBuilder().getShapeBuilder();
        for (Dimension dim : tensor.dims()) {
          TensorShapeProto.Dimension.Builder out = shape.addDimBuilder();
          if (dim.isFixed()) {
            out.setDimValue(dim.size());
          } else if (!dim.symbol().isEmpty()) {
            out.setDimParam(dim.symbol());
          }
        }
      }
    } else if (type instanceof SequenceType sequence) {
      proto.getSequenceTypeBuilder().setElemType(write(sequence.element()));
    } else if (type instanceof MapType map) {
      proto.getMapTypeBuilder().setKeyType(map.keyType()).setValueType(write(map.value()));
    }
    return proto.build();
  }

  /** A readable form such as {@code float[batch,64]} or {@code sequence(map(int64,float))}. */
  static String print(ValueType type) {
    if (type instanceof TensorType tensor) {
      String dims =
          tensor.hasShape()
              ? tensor.dims().stream()
                  .map(ValueTypes::print)
                  .collect(Collectors.joining(",", "[", "]"))
              : "";
      return DataType.name(tensor.elementType()) + dims;
    } else if (type instanceof SequenceType sequence) {
      return "sequence(" + print(sequence.element()) + ")";
    } else if (type instanceof MapType map) {
      return "map(" + DataType.name(map.keyType()) + "," + print(map.value()) + ")";
    }
    return ((OtherType) type).description();
  }

  private static String print(Dimension dim) {
    return dim.isFixed() ? Long.toString(dim.size()) : dim.symbol().isEmpty() ? "?" : dim.symbol();
  }
}
