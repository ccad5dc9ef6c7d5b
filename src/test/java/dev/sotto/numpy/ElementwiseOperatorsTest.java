package dev.sotto.numpy;

import static dev.sotto.numpy.Calls.floats;
import static dev.sotto.numpy.Calls.integers;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.onnx.OnnxError;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import org.junit.jupiter.api.Test;

class ElementwiseOperatorsTest {
  @Test
  void relu_ofNaN_isNaN() {
    assertEquals(floats(0, 0, 2, Float.NaN), Calls.of("Relu").one(floats(-1, -0f, 2, Float.NaN)));
  }

  @Test
  void clip_withOneBound_leavesTheOtherSideFree() {
    Tensor x = floats(-5, 0, 5);
    assertEquals(floats(-1, 0, 5), Calls.of("Clip").one(x, Tensor.scalar(-1f)));
    assertEquals(floats(-5, 0, 1), Calls.of("Clip").one(x, null, Tensor.scalar(1f)));
    assertEquals(x, Calls.of("Clip").one(x));
  }

  @Test
  void clip_withBoundsCrossed_givesTheUpperBound() {
    Tensor result = Calls.of("Clip").one(floats(-5, 5), Tensor.scalar(2f), Tensor.scalar(1f));
    assertEquals(floats(1, 1), result);
  }

  @Test
  void clip_ofUint64_comparesUnsigned() {
    Tensor x = integers(ElementType.UINT64, 1, -1);
    Tensor high = Tensor.of(ElementType.UINT64, Shape.SCALAR, new long[] {Long.MIN_VALUE});
    assertEquals(
        integers(ElementType.UINT64, 1, Long.MIN_VALUE), Calls.of("Clip").one(x, null, high));
  }

  @Test
  void round_ofHalves_goesToEven() {
    assertEquals(
        floats(0, 2, 2, -0f, -2, 3),
        Calls.of("Round").one(floats(0.5f, 1.5f, 2.5f, -0.5f, -2.5f, 2.7f)));
  }

  @Test
  void abs_ofSmallestInt8_wraps() {
    assertEquals(
        integers(ElementType.INT8, -128, 5),
        Calls.of("Abs").one(integers(ElementType.INT8, -128, -5)));
  }

  @Test
  void neg_ofUnsignedZeroAndSmallestInt32_wraps() {
    assertEquals(
        integers(ElementType.INT32, Integer.MIN_VALUE, -7),
        Calls.of("Neg").one(integers(ElementType.INT32, Integer.MIN_VALUE, 7)));
  }

  @Test
  void erf_atKnownPoints_isAccurate() {
    // Abramowitz and Stegun, table 7.1, and the symmetry of the function.
    double[] x = {0, 0.5, 1, 1.5, 2, -1, 7, -7};
    double[] expected = {
      0,
      0.5204998778130465,
      0.8427007929497149,
      0.9661051464753108,
      0.9953222650189527,
      -0.8427007929497149,
      1,
      -1
    };
    Tensor result = Calls.of("Erf").one(Tensor.of(Shape.of(x.length), x));
    assertArrayEquals(expected, result.doubles(), 3e-16);
  }

  @Test
  void erf_betweenTablePoints_agreesWithNumericalIntegration() {
    for (double x = 0.01; x < 6.2; x += 0.0173) {
      assertEquals(integral(x), ErrorFunction.erf(x), 1e-14, "x = " + x);
    }
  }

  /** Simpson's rule. */
  private static double integral(double x) {
    int steps = 4000;
    double h = x / steps;
    double sum = 1 + Math.exp(-x * x);
    for (int i = 1; i < steps; i++) {
      double t = i * h;
      sum += (i % 2 == 0 ? 2 : 4) * Math.exp(-t * t);
    }
    return sum * h / 3 * 2 / Math.sqrt(Math.PI);
  }

  @Test
  void softplus_ofLargeNumbers_doesNotOverflow() {
    double[] result =
        Calls.of("Softplus").one(Tensor.of(Shape.of(3), 1000.0, -1000.0, 0.0)).doubles();
    assertArrayEquals(new double[] {1000, 0, Math.log(2)}, result, 1e-15);
  }

  @Test
  void inverseHyperbolics_ofTheirFunctions_giveTheArgument() {
    for (double x : new double[] {1e-9, 0.3, 2, 15}) {
      assertEquals(x, Activations.asinh(Math.sinh(x)), 1e-14 * x);
      assertEquals(-x, Activations.asinh(Math.sinh(-x)), 1e-14 * x);
    }
    assertEquals(3, Activations.acosh(Math.cosh(3)), 1e-14);
    assertEquals(0.7, Activations.atanh(Math.tanh(0.7)), 1e-14);
    assertEquals(Math.log(2e300), Activations.asinh(1e300), 1e-12);
  }

  @Test
  void activations_onDoubles_keepDoublePrecision() {
    Tensor x = Tensor.of(Shape.of(1), 0.1);
    assertEquals(1 / (1 + Math.exp(-0.1)), Calls.of("Sigmoid").one(x).doubles()[0], 1e-16);
    assertEquals(Math.tanh(0.1), Calls.of("Tanh").one(x).doubles()[0], 1e-16);
  }

  @Test
  void float16_results_areRoundedToHalfPrecision() {
    Tensor x = Tensor.of(ElementType.FLOAT16, Shape.of(2), new float[] {1f, 3f});
    Tensor result = Calls.of("Reciprocal").one(x);
    assertEquals(ElementType.FLOAT16, result.type());
    assertArrayEquals(new float[] {1f, 0.33325195f}, result.floats());
  }

  @Test
  void isInf_withOneSign_seesOnlyThat() {
    Tensor x = floats(Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1);
    assertEquals(integers(ElementType.BOOL, 1, 1, 0), Calls.of("IsInf").one(x));
    assertEquals(
        integers(ElementType.BOOL, 0, 1, 0), Calls.of("IsInf").with("detect_positive", 0).one(x));
  }

  @Test
  void cast_toUnknownType_isRefusedWithTheNode() {
    SottoException refusal =
        assertThrows(SottoException.class, () -> Calls.of("Cast").with("to", 16).one(floats(1)));
    assertEquals(OnnxError.UNSUPPORTED_TYPE, refusal.problems().get(0).code());
    assertEquals("node 'n' (Cast)", refusal.problems().get(0).where());
  }

  @Test
  void exp_ofIntegers_isRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> Calls.of("Exp").one(integers(ElementType.INT64, 1)));
  }
}
