package dev.sotto.slots.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.common.RandomStream;
import dev.sotto.common.Seed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TernarySamplerTest {
  private static RandomStream stream(long index) {
    return RandomStream.from(Seed.of(new byte[Seed.LENGTH]).derive("ternary", index));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 31, 32, 33, 5000})
  void samples_are_the_accepted_pairs_of_bits(int length) {
    byte[] samples = new byte[length];
    TernarySampler.fill(stream(0), samples);
    RandomStream words = stream(0);
    long word = 0;
    int left = 0;
    for (byte sample : samples) {
      int pair = 3;
      while (pair == 3) {
        if (left == 0) {
          word = words.nextLong();
          left = 32;
        }
        pair = (int) (word & 3);
        word >>>= 2;
        left--;
      }
      assertEquals(pair - 1, sample);
    }
  }

  @Test
  void samples_and_pairs_of_neighbours_are_even() {
    byte[] samples = new byte[900_000];
    TernarySampler.fill(stream(1), samples);
    long[] counts = new long[9];
    for (int i = 0; i < samples.length; i += 2) {
      counts[(samples[i] + 1) * 3 + samples[i + 1] + 1]++;
    }
    double ninth = 1.0 / 9;
    ChiSquare.check(
        counts,
        new double[] {ninth, ninth, ninth, ninth, ninth, ninth, ninth, ninth, ninth},
        "ternary");
  }
}
