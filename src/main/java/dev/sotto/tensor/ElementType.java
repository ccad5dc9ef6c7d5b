package dev.sotto.tensor;

/**
 * The element types of ONNX tensors that Sotto computes with.
 *
 * <p>Numbers are those of {@code TensorProto.DataType} in the ONNX specification.
 */
public enum ElementType {
  FLOAT(1, Storage.FLOATS, 32),
  UINT8(2, Storage.LONGS, 8),
  INT8(3, Storage.LONGS, 8),
  UINT16(4, Storage.LONGS, 16),
  INT16(5, Storage.LONGS, 16),
  INT32(6, Storage.LONGS, 32),
  INT64(7, Storage.LONGS, 64),
  STRING(8, Storage.STRINGS, 0),
  BOOL(9, Storage.LONGS, 8),
  FLOAT16(10, Storage.FLOATS, 16),
  DOUBLE(11, Storage.DOUBLES, 64),
  UINT32(12, Storage.LONGS, 32),
  UINT64(13, Storage.LONGS, 64);

  /** How elements of a type are held in memory. */
  public enum Storage {
    /** {@code float[]}: FLOAT, and FLOAT16 (values rounded to half precision). */
    FLOATS,
    /** {@code double[]}: DOUBLE. */
    DOUBLES,
    /** {@code long[]}: every integer type (UINT64 as its 64 bits) and BOOL (0 or 1). */
    LONGS,
    /** {@code String[]}: STRING. */
    STRINGS
  }

  private final int onnxNumber;
  private final Storage storage;
  private final int bits;

  ElementType(int onnxNumber, Storage storage, int bits) {
    this.onnxNumber = onnxNumber;
    this.storage = storage;
    this.bits = bits;
  }

  /** The number of this type in {@code TensorProto.DataType}. */
  public int onnxNumber() {
    return onnxNumber;
  }

  /** The kind of primitive array that holds elements of this type. */
  public Storage storage() {
    return storage;
  }

  /** Bits per element on the wire; 0 for strings. */
  public int bits() {
    return bits;
  }

  /** Whether this is FLOAT, FLOAT16 or DOUBLE. */
  public boolean isFloating() {
    return storage == Storage.FLOATS || storage == Storage.DOUBLES;
  }

  /** Whether this is a signed or unsigned integer type; BOOL is not. */
  public boolean isInteger() {
    return storage == Storage.LONGS && this != BOOL;
  }

  /** Whether this is an unsigned integer type. */
  public boolean isUnsigned() {
    return this == UINT8 || this == UINT16 || this == UINT32 || this == UINT64;
  }

  /**
   * Wraps a 64-bit value to this integer type, as ONNX arithmetic does on overflow.
   *
   * @param value any value
   * @return the value of this type with the same low bits; 0 or 1 for BOOL
   */
  public long wrap(long value) {
    return switch (this) {
      case UINT8 -> value & 0xFFL;
      case INT8 -> (byte) value;
      case UINT16 -> value & 0xFFFFL;
      case INT16 -> (short) value;
      case UINT32 -> value & 0xFFFF_FFFFL;
      case INT32 -> (int) value;
      case BOOL -> value == 0 ? 0 : 1;
      default -> value;
    };
  }

  /**
   * The type with an ONNX number.
   *
   * @return null when Sotto does not compute with that type
   */
  public static @org.jspecify.annotations.Nullable ElementType ofOnnxNumber(int number) {
    for (ElementType type : values()) {
      if (type.onnxNumber == number) {
        return type;
      }
    }
    return null;
  }
}
