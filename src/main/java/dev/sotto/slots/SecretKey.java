package dev.sotto.slots;

import dev.sotto.common.RandomStream;
import dev.sotto.common.Seed;
import dev.sotto.slots.ring.RnsPolynomial;
import dev.sotto.slots.ring.RnsRing;
import dev.sotto.slots.ring.TernarySampler;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The secret of a data owner: a polynomial with coefficients uniform in {−1, 0, 1}.
 *
 * <p>It is made from a seed, and a seed is all that is stored of it. Its evaluations and those of
 * its powers are kept while it is open; {@link #close} wipes them. It is never printed.
 */
public final class SecretKey implements AutoCloseable {
  private final RingParameters parameters;
  private final Seed seed;
  private final KeyId id;

  /** Transient, as the bytes of the seed: nothing that goes by fields writes a secret. */
  private final transient List<RnsPolynomial> powers = new ArrayList<>();

  private boolean closed;

  private SecretKey(RingParameters parameters, Seed seed) {
    this.parameters = parameters;
    this.seed = seed;
    try (Seed derived = seed.derive("key id", 0)) {
      this.id = KeyId.of(Arrays.copyOf(derived.bytes(), KeyId.BYTES));
    }
    powers.add(sample());
  }

  /** A new secret key. */
  public static SecretKey generate(RingParameters parameters) {
    return of(parameters, Seed.random());
  }

  /** The secret key of a seed, which it takes over and wipes when closed. */
  public static SecretKey of(RingParameters parameters, Seed seed) {
    return new SecretKey(parameters, seed);
  }

  private RnsPolynomial sample() {
    RnsRing ring = parameters.ring();
    byte[] coefficients = new byte[ring.n()];
    try (Seed derived = seed.derive("ternary secret", 0);
        RandomStream stream = RandomStream.from(derived)) {
      TernarySampler.fill(stream, coefficients);
    }
    RnsPolynomial s = ring.zeros(ring.primes() + ring.specialPrimes());
    for (int limb = 0; limb < s.limbs(); limb++) {
      for (int i = 0; i < ring.n(); i++) {
        s.residues()[s.at(limb) + i] = coefficients[i];
      }
    }
    Arrays.fill(coefficients, (byte) 0);
    IntStream.range(0, s.limbs())
        .parallel()
        .forEach(i -> ring.kernels().forward(ring.table(i), s.residues(), s.at(i)));
    return s;
  }

  /** What this key belongs to. */
  public RingParameters parameters() {
    return parameters;
  }

  /** Its public name. */
  public KeyId id() {
    return id;
  }

  /** The seed, to be stored where only the owner can read it. */
  public Seed seed() {
    checkOpen();
    return seed;
  }

  /** The evaluations of a power of the secret modulo every prime, special ones included. */
  synchronized RnsPolynomial power(int exponent) {
    checkOpen();
    RnsRing ring = parameters.ring();
    while (powers.size() < exponent) {
      RnsPolynomial last = powers.get(powers.size() - 1);
      RnsPolynomial next = ring.zeros(last.limbs());
      for (int i = 0; i < next.limbs(); i++) {
        ring.kernels()
            .multiply(
                next.residues(),
                next.at(i),
                last.residues(),
                last.at(i),
                powers.get(0).residues(),
                next.at(i),
                ring.n(),
                ring.modulus(i));
      }
      powers.add(next);
    }
    return powers.get(exponent - 1);
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("secret key " + id + " was closed");
    }
  }

  /** Wipes the secret. */
  @Override
  public synchronized void close() {
    if (!closed) {
      powers.forEach(RnsPolynomial::wipe);
      powers.clear();
      seed.close();
      closed = true;
    }
  }

  /** The key id, nothing more. */
  @Override
  public String toString() {
    return "SecretKey[" + id + "]";
  }
}
