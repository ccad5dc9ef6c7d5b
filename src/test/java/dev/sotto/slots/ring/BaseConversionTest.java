package dev.sotto.slots.ring;

import java.math.BigInteger;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Residues move between primes as the centred number they stand for. */
final class BaseConversionTest {
  static Stream<Arguments> groups() {
    return RingKernelsTest.TWINS.stream()
        .flatMap(
            kernels ->
                IntStream.rangeClosed(1, 9)
                    .boxed()
                    .flatMap(
                        sources ->
                            Stream.of(2048, 4096)
                                .map(
                                    n ->
                                        Arguments.of(
                                            Named.of(kernels.name(), kernels), sources, n))));
  }

  @ParameterizedTest
  @MethodSource("groups")
  void conversion_gives_residues_of_the_centred_number(RingKernels kernels, int sources, int n) {
    Random random = new Random(31L * sources + n);
    Set<Long> used = new HashSet<>();
    Modulus[] from = new Modulus[sources];
    for (int i = 0; i < sources; i++) {
      from[i] = fresh(i % 3 == 1 ? 40 : 50, used);
    }
    Modulus[] to = {
      fresh(50, used), fresh(50, used), fresh(42, used), fresh(20, used), Modulus.of(65537)
    };
    BigInteger product = BigInteger.ONE;
    for (Modulus q : from) {
      product = product.multiply(BigInteger.valueOf(q.value()));
    }
    // Halves of the product may go either way; everything farther than a hair may not.
    BigInteger[] numbers = new BigInteger[n];
    BigInteger hair = product.shiftRight(44).add(BigInteger.ONE);
    BigInteger largest = product.shiftRight(1).subtract(hair);
    for (int i = 0; i < n; i++) {
      numbers[i] =
          switch (i % 16) {
            case 0 -> largest;
            case 1 -> largest.negate();
            case 2 -> BigInteger.valueOf(random.nextInt(9) - 4);
            default ->
                new BigInteger(product.bitLength() + 64, random)
                    .mod(largest.shiftLeft(1))
                    .subtract(largest);
          };
    }
    double[] x = new double[sources * n + 7];
    for (int j = 0; j < sources; j++) {
      for (int i = 0; i < n; i++) {
        double residue = from[j].centre(numbers[i]);
        // The other representative of size at most p, now and then.
        if (random.nextInt(3) == 0) {
          residue += residue > 0 ? -from[j].p() : from[j].p();
        }
        x[7 + j * n + i] = residue;
      }
    }
    BaseConversion conversion = BaseConversion.create(from, to);
    double[] e = new double[n + 3];
    conversion.prepare(kernels, x, 7, e, 3, n);
    for (int t = 0; t < to.length; t++) {
      double[] d = new double[n + 1];
      conversion.convert(kernels, t, d, 1, x, 7, e, 3, n);
      for (int i = 0; i < n; i++) {
        RingKernelsTest.assertResidue(
            numbers[i], d[1 + i], to[t], sources + " sources, target " + t + ", place " + i);
      }
    }
  }

  private static Modulus fresh(int bits, Set<Long> used) {
    List<Long> primes = NttPrimes.below(bits, 4096, 1, used);
    used.add(primes.get(0));
    return Modulus.of(primes.get(0));
  }
}
