package dev.sotto.slots.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kernel of both twins against exact arithmetic, extreme residues among random ones. */
final class RingKernelsTest {
  static final List<RingKernels> TWINS = List.of(new ScalarRingKernels(), new VectorRingKernels());
  private static final int N = 2048;
  private static final int PAD = 3;

  static List<Arguments> twinsAndPrimes() {
    List<Arguments> cases = new ArrayList<>();
    for (RingKernels kernels : TWINS) {
      for (int bits : new int[] {17, 20, 30, 42, 47, 50}) {
        cases.add(Arguments.of(Named.of(kernels.name(), kernels), bits));
      }
    }
    return cases;
  }

  static Modulus prime(int bits) {
    return Modulus.of(NttPrimes.below(bits, 4096, 1, Set.of()).get(0));
  }

  /** Residues of size at most p, every extreme among the first ones. */
  static double[] residues(Modulus q, int n, Random random) {
    double p = q.p();
    double half = (p - 1) / 2;
    double[] extremes = {p, -p, half, -half, half + 1, -half - 1, 0, 1, -1, p - 1, 1 - p};
    double[] a = new double[n];
    for (int i = 0; i < n; i++) {
      if (i < 400 || i >= n - 40) {
        a[i] = extremes[random.nextInt(extremes.length)];
      } else {
        a[i] =
            (random.nextBoolean() ? 1 : -1) * (double) Math.floorMod(random.nextLong(), q.value());
      }
    }
    return a;
  }

  static double constant(Modulus q, Random random) {
    double half = (q.p() - 1) / 2;
    return switch (random.nextInt(4)) {
      case 0 -> half;
      case 1 -> -half;
      default -> q.centre(random.nextLong());
    };
  }

  private static BigInteger big(double x) {
    return BigInteger.valueOf((long) x);
  }

  static void assertResidue(BigInteger expected, double actual, Modulus q, String what) {
    assertTrue(Math.abs(actual) <= q.p(), () -> what + " has size " + actual + " > " + q.p());
    assertEquals(
        expected.mod(BigInteger.valueOf(q.value())).longValue(), q.canonical(actual), what);
  }

  @ParameterizedTest
  @MethodSource("twinsAndPrimes")
  void pointwise_kernels_are_exact(RingKernels kernels, int bits) {
    Random random = new Random(bits);
    Modulus q = prime(bits);
    double[] x = residues(q, N + PAD, random);
    double[] y = residues(q, N + PAD + 1, random);
    double[] z = residues(q, N + 2, random);
    double w = constant(q, random);
    double[][] d = new double[11][];
    for (int i = 0; i < d.length; i++) {
      d[i] = new double[N + 2];
    }
    kernels.add(d[0], 2, x, PAD, y, PAD + 1, N, q);
    kernels.subtract(d[1], 2, x, PAD, y, PAD + 1, N, q);
    kernels.multiply(d[2], 2, x, PAD, y, PAD + 1, N, q);
    d[3] = z.clone();
    kernels.multiplyAdd(d[3], 2, x, PAD, y, PAD + 1, N, q);
    kernels.multiplyConstant(d[4], 2, x, PAD, w, N, q);
    d[5] = z.clone();
    kernels.multiplyConstantAdd(d[5], 2, x, PAD, w, N, q);
    kernels.subtractMultiply(d[6], 2, x, PAD, y, PAD + 1, w, N, q);
    kernels.subtractMultiplyAdd(d[7], 2, x, PAD, y, PAD + 1, w, z, 2, N, q);
    d[8] = x.clone();
    kernels.multiply(d[8], PAD, d[8], PAD, y, PAD + 1, N, q);
    d[9] = z.clone();
    kernels.multiplySubtract(d[9], 2, x, PAD, y, PAD + 1, N, q);
    kernels.addConstant(d[10], 2, x, PAD, w, N, q);
    d[9] = z.clone();
    kernels.multiplySubtract(d[9], 2, x, PAD, y, PAD + 1, N, q);
    kernels.addConstant(d[10], 2, x, PAD, w, N, q);
    for (int i = 0; i < N; i++) {
      BigInteger a = big(x[PAD + i]);
      BigInteger b = big(y[PAD + 1 + i]);
      BigInteger c = big(z[2 + i]);
      assertResidue(c.subtract(a.multiply(b)), d[9][2 + i], q, "multiplySubtract");
      assertResidue(a.add(big(w)), d[10][2 + i], q, "addConstant");
      assertResidue(a.add(b), d[0][2 + i], q, "add");
      assertResidue(a.subtract(b), d[1][2 + i], q, "subtract");
      assertResidue(a.multiply(b), d[2][2 + i], q, "multiply");
      assertResidue(a.multiply(b).add(c), d[3][2 + i], q, "multiplyAdd");
      assertResidue(a.multiply(big(w)), d[4][2 + i], q, "multiplyConstant");
      assertResidue(a.multiply(big(w)).add(c), d[5][2 + i], q, "multiplyConstantAdd");
      BigInteger difference = a.subtract(b).multiply(big(w));
      assertResidue(difference, d[6][2 + i], q, "subtractMultiply");
      assertResidue(difference.add(c), d[7][2 + i], q, "subtractMultiplyAdd");
      assertResidue(a.multiply(b), d[8][PAD + i], q, "multiply in place");
      assertResidue(c.subtract(a.multiply(b)), d[9][2 + i], q, "multiplySubtract");
      assertResidue(a.add(big(w)), d[10][2 + i], q, "addConstant");
    }
  }

  @ParameterizedTest
  @MethodSource("twinsAndPrimes")
  void reduce_takes_numbers_below_2_to_51(RingKernels kernels, int bits) {
    Random random = new Random(bits);
    Modulus q = prime(bits);
    double[] x = new double[N];
    for (int i = 0; i < N; i++) {
      x[i] = i < 2 ? (1 - 2 * i) * (double) ((1L << 51) - 1) : random.nextLong() >> 12;
    }
    double[] d = new double[N];
    kernels.reduce(d, 0, x, 0, N, q);
    for (int i = 0; i < N; i++) {
      assertResidue(big(x[i]), d[i], q, "reduce");
      assertTrue(Math.abs(d[i]) <= (q.p() + 1) / 2 + 1, "reduced to half: " + d[i]);
    }
  }

  @ParameterizedTest
  @MethodSource("twinsAndPrimes")
  void tensor_and_square_are_exact(RingKernels kernels, int bits) {
    Random random = new Random(bits);
    Modulus q = prime(bits);
    double[] a0 = residues(q, N, random);
    double[] a1 = residues(q, N, random);
    double[] b0 = residues(q, N, random);
    double[] b1 = residues(q, N, random);
    double[][] d = new double[3][N];
    double[][] s = new double[3][N];
    kernels.tensor(d[0], d[1], d[2], 0, a0, a1, 0, b0, b1, 0, N, q);
    kernels.square(s[0], s[1], s[2], 0, a0, a1, 0, N, q);
    for (int i = 0; i < N; i++) {
      BigInteger x0 = big(a0[i]);
      BigInteger x1 = big(a1[i]);
      BigInteger y0 = big(b0[i]);
      BigInteger y1 = big(b1[i]);
      assertResidue(x0.multiply(y0), d[0][i], q, "d0");
      assertResidue(x0.multiply(y1).add(x1.multiply(y0)), d[1][i], q, "d1");
      assertResidue(x1.multiply(y1), d[2][i], q, "d2");
      assertResidue(x0.multiply(x0), s[0][i], q, "square d0");
      assertResidue(x0.multiply(x1).shiftLeft(1), s[1][i], q, "square d1");
      assertResidue(x1.multiply(x1), s[2][i], q, "square d2");
    }
  }

  @ParameterizedTest
  @MethodSource("twinsAndPrimes")
  void inner_products_are_exact_for_any_number_of_digits(RingKernels kernels, int bits) {
    Modulus q = prime(bits);
    for (int digits = 1; digits <= 9; digits++) {
      Random random = new Random(100L * bits + digits);
      double[][] x = new double[digits][];
      int[] xi = new int[digits];
      double[][] k = new double[2 * digits][];
      for (int j = 0; j < digits; j++) {
        xi[j] = j;
        x[j] = residues(q, N + j, random);
        k[2 * j] = residues(q, N + 5, random);
        k[2 * j + 1] = residues(q, N + 5, random);
      }
      double[] d0 = new double[N + 1];
      double[] d1 = new double[N + 2];
      kernels.innerProducts(d0, 1, d1, 2, x, xi, k, 5, digits, N, q);
      for (int i = 0; i < N; i++) {
        BigInteger first = BigInteger.ZERO;
        BigInteger second = BigInteger.ZERO;
        for (int j = 0; j < digits; j++) {
          BigInteger digit = big(x[j][xi[j] + i]);
          first = first.add(digit.multiply(big(k[2 * j][5 + i])));
          second = second.add(digit.multiply(big(k[2 * j + 1][5 + i])));
        }
        assertResidue(first, d0[1 + i], q, "d0 of " + digits + " digits");
        assertResidue(second, d1[2 + i], q, "d1 of " + digits + " digits");
      }
    }
  }
}
