package dev.sotto.slots;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.problem.SottoException;
import dev.sotto.slots.ring.Modulus;
import dev.sotto.slots.ring.OperationCounts;
import dev.sotto.slots.ring.RingType;
import java.util.Arrays;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables of whole numbers as polynomials modulo t, in the clear and encrypted. */
final class ValueTableTest {
  private static final long T = 65537;
  private final Random random = new Random(1);

  private long[] randomTable(int size) {
    return random.longs(size, -(T / 2), T / 2 + 1).toArray();
  }

  private static long at(TablePolynomial p, long x, long t) {
    long value = 0;
    for (int i = p.degree(); i >= 0; i--) {
      value = Math.floorMod(value * x + p.coefficients()[i], t);
    }
    return value > t / 2 ? value - t : value;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 17, 256, 1000, 4099})
  void polynomial_goes_through_every_value(int size) {
    long first = -size / 3;
    long[] values = randomTable(size);
    TablePolynomial p = ValueTable.of(first, values).polynomial(Modulus.of(T));
    assertTrue(p.degree() < size);
    for (int i = 0; i < size; i++) {
      assertEquals(values[i], at(p, first + i, T), "at " + (first + i));
    }
  }

  @Test
  void polynomial_has_the_least_degree() {
    long[] cubes = new long[50];
    Arrays.setAll(cubes, i -> (long) (i - 20) * (i - 20) * (i - 20) - 5);
    TablePolynomial p = ValueTable.of(-20, cubes).polynomial(Modulus.of(T));
    assertArrayEquals(new int[] {-5, 0, 0, 1}, p.coefficients());
    TablePolynomial constant = ValueTable.of(3, new long[] {7, 7, 7, 7}).polynomial(Modulus.of(T));
    assertArrayEquals(new int[] {7}, constant.coefficients());
  }

  @Test
  void larger_modulus_gives_another_polynomial() {
    long t = 33832961; // 25 bits
    long[] values = new Random(2).longs(300, -(t / 2), t / 2).toArray();
    ValueTable table = ValueTable.of(-150, values);
    for (long modulus : new long[] {t, T, t}) {
      TablePolynomial p = table.polynomial(Modulus.of(modulus));
      for (int i = 0; i < 300; i++) {
        assertEquals(
            Math.floorMod(values[i], modulus), Math.floorMod(at(p, i - 150, modulus), modulus));
      }
    }
  }

  @Test
  void modulus_below_the_number_of_values_is_refused() {
    ValueTable table = ValueTable.of(0, new long[300]);
    assertEquals(
        SlotsError.PARAMETERS_INVALID,
        assertThrows(SottoException.class, () -> table.powers(257)).problems().get(0).code());
  }

  @Test
  void powers_reach_every_exponent_in_few_products() {
    for (int degree = 1; degree < 5000; degree += degree < 100 ? 1 : 61) {
      TablePowers powers = TablePowers.of(degree);
      TreeSet<Integer> made = new TreeSet<>(java.util.List.of(1));
      for (TablePowers.Step step : powers.steps()) {
        assertTrue(made.contains(step.left()) && made.contains(step.right()));
        assertEquals(step.exponent(), step.left() + step.right());
        made.add(step.exponent());
      }
      TreeSet<Integer> sums = new TreeSet<>();
      for (int i = 0; i < powers.high(); i++) {
        for (int j = 0; j < powers.terms(i); j++) {
          int from = (i * powers.middle() + j) * powers.low();
          assertTrue(from == 0 || j == 0 || made.contains(j * powers.low()));
          for (int l = 0; l < powers.low() && from + l <= degree; l++) {
            assertTrue(l == 0 || made.contains(l));
            sums.add(from + l);
          }
        }
      }
      assertEquals(degree + 1, sums.size());
      assertEquals(degree, sums.last());
      assertTrue(powers.relinearisations() <= 4 * Math.cbrt(degree) + 4, powers.toString());
      int least = Integer.SIZE - Integer.numberOfLeadingZeros(degree);
      assertTrue(powers.depth() <= least + 1, powers.toString());
    }
  }

  /** Sizes, and with how many primes of how many bits, N = 2^15, 128 bits of security. */
  @ParameterizedTest
  @ValueSource(ints = {5, 100, 2000})
  void encrypted_equals_clear_for_every_number_of_the_range(int size) {
    long first = -size / 2;
    ValueTable table = ValueTable.of(first, randomTable(size));
    BgvParameters parameters = fitting(table);
    BgvScheme scheme = BgvScheme.of(parameters);
    long[] numbers = new long[parameters.slots()];
    Arrays.setAll(numbers, i -> first + i % size);
    long[] expected = new long[numbers.length];
    TablePolynomial p = table.polynomial(Modulus.of(T));
    Arrays.setAll(expected, i -> at(p, numbers[i], T));
    try (SecretKey key = SecretKey.generate(parameters.ring())) {
      BgvEvaluator evaluator = scheme.evaluator(scheme.evaluationKeys(key, 2));
      BgvCiphertext x = scheme.encryptor(key).encrypt(numbers);
      int level = evaluator.levelAfter(x, table);
      BgvCiphertext result = evaluator.lookUp(x, table, level);
      assertEquals(level, result.level());
      assertEquals(1, result.factor());
      assertArrayEquals(expected, scheme.decryptor(key).decrypt(evaluator.smallest(result)));
    }
  }

  /** The fewest primes of 40 bits with which a dry run goes through. */
  private static BgvParameters fitting(ValueTable table) {
    for (int limbs = 2; ; limbs++) {
      int[] bits = new int[limbs];
      Arrays.fill(bits, 40);
      RingParameters ring =
          RingParameters.generate(RingType.STANDARD, 15, bits, new int[] {40, 40, 40});
      BgvEvaluator dry =
          BgvScheme.of(new BgvParameters(ring.dry(new OperationCounts()), T)).dryEvaluator(2);
      BgvCiphertext x = dry.hollow(limbs - 1, false);
      int level = dry.levelAfter(x, table);
      try {
        if (level >= 0) {
          dry.lookUp(x, table, level);
          return new BgvParameters(ring, T);
        }
      } catch (SottoException e) {
        assertEquals(SlotsError.NOISE_EXHAUSTED, e.problems().get(0).code());
      }
    }
  }
}
