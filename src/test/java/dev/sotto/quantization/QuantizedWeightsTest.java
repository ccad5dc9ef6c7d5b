package dev.sotto.quantization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class QuantizedWeightsTest {
  private static final double[] ONE = {1};

  private static QuantizedWeights.Layout layout(int taps, int outputs, double[] weights) {
    int[] index = new int[taps * outputs];
    Arrays.setAll(index, i -> i);
    return new QuantizedWeights.Layout(
        Tensor.of(Shape.of(taps, outputs), weights), 1, taps, outputs, index);
  }

  private static double[] normal(int size, double... scales) {
    Random random = new Random(3);
    double[] weights = new double[size];
    Arrays.setAll(weights, i -> random.nextGaussian() * scales[i % scales.length]);
    return weights;
  }

  @Test
  void perChannel_columnsOfDifferentSize_keepTheirOwnScale() {
    double[] weights = normal(400, 1, 0.01);
    QuantizedWeights q = QuantizedWeights.of(layout(200, 2, weights), ONE, 8, true);
    assertTrue(q.scales()[0] > 50 * q.scales()[1]);
    for (int i = 0; i < weights.length; i++) {
      assertTrue(Math.abs(q.integers()[i]) <= 127);
    }
    for (int n = 0; n < 2; n++) {
      double error = 0;
      double total = 0;
      for (int k = 0; k < 200; k++) {
        double w = weights[2 * k + n];
        double d = w - q.scales()[n] * q.integers()[2 * k + n];
        error += d * d;
        total += w * w;
      }
      assertTrue(error < 2e-4 * total, "output " + n);
    }
  }

  @Test
  void perTensor_shareOneScale() {
    QuantizedWeights q = QuantizedWeights.of(layout(10, 2, normal(20, 1, 0.01)), ONE, 8, false);
    assertEquals(q.scales()[0], q.scales()[1]);
  }

  @Test
  void wholeNumbers_thatFit_areKept() {
    QuantizedWeights q =
        QuantizedWeights.of(layout(2, 2, new double[] {1, 0, -3, 7}), ONE, 4, true);
    assertArrayEquals(new int[] {1, 0, -3, 7}, q.integers());
    assertArrayEquals(new double[] {1, 1}, q.scales());
  }

  @Test
  void tapScales_areFoldedIntoTheWeights() {
    double[] weights = normal(12, 1);
    double[] taps = {1, 0.5, 0.25, 2, 1, 1};
    QuantizedWeights q = QuantizedWeights.of(layout(6, 2, weights), taps, 12, true);
    for (int i = 0; i < weights.length; i++) {
      double real = weights[i] * taps[i / 2];
      assertEquals(real, q.scales()[i % 2] * q.integers()[i], q.scales()[i % 2]);
    }
  }

  @Test
  void zeros_giveZeros() {
    QuantizedWeights q = QuantizedWeights.of(layout(3, 1, new double[3]), ONE, 8, true);
    assertArrayEquals(new int[3], q.integers());
    assertTrue(q.scales()[0] > 0);
  }

  @Test
  void givenByTheModel_areTakenAsTheyAre() {
    Tensor integers = Tensor.of(Shape.of(2, 3), 1L, -2L, 3L, -4L, 5L, -6L);
    FakeQuantization.Weights given =
        new FakeQuantization.Weights(integers, new double[] {0.1, 0.2, 0.3}, 1);
    QuantizedWeights q = QuantizedWeights.of(layout(2, 3, new double[6]), given);
    assertArrayEquals(new int[] {1, -2, 3, -4, 5, -6}, q.integers());
    assertArrayEquals(new double[] {0.1, 0.2, 0.3}, q.scales());
  }
}
