package dev.sotto.slots;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.problem.SottoException;
import dev.sotto.slots.ring.RingType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** An expression has the value of the operations it is made of, however its parts are shared. */
final class BgvExpressionTest {
  private static final long T = 65537;
  private static final BgvParameters PARAMETERS =
      new BgvParameters(
          RingParameters.generate(RingType.STANDARD, 13, new int[] {50, 50, 50, 50}, new int[] {}),
          T);
  private static final BgvScheme SCHEME = BgvScheme.of(PARAMETERS);
  private static final SecretKey KEY = SecretKey.of(PARAMETERS.ring(), SlotsSeeds.seed(1));

  private final BgvEncryptor encryptor = SCHEME.encryptor(KEY, SlotsSeeds.seed(2));
  private final BgvDecryptor decryptor = SCHEME.decryptor(KEY);
  private final BgvEvaluator evaluator = SCHEME.evaluator();

  private record Known(BgvExpression expression, long[] values) {}

  @AfterAll
  static void close() {
    KEY.close();
  }

  private static long mod(long x) {
    long r = Math.floorMod(x, T);
    return r > T / 2 ? r - T : r;
  }

  @Test
  void random_expressions_are_exact() {
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      List<Known> known = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        long[] values = random.longs(PARAMETERS.slots(), -(T / 2), T / 2 + 1).toArray();
        known.add(new Known(BgvExpression.of(encryptor.encrypt(values)), values));
      }
      for (int step = 0; step < 14; step++) {
        Known x = known.get(random.nextInt(known.size()));
        Known y = known.get(random.nextInt(known.size()));
        long number = random.nextInt(2001) - 1000;
        int operation = random.nextInt(6);
        if (x.expression().noiseBits() + y.expression().noiseBits() > 185) {
          operation = 0;
        }
        BgvExpression next =
            switch (operation) {
              case 0 -> x.expression().plus(y.expression());
              case 1 -> x.expression().minus(y.expression());
              case 2 -> x.expression().times(y.expression());
              case 3 -> x.expression().plus(number);
              case 4 -> x.expression().times(number);
              default -> x.expression().plus(y.expression().times(number));
            };
        long[] u = x.values();
        long[] v = y.values();
        long[] values = new long[u.length];
        int chosen = operation;
        Arrays.setAll(
            values,
            i ->
                mod(
                    switch (chosen) {
                      case 0 -> u[i] + v[i];
                      case 1 -> u[i] - v[i];
                      case 2 -> u[i] * v[i];
                      case 3 -> u[i] + number;
                      case 4 -> u[i] * number;
                      default -> u[i] + v[i] * number;
                    }));
        known.add(new Known(next, values));
      }
      List<Known> results = known.subList(known.size() - 3, known.size());
      List<BgvCiphertext> ciphertexts =
          evaluator.evaluate(results.stream().map(Known::expression).toList());
      for (int m = 0; m < results.size(); m++) {
        assertArrayEquals(
            results.get(m).values(),
            decryptor.decrypt(ciphertexts.get(m)),
            "result " + m + " of seed " + seed);
        assertEquals(results.get(m).expression().noiseBits(), ciphertexts.get(m).noiseBits());
        assertEquals(results.get(m).expression().degree(), ciphertexts.get(m).degree());
      }
    }
  }

  @Test
  void tree_of_choices_finds_every_leaf() {
    int n = PARAMETERS.slots();
    int depth = 4;
    Random random = new Random(5);
    long[][] bits = new long[(1 << depth) - 1][];
    BgvExpression[] encrypted = new BgvExpression[bits.length];
    for (int node = 0; node < bits.length; node++) {
      bits[node] = random.longs(n, 0, 2).toArray();
      encrypted[node] = BgvExpression.of(encryptor.encrypt(bits[node]));
    }
    long[] expected = new long[n];
    Arrays.setAll(
        expected,
        i -> {
          int node = 0;
          while (node < bits.length) {
            node = 2 * node + (bits[node][i] == 1 ? 1 : 2);
          }
          return leaf(node);
        });
    BgvExpression tree = tree(encrypted, 0);
    assertEquals(depth, tree.degree());
    assertArrayEquals(expected, decryptor.decrypt(evaluator.evaluate(tree)));
  }

  private static long leaf(int node) {
    return mod(node * 7919L);
  }

  private static BgvExpression tree(BgvExpression[] bits, int node) {
    int one = 2 * node + 1;
    int zero = 2 * node + 2;
    return one >= bits.length
        ? BgvExpression.select(bits[node], leaf(one), leaf(zero))
        : BgvExpression.select(bits[node], tree(bits, one), tree(bits, zero));
  }

  @Test
  void long_sum_needs_no_deep_stack() {
    BgvCiphertext one = encryptor.encrypt(1, -1);
    BgvExpression sum = BgvExpression.of(one);
    for (int i = 1; i < 20_000; i++) {
      sum = sum.plus(BgvExpression.of(one));
    }
    long[] values = decryptor.decrypt(evaluator.evaluate(sum));
    assertEquals(20_000, values[0]);
    assertEquals(-20_000, values[1]);
    assertEquals(0, values[2]);
  }

  @Test
  void expression_beyond_the_modulus_is_refused_before_it_is_computed() {
    BgvExpression x = BgvExpression.of(encryptor.encrypt(1));
    BgvExpression power = x;
    for (int i = 0; i < 8; i++) {
      power = power.times(x);
    }
    BgvExpression all = power;
    SottoException refused = assertThrows(SottoException.class, () -> evaluator.evaluate(all));
    assertSame(SlotsError.NOISE_EXHAUSTED, refused.problems().get(0).code());
  }
}
