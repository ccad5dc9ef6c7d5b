package dev.sotto.numpy;

import static dev.sotto.numpy.OracleComparison.floats;
import static dev.sotto.numpy.OracleComparison.integers;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.problem.SottoException;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Elementwise;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.Random;
import org.junit.jupiter.api.Test;

class QuantizationOperatorsTest {
  private static final ElementType[] BYTES = {ElementType.INT8, ElementType.UINT8};

  private static Tensor scales(Random random, int... dims) {
    return Elementwise.map(floats(random, dims), v -> 0.01 + Math.abs(v) / 20);
  }

  private static Tensor zeroPoints(Random random, ElementType type, int... dims) {
    return integers(random, type, type == ElementType.INT8 ? -20 : 0, 20, dims);
  }

  @Test
  void quantizeLinear_perTensorAxisAndBlock_agreesWithOnnxRuntime() throws Exception {
    Random random = new Random(41);
    for (ElementType type : BYTES) {
      Tensor x = floats(random, 3, 4, 5);
      OracleComparison.of("QuantizeLinear")
          .inputs(x, scales(random), zeroPoints(random, type))
          .agrees(0);
      OracleComparison.of("QuantizeLinear")
          .with("axis", -2)
          .inputs(x, scales(random, 4), zeroPoints(random, type, 4))
          .agrees(0);
      OracleComparison.of("QuantizeLinear")
          .with("axis", 1)
          .with("block_size", 3)
          .inputs(x, scales(random, 3, 2, 5), zeroPoints(random, type, 3, 2, 5))
          .agrees(0);
    }
    OracleComparison.of("QuantizeLinear")
        .with("output_dtype", ElementType.INT8.onnxNumber())
        .inputs(floats(random, 3, 4), scales(random))
        .agrees(0);
    OracleComparison.of("QuantizeLinear").inputs(floats(random, 30), scales(random)).agrees(0);
  }

  @Test
  void quantizeLinear_halves_roundToEvenAndSaturate() {
    Tensor x = Tensor.of(Shape.of(8), -1000f, -2.5f, -1.5f, 0.5f, 1.5f, 2.5f, 3.5f, 1000f);
    assertArrayEquals(
        new long[] {-128, -2, -2, 0, 2, 2, 4, 127},
        OracleComparison.of("QuantizeLinear")
            .with("output_dtype", ElementType.INT8.onnxNumber())
            .inputs(x, Tensor.scalar(1f))
            .answer()[0]
            .longs());
    assertArrayEquals(
        new long[] {0, 98, 98, 100, 102, 102, 104, 1100},
        OracleComparison.of("QuantizeLinear")
            .inputs(
                x, Tensor.scalar(1f), Tensor.of(ElementType.UINT16, Shape.SCALAR, new long[] {100}))
            .answer()[0]
            .longs());
  }

  @Test
  void dequantizeLinear_perTensorAxisAndBlock_agreesWithOnnxRuntime() throws Exception {
    Random random = new Random(42);
    for (ElementType type : BYTES) {
      Tensor x = integers(random, type, type == ElementType.INT8 ? -128 : 0, 127, 3, 4, 5);
      OracleComparison.of("DequantizeLinear")
          .inputs(x, scales(random), zeroPoints(random, type))
          .agrees(0);
      OracleComparison.of("DequantizeLinear")
          .with("axis", 2)
          .inputs(x, scales(random, 5), zeroPoints(random, type, 5))
          .agrees(0);
      OracleComparison.of("DequantizeLinear")
          .with("axis", -2)
          .with("block_size", 2)
          .inputs(x, scales(random, 3, 2, 5), zeroPoints(random, type, 3, 2, 5))
          .agrees(0);
    }
    OracleComparison.of("DequantizeLinear")
        .inputs(integers(random, ElementType.INT32, -9999, 9999, 7), scales(random))
        .agrees(0);
  }

  @Test
  void quantizeLinear_scalesDoNotFitAxis_refused() {
    OracleComparison call =
        OracleComparison.of("QuantizeLinear")
            .inputs(floats(new Random(1), 2, 3), Tensor.of(Shape.of(2), 1f, 1f));
    assertThrows(IllegalArgumentException.class, call::answer);
  }

  @Test
  void dynamicQuantizeLinear_anyRange_agreesWithOnnxRuntime() throws Exception {
    Random random = new Random(43);
    OracleComparison.of("DynamicQuantizeLinear").inputs(floats(random, 5, 7)).outputs(3).agrees(0);
    OracleComparison.of("DynamicQuantizeLinear")
        .inputs(Elementwise.map(floats(random, 9), Math::abs))
        .outputs(3)
        .agrees(0);
  }

  @Test
  void integerLayers_randomValues_agreeWithOnnxRuntimeWithinOneStep() throws Exception {
    Random random = new Random(44);
    Tensor scale = scales(random);
    Tensor zero = zeroPoints(random, ElementType.UINT8);
    Tensor a = integers(random, ElementType.UINT8, 0, 255, 4, 6);
    Tensor b = integers(random, ElementType.UINT8, 0, 255, 6, 5);
    Tensor outputScale = Tensor.scalar(11.7f);
    OracleComparison.of("QLinearMatMul")
        .inputs(a, scale, zero, b, scale, zero, outputScale, zero)
        .agrees(0);
    OracleComparison.of("com.microsoft", "QGemm", 1)
        .with("transB", 1)
        .with("alpha", 0.5f)
        .inputs(
            a,
            scale,
            zero,
            integers(random, ElementType.INT8, -32, 31, 5, 6),
            scales(random, 5),
            Tensor.of(ElementType.INT8, Shape.of(5), new long[5]),
            integers(random, ElementType.INT32, -500, 500, 5),
            outputScale,
            zero)
        .constantsFrom(1)
        .agrees(0);
    OracleComparison.of("com.microsoft", "QGemm", 1)
        .inputs(a, scale, zero, b, scale, zero)
        .agrees(1e-5);
    OracleComparison.of("QLinearConv")
        .with("pads", new long[] {1, 1, 1, 1})
        .inputs(
            integers(random, ElementType.UINT8, 0, 255, 1, 2, 5, 5),
            scale,
            zero,
            integers(random, ElementType.UINT8, 0, 255, 3, 2, 3, 3),
            scale,
            zero,
            outputScale,
            zero,
            integers(random, ElementType.INT32, -500, 500, 3))
        .constantsFrom(1)
        .agrees(0);
    OracleComparison.of("com.microsoft", "QLinearAdd", 1)
        .inputs(a, scale, zero, a, Tensor.scalar(0.3f), zero, Tensor.scalar(0.5f), zero)
        .agrees(0);
  }

  private static float[] quant(
      float[] x, float scale, float zero, float bits, Object... attributes) {
    OracleComparison call =
        OracleComparison.of("qonnx.custom_op.general", "Quant", 1)
            .inputs(
                Tensor.of(Shape.of(x.length), x),
                Tensor.scalar(scale),
                Tensor.scalar(zero),
                Tensor.scalar(bits));
    for (int i = 0; i < attributes.length; i += 2) {
      call.with((String) attributes[i], attributes[i + 1]);
    }
    return call.answer()[0].floats();
  }

  @Test
  void qonnxQuant_signedNarrowAndUnsigned_clipToTheirIntegers() {
    float[] x = {-9, -1.3f, -0.25f, 0.25f, 0.75f, 9};
    assertArrayEquals(
        new float[] {-4, -1.5f, -0f, 0, 1, 3.5f}, quant(x, 0.5f, 0, 4), "signed, half to even");
    assertArrayEquals(
        new float[] {-3.5f, -1.5f, -0f, 0, 1, 3.5f}, quant(x, 0.5f, 0, 4, "narrow", 1), "narrow");
    assertArrayEquals(
        new float[] {0, 0, 0, 0, 1, 7.5f}, quant(x, 0.5f, 0, 4, "signed", 0), "unsigned");
    assertArrayEquals(new float[] {-1, -1, -1, 1, 1, 1}, quant(x, 1, 0, 1), "bipolar");
  }

  @Test
  void qonnxQuant_roundingModes_followTheirNames() {
    float[] x = {-1.5f, -0.2f, 0.2f, 0.5f, 1.5f};
    assertArrayEquals(
        new float[] {-2, -1, 0, 0, 1}, quant(x, 1, 0, 8, "rounding_mode", "FLOOR"), "FLOOR");
    float[] up = quant(x, 1, 0, 8, "rounding_mode", "UP");
    assertArrayEquals(new float[] {-2, -1, 1, 1, 2}, up, "UP");
    float[] halfUp = quant(x, 1, 0, 8, "rounding_mode", "HALF_UP");
    assertArrayEquals(new float[] {-2, -0f, 0, 1, 2}, halfUp, "HALF_UP");
    SottoException refused =
        assertThrows(SottoException.class, () -> quant(x, 1, 0, 8, "rounding_mode", "SOMETIMES"));
    assertTrue(refused.getMessage().contains("SOMETIMES"), refused.getMessage());
  }

  @Test
  void qonnxQuant_scalePerChannel_appliesToItsChannel() {
    Tensor y =
        OracleComparison.of("qonnx.custom_op.general", "Quant", 1)
            .inputs(
                Tensor.of(Shape.of(2, 2), 1f, 1f, 1f, 1f),
                Tensor.of(Shape.of(2, 1), 0.4f, 3f),
                Tensor.scalar(0f),
                Tensor.scalar(8f))
            .answer()[0];
    assertEquals(Tensor.of(Shape.of(2, 2), 2 * 0.4f, 2 * 0.4f, 0f, 0f), y);
  }
}
