package dev.sotto.numpy;

import static dev.sotto.numpy.OracleComparison.as;
import static dev.sotto.numpy.OracleComparison.floats;
import static dev.sotto.numpy.OracleComparison.integers;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PoolingOperatorsTest {
  private static final String[] AUTO_PADS = {
    "NOTSET", "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"
  };

  private static OracleComparison randomPool(Random random, String opType, boolean ceilMode) {
    int rank = 1 + random.nextInt(3);
    int[] x = new int[rank + 2];
    x[0] = 1 + random.nextInt(2);
    x[1] = 1 + random.nextInt(3);
    long[] kernel = new long[rank];
    long[] strides = new long[rank];
    long[] dilations = new long[rank];
    long[] pads = new long[2 * rank];
    String autoPad = AUTO_PADS[random.nextInt(AUTO_PADS.length)];
    for (int i = 0; i < rank; i++) {
      kernel[i] = 1 + random.nextInt(4);
      // SAME with a stride above the kernel: ONNX Runtime pads by a negative amount, Sotto by none.
      strides[i] =
          1 + random.nextInt(autoPad.startsWith("SAME") ? Math.min(3, (int) kernel[i]) : 3);
      dilations[i] = autoPad.startsWith("SAME") ? 1 : 1 + random.nextInt(2);
      pads[i] = random.nextInt((int) kernel[i]);
      pads[rank + i] = random.nextInt((int) kernel[i]);
      x[2 + i] = (int) ((kernel[i] - 1) * dilations[i]) + 1 + random.nextInt(8);
    }
    OracleComparison pool =
        OracleComparison.of(opType)
            .with("kernel_shape", kernel)
            .with("strides", strides)
            .with("dilations", dilations)
            .with("auto_pad", autoPad)
            .inputs(floats(random, x));
    if (autoPad.equals("NOTSET")) {
      pool.with("pads", pads).with("ceil_mode", ceilMode && random.nextBoolean() ? 1 : 0);
    }
    return pool;
  }

  @Test
  void maxPool_randomGeometry_agreesWithOnnxRuntime() throws Exception {
    Random random = new Random(21);
    for (int round = 0; round < 150; round++) {
      randomPool(random, "MaxPool", true)
          .with("storage_order", random.nextInt(2))
          .outputs(2)
          .agrees(0);
    }
  }

  @Test
  void averagePool_randomGeometry_agreesWithOnnxRuntime() throws Exception {
    Random random = new Random(22);
    for (int round = 0; round < 150; round++) {
      randomPool(random, "AveragePool", true)
          .with("count_include_pad", random.nextInt(2))
          .agrees(1e-5);
    }
  }

  @Test
  void lpPool_randomGeometry_agreesWithOnnxRuntime() throws Exception {
    Random random = new Random(23);
    for (int round = 0; round < 60; round++) {
      randomPool(random, "LpPool", false).with("p", 1 + random.nextInt(3)).agrees(1e-5);
    }
  }

  @Test
  void globalPools_anyRank_agreeWithOnnxRuntime() throws Exception {
    Random random = new Random(24);
    for (int[] shape : new int[][] {{2, 3, 5}, {2, 3, 5, 4}, {1, 2, 3, 4, 5}}) {
      Tensor x = floats(random, shape);
      OracleComparison.of("GlobalAveragePool").inputs(x).agrees(1e-5);
      OracleComparison.of("GlobalMaxPool").inputs(x).agrees(0);
      OracleComparison.of("GlobalLpPool").with("p", 3).inputs(x).agrees(1e-5);
    }
  }

  @Test
  void maxPool_integers_agreesWithOnnxRuntime() throws Exception {
    Random random = new Random(25);
    for (ElementType type : new ElementType[] {ElementType.INT8, ElementType.UINT8}) {
      OracleComparison.of("MaxPool")
          .with("kernel_shape", new long[] {2, 3})
          .with("pads", new long[] {1, 1, 0, 1})
          .inputs(integers(random, type, type == ElementType.INT8 ? -128 : 0, 127, 1, 2, 5, 6))
          .agrees(0);
    }
    OracleComparison.of("MaxPool")
        .with("kernel_shape", new long[] {2, 3})
        .inputs(as(ElementType.DOUBLE, floats(random, 1, 2, 5, 6)))
        .agrees(0);
  }

  @Test
  void maxPool_negativeValuesAtBorder_paddingNeverWins() {
    Tensor x = Tensor.of(Shape.of(1, 1, 2), -3f, -5f);
    Tensor pooled =
        OracleComparison.of("MaxPool")
            .with("kernel_shape", new long[] {2})
            .with("pads", new long[] {1, 1})
            .inputs(x)
            .answer()[0];
    assertArrayEquals(new float[] {-3, -3, -5}, pooled.floats());
  }

  @Test
  void averagePool_paddingByDefault_isNotCounted() {
    Tensor x = Tensor.of(Shape.of(1, 1, 2), 4f, 8f);
    OracleComparison pool =
        OracleComparison.of("AveragePool")
            .with("kernel_shape", new long[] {2})
            .with("pads", new long[] {1, 1})
            .inputs(x);
    assertArrayEquals(new float[] {4, 6, 8}, pool.answer()[0].floats());
    assertArrayEquals(
        new float[] {2, 6, 4}, pool.with("count_include_pad", 1).answer()[0].floats());
  }
}
