package dev.sotto.numpy;

import static dev.sotto.numpy.OracleComparison.as;
import static dev.sotto.numpy.OracleComparison.floats;
import static dev.sotto.numpy.OracleComparison.integers;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.problem.SottoException;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ConvolutionOperatorsTest {
  private static final String[] AUTO_PADS = {
    "NOTSET", "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"
  };

  @Test
  void conv_randomGeometry_agreesWithOnnxRuntime() throws Exception {
    Random random = new Random(11);
    for (int round = 0; round < 150; round++) {
      int rank = 1 + random.nextInt(3);
      int groups = 1 + random.nextInt(3);
      int[] x = new int[rank + 2];
      int[] w = new int[rank + 2];
      x[0] = random.nextInt(10) == 0 ? 70 : 1 + random.nextInt(3);
      w[1] = 1 + random.nextInt(3);
      x[1] = w[1] * groups;
      w[0] = groups * (1 + random.nextInt(5));
      long[] strides = new long[rank];
      long[] dilations = new long[rank];
      long[] pads = new long[2 * rank];
      String autoPad = AUTO_PADS[random.nextInt(AUTO_PADS.length)];
      for (int i = 0; i < rank; i++) {
        w[2 + i] = 1 + random.nextInt(4);
        strides[i] = 1 + random.nextInt(3);
        dilations[i] = autoPad.startsWith("SAME") ? 1 : 1 + random.nextInt(2);
        pads[i] = random.nextInt(w[2 + i]);
        pads[rank + i] = random.nextInt(w[2 + i]);
        x[2 + i] = (w[2 + i] - 1) * (int) dilations[i] + 1 + random.nextInt(7);
      }
      OracleComparison conv =
          OracleComparison.of("Conv")
              .with("group", groups)
              .with("strides", strides)
              .with("dilations", dilations)
              .with("auto_pad", autoPad)
              .inputs(
                  floats(random, x),
                  floats(random, w),
                  random.nextBoolean() ? floats(random, w[0]) : null);
      if (autoPad.equals("NOTSET")) {
        conv.with("pads", pads);
      }
      conv.agrees(1e-5);
    }
  }

  @Test
  void conv_double_equalsFloatWithinRounding() {
    Random random = new Random(12);
    Tensor x = floats(random, 2, 4, 7, 6);
    Tensor w = floats(random, 6, 2, 3, 3);
    Tensor b = floats(random, 6);
    OracleComparison.assertClose(
        as(ElementType.DOUBLE, conv(x, w, b)),
        conv(as(ElementType.DOUBLE, x), as(ElementType.DOUBLE, w), as(ElementType.DOUBLE, b)),
        1e-5,
        "float and double");
  }

  private static Tensor conv(Tensor x, Tensor w, Tensor b) {
    return OracleComparison.of("Conv")
        .with("group", 2)
        .with("pads", new long[] {1, 0, 2, 1})
        .with("strides", new long[] {1, 2})
        .inputs(x, w, b)
        .answer()[0];
  }

  @Test
  void convTranspose_randomGeometry_agreesWithOnnxRuntime() throws Exception {
    Random random = new Random(13);
    for (int round = 0; round < 120; round++) {
      int rank = 1 + random.nextInt(3);
      int groups = 1 + random.nextInt(2);
      int[] x = new int[rank + 2];
      int[] w = new int[rank + 2];
      x[0] = 1 + random.nextInt(2);
      x[1] = groups * (1 + random.nextInt(3));
      w[0] = x[1];
      w[1] = 1 + random.nextInt(3);
      long[] strides = new long[rank];
      long[] dilations = new long[rank];
      long[] pads = new long[2 * rank];
      long[] outputPadding = new long[rank];
      long[] outputShape = new long[rank];
      String autoPad = AUTO_PADS[random.nextInt(AUTO_PADS.length)];
      for (int i = 0; i < rank; i++) {
        w[2 + i] = 1 + random.nextInt(3);
        x[2 + i] = 2 + random.nextInt(4);
        strides[i] = 1 + random.nextInt(Math.min(3, w[2 + i]));
        dilations[i] = 1 + random.nextInt(2);
        pads[i] = random.nextInt(w[2 + i] > 1 ? 2 : 1);
        pads[rank + i] = random.nextInt(w[2 + i] > 1 ? 2 : 1);
        outputPadding[i] = random.nextInt((int) strides[i]);
        outputShape[i] =
            Math.max(
                1,
                strides[i] * (x[2 + i] - 1)
                    + (w[2 + i] - 1) * dilations[i]
                    + 1
                    - random.nextInt(3));
      }
      OracleComparison conv =
          OracleComparison.of("ConvTranspose")
              .with("group", groups)
              .with("strides", strides)
              .with("dilations", dilations)
              .with("auto_pad", autoPad)
              .inputs(
                  floats(random, x),
                  floats(random, w),
                  random.nextBoolean() ? floats(random, w[1] * groups) : null);
      if (autoPad.equals("NOTSET")) {
        if (random.nextBoolean()) {
          conv.with("pads", pads).with("output_padding", outputPadding);
        } else {
          conv.with("output_shape", outputShape);
        }
      }
      conv.agrees(1e-5);
    }
  }

  @Test
  void convInteger_zeroPoint_agreesWithOnnxRuntime() throws Exception {
    Random random = new Random(14);
    OracleComparison.of("ConvInteger")
        .with("pads", new long[] {1, 1, 1, 1})
        .inputs(
            integers(random, ElementType.UINT8, 0, 255, 2, 3, 6, 5),
            integers(random, ElementType.UINT8, 0, 255, 4, 3, 3, 3),
            Tensor.of(ElementType.UINT8, Shape.SCALAR, new long[] {7}),
            Tensor.of(ElementType.UINT8, Shape.SCALAR, new long[] {130}))
        .agrees(0);
  }

  @Test
  void conv_unknownAutoPad_refusedAtPreparation() {
    OracleComparison conv =
        OracleComparison.of("Conv")
            .with("auto_pad", "SIDEWAYS")
            .inputs(floats(new Random(1), 1, 1, 3, 3), floats(new Random(1), 1, 1, 2, 2));
    SottoException refused = assertThrows(SottoException.class, conv::answer);
    org.junit.jupiter.api.Assertions.assertTrue(
        refused.getMessage().contains("SIDEWAYS"), refused.getMessage());
  }

  @Test
  void conv_filtersDoNotFitGroups_refused() {
    for (int[] filters : new int[][] {{2, 2, 3, 3}, {2, 4, 3}, {3, 2, 3, 3}}) {
      OracleComparison conv =
          OracleComparison.of("Conv")
              .with("group", filters[0] == 3 ? 2 : 1)
              .inputs(floats(new Random(1), 1, 4, 5, 5), floats(new Random(1), filters));
      assertThrows(IllegalArgumentException.class, conv::answer, Arrays.toString(filters));
    }
  }
}
