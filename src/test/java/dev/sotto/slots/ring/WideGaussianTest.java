package dev.sotto.slots.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.common.RandomStream;
import dev.sotto.common.Seed;
import org.junit.jupiter.api.Test;

final class WideGaussianTest {
  private static final int SAMPLES = 1 << 16;

  /** Mean, variance and kurtosis within 3.3 standard errors (99.9 %): 1, √2 and √24 over √n. */
  @Test
  void moments_are_those_of_a_gaussian() {
    double deviation = 1e9;
    double[] samples = new double[SAMPLES];
    WideGaussian.fill(RandomStream.from(Seed.of(new byte[Seed.LENGTH])), deviation, samples);
    double[] moments = new double[5];
    for (double x : samples) {
      assertEquals(Math.rint(x), x);
      for (int k = 1; k <= 4; k++) {
        moments[k] += Math.pow(x / deviation, k) / SAMPLES;
      }
    }
    double unit = 3.3 / Math.sqrt(SAMPLES);
    assertEquals(0, moments[1], unit);
    assertEquals(1, moments[2], unit * Math.sqrt(2));
    assertEquals(0, moments[3], unit * Math.sqrt(15));
    assertEquals(3, moments[4], unit * Math.sqrt(96));
  }
}
