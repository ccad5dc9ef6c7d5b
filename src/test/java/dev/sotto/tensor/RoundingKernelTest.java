package dev.sotto.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoundingKernelTest {
  private static final RoundingKernel SCALAR = RoundingKernel.scalar();

  private static RoundingKernel vector() {
    assertTrue(
        RoundingKernel.vector().isPresent(), "tests run with --add-modules jdk.incubator.vector");
    return RoundingKernel.vector().get();
  }

  private static float[] rows(int width, long seed) {
    Random random = new Random(seed);
    float[] data = new float[5 * width];
    for (int i = 0; i < data.length; i++) {
      // halves hit ties; some values lie far outside every range
      data[i] =
          random.nextInt(10) == 0
              ? (float) (random.nextGaussian() * 1e9)
              : random.nextInt(-40, 40) / 2f;
    }
    return data;
  }

  private static float[] filled(int width, float value) {
    float[] array = new float[width];
    Arrays.fill(array, value);
    return array;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4, 7, 8, 9, 15, 16, 17, 31, 64, 92, 785})
  void quantize_vectorAndScalar_agree(int width) {
    float[] in = rows(width, width);
    float[][] results = new float[6][];
    int at = 0;
    for (RoundingKernel kernel : new RoundingKernel[] {SCALAR, vector()}) {
      float[] least = filled(width, -8);
      float[] most = filled(width, 7);
      float[] out = new float[in.length];
      kernel.quantize(
          in,
          filled(width, 1),
          filled(width, 2),
          filled(width, -8),
          filled(width, 7),
          least,
          most,
          out);
      results[at++] = out;
      results[at++] = clipped(least);
      results[at++] = clipped(most);
    }
    assertArrayEquals(results[0], results[3]);
    assertArrayEquals(results[1], results[4]);
    assertArrayEquals(results[2], results[5]);
    for (int i = 0; i < in.length; i++) {
      assertEquals(
          Math.min(7, Math.max(-8, Math.rint(in[i]) + 2)), results[0][i], "value " + in[i]);
    }
  }

  /** Beyond 2^22 the twins may round differently; all that counts is that they are far outside. */
  private static float[] clipped(float[] values) {
    float[] copy = values.clone();
    for (int i = 0; i < copy.length; i++) {
      copy[i] = Math.max(-1e6f, Math.min(1e6f, copy[i]));
    }
    return copy;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 7, 8, 10, 32, 93})
  void requantize_vectorAndScalar_agree(int width) {
    float[] in = rows(width, 100 + width);
    double[] slope = new double[width];
    double[] offset = new double[width];
    for (int i = 0; i < width; i++) {
      slope[i] = 0.5 / (i + 1);
      offset[i] = i % 3 - 1;
    }
    float[] scalar = new float[in.length];
    float[] vector = new float[in.length];
    SCALAR.requantize(in, slope, offset, -31, 32, scalar);
    vector().requantize(in, slope, offset, -31, 32, vector);
    assertArrayEquals(scalar, vector);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 8, 9, 33})
  void extremes_vectorAndScalar_agree(int width) {
    float[] in = rows(width, 200 + width);
    float[] least = filled(width, 0);
    float[] most = filled(width, 0);
    float[] vectorLeast = filled(width, 0);
    float[] vectorMost = filled(width, 0);
    SCALAR.extremes(in, least, most);
    vector().extremes(in, vectorLeast, vectorMost);
    assertArrayEquals(least, vectorLeast);
    assertArrayEquals(most, vectorMost);
  }
}
