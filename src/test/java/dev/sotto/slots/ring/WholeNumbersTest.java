package dev.sotto.slots.ring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Whole numbers of any size to residues and back, against big integers. */
final class WholeNumbersTest {
  private static final long[] PRIMES = {
    1_125_899_906_826_241L, 1_099_511_480_321L, 65_537L, 1_125_899_905_744_897L
  };

  private final Random random = new Random(7);
  private final RingKernels kernels = RingKernels.best();

  private double[] numbers(int n, int bits) {
    return IntStream.range(0, n)
        .mapToDouble(i -> Math.rint(Math.scalb(random.nextDouble() * 2 - 1, bits)) + 0.0)
        .toArray();
  }

  private static BigInteger exact(double x) {
    return new BigDecimal(x).toBigIntegerExact();
  }

  @Test
  void residues_are_those_of_big_integers_at_every_size() {
    for (int bits : new int[] {1, 20, 50, 51, 52, 53, 60, 99, 101, 102, 140, 300, 860}) {
      double[] numbers = numbers(64, bits);
      numbers[0] = Math.scalb(1.0, bits);
      numbers[1] = -numbers[0];
      numbers[2] = 1;
      double[] residues = new double[numbers.length];
      for (long prime : PRIMES) {
        Modulus q = Modulus.of(prime);
        WholeNumbers.of(numbers.clone()).reduce(kernels, residues, 0, q);
        for (int i = 0; i < numbers.length; i++) {
          assertEquals(
              exact(numbers[i]).mod(BigInteger.valueOf(prime)).longValue(),
              q.canonical(residues[i]),
              numbers[i] + " modulo " + prime);
        }
      }
    }
  }

  /** Small numbers exactly, large ones to the last bits, whatever the order of the primes. */
  @Test
  void numbers_are_read_off_their_residues() {
    int n = 256;
    for (int count = 1; count <= PRIMES.length; count++) {
      Modulus[] primes =
          IntStream.range(0, count).mapToObj(i -> Modulus.of(PRIMES[i])).toArray(Modulus[]::new);
      MixedRadix reader = MixedRadix.create(primes, n);
      for (int bits : new int[] {1, 30, 48, 52, 88, 104, 150}) {
        if (Math.scalb(1.0, bits) >= reader.product() / 2) {
          continue;
        }
        double[] numbers = numbers(n, bits);
        RnsPolynomial x = RnsPolynomial.zeros(n, count);
        for (int i = 0; i < count; i++) {
          WholeNumbers.of(numbers.clone()).reduce(kernels, x.residues(), x.at(i), primes[i]);
        }
        double[] read = new double[n];
        reader.read(kernels, x, read);
        if (bits <= 52) {
          assertArrayEquals(numbers, read);
        }
        for (int k = 0; k < n; k++) {
          assertEquals(numbers[k], read[k], Math.abs(numbers[k]) * 0x1p-50);
        }
      }
    }
  }

  @Test
  void wiped_numbers_are_zero() {
    double[] numbers = numbers(8, 120);
    WholeNumbers whole = WholeNumbers.of(numbers);
    whole.wipe();
    assertArrayEquals(new double[8], numbers);
    double[] residues = numbers(8, 10);
    whole.reduce(kernels, residues, 0, Modulus.of(PRIMES[0]));
    for (double r : residues) {
      assertEquals(0, r, 0.0);
    }
  }
}
