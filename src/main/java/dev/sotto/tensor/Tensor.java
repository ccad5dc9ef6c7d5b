package dev.sotto.tensor;

import dev.sotto.tensor.ElementType.Storage;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A dense n-dimensional array in row-major order, with one of the ONNX element types.
 *
 * <p>Treated as immutable: an array given to a factory, or taken with {@link #floats()}, {@link
 * #doubles()}, {@link #longs()} or {@link #strings()}, is shared, not copied, and must not be
 * written afterwards. Reshaping shares the array.
 */
public final class Tensor {
  private final ElementType type;
  private final Shape shape;
  private final Object data;

  private Tensor(ElementType type, Shape shape, Object data, int length) {
    if (length != shape.size()) {
      throw new IllegalArgumentException(
          "shape " + shape + " needs " + shape.size() + " elements, got " + length);
    }
    this.type = type;
    this.shape = shape;
    this.data = data;
  }

  /** A FLOAT tensor. */
  public static Tensor of(Shape shape, float... data) {
    return new Tensor(ElementType.FLOAT, shape, data, data.length);
  }

  /** A DOUBLE tensor. */
  public static Tensor of(Shape shape, double... data) {
    return new Tensor(ElementType.DOUBLE, shape, data, data.length);
  }

  /** An INT64 tensor. */
  public static Tensor of(Shape shape, long... data) {
    return new Tensor(ElementType.INT64, shape, data, data.length);
  }

  /** A STRING tensor. */
  public static Tensor of(Shape shape, String... data) {
    return new Tensor(ElementType.STRING, shape, data, data.length);
  }

  /** A BOOL tensor; each value 0 or 1. */
  public static Tensor ofBooleans(Shape shape, long... data) {
    return new Tensor(ElementType.BOOL, shape, data, data.length);
  }

  /** A FLOAT or FLOAT16 tensor over a float array. */
  public static Tensor of(ElementType type, Shape shape, float[] data) {
    requireStorage(type, Storage.FLOATS);
    return new Tensor(type, shape, data, data.length);
  }

  /** An integer or BOOL tensor over a long array; values must be in the type's range. */
  public static Tensor of(ElementType type, Shape shape, long[] data) {
    requireStorage(type, Storage.LONGS);
    return new Tensor(type, shape, data, data.length);
  }

  /** A one-dimensional INT64 tensor, as ONNX uses for shapes and axes. */
  public static Tensor vector(long... data) {
    return of(Shape.of(data.length), data);
  }

  /** A FLOAT scalar. */
  public static Tensor scalar(float value) {
    return of(Shape.SCALAR, value);
  }

  /** A DOUBLE scalar. */
  public static Tensor scalar(double value) {
    return of(Shape.SCALAR, value);
  }

  /** An INT64 scalar. */
  public static Tensor scalar(long value) {
    return of(Shape.SCALAR, value);
  }

  /**
   * A tensor of a type over an array of that type's storage ({@code float[]}, {@code long[]} …).
   */
  public static Tensor ofStorage(ElementType type, Shape shape, Object data) {
    int length =
        switch (type.storage()) {
          case FLOATS -> ((float[]) data).length;
          case DOUBLES -> ((double[]) data).length;
          case LONGS -> ((long[]) data).length;
          case STRINGS -> ((String[]) data).length;
        };
    return new Tensor(type, shape, data, length);
  }

  /** A new array of a type's storage, zero-filled. */
  public static Object newStorage(ElementType type, int length) {
    return switch (type.storage()) {
      case FLOATS -> new float[length];
      case DOUBLES -> new double[length];
      case LONGS -> new long[length];
      case STRINGS -> new String[length];
    };
  }

  private static void requireStorage(ElementType type, Storage storage) {
    if (type.storage() != storage) {
      throw new IllegalArgumentException(type + " is not held as " + storage);
    }
  }

  /** The element type. */
  public ElementType type() {
    return type;
  }

  /** The shape. */
  public Shape shape() {
    return shape;
  }

  /** The number of elements. */
  public int size() {
    return shape.size();
  }

  /** The array of a FLOAT or FLOAT16 tensor, shared. */
  public float[] floats() {
    return (float[]) data;
  }

  /** The array of a DOUBLE tensor, shared. */
  public double[] doubles() {
    return (double[]) data;
  }

  /** The array of an integer or BOOL tensor, shared. */
  public long[] longs() {
    return (long[]) data;
  }

  /** The array of a STRING tensor, shared. */
  public String[] strings() {
    return (String[]) data;
  }

  /** The array itself, of the class that {@link ElementType#storage()} says, shared. */
  public Object storage() {
    return data;
  }

  /** One element, by its row-major index, as a double (UINT64 as its unsigned value). */
  public double getDouble(int index) {
    return switch (type.storage()) {
      case FLOATS -> ((float[]) data)[index];
      case DOUBLES -> ((double[]) data)[index];
      case LONGS -> {
        long value = ((long[]) data)[index];
        yield type == ElementType.UINT64 && value < 0
            ? (value >>> 1) * 2.0 + (value & 1)
            : (double) value;
      }
      case STRINGS -> throw new IllegalStateException("a STRING tensor has no numbers");
    };
  }

  /** One element, by its row-major index, as a long (floating values truncated). */
  public long getLong(int index) {
    return type.storage() == Storage.LONGS ? ((long[]) data)[index] : (long) getDouble(index);
  }

  /** All elements as longs: the shared array for integer types, otherwise a truncated copy. */
  public long[] toLongs() {
    if (type.storage() == Storage.LONGS) {
      return longs();
    }
    long[] result = new long[size()];
    Arrays.setAll(result, this::getLong);
    return result;
  }

  /** All elements as doubles: the shared array for DOUBLE, otherwise a copy. */
  public double[] toDoubles() {
    if (type.storage() == Storage.DOUBLES) {
      return doubles();
    }
    double[] result = new double[size()];
    Arrays.setAll(result, this::getDouble);
    return result;
  }

  /** All elements as floats: the shared array for FLOAT and FLOAT16, otherwise a rounded copy. */
  public float[] toFloats() {
    if (type.storage() == Storage.FLOATS) {
      return floats();
    }
    float[] result = new float[size()];
    for (int i = 0; i < result.length; i++) {
      result[i] = (float) getDouble(i);
    }
    return result;
  }

  /** The same elements with another shape of equal size; the array is shared. */
  public Tensor reshape(Shape newShape) {
    return newShape.equals(shape) ? this : new Tensor(type, newShape, data, size());
  }

  /** Rows {@code from} (inclusive) to {@code to} (exclusive) along the first axis, copied. */
  public Tensor rows(int from, int to) {
    int row = shape.size(1, shape.rank());
    Object copy = newStorage(type, (to - from) * row);
    System.arraycopy(data, from * row, copy, 0, (to - from) * row);
    return ofStorage(type, shape.withDim(0, to - from), copy);
  }

  /** Equal type, shape and elements, bit for bit (NaN equals NaN). */
  @Override
  public boolean equals(@Nullable Object other) {
    if (!(other instanceof Tensor that) || type != that.type || !shape.equals(that.shape)) {
      return false;
    }
    return switch (type.storage()) {
      case FLOATS -> Arrays.equals(floats(), that.floats());
      case DOUBLES -> Arrays.equals(doubles(), that.doubles());
      case LONGS -> Arrays.equals(longs(), that.longs());
      case STRINGS -> Arrays.equals(strings(), that.strings());
    };
  }

  @Override
  public int hashCode() {
    return 31 * type.hashCode() + shape.hashCode();
  }

  /** Type and shape, such as {@code FLOAT 16x64}; not the elements. */
  @Override
  public String toString() {
    return type + " " + shape;
  }
}
