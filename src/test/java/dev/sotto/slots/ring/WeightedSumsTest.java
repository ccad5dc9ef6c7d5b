package dev.sotto.slots.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntBinaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Weighted sums of both twins against big integers, for weights and residues at their limits. */
final class WeightedSumsTest {
  private static final int LARGEST = (1 << WeightedSums.WEIGHT_BITS) - 1;
  private static final int N = 2 * WeightedSums.COLUMNS;

  private static int[][] matrix(int sums, int terms, IntBinaryOperator weight) {
    int[][] w = new int[sums][terms];
    for (int m = 0; m < sums; m++) {
      for (int k = 0; k < terms; k++) {
        w[m][k] = weight.applyAsInt(m, k);
      }
    }
    return w;
  }

  /** Windows of 3×3 over an image of 12×12, five channels. */
  private static int[][] windows(Random random) {
    return matrix(
        500,
        144,
        (m, k) -> {
          int row = m % 100 / 10;
          int column = m % 10;
          boolean inside =
              k / 12 >= row && k / 12 < row + 3 && k % 12 >= column && k % 12 < column + 3;
          return inside ? random.nextInt(15) - 7 : 0;
        });
  }

  static List<Arguments> layers() {
    Random random = new Random(5);
    List<Arguments> cases = new ArrayList<>();
    for (RingKernels kernels : RingKernelsTest.TWINS) {
      for (int bits : new int[] {20, 30, 42, 46, 50}) {
        Object[][] layers = {
          {"bytes", matrix(17, 600, (m, k) -> random.nextInt(255) - 127)},
          {"signs", matrix(10, 300, (m, k) -> random.nextInt(3) - 1)},
          {"largest", matrix(7, 530, (m, k) -> LARGEST)},
          {"smallest", matrix(6, 257, (m, k) -> -LARGEST)},
          {"alternating", matrix(5, 300, (m, k) -> (m + k) % 2 == 0 ? LARGEST : -LARGEST)},
          {"one large", matrix(9, 520, (m, k) -> k == 17 * m ? LARGEST : 1)},
          {"twelve bits", matrix(13, 784, (m, k) -> random.nextInt(4095) - 2047)},
          {"windows", windows(random)},
          {"one", matrix(1, 1, (m, k) -> 3)},
          {"nothing", matrix(2, 5, (m, k) -> 0)},
          {"halves of the terms", matrix(8, 512, (m, k) -> m % 2 == k / 256 ? 5 : 0)},
        };
        for (Object[] layer : layers) {
          cases.add(
              Arguments.of(
                  Named.of(kernels.name(), kernels), bits, Named.of((String) layer[0], layer[1])));
        }
      }
    }
    return cases;
  }

  @ParameterizedTest
  @MethodSource("layers")
  void sums_are_exact(RingKernels kernels, int bits, int[][] weights) {
    Random random = new Random(bits);
    Modulus q = RingKernelsTest.prime(bits);
    int sums = weights.length;
    int terms = weights[0].length;
    double[][] x = new double[terms][];
    int[] xi = new int[terms];
    // The first columns: every residue at one extreme, so that partial sums go as far as they can.
    double half = (q.p() - 1) / 2;
    double[] extremes = {q.p(), -q.p(), half, -half, half + 1, -half - 1, 0};
    for (int k = 0; k < terms; k++) {
      xi[k] = k % 5;
      x[k] = RingKernelsTest.residues(q, xi[k] + N, random);
      System.arraycopy(extremes, 0, x[k], xi[k], extremes.length);
      for (int i = 8; i < 16; i++) {
        double extreme = extremes[random.nextInt(extremes.length)];
        x[k][xi[k] + i] = i < 12 ? Math.copySign(extreme, weights[i % sums][k]) : extreme;
      }
    }
    double[][] d = new double[sums][N + 2];
    int[] di = new int[sums];
    Arrays.fill(di, 2);
    WeightedSums w = WeightedSums.of(weights);
    kernels.weightedSums(d, di, x, xi, w, new WeightedSums.Workspace(), N, q);
    BigInteger p = BigInteger.valueOf(q.value());
    for (int m = 0; m < sums; m++) {
      for (int i = 0; i < N; i += i < 16 ? 1 : 7) {
        BigInteger expected = BigInteger.ZERO;
        for (int k = 0; k < terms; k++) {
          if (weights[m][k] != 0) {
            expected =
                expected.add(
                    BigInteger.valueOf(weights[m][k])
                        .multiply(BigInteger.valueOf((long) x[k][xi[k] + i])));
          }
        }
        double actual = d[m][2 + i];
        assertTrue(Math.abs(actual) <= q.p(), "size of sum " + m + ": " + actual);
        assertEquals(expected.mod(p).longValue(), q.canonical(actual), "sum " + m + ", place " + i);
      }
    }
  }

  @Test
  void stretches_keep_every_partial_sum_within_53_bits() {
    Random random = new Random(9);
    for (int bits : new int[] {20, 36, 37, 42, 46, 50}) {
      Modulus q = RingKernelsTest.prime(bits);
      for (int weightBits = 1; weightBits <= WeightedSums.WEIGHT_BITS; weightBits++) {
        int bound = 1 << weightBits;
        WeightedSums w =
            WeightedSums.of(matrix(11, 300, (m, k) -> random.nextInt(2 * bound - 1) - bound + 1));
        WeightedSums.Plan plan = w.plan(q);
        // A residue packed undivided has size at most p/2 + 1, halves 2^25; so has what a stretch
        // begins with.
        long largest = plan.split() ? 1L << 25 : q.value() / 2 + 1;
        for (int s = 0; s < w.strips().size(); s++) {
          WeightStrip strip = w.strips().get(s);
          assertTrue(plan.stretch(s) >= 1);
          for (int row = 0; row < strip.height; row++) {
            for (int first = 0; first < strip.terms.length; first++) {
              long total = 1;
              int end = Math.min(strip.terms.length, first + plan.stretch(s));
              for (int k = first; k < end; k++) {
                total += Math.abs((long) strip.weights[k * strip.height + row]);
              }
              assertTrue(
                  BigInteger.valueOf(total).multiply(BigInteger.valueOf(largest)).bitLength()
                      <= 53);
            }
          }
        }
      }
    }
  }

  @Test
  void form_follows_weights_and_prime() {
    WeightedSums bytes = WeightedSums.of(matrix(12, 784, (m, k) -> (m * 31 + k * 17) % 255 - 127));
    WeightedSums signs = WeightedSums.of(matrix(12, 784, (m, k) -> (m + k) % 3 - 1));
    assertTrue(bytes.plan(RingKernelsTest.prime(50)).split());
    assertFalse(bytes.plan(RingKernelsTest.prime(42)).split());
    assertFalse(signs.plan(RingKernelsTest.prime(50)).split());
  }

  @Test
  void strips_cover_windows_at_their_own_cost() {
    int[][] weights = windows(new Random(2));
    WeightedSums w = WeightedSums.of(weights);
    long work = 0;
    for (WeightStrip strip : w.strips()) {
      work += (long) strip.terms.length * strip.height;
    }
    // 100 places, 9 terms, 5 channels held as 6; some windows are joined where weights are zero.
    assertTrue(work <= 1.2 * 100 * 9 * 6, "work " + work);
    int[] seen =
        w.strips().stream().flatMapToInt(strip -> IntStream.of(strip.sums)).sorted().toArray();
    assertEquals(500, seen.length);
    for (int m = 0; m < seen.length; m++) {
      assertEquals(m, seen[m]);
      for (int k = 0; k < 144; k++) {
        assertEquals(weights[m][k], w.weight(m, k));
      }
    }
  }

  @Test
  void dense_layer_with_some_zeros_wastes_no_strip() {
    Random random = new Random(3);
    WeightedSums w =
        WeightedSums.of(
            matrix(92, 784, (m, k) -> random.nextInt(8) == 0 ? 0 : random.nextInt(127)));
    assertEquals(14 * WeightStrip.HIGH + 2 * WeightStrip.LOW, 92);
    assertEquals(14 + 2, w.strips().size());
  }

  @Test
  void heights_hold_at_most_one_row_that_is_empty() {
    for (int sums = WeightStrip.LOW; sums <= 40; sums++) {
      WeightedSums w = WeightedSums.of(matrix(sums, 30, (m, k) -> m + k + 1));
      int held = w.strips().stream().mapToInt(strip -> strip.height).sum();
      assertEquals((sums + 1) / 2 * 2, held, sums + " sums");
    }
  }

  @Test
  void bad_shapes_and_weights_are_refused() {
    assertThrows(IllegalArgumentException.class, () -> WeightedSums.of(new int[0][0]));
    assertThrows(IllegalArgumentException.class, () -> WeightedSums.of(new int[1][0]));
    assertThrows(IllegalArgumentException.class, () -> WeightedSums.of(new int[][] {{1, 2}, {3}}));
    assertThrows(
        IllegalArgumentException.class, () -> WeightedSums.of(new int[][] {{LARGEST + 1}}));
    assertThrows(
        IllegalArgumentException.class, () -> WeightedSums.of(new int[][] {{Integer.MIN_VALUE}}));
    assertThrows(
        IllegalArgumentException.class,
        () -> WeightedSums.sparse(4, new int[][] {{2, 1}}, new int[][] {{1, 1}}));
    assertThrows(
        IllegalArgumentException.class,
        () -> WeightedSums.sparse(4, new int[][] {{4}}, new int[][] {{1}}));
    assertThrows(
        IllegalArgumentException.class,
        () -> WeightedSums.sparse(4, new int[][] {{1}}, new int[][] {{1, 2}}));
  }
}
