package dev.sotto.slots;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.problem.SottoException;
import dev.sotto.slots.ring.RingType;
import dev.sotto.slots.ring.WeightedSums;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Exact arithmetic, operation by operation. */
final class BgvSchemeTest {
  private static final long T = 65537;
  private final BgvParameters parameters =
      new BgvParameters(
          RingParameters.generate(RingType.STANDARD, 12, new int[] {36, 36}, new int[] {34}), T);
  private final BgvParameters large =
      new BgvParameters(
          RingParameters.generate(
              RingType.STANDARD, 13, new int[] {42, 42, 42}, new int[] {42, 42}),
          T);
  private final Random random = new Random(1);

  private long[] values(int n) {
    return random.longs(n, -(T / 2), T / 2 + 1).toArray();
  }

  private static long mod(long x) {
    long r = Math.floorMod(x, T);
    return r > T / 2 ? r - T : r;
  }

  @Test
  void product_relinearised_and_switched_is_exact() {
    for (BgvParameters p : List.of(parameters, large)) {
      BgvScheme scheme = BgvScheme.of(p);
      try (SecretKey key = SecretKey.generate(p.ring())) {
        BgvEvaluator evaluator = scheme.evaluator(scheme.evaluationKeys(key, 2));
        BgvEncryptor encryptor = scheme.encryptor(key);
        BgvDecryptor decryptor = scheme.decryptor(key);
        int n = p.slots();
        long[] x = values(n);
        long[] y = values(n);
        BgvCiphertext a = encryptor.encrypt(x);
        BgvCiphertext b = encryptor.encrypt(y);
        assertArrayEquals(x, decryptor.decrypt(a));
        long[] product = new long[n];
        long[] sum = new long[n];
        for (int i = 0; i < n; i++) {
          product[i] = mod(x[i] * y[i]);
          sum[i] = mod(3 * x[i] - 5 * y[i]);
        }
        BgvCiphertext ab = evaluator.multiply(a, b);
        assertArrayEquals(product, decryptor.decrypt(ab));
        if (p == large) {
          assertArrayEquals(product, decryptor.decrypt(evaluator.switchModulus(ab)));
          assertArrayEquals(product, decryptor.decrypt(evaluator.relinearise(ab)));
          BgvCiphertext low = evaluator.relineariseAndSwitch(ab);
          assertEquals(1, low.degree());
          assertArrayEquals(product, decryptor.decrypt(low));
          assertArrayEquals(product, decryptor.decrypt(evaluator.smallest(low)));
          assertTrue(evaluator.smallest(low).level() < low.level());
        }
        assertArrayEquals(
            sum,
            decryptor.decrypt(
                evaluator
                    .weightedSums(List.of(a, b), WeightedSums.of(new int[][] {{3, -5}}))
                    .get(0)));
      }
    }
  }

  @Test
  void noise_exhausted_is_refused() {
    BgvScheme scheme = BgvScheme.of(parameters);
    try (SecretKey key = SecretKey.generate(parameters.ring())) {
      BgvCiphertext a = scheme.encryptor(key).encrypt(1, 2, 3);
      BgvEvaluator evaluator = scheme.evaluator();
      assertThrows(
          SottoException.class,
          () -> evaluator.multiply(evaluator.multiply(a, a), evaluator.multiply(a, a)));
    }
  }
}
