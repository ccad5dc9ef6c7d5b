package dev.sotto.slots;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.problem.SottoException;
import dev.sotto.slots.ring.ModularInteger;
import dev.sotto.slots.ring.NttPrimes;
import dev.sotto.slots.ring.RingType;
import dev.sotto.slots.ring.WeightedSums;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.LongBinaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Ten thousand random circuits, each computed until the evaluator refuses: every result before that
 * is exact in every slot. A failure names the seed of its circuit.
 */
final class BgvCircuitTest {
  private static final int POOL = 6;
  private static final int CIRCUITS_PER_POOL = 100;
  private static final int LONGEST = 12;
  private static final Set<SlotsError> REFUSALS =
      Set.of(SlotsError.NOISE_EXHAUSTED, SlotsError.NO_LEVEL_LEFT, SlotsError.MISSING_KEY);

  /** A ciphertext and what it holds, in [0, t). */
  private record Known(BgvCiphertext ciphertext, long[] values) {}

  private Random random = new Random();
  private ModularInteger t = new ModularInteger(3);

  @ParameterizedTest(name = "N = 2^{0}, primes of {1} bits, special {2}, t of {3} bits")
  @CsvSource({
    "11, 27 26, '', 16, 3000",
    "12, 36 36, 34, 16, 3000",
    "12, 35 35 35, '', 16, 2500",
    "12, 50 50, '', 29, 1300",
    "13, 50 50 50, 50, 39, 120",
    "13, 36 36 36 36, 35 35, 16, 74",
    "14, 45 45 45 45 45 45, 50 50 50, 16, 4",
    "15, 50 50 50 50 50 50, 50 50, 39, 2",
  })
  void every_result_is_exact_until_refused(
      int logN, String primes, String special, int bits, int circuits) {
    BgvParameters parameters =
        new BgvParameters(
            RingParameters.generate(RingType.STANDARD, logN, bits(primes), bits(special)),
            NttPrimes.plaintextModulus(bits, 2L << logN));
    t = new ModularInteger(parameters.plaintextModulus());
    BgvScheme scheme = BgvScheme.of(parameters);
    try (SecretKey key = SecretKey.of(parameters.ring(), SlotsSeeds.seed(logN));
        BgvEncryptor encryptor = scheme.encryptor(key, SlotsSeeds.seed(logN + 100))) {
      BgvEvaluator evaluator =
          special.isEmpty()
              ? scheme.evaluator()
              : scheme.evaluator(scheme.evaluationKeys(key, 3, SlotsSeeds.seed(logN + 200)));
      BgvDecryptor decryptor = scheme.decryptor(key);
      List<Known> pool = new ArrayList<>();
      int refused = 0;
      for (int circuit = 0; circuit < circuits; circuit++) {
        random = new Random(circuit);
        if (circuit % CIRCUITS_PER_POOL == 0) {
          pool.clear();
          for (int i = 0; i < POOL; i++) {
            long[] values = values(parameters.slots());
            pool.add(new Known(encryptor.encrypt(centred(values)), values));
          }
        }
        try {
          refused += run(evaluator, decryptor, pool) ? 1 : 0;
        } catch (AssertionError | RuntimeException e) {
          throw new AssertionError("circuit of seed " + circuit, e);
        }
      }
      assertTrue(
          refused >= circuits / 4, refused + " circuits of " + circuits + " went to the limit");
    }
  }

  private boolean run(BgvEvaluator evaluator, BgvDecryptor decryptor, List<Known> pool) {
    List<Known> known = new ArrayList<>(pool.subList(0, 3));
    for (int step = 0; step < LONGEST; step++) {
      Known next;
      try {
        next = step(evaluator, known, random.nextInt(16));
      } catch (SottoException e) {
        SlotsError code = (SlotsError) e.problems().get(0).code();
        assertTrue(REFUSALS.contains(code), e.getMessage());
        if (code == SlotsError.NOISE_EXHAUSTED) {
          return true;
        }
        continue;
      }
      assertArrayEquals(centred(next.values()), decryptor.decrypt(next.ciphertext()));
      known.set(random.nextInt(known.size()), next);
    }
    return false;
  }

  private Known step(BgvEvaluator evaluator, List<Known> known, int operation) {
    Known x = known.get(random.nextInt(known.size()));
    Known y = known.get(random.nextInt(known.size()));
    BgvCiphertext a = x.ciphertext();
    BgvCiphertext b = y.ciphertext();
    long constant = random.nextLong();
    int n = x.values().length;
    switch (operation) {
      case 0, 1 -> {
        a = level(evaluator, a, b);
        b = evaluator.withFactor(level(evaluator, b, a), a.factor());
        return operation == 0
            ? new Known(evaluator.add(a, b), each(x.values(), y.values(), t::add))
            : new Known(evaluator.subtract(a, b), each(x.values(), y.values(), t::subtract));
      }
      case 2 -> {
        return new Known(
            evaluator.addConstant(a, constant),
            each(x.values(), x.values(), (u, v) -> t.add(u, t.reduce(constant))));
      }
      case 3 -> {
        long small = constant % 100;
        return new Known(
            evaluator.multiplyConstant(a, small),
            each(x.values(), x.values(), (u, v) -> t.multiply(u, t.reduce(small))));
      }
      case 4 -> {
        return new Known(
            evaluator.multiplyConstant(a, constant),
            each(x.values(), x.values(), (u, v) -> t.multiply(u, t.reduce(constant))));
      }
      case 5 -> {
        long[] clear = Arrays.copyOf(values(1 + random.nextInt(n)), n);
        return new Known(evaluator.add(a, centred(clear)), each(x.values(), clear, t::add));
      }
      case 6 -> {
        long[] clear = values(n);
        return new Known(
            evaluator.multiply(a, centred(clear)), each(x.values(), clear, t::multiply));
      }
      case 7, 8, 9 -> {
        a = level(evaluator, a, b);
        b = level(evaluator, b, a);
        return new Known(evaluator.multiply(a, b), each(x.values(), y.values(), t::multiply));
      }
      case 10 -> {
        return new Known(evaluator.relinearise(a), x.values());
      }
      case 11 -> {
        return new Known(evaluator.relineariseAndSwitch(a), x.values());
      }
      case 12 -> {
        return new Known(evaluator.switchModulus(a), x.values());
      }
      case 13 -> {
        return new Known(evaluator.forgetPrimes(a, random.nextInt(a.level() + 1)), x.values());
      }
      case 14 -> {
        return new Known(evaluator.smallest(a), x.values());
      }
      default -> {
        return weighted(evaluator, x);
      }
    }
  }

  /** Two sums of x, its square or itself again, and a constant more than x. */
  private Known weighted(BgvEvaluator evaluator, Known x) {
    int[][] weights = new int[2][3];
    for (int[] row : weights) {
      Arrays.setAll(row, k -> random.nextInt(2001) - 1000);
    }
    BgvCiphertext a = x.ciphertext();
    BgvCiphertext doubled = evaluator.add(a, a);
    BgvCiphertext more = evaluator.addConstant(a, 7);
    int sum = random.nextInt(2);
    int[] w = weights[sum];
    return new Known(
        evaluator.weightedSums(List.of(a, doubled, more), WeightedSums.of(weights)).get(sum),
        each(
            x.values(),
            x.values(),
            (u, v) ->
                t.add(t.multiply(u, t.reduce(w[0] + 2L * w[1] + w[2])), t.reduce(7L * w[2]))));
  }

  private static BgvCiphertext level(BgvEvaluator evaluator, BgvCiphertext from, BgvCiphertext to) {
    BgvCiphertext x = from;
    while (x.level() > to.level()) {
      x = evaluator.switchModulus(x);
    }
    return x;
  }

  private long[] values(int n) {
    return random.longs(n, 0, t.modulus()).toArray();
  }

  private long[] centred(long[] values) {
    long p = t.modulus();
    return Arrays.stream(values).map(v -> v > p / 2 ? v - p : v).toArray();
  }

  private static long[] each(long[] x, long[] y, LongBinaryOperator operation) {
    long[] out = new long[x.length];
    Arrays.setAll(out, i -> operation.applyAsLong(x[i], y[i]));
    return out;
  }

  private static int[] bits(String list) {
    return list.isEmpty()
        ? new int[0]
        : Arrays.stream(list.split(" ")).mapToInt(Integer::parseInt).toArray();
  }
}
