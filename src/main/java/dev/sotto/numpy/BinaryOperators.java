package dev.sotto.numpy;

import static dev.sotto.tensor.Elementwise.doubleRun;
import static dev.sotto.tensor.Elementwise.floatRun;
import static dev.sotto.tensor.Elementwise.longRun;

import dev.sotto.onnx.Node;
import dev.sotto.tensor.Broadcast;
import dev.sotto.tensor.Broadcast.Run;
import dev.sotto.tensor.Conversion;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Elementwise;
import dev.sotto.tensor.Tensor;
import java.util.function.DoubleBinaryOperator;
import java.util.function.LongBinaryOperator;

/**
 * Arithmetic of two or more tensors with broadcasting.
 *
 * <p>The loops of the common operators are written out over float arrays so that the JVM vectorises
 * them. Integers wrap; integer division truncates toward zero and gives 0 for a zero divisor
 * (undefined in ONNX).
 */
final class BinaryOperators {
  private BinaryOperators() {}

  /** One operation on each storage; {@code unsigned} serves UINT64. */
  record Arithmetic(
      Run<float[], float[]> floats,
      Run<double[], double[]> doubles,
      Run<long[], long[]> longs,
      Run<long[], long[]> unsigned) {

    static Arithmetic of(
        Run<float[], float[]> floats, DoubleBinaryOperator doubles, LongBinaryOperator longs) {
      return new Arithmetic(floats, doubleRun(doubles), longRun(longs), longRun(longs));
    }

    Arithmetic withUnsigned(LongBinaryOperator function) {
      return new Arithmetic(floats, doubles, longs, longRun(function));
    }

    /** Combines a run of one array into a run of another: {@code into = f(into, from)}. */
    void into(Object into, int at, Object from, int start, int count, ElementType type) {
      switch (type.storage()) {
        case FLOATS -> {
          float[] target = (float[]) into;
          floats.apply(target, at, (float[]) from, start, target, at, count);
        }
        case DOUBLES -> {
          double[] target = (double[]) into;
          doubles.apply(target, at, (double[]) from, start, target, at, count);
        }
        case LONGS -> {
          long[] target = (long[]) into;
          Run<long[], long[]> run = type == ElementType.UINT64 ? unsigned : longs;
          run.apply(target, at, (long[]) from, start, target, at, count);
        }
        case STRINGS -> throw new IllegalArgumentException("expected numbers, got STRING");
      }
    }

    Tensor apply(Tensor a, Tensor b) {
      requireSameType(a, b);
      ElementType type = a.type();
      return switch (type.storage()) {
        case FLOATS -> Elementwise.settle(Broadcast.combine(a, b, type, floats));
        case DOUBLES -> Broadcast.combine(a, b, type, doubles);
        case LONGS ->
            Elementwise.settle(
                Broadcast.combine(a, b, type, type == ElementType.UINT64 ? unsigned : longs));
        case STRINGS -> throw new IllegalArgumentException("expected numbers, got " + a);
      };
    }
  }

  static final Arithmetic ADD =
      Arithmetic.of(
          (a, p, b, q, out, o, count) -> {
            for (int i = 0; i < count; i++) {
              out[o + i] = a[p + i] + b[q + i];
            }
          },
          Double::sum,
          Long::sum);

  private static final Arithmetic SUBTRACT =
      Arithmetic.of(
          (a, p, b, q, out, o, count) -> {
            for (int i = 0; i < count; i++) {
              out[o + i] = a[p + i] - b[q + i];
            }
          },
          (x, y) -> x - y,
          (x, y) -> x - y);

  static final Arithmetic MULTIPLY =
      Arithmetic.of(
          (a, p, b, q, out, o, count) -> {
            for (int i = 0; i < count; i++) {
              out[o + i] = a[p + i] * b[q + i];
            }
          },
          (x, y) -> x * y,
          (x, y) -> x * y);

  private static final Arithmetic DIVIDE =
      Arithmetic.of(
              (a, p, b, q, out, o, count) -> {
                for (int i = 0; i < count; i++) {
                  out[o + i] = a[p + i] / b[q + i];
                }
              },
              (x, y) -> x / y,
              (x, y) -> y == 0 ? 0 : x / y)
          .withUnsigned((x, y) -> y == 0 ? 0 : Long.divideUnsigned(x, y));

  static final Arithmetic MAXIMUM =
      Arithmetic.of(
              (a, p, b, q, out, o, count) -> {
                for (int i = 0; i < count; i++) {
                  out[o + i] = Math.max(a[p + i], b[q + i]);
                }
              },
              Math::max,
              Math::max)
          .withUnsigned((x, y) -> Long.compareUnsigned(x, y) >= 0 ? x : y);

  static final Arithmetic MINIMUM =
      Arithmetic.of(
              (a, p, b, q, out, o, count) -> {
                for (int i = 0; i < count; i++) {
                  out[o + i] = Math.min(a[p + i], b[q + i]);
                }
              },
              Math::min,
              Math::min)
          .withUnsigned((x, y) -> Long.compareUnsigned(x, y) <= 0 ? x : y);

  /** The remainder with the sign of the divisor, as ONNX wants for integers. */
  private static final Arithmetic MODULO =
      Arithmetic.of(
              floatRun(BinaryOperators::floorRemainder),
              BinaryOperators::floorRemainder,
              (x, y) -> y == 0 ? 0 : Math.floorMod(x, y))
          .withUnsigned((x, y) -> y == 0 ? 0 : Long.remainderUnsigned(x, y));

  /** The remainder with the sign of the dividend, as C's fmod. */
  private static final Arithmetic REMAINDER =
      Arithmetic.of(floatRun((x, y) -> x % y), (x, y) -> x % y, (x, y) -> y == 0 ? 0 : x % y)
          .withUnsigned((x, y) -> y == 0 ? 0 : Long.remainderUnsigned(x, y));

  private static final Arithmetic PARAMETRIC_RELU =
      Arithmetic.of(
              floatRun((x, slope) -> x < 0 ? x * slope : x),
              (x, slope) -> x < 0 ? x * slope : x,
              (x, slope) -> x < 0 ? x * slope : x)
          .withUnsigned((x, slope) -> x);

  static void register(OperatorRegistry registry) {
    registry.plain("Add", in -> ADD.apply(in.get(0), in.get(1)));
    registry.plain("Sub", in -> SUBTRACT.apply(in.get(0), in.get(1)));
    registry.plain("Mul", in -> MULTIPLY.apply(in.get(0), in.get(1)));
    registry.plain("Div", in -> DIVIDE.apply(in.get(0), in.get(1)));
    registry.plain("Max", in -> fold(in, MAXIMUM));
    registry.plain("Min", in -> fold(in, MINIMUM));
    registry.plain("Sum", in -> fold(in, ADD));
    registry.plain("Mean", BinaryOperators::mean);
    registry.plain("Pow", in -> power(in.get(0), in.get(1)));
    registry.plain("PRelu", in -> parametricRelu(in.get(0), in.get(1)));
    registry.single(
        "Mod",
        node -> {
          Arithmetic modulo = node.intAttribute("fmod", 0) == 0 ? MODULO : REMAINDER;
          return in -> modulo.apply(in.get(0), in.get(1));
        });
    registry.single("BitShift", BinaryOperators::bitShift);
    bits(registry, "BitwiseAnd", (x, y) -> x & y);
    bits(registry, "BitwiseOr", (x, y) -> x | y);
    bits(registry, "BitwiseXor", (x, y) -> x ^ y);
  }

  static void requireSameType(Tensor a, Tensor b) {
    if (a.type() != b.type()) {
      throw new IllegalArgumentException(
          "both operands should have one element type, got " + a + " and " + b);
    }
  }

  private static double floorRemainder(double x, double y) {
    double remainder = x % y;
    return remainder != 0 && (remainder < 0) != (y < 0) ? remainder + y : remainder;
  }

  private static Tensor fold(Arguments in, Arithmetic operation) {
    Tensor result = in.get(0);
    for (int i = 1; i < in.count(); i++) {
      result = operation.apply(result, in.get(i));
    }
    return result;
  }

  private static Tensor mean(Arguments in) {
    int count = in.count();
    return Elementwise.map(fold(in, ADD), x -> x / count);
  }

  private static Tensor parametricRelu(Tensor x, Tensor slope) {
    Tensor result = PARAMETRIC_RELU.apply(x, slope);
    if (!result.shape().equals(x.shape())) {
      throw new IllegalArgumentException("slope " + slope + " does not broadcast to " + x);
    }
    return result;
  }

  /** Base and exponent may differ in type; the result has that of the base. */
  private static Tensor power(Tensor base, Tensor exponent) {
    ElementType type = base.type();
    if (type.isInteger() && exponent.type().isInteger()) {
      boolean signed = exponent.type() != ElementType.UINT64;
      LongBinaryOperator power = (x, y) -> power(x, y, signed);
      return Elementwise.settle(Broadcast.combine(base, exponent, type, longRun(power)));
    }
    if (type == ElementType.FLOAT && exponent.type() == ElementType.FLOAT) {
      return Broadcast.combine(base, exponent, type, floatRun(BinaryOperators::power));
    }
    Tensor result =
        Broadcast.combine(
            Conversion.cast(base, ElementType.DOUBLE),
            Conversion.cast(exponent, ElementType.DOUBLE),
            ElementType.DOUBLE,
            doubleRun(BinaryOperators::power));
    return Conversion.cast(result, type);
  }

  private static double power(double x, double y) {
    return y == 2 ? x * x : StrictMath.pow(x, y);
  }

  /** Integer power modulo 2^64; a negative exponent gives 1/x^|y| truncated, 0 for x = 0. */
  private static long power(long x, long y, boolean signed) {
    if (signed && y < 0) {
      return x == 1 ? 1 : x == -1 ? ((y & 1) == 0 ? 1 : -1) : 0;
    }
    long result = 1;
    long square = x;
    for (long rest = y; rest != 0; rest >>>= 1) {
      if ((rest & 1) != 0) {
        result *= square;
      }
      square *= square;
    }
    return result;
  }

  private static Operator.Single bitShift(Node node) {
    boolean left =
        switch (node.stringAttribute("direction", "")) {
          case "LEFT" -> true;
          case "RIGHT" -> false;
          default -> throw ElementwiseOperators.unsupported(node, "direction");
        };
    Run<long[], long[]> shift =
        longRun((x, by) -> by < 0 || by > 63 ? 0 : left ? x << by : x >>> by);
    return in -> integers(in.get(0), in.get(1), shift);
  }

  private static void bits(OperatorRegistry registry, String type, LongBinaryOperator function) {
    Run<long[], long[]> run = longRun(function);
    registry.plain(type, in -> integers(in.get(0), in.get(1), run));
  }

  private static Tensor integers(Tensor a, Tensor b, Run<long[], long[]> run) {
    requireSameType(a, b);
    if (!a.type().isInteger()) {
      throw new IllegalArgumentException("expected integer tensors, got " + a);
    }
    return Elementwise.settle(Broadcast.combine(a, b, a.type(), run));
  }
}
