package dev.sotto.slots.ring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.common.RandomStream;
import dev.sotto.common.Seed;
import dev.sotto.common.VectorTwin;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UniformResiduesTest {
  private static final long JUST_BELOW_2_50 = 1125899904679937L;
  private static final long JUST_ABOVE_2_49 = 562949954142209L;

  private static RandomStream stream(long index) {
    return RandomStream.from(Seed.of(new byte[Seed.LENGTH]).derive("residues", index));
  }

  private static double[] residues(long index, int n, long prime) {
    double[] residues = new double[n];
    UniformResidues.fill(stream(index), residues, 0, n, prime);
    return residues;
  }

  /** The scalar twin, and the vector twin where this JVM has it. */
  private static List<ResidueKernel> kernels() {
    List<ResidueKernel> kernels = new ArrayList<>(List.of(new ResidueKernel()));
    VectorTwin.find(ResidueKernel.class, "VectorResidueKernel").ifPresent(kernels::add);
    return kernels;
  }

  /**
   * The definition, one word at a time, for primes that refuse hardly any word up to half of them.
   */
  @ParameterizedTest
  @ValueSource(
      longs = {3, 5, 257, 65537, 786433, 1048571, 1099511480321L, JUST_ABOVE_2_49, JUST_BELOW_2_50})
  void residues_are_the_accepted_candidates(long prime) {
    int bits = Long.SIZE - Long.numberOfLeadingZeros(prime);
    for (ResidueKernel kernel : kernels()) {
      for (int n : new int[] {0, 1, 3, 7, 8, 511, 512, 513, 5003}) {
        double[] residues = new double[n];
        UniformResidues.fill(kernel, stream(prime), residues, 0, n, prime);
        RandomStream words = stream(prime);
        for (double residue : residues) {
          long candidate = words.nextLong() & ((1L << bits) - 1);
          while (candidate >= prime) {
            candidate = words.nextLong() & ((1L << bits) - 1);
          }
          assertEquals((double) (candidate - (prime - 1) / 2), residue);
        }
      }
    }
  }

  /** Refused candidates at every place of a batch, and of a vector. */
  @Test
  void one_refused_candidate_is_left_out_wherever_it_is() {
    long prime = JUST_BELOW_2_50;
    for (ResidueKernel kernel : kernels()) {
      for (int refused = 0; refused < 67; refused++) {
        long[] words = new long[67];
        for (int i = 0; i < words.length; i++) {
          words[i] = i < refused ? i : i - 1L;
        }
        words[refused] = prime;
        double[] residues = new double[70];
        assertEquals(67, kernel.accept(words, 0, 67, residues, 1, prime));
        for (int i = 0; i < 66; i++) {
          assertEquals((double) (i - (prime - 1) / 2), residues[i + 1]);
        }
        assertEquals(0, residues[0]);
        assertEquals(0, residues[68]);
      }
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
  @ValueSource(longs = {786433, 1099511480321L, JUST_ABOVE_2_49, JUST_BELOW_2_50})
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
