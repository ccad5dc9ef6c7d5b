package dev.sotto.slots.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NttPrimesTest {
  /** All primes of the step between two numbers, by the definition. */
  private static List<Long> primes(long from, long to, long step) {
    return LongStream.iterate(1 + (from + step - 2) / step * step, p -> p < to, p -> p + step)
        .filter(p -> BigInteger.valueOf(p).isProbablePrime(100))
        .boxed()
        .toList();
  }

  @ParameterizedTest
  @CsvSource({"18, 4096", "20, 8192", "25, 65536", "50, 137438953472", "17, 65536", "8, 16"})
  void below_gives_the_largest_in_descending_order(int bits, long step) {
    long top = 1L << bits;
    List<Long> all = primes(top / 2, top, step).stream().sorted(Comparator.reverseOrder()).toList();
    for (int count : new int[] {0, 1, all.size() / 2, all.size()}) {
      if (count <= all.size()) {
        assertEquals(all.subList(0, count), NttPrimes.below(bits, step, count, Set.of()));
      }
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> NttPrimes.below(bits, step, all.size() + 1, Set.of()));
  }

  @Test
  void below_leaves_out_what_is_excluded() {
    List<Long> all = NttPrimes.below(50, 65536, 5, Set.of());
    assertEquals(
        List.of(all.get(0), all.get(2), all.get(4)),
        NttPrimes.below(50, 65536, 3, Set.of(all.get(1), all.get(3))));
  }

  /** What parameters of any machine start with: these never change. */
  @Test
  void largest_primes_are_the_known_ones() {
    assertEquals(
        List.of(1125899904679937L, 1125899903991809L), NttPrimes.below(50, 32768, 2, Set.of()));
  }

  @ParameterizedTest
  @CsvSource({"20, 8192", "25, 65536", "18, 4096"})
  void nearest_gives_the_nearest_first(int bits, long step) {
    long centre = 1L << bits;
    List<Long> all =
        primes(centre / 2 + 2, centre * 3 / 2, step).stream()
            .sorted(Comparator.comparing(p -> Math.abs(p - centre)))
            .toList();
    assertEquals(all, NttPrimes.nearest(bits, step, all.size(), Set.of()));
    assertEquals(all.subList(1, 3), NttPrimes.nearest(bits, step, 2, Set.of(all.get(0))));
  }

  @Test
  void refusal_says_how_many_there_are() {
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> NttPrimes.below(20, 65536, 9, Set.of()));
    assertTrue(
        refusal.getMessage().contains("expected 9 primes between 2^19 and 2^20")
            && refusal.getMessage().contains("1 modulo 65536, found "),
        refusal.getMessage());
  }

  @Test
  void bits_and_steps_out_of_range_are_refused() {
    assertThrows(IllegalArgumentException.class, () -> NttPrimes.below(51, 4096, 1, Set.of()));
    assertThrows(IllegalArgumentException.class, () -> NttPrimes.below(1, 4096, 1, Set.of()));
    assertThrows(IllegalArgumentException.class, () -> NttPrimes.nearest(50, 4096, 1, Set.of()));
    assertThrows(IllegalArgumentException.class, () -> NttPrimes.below(30, 4097, 1, Set.of()));
    assertThrows(IllegalArgumentException.class, () -> NttPrimes.below(30, 0, 1, Set.of()));
  }

  @ParameterizedTest
  @CsvSource({"16, 65536, 65537", "16, 16384, 65537", "8, 256, 257", "19, 131072, 786433"})
  void plaintext_modulus_is_the_smallest_prime(int bits, long step, long expected) {
    assertEquals(expected, NttPrimes.plaintextModulus(bits, step));
  }

  @Test
  void plaintext_modulus_is_the_first_from_its_bits_on() {
    for (int bits = 17; bits < 50; bits++) {
      long p = NttPrimes.plaintextModulus(bits, 65536);
      assertEquals(List.of(p), primes(1L << bits, p + 1, 65536), "bits " + bits);
    }
    assertThrows(IllegalArgumentException.class, () -> NttPrimes.plaintextModulus(50, 65536));
  }

  @ParameterizedTest
  @CsvSource({"STANDARD, 11", "STANDARD, 15", "CONJUGATE_INVARIANT, 11", "CONJUGATE_INVARIANT, 15"})
  void root_has_its_order(RingType type, int logN) {
    long order = type.rootOrder(logN);
    for (int bits : new int[] {25, 40, 50}) {
      for (long p : NttPrimes.below(bits, order, 2, Set.of())) {
        BigInteger root = BigInteger.valueOf(NttPrimes.primitiveRoot(p, order));
        BigInteger half = root.modPow(BigInteger.valueOf(order / 2), BigInteger.valueOf(p));
        assertEquals(BigInteger.valueOf(p - 1), half);
      }
    }
  }

  @Test
  void root_is_that_of_the_smallest_base() {
    assertEquals(249, NttPrimes.primitiveRoot(257, 16)); // 3^16: 2^16 is 1;
    assertEquals(3, NttPrimes.primitiveRoot(257, 256));
    assertEquals(3, NttPrimes.primitiveRoot(65537, 65536));
    assertEquals(256, NttPrimes.primitiveRoot(257, 2));
    assertEquals(1, NttPrimes.primitiveRoot(257, 1));
  }

  @Test
  void root_that_does_not_exist_is_refused() {
    assertThrows(IllegalArgumentException.class, () -> NttPrimes.primitiveRoot(257, 512));
    assertThrows(IllegalArgumentException.class, () -> NttPrimes.primitiveRoot(257, 3));
  }
}
