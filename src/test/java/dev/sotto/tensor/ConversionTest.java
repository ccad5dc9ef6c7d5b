package dev.sotto.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ConversionTest {
  private static Tensor longs(ElementType type, long... values) {
    return Tensor.of(type, Shape.of(values.length), values);
  }

  @Test
  void cast_ofFloatsToIntegers_truncatesTowardZero() {
    Tensor x = Tensor.of(Shape.of(4), -1.9f, 1.9f, 0.5f, -0.5f);
    assertEquals(longs(ElementType.INT32, -1, 1, 0, 0), Conversion.cast(x, ElementType.INT32));
  }

  @Test
  void cast_betweenIntegers_keepsTheLowBits() {
    Tensor x = Tensor.vector(300, -1, 1L << 40);
    assertEquals(longs(ElementType.UINT8, 44, 255, 0), Conversion.cast(x, ElementType.UINT8));
    assertEquals(longs(ElementType.INT8, 44, -1, 0), Conversion.cast(x, ElementType.INT8));
  }

  @Test
  void cast_toBool_isTrueForAllButZero() {
    Tensor x = Tensor.of(Shape.of(4), 0f, -0f, 0.1f, Float.NaN);
    assertEquals(longs(ElementType.BOOL, 0, 0, 1, 1), Conversion.cast(x, ElementType.BOOL));
  }

  @Test
  void cast_ofUint64_isUnsignedAndRoundsOnce() {
    Tensor x = longs(ElementType.UINT64, -1, Long.MIN_VALUE + 1);
    assertArrayEquals(
        new double[] {0x1p64, 0x1p63}, Conversion.cast(x, ElementType.DOUBLE).doubles());
    assertArrayEquals(
        new float[] {0x1p64f, 0x1p63f}, Conversion.cast(x, ElementType.FLOAT).floats());
    Tensor back = Conversion.cast(Tensor.scalar(0x1.8p63), ElementType.UINT64);
    assertEquals(0xC000000000000000L, back.longs()[0]);
  }

  @Test
  void cast_toFloat16_roundsHalfToEvenWithSubnormals() {
    Tensor x =
        Tensor.of(Shape.of(7), 2049.0, 2051.0, 65519.0, 65520.0, 0x1p-24, 0x1p-25, -0x1.8p-24);
    assertArrayEquals(
        new float[] {2048f, 2052f, 65504f, Float.POSITIVE_INFINITY, 0x1p-24f, 0f, -0x1p-23f},
        Conversion.cast(x, ElementType.FLOAT16).floats());
  }

  @Test
  void half_roundOfEveryHalf_isItself() {
    for (int bits = 0; bits < 0x7C00; bits++) {
      int exponent = bits >> 10;
      double value =
          exponent == 0
              ? bits * 0x1p-24
              : (1 + (bits & 0x3FF) / 1024.0) * Math.pow(2, exponent - 15);
      assertEquals((float) value, Half.round(value));
      assertEquals((float) -value, Half.round(-value));
    }
  }

  @Test
  void cast_ofStrings_readsDecimalAndNamedNumbers() {
    Tensor x = Tensor.of(Shape.of(6), "3.25", "1e-2", " 7 ", "NaN", "INF", "-inf");
    assertArrayEquals(
        new float[] {3.25f, 0.01f, 7f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY},
        Conversion.cast(x, ElementType.FLOAT).floats());
    assertEquals(
        Long.MAX_VALUE,
        Conversion.cast(Tensor.of(Shape.of(1), "9223372036854775807"), ElementType.INT64)
            .longs()[0]);
    assertThrows(
        NumberFormatException.class,
        () -> Conversion.cast(Tensor.of(Shape.of(1), "seven"), ElementType.FLOAT));
  }

  @Test
  void cast_toStrings_writesTheShortestTextThatReadsBack() {
    Tensor x =
        Tensor.of(
            Shape.of(9), 1f, 0.1f, -2.5e-7f, 1e20f, 16777216f, 0.0001f, 2e-3f, Float.NaN, -0f);
    assertArrayEquals(
        new String[] {
          "1.0", "0.1", "-2.5e-07", "1e+20", "16777216.0", "0.0001", "0.002", "NaN", "-0.0"
        },
        Conversion.cast(x, ElementType.STRING).strings());
    assertEquals("0.1", Conversion.cast(Tensor.scalar(0.1), ElementType.STRING).strings()[0]);
    assertEquals(
        "18446744073709551615",
        Conversion.cast(longs(ElementType.UINT64, -1), ElementType.STRING).strings()[0]);
  }
}
