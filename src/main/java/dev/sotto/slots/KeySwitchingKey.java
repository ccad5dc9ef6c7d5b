package dev.sotto.slots;

import dev.sotto.common.RandomStream;
import dev.sotto.common.Seed;
import dev.sotto.slots.ring.GaussianSampler;
import dev.sotto.slots.ring.Modulus;
import dev.sotto.slots.ring.RingKernels;
import dev.sotto.slots.ring.RnsPolynomial;
import dev.sotto.slots.ring.RnsRing;
import dev.sotto.slots.ring.UniformResidues;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Turns a factor s<sup>k</sup> of a phase into a factor s: one pair (b, a) per digit, where b + a·s
 * is an error plus P·s<sup>k</sup> modulo the primes of that digit and an error modulo all others.
 *
 * <p>Hybrid key switching (Gentry, Halevi, Smart 2012; in RNS: Han and Ki 2019): digits are groups
 * of as many primes as there are special ones, whose product is P. The a are drawn from a public
 * seed.
 */
final class KeySwitchingKey {
  private final RingParameters parameters;
  private final KeyId key;
  private final int power;
  private final long errorScale;
  private final Seed seed;
  private final double[][] pairs;

  private KeySwitchingKey(
      RingParameters parameters,
      KeyId key,
      int power,
      long errorScale,
      Seed seed,
      double[][] pairs) {
    this.parameters = parameters;
    this.key = key;
    this.power = power;
    this.errorScale = errorScale;
    this.seed = seed;
    this.pairs = pairs;
  }

  /** A key without residues, for dry runs. */
  static KeySwitchingKey hollow(RingParameters parameters, int power, long errorScale) {
    double[][] pairs = new double[2 * digits(parameters.ring())][0];
    return new KeySwitchingKey(
        parameters, KeyId.NONE, power, errorScale, Seed.of(new byte[Seed.LENGTH]), pairs);
  }

  /** The number of digits of a parameter set: primes in groups as large as the special primes. */
  static int digits(RnsRing ring) {
    return (ring.primes() + ring.specialPrimes() - 1) / ring.specialPrimes();
  }

  /** A key read back: the b of every digit, the seed of all a. */
  static KeySwitchingKey of(
      RingParameters parameters, KeyId key, int power, long errorScale, Seed seed, double[][] b) {
    double[][] pairs = new double[2 * b.length][];
    for (int j = 0; j < b.length; j++) {
      pairs[2 * j] = b[j];
    }
    IntStream.range(0, b.length)
        .parallel()
        .forEach(j -> pairs[2 * j + 1] = uniform(parameters.ring(), seed, j).residues());
    return new KeySwitchingKey(parameters, key, power, errorScale, seed, pairs);
  }

  /**
   * A new key.
   *
   * @param power k, at least two
   * @param errorScale what errors are multiplied by: t for integers modulo t, else one
   * @param publicSeed where the a come from
   * @param secretSeed where the errors come from
   */
  static KeySwitchingKey generate(
      SecretKey secret, int power, long errorScale, Seed publicSeed, Seed secretSeed) {
    RingParameters parameters = secret.parameters();
    RnsRing ring = parameters.ring();
    RnsPolynomial s = secret.power(1);
    RnsPolynomial target = secret.power(power);
    double[][] pairs = new double[2 * digits(ring)][];
    IntStream.range(0, digits(ring))
        .parallel()
        .forEach(
            j -> {
              RnsPolynomial a = uniform(ring, publicSeed, j);
              pairs[2 * j] = body(ring, a, s, target, j, errorScale, secretSeed);
              pairs[2 * j + 1] = a.residues();
            });
    return new KeySwitchingKey(parameters, secret.id(), power, errorScale, publicSeed, pairs);
  }

  /** The b of a digit. */
  private static double[] body(
      RnsRing ring,
      RnsPolynomial a,
      RnsPolynomial s,
      RnsPolynomial target,
      int digit,
      long errorScale,
      Seed secretSeed) {
    RingKernels kernels = ring.kernels();
    int n = ring.n();
    RnsPolynomial body = ring.zeros(a.limbs());
    double[] errors = new double[n];
    double[] product = new double[n];
    try (Seed derived = secretSeed.derive("key switching error", digit);
        RandomStream stream = RandomStream.from(derived)) {
      GaussianSampler.fill(stream, errors, 0, n);
    }
    BigInteger special = ring.product(ring.specials());
    for (int i = 0; i < a.limbs(); i++) {
      Modulus q = ring.modulus(i);
      int at = body.at(i);
      kernels.multiplyConstant(body.residues(), at, errors, 0, q.centre(errorScale), n, q);
      kernels.forward(ring.table(i), body.residues(), at);
      kernels.multiply(product, 0, a.residues(), at, s.residues(), at, n, q);
      kernels.subtract(body.residues(), at, body.residues(), at, product, 0, n, q);
      if (i < ring.primes() && i / ring.specialPrimes() == digit) {
        kernels.multiplyConstantAdd(
            body.residues(), at, target.residues(), at, q.centre(special), n, q);
      }
    }
    Arrays.fill(errors, 0);
    Arrays.fill(product, 0);
    return body.residues();
  }

  private static RnsPolynomial uniform(RnsRing ring, Seed seed, int digit) {
    RnsPolynomial a = ring.zeros(ring.primes() + ring.specialPrimes());
    try (Seed derived = seed.derive("key switching mask", digit);
        RandomStream stream = RandomStream.from(derived)) {
      for (int i = 0; i < a.limbs(); i++) {
        UniformResidues.fill(stream, a.residues(), a.at(i), ring.n(), ring.modulus(i).value());
      }
    }
    return a;
  }

  RingParameters parameters() {
    return parameters;
  }

  KeyId key() {
    return key;
  }

  int power() {
    return power;
  }

  long errorScale() {
    return errorScale;
  }

  Seed seed() {
    return seed;
  }

  /** Element 2j is b of digit j, element 2j + 1 its a; limbs of all primes, special ones last. */
  double[][] pairs() {
    return pairs;
  }

  /** Bytes of memory once expanded. */
  long bytes() {
    return (long) pairs.length * pairs[0].length * Double.BYTES;
  }
}
