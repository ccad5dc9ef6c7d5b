package dev.sotto.slots.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The transform is evaluation at roots of unity, and its inverse gives the coefficients back. */
final class NttTest {
  @ParameterizedTest
  @CsvSource({
    "STANDARD, 11, 50", "STANDARD, 12, 50", "STANDARD, 13, 50", "STANDARD, 14, 50",
    "STANDARD, 15, 50", "STANDARD, 13, 30", "STANDARD, 14, 42",
    "CONJUGATE_INVARIANT, 11, 50", "CONJUGATE_INVARIANT, 12, 50", "CONJUGATE_INVARIANT, 13, 50",
    "CONJUGATE_INVARIANT, 14, 50", "CONJUGATE_INVARIANT, 15, 50"
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
}
