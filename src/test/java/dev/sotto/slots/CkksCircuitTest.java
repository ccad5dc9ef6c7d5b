package dev.sotto.slots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.common.Seed;
import dev.sotto.slots.ring.RingType;
import dev.sotto.slots.ring.WeightedSums;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Random circuits of integer combinations, sums, squares and products, relinearised or not,
 * rescaled, of every depth and both rings: decrypted numbers lie within their error bound, every
 * time, and the bound is not idle.
 */
final class CkksCircuitTest {
  /** Weights count in quarters: sums of three numbers stay below one. */
  private static final double WEIGHT_SCALE = 4;

  /** A ciphertext and what it should hold. */
  private record Wire(CkksCiphertext c, double[] x) {}

  /** Depth, log N, bits of the first prime and of the others, bits of the special primes. */
  @ParameterizedTest
  @CsvSource({
    "1, 12, 36, 35, 35, 30",
    "1, 13, 50, 50, 50, 15",
    "2, 13, 50, 50, 50, 10",
    "3, 13, 46, 41, 45, 10",
    "4, 14, 50, 48, 50, 3",
    "5, 14, 50, 48, 50, 2",
    "5, 15, 50, 50, 50, 1"
  })
  void decrypted_numbers_lie_within_their_bound(
      int depth, int logN, int first, int others, int special, int circuits) {
    for (RingType type : RingType.values()) {
      int[] bits = new int[depth + 1];
      Arrays.fill(bits, others);
      bits[0] = first;
      int[] specials = logN > 13 ? new int[] {special, special} : new int[] {special};
      RingParameters ring = RingParameters.generate(type, logN, bits, specials);
      CkksScheme scheme = CkksScheme.of(new CkksParameters(ring, Math.scalb(1.0, others - 5)));
      long seed = 1000L * logN + depth;
      Random random = new Random(seed);
      byte[] bytes = new byte[Seed.LENGTH];
      random.nextBytes(bytes);
      try (SecretKey key = SecretKey.of(ring, Seed.of(bytes))) {
        CkksEvaluator evaluator =
            scheme.evaluator(scheme.evaluationKeys(key, 4, Seed.of(bytes).derive("keys", 0)));
        CkksEncryptor encryptor = scheme.encryptor(key, Seed.of(bytes).derive("blocks", 0));
        CkksDecryptor decryptor = scheme.decryptor(key);
        for (int i = 0; i < circuits; i++) {
          List<Wire> wires = new ArrayList<>();
          for (int k = 0; k < 3; k++) {
            double[] x = random.doubles(ring.realSlots(), -1, 1).toArray();
            wires.add(new Wire(encryptor.encrypt(x, 1), x));
          }
          StringBuilder steps = new StringBuilder(type + ", seed " + seed + ", circuit " + i + ":");
          for (int level = depth; level > 0; level--) {
            wires = layer(evaluator, wires, random, steps);
          }
          for (Wire wire : wires) {
            assertHolds(decryptor.decrypt(wire.c()), wire, steps.toString());
            CkksCiphertext small = evaluator.smallest(wire.c());
            assertHolds(decryptor.decrypt(small), new Wire(small, wire.x()), steps + " smallest");
          }
        }
      }
    }
  }

  private static void assertHolds(double[] actual, Wire wire, String steps) {
    double worst = 0;
    for (int i = 0; i < actual.length; i++) {
      worst = Math.max(worst, Math.abs(actual[i] - wire.x()[i]));
      assertTrue(Math.abs(wire.x()[i]) <= wire.c().valueBound() * (1 + 0x1p-45), steps);
    }
    String message = steps + " error " + worst + " of " + wire.c().errorBound();
    assertTrue(worst <= wire.c().errorBound(), message);
    assertTrue(worst > 0 && wire.c().errorBound() < 0.05, message);
  }

  /** Three wires, of one level, degree and scale, from three a level above. */
  private static List<Wire> layer(
      CkksEvaluator evaluator, List<Wire> wires, Random random, StringBuilder steps) {
    int[][] weights = new int[3][3];
    for (int m = 0; m < 3; m++) {
      int sign = random.nextBoolean() ? 1 : -1;
      for (int k = 0; k < 3; k++) {
        weights[m][k] = k == m ? -sign : sign; // no two sums are equal, or opposite
      }
    }
    List<CkksCiphertext> sums =
        evaluator.weightedSums(
            wires.stream().map(Wire::c).toList(), WeightedSums.of(weights), WEIGHT_SCALE);
    List<Wire> inner = new ArrayList<>();
    for (int m = 0; m < 3; m++) {
      double[] x = new double[wires.get(0).x().length];
      for (int k = 0; k < 3; k++) {
        for (int i = 0; i < x.length; i++) {
          x[i] += weights[m][k] / WEIGHT_SCALE * wires.get(k).x()[i];
        }
      }
      inner.add(new Wire(sums.get(m), x));
    }
    // Without keys only once in a row, at large scales: a rescaled degree of four multiplies
    // roundings by |s|^4.
    boolean relinearise =
        inner.get(0).c().degree() > 1 || wires.get(0).c().scale() < 0x1p40 || random.nextBoolean();
    List<Wire> out = new ArrayList<>();
    for (int m = 0; m < 3; m++) {
      Wire product = product(evaluator, inner, m, random, steps);
      CkksCiphertext c =
          relinearise
              ? evaluator.relineariseAndRescale(product.c())
              : evaluator.rescale(product.c());
      assertEquals(relinearise ? 1 : 2, c.degree());
      out.add(new Wire(c, product.x()));
    }
    double most = out.stream().mapToDouble(w -> w.c().valueBound()).max().orElseThrow();
    out.replaceAll(wire -> normalised(evaluator, wire, most));
    steps.append(relinearise ? " relinearised;" : " kept;");
    return out;
  }

  /** Numbers of size one again, by another unit; the scale of the parameters, by a whole number. */
  private static Wire normalised(CkksEvaluator evaluator, Wire wire, double most) {
    double[] x = Arrays.stream(wire.x()).map(v -> v / most).toArray();
    CkksCiphertext c = evaluator.scaledBy(wire.c(), 1 / most);
    long up = Math.max(1, Math.round(c.parameters().scale() / c.scale()));
    return new Wire(evaluator.scaledBy(evaluator.multiplyConstant(c, up), 1.0 / up), x);
  }

  private static Wire product(
      CkksEvaluator evaluator, List<Wire> wires, int m, Random random, StringBuilder steps) {
    Wire a = wires.get(m);
    Wire b = wires.get((m + 1) % 3);
    int kind = random.nextInt(4);
    steps.append(" ").append(List.of("square", "product", "minus", "constant").get(kind));
    double[] x = new double[a.x().length];
    for (int i = 0; i < x.length; i++) {
      double u = a.x()[i];
      double v = b.x()[i];
      x[i] =
          switch (kind) {
            case 0 -> u * u;
            case 1 -> u * v;
            case 2 -> (u - v) * u;
            default -> (u + 0.375) * v;
          };
    }
    CkksCiphertext c =
        switch (kind) {
          case 0 -> evaluator.square(a.c());
          case 1 -> evaluator.multiply(a.c(), b.c());
          case 2 -> evaluator.multiply(evaluator.subtract(a.c(), b.c()), a.c());
          default -> evaluator.multiply(evaluator.addConstant(a.c(), 0.375), b.c());
        };
    return new Wire(c, x);
  }
}
