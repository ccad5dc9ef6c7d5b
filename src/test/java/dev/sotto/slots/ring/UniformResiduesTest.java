package dev.sotto.slots.ring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.common.RandomStream;
import dev.sotto.common.Seed;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UniformResiduesTest {
  private static final long JUST_BELOW_2_50 = 1125899904679937L;

  private static RandomStream stream(long index) {
    return RandomStream.from(Seed.of(new byte[Seed.LENGTH]).derive("residues", index));
  }

  private static double[] residues(long index, int n, long prime) {
    double[] residues = new double[n];
    UniformResidues.fill(stream(index), residues, 0, n, prime);
    return residues;
  }

  /** The definition, one word at a time. */
  @ParameterizedTest
  @ValueSource(longs = {3, 5, 257, 65537, 786433, 1099511480321L, JUST_BELOW_2_50})
  void residues_are_the_accepted_candidates(long prime) {
    double[] residues = residues(prime, 5000, prime);
    RandomStream words = stream(prime);
    int bits = Long.SIZE - Long.numberOfLeadingZeros(prime);
    for (double residue : residues) {
      long candidate = words.nextLong() & ((1L << bits) - 1);
      while (candidate >= prime) {
        candidate = words.nextLong() & ((1L << bits) - 1);
      }
      assertEquals((double) (candidate - (prime - 1) / 2), residue);
    }
  }

  @Test
  void words_are_read_only_as_needed() {
    RandomStream together = stream(1);
    double[] first = new double[1000];
    UniformResidues.fill(together, first, 0, 300, 65537);
    UniformResidues.fill(together, first, 300, 700, 65537);
    assertArrayEquals(residues(1, 1000, 65537), first);
  }

  @Test
  void fill_writes_only_what_was_asked_for() {
    double[] part = new double[600];
    Arrays.fill(part, Double.NaN);
    UniformResidues.fill(stream(2), part, 7, 520, 786433);
    assertArrayEquals(residues(2, 520, 786433), Arrays.copyOfRange(part, 7, 527));
    assertTrue(Arrays.stream(part, 0, 7).allMatch(Double::isNaN));
    assertTrue(Arrays.stream(part, 527, 600).allMatch(Double::isNaN));
  }

  @ParameterizedTest
  @ValueSource(longs = {3, 5, 97, 257})
  void every_residue_of_a_small_prime_is_as_likely(long prime) {
    long[] counts = new long[(int) prime];
    for (double residue : residues(3, 200_000, prime)) {
      counts[(int) (residue + (prime - 1) / 2.0)]++;
    }
    ChiSquare.check(counts, even(counts.length), "prime " + prime);
  }

  /** A large prime, in equal cells from end to end. */
  @ParameterizedTest
  @ValueSource(longs = {786433, 1099511480321L, 562949953443841L, JUST_BELOW_2_50})
  void residues_of_a_large_prime_fill_its_range_evenly(long prime) {
    int cells = 100;
    long[] counts = new long[cells];
    double largest = 0;
    for (double residue : residues(4, 200_000, prime)) {
      counts[(int) Math.floor((residue / prime + 0.5) * cells)]++;
      largest = Math.max(largest, Math.abs(residue));
    }
    assertTrue(largest <= (prime - 1) / 2.0);
    assertTrue(largest > 0.499 * prime);
    ChiSquare.check(counts, even(cells), "prime " + prime);
  }

  /** Low bits too: what the centre takes away is not the same in both halves of a range. */
  @Test
  void low_bits_are_even() {
    long[] counts = new long[64];
    for (double residue : residues(5, 200_000, JUST_BELOW_2_50)) {
      counts[(int) ((long) residue & 63)]++;
    }
    ChiSquare.check(counts, even(64), "low bits");
  }

  @ParameterizedTest
  @ValueSource(longs = {-3, 0, 1, 2, 65536, 1L << 50, (1L << 50) + 1})
  void modulus_out_of_range_is_refused(long modulus) {
    assertThrows(IllegalArgumentException.class, () -> residues(6, 1, modulus));
  }

  private static double[] even(int cells) {
    double[] probabilities = new double[cells];
    Arrays.fill(probabilities, 1.0 / cells);
    return probabilities;
  }
}
