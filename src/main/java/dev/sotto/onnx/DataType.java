package dev.sotto.onnx;

import dev.sotto.tensor.ElementType;
import java.util.Locale;

/** Names of the element types of ONNX, those that Sotto does not compute with included. */
public final class DataType {
  private static final String[] NAMES = {
    "undefined",
    "float",
    "uint8",
    "int8",
    "uint16",
    "int16",
    "int32",
    "int64",
    "string",
    "bool",
    "float16",
    "double",
    "uint32",
    "uint64",
    "complex64",
    "complex128",
    "bfloat16",
    "float8e4m3fn",
    "float8e4m3fnuz",
    "float8e5m2",
    "float8e5m2fnuz",
    "uint4",
    "int4",
    "float4e2m1",
    "float8e8m0",
    "uint2",
    "int2"
  };

  private DataType() {}

  /** The name of a number of {@code TensorProto.DataType}, such as {@code bfloat16} for 16. */
  public static String name(int number) {
    return number >= 0 && number < NAMES.length ? NAMES[number] : "type " + number;
  }

  /** The ONNX name of an element type, such as {@code float}. */
  public static String name(ElementType type) {
    return name(type.onnxNumber());
  }

  /**
   * The number of a type by its name in any case, as {@code Cast} of opset 5 and older writes it.
   *
   * @return 0 when there is no such type
   */
  public static int number(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    for (int i = 1; i < NAMES.length; i++) {
      if (NAMES[i].equals(lower)) {
        return i;
      }
    }
    return 0;
  }
}
