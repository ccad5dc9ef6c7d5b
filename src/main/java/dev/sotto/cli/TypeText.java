package dev.sotto.cli;

import dev.sotto.onnx.DataType;
import dev.sotto.onnx.ValueType;
import java.util.stream.Collectors;

/** Declared types of model inputs and outputs, as users read them. */
final class TypeText {
  private TypeText() {}

  /** The type without its shape: {@code float}, {@code sequence of map of int64 to float}. */
  static String type(ValueType type) {
    if (type instanceof ValueType.TensorType tensor) {
      return DataType.name(tensor.elementType());
    }
    if (type instanceof ValueType.SequenceType sequence) {
      return "sequence of " + type(sequence.element());
    }
    if (type instanceof ValueType.MapType map) {
      return "map of " + DataType.name(map.keyType()) + " to " + type(map.value());
    }
    return ((ValueType.OtherType) type).description();
  }

  /** The shape as {@code batch x 64}; empty when none is declared. */
  static String shape(ValueType type) {
    if (!(type instanceof ValueType.TensorType tensor) || !tensor.hasShape()) {
      return "";
    }
    return tensor.dims().isEmpty()
        ? "scalar"
        : tensor.dims().stream().map(TypeText::dimension).collect(Collectors.joining(" x "));
  }

  private static String dimension(ValueType.Dimension dimension) {
    if (dimension.isFixed()) {
      return Long.toString(dimension.size());
    }
    return dimension.symbol().isEmpty() ? "?" : dimension.symbol();
  }
}
