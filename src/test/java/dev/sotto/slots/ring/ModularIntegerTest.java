package dev.sotto.slots.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ModularIntegerTest {
  private static final Random RANDOM = new Random(20261124);
  private static final long LARGEST = (1L << 50) - 1;

  private static List<Long> moduli() {
    List<Long> moduli = new ArrayList<>(List.of(2L, 3L, 4L, 65537L, LARGEST - 1, LARGEST));
    for (int bits = 2; bits <= 50; bits++) {
      moduli.add(1L << (bits - 1) | RANDOM.nextLong() >>> (65 - bits));
    }
    return moduli;
  }

  private static long[] operands(long modulus) {
    long[] operands = {0, 1, modulus / 2, modulus - 1, below(modulus), below(modulus)};
    return operands;
  }

  private static long below(long modulus) {
    return Math.floorMod(RANDOM.nextLong(), modulus);
  }

  @Test
  void arithmetic_is_that_of_big_integers() {
    for (long modulus : moduli()) {
      ModularInteger mod = new ModularInteger(modulus);
      BigInteger m = BigInteger.valueOf(modulus);
      for (int round = 0; round < 100; round++) {
        for (long x : operands(modulus)) {
          for (long y : operands(modulus)) {
            BigInteger a = BigInteger.valueOf(x);
            BigInteger b = BigInteger.valueOf(y);
            assertEquals(a.add(b).mod(m).longValue(), mod.add(x, y));
            assertEquals(a.subtract(b).mod(m).longValue(), mod.subtract(x, y));
            assertEquals(a.multiply(b).mod(m).longValue(), mod.multiply(x, y));
          }
        }
      }
    }
  }

  @Test
  void power_and_inverse_are_those_of_big_integers() {
    for (long modulus : moduli()) {
      ModularInteger mod = new ModularInteger(modulus);
      BigInteger m = BigInteger.valueOf(modulus);
      for (long x : operands(modulus)) {
        BigInteger a = BigInteger.valueOf(x);
        for (long exponent : new long[] {0, 1, 2, 65536, Long.MAX_VALUE}) {
          assertEquals(
              a.modPow(BigInteger.valueOf(exponent), m).longValue(), mod.power(x, exponent));
        }
        if (a.gcd(m).equals(BigInteger.ONE)) {
          assertEquals(a.modInverse(m).longValue(), mod.inverse(x));
        } else {
          assertThrows(ArithmeticException.class, () -> mod.inverse(x));
        }
      }
    }
  }

  @Test
  void primes_are_told_from_composites() {
    for (long n = 2; n < 5000; n++) {
      assertEquals(isPrimeByDivision(n), new ModularInteger(n).isPrime(), Long.toString(n));
    }
    for (int i = 0; i < 5000; i++) {
      long n = LARGEST - below(1L << 40);
      assertEquals(
          BigInteger.valueOf(n).isProbablePrime(100), new ModularInteger(n).isPrime(), "" + n);
    }
  }

  /** Strong pseudoprimes to the bases up to 2, 3, 5, 7 and 11 (Jaeschke 1993), and squares. */
  @Test
  void pseudoprimes_are_composite() {
    for (long n : new long[] {2047, 1373653, 25326001, 3215031751L, 2152302898747L}) {
      assertEquals(false, new ModularInteger(n).isPrime(), Long.toString(n));
    }
    assertEquals(false, new ModularInteger(33554393L * 33554393L).isPrime());
    assertTrue(new ModularInteger(33554393L).isPrime());
  }

  @Test
  void modulus_out_of_range_is_refused() {
    for (long modulus : new long[] {-5, 0, 1, 1L << 50, Long.MAX_VALUE}) {
      assertThrows(IllegalArgumentException.class, () -> new ModularInteger(modulus));
    }
  }

  private static boolean isPrimeByDivision(long n) {
    for (long d = 2; d * d <= n; d++) {
      if (n % d == 0) {
        return false;
      }
    }
    return true;
  }
}
