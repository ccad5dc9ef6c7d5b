package dev.sotto.slots;

import dev.sotto.common.RandomStream;
import dev.sotto.common.Seed;
import dev.sotto.slots.ring.GaussianSampler;
import dev.sotto.slots.ring.Modulus;
import dev.sotto.slots.ring.RingKernels;
import dev.sotto.slots.ring.RnsPolynomial;
import dev.sotto.slots.ring.RnsRing;
import dev.sotto.slots.ring.UniformResidues;
import dev.sotto.slots.ring.WholeNumbers;
import java.util.Arrays;

/**
 * Encrypts under the secret key: c<sub>1</sub> is drawn from a public seed, c<sub>0</sub> = m + e −
 * c<sub>1</sub>·s. With room of its own, so for one thread.
 *
 * <p>Ciphertext i of an encryptor takes its seeds from the encryptor's own seed and i: the same
 * seed makes the same bytes again, in any order and on any number of threads. Encrypting two
 * different messages with the same seed and the same i gives their difference away.
 */
final class RlweEncryptor implements AutoCloseable {
  private final SecretKey secret;
  private final Seed seed;
  private final double[] errors;

  private RlweEncryptor(SecretKey secret, Seed seed) {
    this.secret = secret;
    this.seed = copy(seed);
    this.errors = new double[secret.parameters().ring().n()];
  }

  private static Seed copy(Seed seed) {
    byte[] bytes = seed.bytes();
    try {
      return Seed.of(bytes);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  /** An encryptor with a copy of this seed, which it wipes when closed. */
  static RlweEncryptor create(SecretKey secret, Seed seed) {
    return new RlweEncryptor(secret, seed);
  }

  /**
   * Encrypts a polynomial.
   *
   * @param message whole numbers, N coefficients; overwritten
   * @param errorScale what the error is multiplied by: t for integers modulo t, else one
   * @param limbs how many primes the ciphertext has
   * @param index which ciphertext of this encryptor
   */
  RlweCiphertext encrypt(double[] message, long errorScale, int limbs, long index) {
    RingParameters parameters = secret.parameters();
    RnsRing ring = parameters.ring();
    RingKernels kernels = ring.kernels();
    int n = ring.n();
    Seed publicSeed;
    try (Seed derived = seed.derive("mask", index)) {
      publicSeed = Seed.of(derived.bytes());
    }
    RnsPolynomial c1 = mask(ring, publicSeed, limbs);
    try (Seed derived = seed.derive("error", index);
        RandomStream stream = RandomStream.from(derived)) {
      GaussianSampler.fill(stream, errors, 0, n);
    }
    WholeNumbers numbers = WholeNumbers.of(message);
    RnsPolynomial c0 = ring.zeros(limbs);
    RnsPolynomial s = secret.power(1);
    for (int i = 0; i < limbs; i++) {
      Modulus q = ring.modulus(i);
      double[] d = c0.residues();
      int at = c0.at(i);
      numbers.reduce(kernels, d, at, q);
      kernels.multiplyConstantAdd(d, at, errors, 0, q.centre(errorScale), n, q);
      kernels.forward(ring.table(i), d, at);
      kernels.multiplySubtract(d, at, c1.residues(), at, s.residues(), at, n, q);
    }
    Arrays.fill(errors, 0);
    numbers.wipe();
    return RlweCiphertext.fresh(parameters, secret.id(), c0, c1, publicSeed);
  }

  /** Wipes the seed: it gives away every error, and with them the secret. */
  @Override
  public void close() {
    seed.close();
  }

  /** The second part of the fresh ciphertext of a public seed. */
  static RnsPolynomial mask(RnsRing ring, Seed publicSeed, int limbs) {
    RnsPolynomial c1 = ring.zeros(limbs);
    try (RandomStream stream = RandomStream.fromPublic(publicSeed)) {
      for (int i = 0; i < limbs; i++) {
        UniformResidues.fill(stream, c1.residues(), c1.at(i), ring.n(), ring.modulus(i).value());
      }
    }
    return c1;
  }
}
