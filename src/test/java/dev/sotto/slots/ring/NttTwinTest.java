package dev.sotto.slots.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.Set;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The vector transform gives the scalar one's residues, of size at most p, whatever it is given.
 */
final class NttTwinTest {
  private static final int OFFSET = 3;

  @ParameterizedTest
  @CsvSource({
    "STANDARD, 11, 50",
    "STANDARD, 12, 50",
    "STANDARD, 13, 50",
    "STANDARD, 14, 50",
    "STANDARD, 15, 50",
    "STANDARD, 11, 20",
    "STANDARD, 12, 25",
    "STANDARD, 13, 30",
    "STANDARD, 14, 42",
    "STANDARD, 15, 36",
    "CONJUGATE_INVARIANT, 11, 50",
    "CONJUGATE_INVARIANT, 12, 50",
    "CONJUGATE_INVARIANT, 13, 50",
    "CONJUGATE_INVARIANT, 14, 50",
    "CONJUGATE_INVARIANT, 15, 50",
    "CONJUGATE_INVARIANT, 11, 20",
    "CONJUGATE_INVARIANT, 13, 45"
  })
  void twins_extremeInputs_agree(RingType type, int logN, int bits) {
    Modulus q = Modulus.of(NttPrimes.below(bits, type.rootOrder(logN), 1, Set.of()).get(0));
    NttTable table = NttTable.create(q, type, logN);
    double p = q.p();
    double half = Math.floor(p / 2);
    Random random = new Random(11);
    check(table, "all p", i -> p);
    check(table, "all -p", i -> -p);
    check(table, "alternating", i -> (i & 1) == 0 ? p : -p);
    check(table, "halves", i -> (i & 1) == 0 ? half : -half);
    check(table, "random signs", i -> random.nextBoolean() ? p : -p);
    check(table, "random half signs", i -> random.nextBoolean() ? half : -half);
    check(table, "random", i -> Math.rint((2 * random.nextDouble() - 1) * p));
  }

  private static void check(NttTable table, String name, IntToDoubleFunction input) {
    RingKernels scalar = new ScalarRingKernels();
    RingKernels vector = KernelChoice.vector().orElseThrow();
    double[] first = new double[table.n() + 2 * OFFSET];
    for (int i = 0; i < table.n(); i++) {
      first[OFFSET + i] = input.applyAsDouble(i);
    }
    double[] second = first.clone();
    scalar.forward(table, first, OFFSET);
    vector.forward(table, second, OFFSET);
    compare(table, "forward, " + name, first, second);
    for (int i = 0; i < table.n(); i++) {
      first[OFFSET + i] = second[OFFSET + i] = input.applyAsDouble(i);
    }
    scalar.inverse(table, first, OFFSET);
    vector.inverse(table, second, OFFSET);
    compare(table, "inverse, " + name, first, second);
  }

  private static void compare(NttTable table, String name, double[] first, double[] second) {
    Modulus q = table.modulus();
    for (int i = 0; i < table.n(); i++) {
      double x = first[OFFSET + i];
      double y = second[OFFSET + i];
      assertEquals(q.canonical(x), q.canonical(y), name + ", place " + i);
      assertTrue(Math.abs(x) <= q.p(), name + ", scalar, of size at most p: " + x);
      assertTrue(Math.abs(y) <= q.p(), name + ", vector, of size at most p: " + y);
    }
    for (int i = 0; i < OFFSET; i++) {
      assertEquals(0, second[i]);
      assertEquals(0, second[table.n() + OFFSET + i]);
    }
  }
}
