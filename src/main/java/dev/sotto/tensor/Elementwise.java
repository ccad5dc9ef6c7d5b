package dev.sotto.tensor;

import dev.sotto.tensor.Broadcast.Run;
import dev.sotto.tensor.ElementType.Storage;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoublePredicate;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;

/**
 * Functions of one or two elements applied to whole tensors of any storage.
 *
 * <p>Floating functions are computed in double and rounded once to the tensor's type; integer
 * results wrap to the tensor's type.
 */
public final class Elementwise {
  private Elementwise() {}

  /**
   * Applies a function to every element of a FLOAT, FLOAT16 or DOUBLE tensor.
   *
   * @throws IllegalArgumentException for any other type
   */
  public static Tensor map(Tensor x, DoubleUnaryOperator function) {
    return switch (x.type().storage()) {
      case FLOATS -> {
        float[] in = x.floats();
        float[] out = new float[in.length];
        for (int i = 0; i < in.length; i++) {
          out[i] = (float) function.applyAsDouble(in[i]);
        }
        yield floats(x.type(), x.shape(), out);
      }
      case DOUBLES -> {
        double[] in = x.doubles();
        double[] out = new double[in.length];
        for (int i = 0; i < in.length; i++) {
          out[i] = function.applyAsDouble(in[i]);
        }
        yield Tensor.of(x.shape(), out);
      }
      case LONGS, STRINGS ->
          throw new IllegalArgumentException("expected a floating-point tensor, got " + x);
    };
  }

  /** Applies one function to floating and another to integer tensors. */
  public static Tensor map(Tensor x, DoubleUnaryOperator floating, LongUnaryOperator integer) {
    if (x.type().storage() != Storage.LONGS) {
      return map(x, floating);
    }
    long[] in = x.longs();
    long[] out = new long[in.length];
    for (int i = 0; i < in.length; i++) {
      out[i] = integer.applyAsLong(in[i]);
    }
    return longs(x.type(), x.shape(), out);
  }

  /** Applies a test to every element of a floating tensor, giving BOOL. */
  public static Tensor test(Tensor x, DoublePredicate test) {
    if (!x.type().isFloating()) {
      throw new IllegalArgumentException("expected a floating-point tensor, got " + x);
    }
    long[] out = new long[x.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = test.test(x.getDouble(i)) ? 1 : 0;
    }
    return Tensor.ofBooleans(x.shape(), out);
  }

  /** A function of two doubles as runs over float arrays. */
  public static Run<float[], float[]> floatRun(DoubleBinaryOperator function) {
    return (a, p, b, q, out, o, count) -> {
      for (int i = 0; i < count; i++) {
        out[o + i] = (float) function.applyAsDouble(a[p + i], b[q + i]);
      }
    };
  }

  /** A function of two doubles as runs over double arrays. */
  public static Run<double[], double[]> doubleRun(DoubleBinaryOperator function) {
    return (a, p, b, q, out, o, count) -> {
      for (int i = 0; i < count; i++) {
        out[o + i] = function.applyAsDouble(a[p + i], b[q + i]);
      }
    };
  }

  /** A function of two longs as runs over long arrays. */
  public static Run<long[], long[]> longRun(LongBinaryOperator function) {
    return (a, p, b, q, out, o, count) -> {
      for (int i = 0; i < count; i++) {
        out[o + i] = function.applyAsLong(a[p + i], b[q + i]);
      }
    };
  }

  /** A FLOAT or FLOAT16 tensor over new values, which are rounded in place for FLOAT16. */
  public static Tensor floats(ElementType type, Shape shape, float[] values) {
    if (type == ElementType.FLOAT16) {
      Half.roundAll(values);
    }
    return Tensor.of(type, shape, values);
  }

  /** An integer or BOOL tensor over new values, which are wrapped in place to the type. */
  public static Tensor longs(ElementType type, Shape shape, long[] values) {
    if (type.bits() < 64) {
      for (int i = 0; i < values.length; i++) {
        values[i] = type.wrap(values[i]);
      }
    }
    return Tensor.of(type, shape, values);
  }

  /** A tensor over newly computed storage, rounded or wrapped in place to its type. */
  public static Tensor settle(Tensor x) {
    return switch (x.type().storage()) {
      case FLOATS -> floats(x.type(), x.shape(), x.floats());
      case LONGS -> longs(x.type(), x.shape(), x.longs());
      case DOUBLES, STRINGS -> x;
    };
  }
}
