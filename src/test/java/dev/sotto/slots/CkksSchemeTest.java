package dev.sotto.slots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.slots.ring.RingType;
import dev.sotto.slots.ring.WeightedSums;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Approximate arithmetic, operation by operation: never beyond its error bound. */
final class CkksSchemeTest {
  private final Random random = new Random(1);

  private static CkksScheme scheme(RingType type) {
    return CkksScheme.of(
        new CkksParameters(
            RingParameters.generate(type, 13, new int[] {48, 40, 40}, new int[] {48}), 0x1p40));
  }

  private double[] values(int n, double bound) {
    return random.doubles(n, -bound, bound).toArray();
  }

  private static void assertHolds(
      CkksDecryptor decryptor, CkksCiphertext c, IntToDoubleFunction expected) {
    double[] actual = decryptor.decrypt(c);
    assertEquals(c.parameters().slots(), actual.length);
    double worst = 0;
    for (int i = 0; i < actual.length; i++) {
      double exact = expected.applyAsDouble(i);
      assertTrue(Math.abs(exact) <= c.valueBound() * (1 + 0x1p-50));
      worst = Math.max(worst, Math.abs(actual[i] - exact));
    }
    assertTrue(worst <= c.errorBound(), () -> "error beyond " + c.errorBound());
    double inside = worst;
    assertTrue(
        inside > c.errorBound() / 1e4, () -> "a bound of " + c.errorBound() + " for " + inside);
  }

  @ParameterizedTest
  @EnumSource(RingType.class)
  void every_operation_stays_within_its_bound(RingType type) {
    CkksScheme scheme = scheme(type);
    try (SecretKey key = SecretKey.generate(scheme.parameters().ring())) {
      CkksEncryptor encryptor = scheme.encryptor(key);
      CkksDecryptor decryptor = scheme.decryptor(key);
      CkksEvaluator evaluator = scheme.evaluator(scheme.evaluationKeys(key, 3));
      int slots = scheme.parameters().slots();
      double[] x = values(slots, 3);
      double[] y = values(slots, 2);
      CkksCiphertext a = encryptor.encrypt(x, 3);
      CkksCiphertext b = encryptor.encrypt(y, 2);
      assertHolds(decryptor, a, i -> x[i]);
      assertHolds(decryptor, evaluator.add(a, b), i -> x[i] + y[i]);
      assertHolds(decryptor, evaluator.subtract(a, b), i -> x[i] - y[i]);
      assertHolds(decryptor, evaluator.add(a, y), i -> x[i] + y[i]);
      assertHolds(decryptor, evaluator.addConstant(a, -1.25), i -> x[i] - 1.25);
      assertHolds(decryptor, evaluator.multiplyConstant(a, -7), i -> -7 * x[i]);
      assertHolds(decryptor, evaluator.multiplyConstant(a, 0.3, 1 << 20), i -> 0.3 * x[i]);
      assertHolds(decryptor, evaluator.multiply(a, y), i -> x[i] * y[i]);
      assertHolds(decryptor, evaluator.square(a), i -> x[i] * x[i]);
      assertHolds(decryptor, evaluator.scaledBy(a, 0.7), i -> 0.7 * x[i]);
      CkksCiphertext ab = evaluator.multiply(a, b);
      assertHolds(decryptor, ab, i -> x[i] * y[i]);
      assertHolds(decryptor, evaluator.rescale(ab), i -> x[i] * y[i]);
      assertHolds(decryptor, evaluator.relinearise(ab), i -> x[i] * y[i]);
      CkksCiphertext low = evaluator.relineariseAndRescale(ab);
      assertEquals(1, low.degree());
      assertHolds(decryptor, low, i -> x[i] * y[i]);
      CkksCiphertext cube = evaluator.multiply(low, evaluator.forgetPrimes(a, 1));
      assertHolds(decryptor, cube, i -> x[i] * y[i] * x[i]);
      assertHolds(decryptor, evaluator.relineariseAndRescale(cube), i -> x[i] * y[i] * x[i]);
      assertHolds(
          decryptor,
          evaluator.smallest(
              evaluator
                  .weightedSums(List.of(a, b), WeightedSums.of(new int[][] {{3, -5}}), 8)
                  .get(0)),
          i -> (3 * x[i] - 5 * y[i]) / 8);
    }
  }
}
