package dev.sotto.slots.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The transform is evaluation at roots of unity, and its inverse gives the coefficients back. */
final class NttTest {
  @ParameterizedTest
  @CsvSource({
    "STANDARD, 11, 50",
    "STANDARD, 12, 50",
    "STANDARD, 13, 50",
    "STANDARD, 14, 50",
    "STANDARD, 15, 50",
    "STANDARD, 13, 30",
    "STANDARD, 14, 42",
    "CONJUGATE_INVARIANT, 11, 50",
    "CONJUGATE_INVARIANT, 12, 50",
    "CONJUGATE_INVARIANT, 13, 50",
    "CONJUGATE_INVARIANT, 14, 50",
    "CONJUGATE_INVARIANT, 15, 50"
  })
  void evaluations_are_values_at_roots(RingType type, int logN, int bits) {
    long prime = NttPrimes.below(bits, type.rootOrder(logN), 1, Set.of()).get(0);
    Modulus q = Modulus.of(prime);
    NttTable table = NttTable.create(q, type, logN);
    int n = table.n();
    Random random = new Random(logN);
    double[] a = new double[n + 5];
    long[] coefficients = new long[n];
    for (int i = 0; i < n; i++) {
      coefficients[i] = Math.floorMod(random.nextLong(), prime);
      a[i + 5] = q.centre(coefficients[i]);
    }
    RingKernels.best().forward(table, a, 5);

    BigInteger p = BigInteger.valueOf(prime);
    BigInteger psi = BigInteger.valueOf(NttPrimes.primitiveRoot(prime, type.rootOrder(logN)));
    for (int i : new int[] {0, 1, 2, 3, 7, n / 2, n / 2 + 5, n - 1}) {
      int rev = Integer.reverse(i) >>> (32 - logN);
      int exponent = type == RingType.STANDARD ? 2 * rev + 1 : 4 * rev + 1;
      BigInteger x = psi.modPow(BigInteger.valueOf(exponent), p);
      BigInteger y = x.modInverse(p);
      BigInteger expected = BigInteger.ZERO;
      for (int k = n - 1; k >= 0; k--) {
        expected = expected.multiply(x).add(BigInteger.valueOf(coefficients[k])).mod(p);
      }
      if (type == RingType.CONJUGATE_INVARIANT) {
        BigInteger rest = BigInteger.ZERO;
        for (int k = n - 1; k >= 1; k--) {
          rest = rest.add(BigInteger.valueOf(coefficients[k])).multiply(y).mod(p);
        }
        expected = expected.add(rest).mod(p);
      }
      assertEquals(expected.longValue(), q.canonical(a[i + 5]), "evaluation " + i);
    }

    RingKernels.best().inverse(table, a, 5);
    for (int i = 0; i < n; i++) {
      assertEquals(coefficients[i], q.canonical(a[i + 5]), "coefficient " + i);
    }
  }

  @ParameterizedTest
  @CsvSource({"STANDARD, 11", "STANDARD, 12", "CONJUGATE_INVARIANT, 11", "CONJUGATE_INVARIANT, 12"})
  void products_of_evaluations_are_products_in_the_ring(RingType type, int logN) {
    Modulus q = Modulus.of(NttPrimes.below(50, type.rootOrder(logN), 1, Set.of()).get(0));
    NttTable table = NttTable.create(q, type, logN);
    int n = table.n();
    Random random = new Random(n);
    double[] a = new double[n];
    double[] b = new double[n];
    for (int i = 0; i < n; i++) {
      a[i] = q.centre(random.nextLong());
    }
    for (int j : new int[] {0, 1, 5, n / 2, n - 1}) {
      b[j] = q.centre(random.nextLong());
    }
    BigInteger[] expected = new BigInteger[n];
    Arrays.fill(expected, BigInteger.ZERO);
    for (int j = 0; j < n; j++) {
      for (int i = 0; i < n && b[j] != 0; i++) {
        BigInteger product =
            BigInteger.valueOf((long) a[i]).multiply(BigInteger.valueOf((long) b[j]));
        addPower(expected, type, i + j, product);
        // (X^i + X^-i)(X^j + X^-j) has both the sum and the difference; 1 is one power, not two.
        if (type == RingType.CONJUGATE_INVARIANT && i > 0 && j > 0) {
          addPower(expected, type, Math.abs(i - j), i == j ? product.shiftLeft(1) : product);
        }
      }
    }
    RingKernels kernels = RingKernels.best();
    kernels.forward(table, a, 0);
    kernels.forward(table, b, 0);
    kernels.multiply(a, 0, a, 0, b, 0, n, q);
    kernels.inverse(table, a, 0);
    for (int i = 0; i < n; i++) {
      assertEquals(
          expected[i].mod(BigInteger.valueOf(q.value())).longValue(),
          q.canonical(a[i]),
          "coefficient " + i);
    }
  }

  /** Adds to the coefficient of X^k, or of X^k + X^-k, k < 2n. */
  private static void addPower(BigInteger[] sum, RingType type, int k, BigInteger x) {
    int n = sum.length;
    if (k < n) {
      sum[k] = sum[k].add(x);
    } else if (type == RingType.STANDARD) {
      sum[k - n] = sum[k - n].subtract(x);
    } else if (k > n) { // X^n + X^-n is zero, and beyond it the signs change
      sum[2 * n - k] = sum[2 * n - k].subtract(x);
    }
  }
}
