package dev.sotto.tensor;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/**
 * Changing the element type, as the ONNX operator Cast does.
 *
 * <p>Floating to integer truncates toward zero; what does not fit (undefined in ONNX) keeps the low
 * bits of the truncated value, NaN becomes 0. Integers wrap. To BOOL: everything but zero is true.
 * To floating: nearest, ties to even. Strings: decimal or scientific notation, {@code NaN}, {@code
 * INF} in any case.
 */
public final class Conversion {
  private static final double TWO_POW_64 = 0x1p64;

  private Conversion() {}

  /**
   * The tensor with another element type; the same tensor when it has that type already.
   *
   * @throws NumberFormatException when a string is not a number
   */
  public static Tensor cast(Tensor x, ElementType type) {
    if (x.type() == type) {
      return x;
    }
    int size = x.size();
    return switch (type.storage()) {
      case FLOATS -> {
        float[] out = new float[size];
        boolean half = type == ElementType.FLOAT16;
        for (int i = 0; i < size; i++) {
          out[i] = half ? Half.round(number(x, i)) : single(x, i);
        }
        yield Tensor.of(type, x.shape(), out);
      }
      case DOUBLES -> {
        double[] out = new double[size];
        for (int i = 0; i < size; i++) {
          out[i] = number(x, i);
        }
        yield Tensor.of(x.shape(), out);
      }
      case LONGS -> {
        long[] out = new long[size];
        for (int i = 0; i < size; i++) {
          out[i] = type == ElementType.BOOL ? truth(x, i) : type.wrap(integer(x, i, type));
        }
        yield Tensor.of(type, x.shape(), out);
      }
      case STRINGS -> {
        String[] out = new String[size];
        for (int i = 0; i < size; i++) {
          out[i] = text(x, i);
        }
        yield Tensor.of(x.shape(), out);
      }
    };
  }

  private static double number(Tensor x, int i) {
    return x.type() == ElementType.STRING ? parse(x.strings()[i]) : x.getDouble(i);
  }

  private static float single(Tensor x, int i) {
    if (x.type().storage() == ElementType.Storage.LONGS && x.type() != ElementType.UINT64) {
      return (float) x.longs()[i];
    }
    if (x.type() == ElementType.UINT64 && x.longs()[i] < 0) {
      long value = x.longs()[i];
      return (float) ((value >>> 1) | (value & 1)) * 2f;
    }
    return (float) number(x, i);
  }

  private static long truth(Tensor x, int i) {
    return number(x, i) == 0 ? 0 : 1;
  }

  private static long integer(Tensor x, int i, ElementType type) {
    switch (x.type().storage()) {
      case LONGS:
        return x.longs()[i];
      case STRINGS:
        try {
          return type == ElementType.UINT64
              ? Long.parseUnsignedLong(x.strings()[i].strip())
              : Long.parseLong(x.strings()[i].strip());
        } catch (NumberFormatException notWhole) {
          return truncate(parse(x.strings()[i]), type);
        }
      default:
        return truncate(x.getDouble(i), type);
    }
  }

  private static long truncate(double value, ElementType type) {
    if (type == ElementType.UINT64 && value >= 0x1p63) {
      return value >= TWO_POW_64 ? -1L : (long) (value - 0x1p63) + Long.MIN_VALUE;
    }
    return (long) value;
  }

  private static double parse(String text) {
    String trimmed = text.strip();
    return switch (trimmed.toLowerCase(Locale.ROOT)) {
      case "nan", "+nan", "-nan" -> Double.NaN;
      case "inf", "+inf", "infinity", "+infinity" -> Double.POSITIVE_INFINITY;
      case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(trimmed);
    };
  }

  private static String text(Tensor x, int i) {
    return switch (x.type().storage()) {
      case LONGS -> {
        long value = x.longs()[i];
        yield switch (x.type()) {
          case BOOL -> value == 0 ? "False" : "True";
          case UINT64 -> Long.toUnsignedString(value);
          default -> Long.toString(value);
        };
      }
      case STRINGS -> x.strings()[i];
      case FLOATS -> text(x.floats()[i], x.type() == ElementType.FLOAT16 ? 5 : 9, x.type());
      case DOUBLES -> text(x.doubles()[i], 17, x.type());
    };
  }

  /**
   * The shortest decimal text that reads back as the value, the same on every JDK: plain from 1e-4
   * to 1e16, scientific outside, as numpy prints numbers.
   */
  private static String text(double value, int digits, ElementType type) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "INF" : "-INF";
    }
    if (value == 0) {
      return 1 / value < 0 ? "-0.0" : "0.0";
    }
    BigDecimal exact = new BigDecimal(value);
    BigDecimal shortest = exact;
    for (int precision = 1; precision <= digits; precision++) {
      shortest = exact.round(new MathContext(precision, RoundingMode.HALF_EVEN));
      if (readsBackAs(shortest, value, type)) {
        break;
      }
    }
    shortest = shortest.stripTrailingZeros();
    int exponent = shortest.precision() - shortest.scale() - 1;
    if (exponent >= -4 && exponent < 16) {
      return shortest.setScale(Math.max(1, shortest.scale())).toPlainString();
    }
    String mantissa = shortest.movePointLeft(exponent).toPlainString();
    return mantissa
        + (exponent < 0 ? "e-" : "e+")
        + (Math.abs(exponent) < 10 ? "0" : "")
        + Math.abs(exponent);
  }

  private static boolean readsBackAs(BigDecimal decimal, double value, ElementType type) {
    return switch (type) {
      case FLOAT16 -> Half.round(decimal.doubleValue()) == (float) value;
      case FLOAT -> decimal.floatValue() == (float) value;
      default -> decimal.doubleValue() == value;
    };
  }
}
