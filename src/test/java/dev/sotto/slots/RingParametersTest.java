package dev.sotto.slots;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.problem.Problem;
import dev.sotto.problem.SottoException;
import dev.sotto.slots.ring.NttPrimes;
import dev.sotto.slots.ring.RingType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class RingParametersTest {
  private static final RingParameters SMALL =
      RingParameters.generate(RingType.STANDARD, 13, new int[] {50, 40, 40}, new int[] {50});

  private static Problem refusal(SlotsError code, Executable attempt) {
    SottoException refusal = assertThrows(SottoException.class, attempt);
    assertEquals(
        List.of(code),
        refusal.problems().stream().map(Problem::code).toList(),
        refusal::getMessage);
    return refusal.problems().get(0);
  }

  private static List<Long> primes(int bits, long step, int count) {
    return NttPrimes.below(bits, step, count, Set.of());
  }

  @Test
  void generated_primes_are_the_largest_of_their_sizes() {
    assertEquals(
        List.of(
            primes(50, 16384, 2).get(0), primes(40, 16384, 1).get(0), primes(40, 16384, 2).get(1)),
        SMALL.primes());
    assertEquals(List.of(primes(50, 16384, 2).get(1)), SMALL.specialPrimes());
  }

  @Test
  void sizes_follow_from_the_ring() {
    assertEquals(8192, SMALL.n());
    assertEquals(8192, SMALL.integerSlots());
    assertEquals(4096, SMALL.realSlots());
    assertEquals(2, SMALL.maximumLevel());
    assertEquals(180, SMALL.logQp(), 1e-4);
    assertEquals("N = 8192, 3 + 1 primes, log QP 180.0", SMALL.toString());
    RingParameters invariant =
        RingParameters.generate(RingType.CONJUGATE_INVARIANT, 11, new int[] {50}, new int[0]);
    assertEquals(2048, invariant.realSlots());
    assertEquals("conjugate-invariant, N = 2048, 1 + 0 primes, log QP 50.0", invariant.toString());
  }

  @Test
  void ring_has_the_primes_and_is_made_once() {
    assertSame(SMALL.ring(), SMALL.ring());
    assertEquals(3, SMALL.ring().primes());
    assertEquals(1, SMALL.ring().specialPrimes());
    assertEquals(SMALL.specialPrimes().get(0), SMALL.ring().modulus(3).value());
  }

  /** 190 and 23 bits fit N = 8192, which takes 214; 190 and 25 do not. */
  @ParameterizedTest
  @EnumSource(RingType.class)
  void modulus_beyond_128_bits_of_security_is_refused(RingType type) {
    int[] primes = {50, 50, 50, 40};
    RingParameters.generate(type, 13, primes, new int[] {23});
    refusal(
        SlotsError.PARAMETERS_UNSAFE,
        () -> RingParameters.generate(type, 13, primes, new int[] {25}));
    Problem problem =
        refusal(
            SlotsError.PARAMETERS_UNSAFE,
            () -> RingParameters.generate(type, 13, primes, new int[] {50}));
    assertEquals("N = 8192", problem.where());
    assertEquals(
        "expected primes whose product is at most 2^214, special primes included, got 2^240.00.",
        problem.detail());
  }

  /**
   * 27 and 26 bits make 53, and fit; the same with the smallest prime above 2^26 is just too much.
   */
  @Test
  void product_counts_and_not_bit_lengths() {
    long large = primes(27, 4096, 1).get(0);
    long above = NttPrimes.plaintextModulus(26, 4096);
    assertTrue(large * (double) above > 0x1p53 && above < 0x1.01p26);
    RingParameters.generate(RingType.STANDARD, 11, new int[] {27, 26}, new int[0]);
    Problem problem =
        refusal(
            SlotsError.PARAMETERS_UNSAFE,
            () -> RingParameters.of(RingType.STANDARD, 11, List.of(large, above), List.of()));
    assertTrue(problem.detail().contains("got 2^53.01."), problem.detail());
    long smaller = NttPrimes.below(26, 4096, 40, Set.of()).get(39);
    assertTrue(Math.multiplyHigh(above, smaller) == 0 && above * smaller < 1L << 53);
    RingParameters.of(RingType.STANDARD, 11, List.of(above, smaller), List.of());
  }

  @Test
  void every_problem_of_the_primes_is_named() {
    List<Long> good = primes(40, 16384, 2);
    List<Long> bad = new ArrayList<>(List.of(good.get(0), good.get(0), good.get(1) + 2));
    long product = 16385L; // 5 · 29 · 113, and 1 modulo 16384
    bad.add(product);
    bad.add(-16383L);
    bad.add((1L << 50) + 1);
    SottoException refusal =
        assertThrows(
            SottoException.class,
            () -> RingParameters.of(RingType.STANDARD, 13, bad, List.of(good.get(1), good.get(0))));
    assertEquals(
        List.of(
            "expected each prime once, got it twice.",
            "expected a prime that is 1 modulo 16384, got 3.",
            "expected a prime, got a product.",
            "expected a prime from 3 to 2^50.",
            "expected a prime from 3 to 2^50.",
            "expected each prime once, got it twice."),
        refusal.problems().stream().map(Problem::detail).toList());
    assertTrue(refusal.getMessage().contains("prime 16385"), refusal.getMessage());
  }

  @Test
  void conjugate_invariant_ring_needs_primes_of_twice_the_order() {
    long prime = primes(30, 4096, 50).stream().filter(p -> p % 8192 != 1).findFirst().orElseThrow();
    RingParameters.of(RingType.STANDARD, 11, List.of(prime), List.of());
    refusal(
        SlotsError.PARAMETERS_INVALID,
        () -> RingParameters.of(RingType.CONJUGATE_INVARIANT, 11, List.of(prime), List.of()));
  }

  @Test
  void impossible_requests_are_refused() {
    int[] none = {};
    refusal(
        SlotsError.PARAMETERS_INVALID,
        () -> RingParameters.generate(RingType.STANDARD, 10, new int[] {25}, none));
    refusal(
        SlotsError.PARAMETERS_INVALID,
        () -> RingParameters.generate(RingType.STANDARD, 16, new int[] {50}, none));
    refusal(
        SlotsError.PARAMETERS_INVALID,
        () -> RingParameters.of(RingType.STANDARD, 16, primes(50, 131072, 1), List.of()));
    refusal(
        SlotsError.PARAMETERS_INVALID,
        () -> RingParameters.generate(RingType.STANDARD, 13, none, new int[] {50}));
    refusal(
        SlotsError.PARAMETERS_INVALID,
        () -> RingParameters.generate(RingType.STANDARD, 13, new int[] {51}, none));
    Problem few =
        refusal(
            SlotsError.PARAMETERS_INVALID,
            () -> RingParameters.generate(RingType.STANDARD, 15, new int[] {17, 17}, none));
    assertTrue(few.detail().contains("1 modulo 65536"), few.detail());
  }

  @Test
  void bytes_give_the_parameters_back() {
    for (RingType type : RingType.values()) {
      RingParameters parameters =
          RingParameters.generate(type, 12, new int[] {35, 30}, new int[] {36});
      RingParameters read = RingParameters.parse(parameters.toBytes());
      assertEquals(parameters, read);
      assertEquals(parameters.hashCode(), read.hashCode());
      assertArrayEquals(parameters.hash(), read.hash());
    }
  }

  /** Keys and ciphertexts on disk carry this hash: it never changes. */
  @Test
  void bytes_and_hash_are_what_they_always_were() {
    RingParameters parameters =
        RingParameters.of(RingType.STANDARD, 11, List.of(65537L), List.of(786433L));
    HexFormat hex = HexFormat.of();
    assertEquals(
        "535452500100" + "0b0101" + "0100010000000000" + "01000c0000000000",
        hex.formatHex(parameters.toBytes()));
    assertEquals(
        "918f88cfa5b658d4eff7b9eb70015276d54a5fb678cdb9c25d5ff0a6ab6c7cdb",
        hex.formatHex(parameters.hash()));
  }

  @Test
  void anything_that_differs_makes_other_parameters() {
    int[] none = {};
    List<RingParameters> all =
        List.of(
            SMALL,
            RingParameters.generate(RingType.STANDARD, 13, new int[] {50, 40, 40}, none),
            RingParameters.generate(RingType.STANDARD, 13, new int[] {50, 40, 40, 50}, none),
            RingParameters.generate(RingType.STANDARD, 13, new int[] {40, 50, 40}, none),
            RingParameters.generate(RingType.CONJUGATE_INVARIANT, 13, new int[] {50, 40, 40}, none),
            RingParameters.of(RingType.STANDARD, 12, List.of(65537L), List.of()),
            RingParameters.of(RingType.STANDARD, 13, List.of(65537L), List.of()));
    for (RingParameters one : all) {
      for (RingParameters other : all) {
        assertEquals(one == other, one.equals(other), one + " and " + other);
        assertEquals(one == other, Arrays.equals(one.hash(), other.hash()));
      }
    }
    assertNotEquals(SMALL, null);
  }

  @Test
  void content_is_not_shared() {
    SMALL.hash()[0]++;
    assertArrayEquals(RingParameters.parse(SMALL.toBytes()).hash(), SMALL.hash());
    assertThrows(UnsupportedOperationException.class, () -> SMALL.primes().set(0, 3L));
  }

  @Test
  void malformed_bytes_are_refused() {
    byte[] bytes = SMALL.toBytes();
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      refusal(SlotsError.FORMAT_TRUNCATED, () -> RingParameters.parse(cut));
    }
    byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
    refusal(SlotsError.FORMAT_CORRUPT, () -> RingParameters.parse(longer));
    refusal(SlotsError.FORMAT_NOT_SLOTS, () -> RingParameters.parse(with(bytes, 0, 'X')));
    refusal(SlotsError.FORMAT_NOT_SLOTS, () -> RingParameters.parse(new byte[] {1}));
    refusal(SlotsError.FORMAT_VERSION, () -> RingParameters.parse(with(bytes, 4, 2)));
    refusal(SlotsError.FORMAT_CORRUPT, () -> RingParameters.parse(with(bytes, 5, 2)));
    refusal(SlotsError.PARAMETERS_INVALID, () -> RingParameters.parse(with(bytes, 6, 16)));
    refusal(SlotsError.FORMAT_TRUNCATED, () -> RingParameters.parse(with(bytes, 8, 255)));
  }

  /** Seed 20261124. */
  @Test
  void altered_bytes_are_refused_or_are_what_they_say() {
    Random random = new Random(20261124);
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = SMALL.toBytes();
      for (int i = random.nextInt(3); i >= 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        assertArrayEquals(bytes, RingParameters.parse(bytes).toBytes());
      } catch (SottoException e) {
        assertTrue(e.getMessage().startsWith("SOTTO-SLOTS-0"), e.getMessage());
      }
    }
  }

  private static byte[] with(byte[] bytes, int at, int value) {
    byte[] altered = bytes.clone();
    altered[at] = (byte) value;
    return altered;
  }
}
