package dev.sotto.quantization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.circuit.IntegerTensor;
import dev.sotto.circuit.Interval;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class InputEncodingTest {
  private static final UniformQuantizer SMALL = UniformQuantizer.affine(-1, 1, 4);
  private static final UniformQuantizer LARGE = UniformQuantizer.affine(0, 100, 8);

  @Test
  void uniform_aScalePerFeature_equalsItsQuantizers() {
    InputEncoding encoding = new InputEncoding.Uniform("x", 3, List.of(SMALL, LARGE, SMALL));
    Random random = new Random(7);
    float[] values = new float[3 * 101];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (i % 3 == 1 ? 130 * random.nextGaussian() : random.nextGaussian());
    }
    long[] clipped = new long[3];
    IntegerTensor encoded = encoding.encode(101, values, clipped);
    long[] expectedClips = new long[3];
    for (int i = 0; i < values.length; i++) {
      UniformQuantizer q = i % 3 == 1 ? LARGE : SMALL;
      assertEquals(q.quantize(values[i]), encoded.get(i / 3, i % 3));
      expectedClips[i % 3] += q.clips(values[i]) ? 1 : 0;
    }
    assertArrayEquals(expectedClips, clipped);
    assertEquals(new Interval(-8, 255), encoding.range());
  }

  @Test
  void uniform_nanAndInfinity_countAsClippedPerColumn() {
    InputEncoding encoding = new InputEncoding.Uniform("x", 2, List.of(SMALL));
    float nan = Float.NaN;
    float infinity = Float.POSITIVE_INFINITY;
    long[] clipped = new long[2];
    IntegerTensor encoded =
        encoding.encode(3, new float[] {nan, 0.5f, 0.5f, -infinity, nan, infinity}, clipped);
    assertEquals(SMALL.zeroPoint(), encoded.get(0, 0));
    assertEquals(SMALL.zeroPoint(), encoded.get(2, 0));
    assertEquals(-8, encoded.get(1, 1));
    assertEquals(7, encoded.get(2, 1));
    assertArrayEquals(new long[] {2, 2}, clipped);
  }

  @Test
  void uniform_counts_addToThoseGiven() {
    InputEncoding encoding = new InputEncoding.Uniform("x", 1, List.of(SMALL));
    long[] clipped = {5};
    encoding.encode(2, new float[] {9, 0}, clipped);
    assertArrayEquals(new long[] {6}, clipped);
  }
}
