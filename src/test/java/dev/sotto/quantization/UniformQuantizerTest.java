package dev.sotto.quantization;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.circuit.Interval;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class UniformQuantizerTest {
  @Test
  void affine_bothSigns_isSignedAndAsymmetric() {
    UniformQuantizer q = UniformQuantizer.affine(-1, 3, 8);
    assertEquals(4.0 / 255, q.scale(), 1e-12);
    assertEquals(new Interval(-128, 127), q.range());
    assertEquals(-64, q.zeroPoint());
    assertEquals(-128, q.quantize(-1));
    assertEquals(127, q.quantize(3));
  }

  @Test
  void affine_noNegativeValue_isUnsignedFromZero() {
    UniformQuantizer q = UniformQuantizer.affine(2, 5, 8);
    assertEquals(5.0 / 255, q.scale(), 1e-12);
    assertEquals(new Interval(0, 255), q.range());
    assertEquals(0, q.zeroPoint());
  }

  @Test
  void affine_onlyNegativeValues_containsZero() {
    UniformQuantizer q = UniformQuantizer.affine(-5, -2, 8);
    assertEquals(127, q.zeroPoint());
    assertEquals(0, q.dequantize(q.quantize(0)), 0);
    assertEquals(-5, q.dequantize(q.quantize(-5)), 1e-6);
  }

  @Test
  void symmetric_bothSigns_hasNoZeroPoint() {
    UniformQuantizer q = UniformQuantizer.symmetric(-2, 1, 8);
    assertEquals(2.0 / 127, q.scale(), 1e-12);
    assertEquals(new Interval(-127, 127), q.range());
    assertEquals(new Interval(0, 255), UniformQuantizer.symmetric(0, 1, 8).range());
  }

  @Test
  void constantZero_hasAScale() {
    assertEquals(1, UniformQuantizer.affine(0, 0, 8).scale());
    assertEquals(1, UniformQuantizer.symmetric(0, 0, 8).scale());
    assertThrows(
        IllegalArgumentException.class, () -> new UniformQuantizer(0, 0, new Interval(0, 1)));
  }

  @Test
  void quantize_halves_goToEven() {
    UniformQuantizer q = UniformQuantizer.identity(new Interval(-10, 10));
    assertEquals(2, q.quantize(2.5));
    assertEquals(4, q.quantize(3.5));
    assertEquals(-2, q.quantize(-2.5));
    assertEquals(0, q.quantize(0.5));
  }

  @Test
  void quantize_outsideOrNaN_clips() {
    UniformQuantizer q = UniformQuantizer.affine(-1, 3, 8);
    assertEquals(127, q.quantize(9));
    assertEquals(-128, q.quantize(Double.NEGATIVE_INFINITY));
    assertEquals(q.zeroPoint(), q.quantize(Double.NaN));
    assertTrue(q.clips(9) && q.clips(Double.NaN) && q.clips(Double.POSITIVE_INFINITY));
    assertFalse(q.clips(3) || q.clips(-1) || q.clips(0));
  }

  @Property
  void dequantize_insideTheRange_isWithinHalfAStep(
      @ForAll @DoubleRange(min = -1000, max = 0) double min,
      @ForAll @DoubleRange(min = 0.01, max = 1000) double max,
      @ForAll @DoubleRange(min = 0, max = 1) double at,
      @ForAll @IntRange(min = 2, max = 16) int bits) {
    UniformQuantizer q = UniformQuantizer.affine(min, max, bits);
    double value = min + at * (max - min);
    double back = q.dequantize(q.quantize(value));
    // The zero point is rounded too: an end of the range may lie half a step outside.
    double lo = q.dequantize(q.range().lo());
    double hi = q.dequantize(q.range().hi());
    double allowed = value < lo || value > hi ? 1.01 : 0.51;
    assertTrue(Math.abs(back - value) <= allowed * q.scale(), () -> value + " became " + back);
    assertEquals(0, q.dequantize(q.quantize(0)), 0);
    assertTrue(q.zeroPoint() >= q.range().lo() && q.zeroPoint() <= q.range().hi());
  }

  @Property
  void quantize_ofItsOwnValues_isTheIdentity(
      @ForAll @DoubleRange(min = -50, max = 0) double min,
      @ForAll @DoubleRange(min = 0.1, max = 50) double max,
      @ForAll @IntRange(min = 2, max = 12) int bits,
      @ForAll @DoubleRange(min = 0, max = 1) double at) {
    for (UniformQuantizer q :
        new UniformQuantizer[] {
          UniformQuantizer.affine(min, max, bits), UniformQuantizer.symmetric(min, max, bits)
        }) {
      long integer = q.range().lo() + Math.round(at * (q.range().width() - 1));
      assertEquals(integer, q.quantize(q.dequantize(integer)));
    }
  }
}
