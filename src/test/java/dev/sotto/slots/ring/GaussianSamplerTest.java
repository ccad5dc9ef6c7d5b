package dev.sotto.slots.ring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.common.RandomStream;
import dev.sotto.common.Seed;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class GaussianSamplerTest {
  private static final int SAMPLES = 1_000_000;
  private static final int[] DRAWN = samples(0, SAMPLES);

  private static RandomStream stream(long index) {
    return RandomStream.from(Seed.of(new byte[Seed.LENGTH]).derive("gaussian", index));
  }

  private static int[] samples(long index, int count) {
    int[] samples = new int[count];
    GaussianSampler.fill(stream(index), samples);
    return samples;
  }

  /** Checked with mpmath at 60 digits: erf((k + 1/2) / (3.2 √2)). */
  @Test
  void probabilities_are_those_of_the_error_function() {
    assertProbability(0, "0.12416403361658972438697437453015181384948227306273");
    assertProbability(5, "0.91434009659516576805223536681645122457418870511673");
    assertProbability(28, "0.99999999999999999947212185940755145368039817501347");
    assertProbability(29, "0.99999999999999999996994162851224032387465865104984");
  }

  private static void assertProbability(int k, String expected) {
    BigDecimal error =
        GaussianSampler.probabilityWithin(k).subtract(new BigDecimal(expected)).abs();
    assertTrue(error.compareTo(new BigDecimal("1e-45")) < 0, () -> k + " is off by " + error);
  }

  /** The definition, one word at a time. */
  @Test
  void samples_are_the_words_inverted() {
    BigInteger[] thresholds = new BigInteger[GaussianSampler.MAXIMUM + 1];
    for (int k = 0; k < thresholds.length; k++) {
      thresholds[k] =
          GaussianSampler.probabilityWithin(k)
              .multiply(new BigDecimal(BigInteger.TWO.pow(63)))
              .add(new BigDecimal("0.5"))
              .toBigInteger();
    }
    assertTrue(thresholds[GaussianSampler.MAXIMUM - 1].compareTo(BigInteger.TWO.pow(63)) < 0);
    assertEquals(BigInteger.TWO.pow(63), thresholds[GaussianSampler.MAXIMUM]);
    RandomStream words = stream(1);
    for (int sample : samples(1, 1001)) {
      long word = words.nextLong();
      BigInteger low = BigInteger.valueOf(word & Long.MAX_VALUE);
      int magnitude = 0;
      while (thresholds[magnitude].compareTo(low) <= 0) {
        magnitude++;
      }
      assertEquals(word < 0 ? -magnitude : magnitude, sample);
    }
  }

  @Test
  void doubles_are_the_same_samples() {
    double[] doubles = new double[1000];
    Arrays.fill(doubles, Double.NaN);
    GaussianSampler.fill(stream(2), doubles, 10, 900);
    int[] samples = samples(2, 900);
    assertArrayEquals(
        Arrays.stream(samples).asDoubleStream().toArray(), Arrays.copyOfRange(doubles, 10, 910));
    assertTrue(Double.isNaN(doubles[9]) && Double.isNaN(doubles[910]));
  }

  /** 99.9 % intervals; the variance of a rounded Gaussian is 1/12 above that of its own. */
  @Test
  void mean_and_variance_are_those_of_the_rounded_gaussian() {
    double variance = GaussianSampler.SIGMA * GaussianSampler.SIGMA + 1.0 / 12;
    double sum = 0;
    double squares = 0;
    for (int sample : DRAWN) {
      sum += sample;
      squares += (double) sample * sample;
    }
    double z = 3.2905;
    assertEquals(0, sum / SAMPLES, z * Math.sqrt(variance / SAMPLES));
    assertEquals(variance, squares / SAMPLES, z * variance * Math.sqrt(2.0 / SAMPLES));
  }

  @Test
  void every_value_is_as_likely_as_it_should_be() {
    int limit = 13; // beyond it, one cell for each side
    long[] counts = new long[2 * limit + 3];
    for (int sample : DRAWN) {
      counts[Math.max(-limit - 1, Math.min(limit + 1, sample)) + limit + 1]++;
    }
    double[] probabilities = new double[counts.length];
    for (int value = -limit - 1; value <= limit + 1; value++) {
      probabilities[value + limit + 1] = probability(Math.abs(value), limit);
    }
    ChiSquare.check(counts, probabilities, "Gaussian");
  }

  private static double probability(int magnitude, int limit) {
    double within = GaussianSampler.probabilityWithin(magnitude).doubleValue();
    if (magnitude == 0) {
      return within;
    }
    double below = GaussianSampler.probabilityWithin(magnitude - 1).doubleValue();
    return ((magnitude > limit ? 1 : within) - below) / 2;
  }

  /** Among a million, the largest is 14 to 19 in all but 1 of 900 draws. */
  @Test
  void largest_of_a_million_is_where_it_should_be() {
    int largest = Arrays.stream(DRAWN).map(Math::abs).max().orElseThrow();
    assertTrue(largest >= 14 && largest <= 19, "largest " + largest);
  }
}
