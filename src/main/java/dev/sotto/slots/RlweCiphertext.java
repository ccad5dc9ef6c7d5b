package dev.sotto.slots;

import dev.sotto.common.Seed;
import dev.sotto.slots.ring.RnsPolynomial;
import dev.sotto.slots.ring.RnsRing;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A ciphertext of ring learning with errors: polynomials c<sub>0</sub> … c<sub>d</sub> whose phase
 * Σ c<sub>k</sub>·s<sup>k</sup> holds a message and an error; what it means is a scheme's business.
 *
 * <p>Degree d is one for fresh ciphertexts and adds up in products until relinearised. Polynomials
 * are evaluations, modulo the primes q<sub>0</sub> … q<sub>level</sub>. Not to be changed.
 */
final class RlweCiphertext {
  private final RingParameters parameters;
  private final KeyId key;
  private final int degree;
  private final int limbs;
  private final @Nullable StoredParts stored;
  private final @Nullable Seed seed;
  private volatile RnsPolynomial @Nullable [] parts;

  private RlweCiphertext(
      RingParameters parameters, KeyId key, RnsPolynomial[] parts, @Nullable Seed seed) {
    this.parameters = parameters;
    this.key = key;
    this.degree = parts.length - 1;
    this.limbs = parts[0].limbs();
    this.stored = null;
    this.seed = seed;
    this.parts = parts;
  }

  private RlweCiphertext(RingParameters parameters, KeyId key, StoredParts stored) {
    this.parameters = parameters;
    this.key = key;
    this.degree = 1;
    this.limbs = stored.limbs();
    this.stored = stored;
    this.seed = stored.seed();
  }

  /** A ciphertext of these parts. */
  static RlweCiphertext of(RingParameters parameters, KeyId key, RnsPolynomial... parts) {
    return new RlweCiphertext(parameters, key, parts, null);
  }

  /**
   * A fresh ciphertext without residues, for dry runs.
   *
   * @param stored whether it stays as it was sent
   */
  static RlweCiphertext hollow(RingParameters parameters, int limbs, boolean stored) {
    RnsRing ring = parameters.ring();
    if (!ring.isHollow()) {
      throw new IllegalStateException("parameters of a dry run expected");
    }
    if (stored) {
      return stored(parameters, KeyId.NONE, StoredParts.hollow(ring, limbs));
    }
    return of(parameters, KeyId.NONE, ring.zeros(limbs), ring.zeros(limbs));
  }

  /** A fresh ciphertext whose second part is drawn from a public seed. */
  static RlweCiphertext fresh(
      RingParameters parameters, KeyId key, RnsPolynomial c0, RnsPolynomial c1, Seed seed) {
    return new RlweCiphertext(parameters, key, new RnsPolynomial[] {c0, c1}, seed);
  }

  /** A fresh ciphertext whose parts stay as they were sent until they are asked for. */
  static RlweCiphertext stored(RingParameters parameters, KeyId key, StoredParts stored) {
    return new RlweCiphertext(parameters, key, stored);
  }

  RingParameters parameters() {
    return parameters;
  }

  KeyId key() {
    return key;
  }

  /** The number of primes in use, less one. */
  int level() {
    return limbs - 1;
  }

  int limbs() {
    return limbs;
  }

  int degree() {
    return degree;
  }

  /**
   * A polynomial. Those of a ciphertext as it was sent are read now, both of them.
   *
   * @throws dev.sotto.problem.SottoException SOTTO-SLOTS-015 for stored residues that are none
   */
  RnsPolynomial part(int k) {
    RnsPolynomial[] read = parts;
    if (read == null) {
      read = Objects.requireNonNull(stored).read();
      parts = read; // who reads at the same time finds the same
    }
    return read[k];
  }

  /** The parts as they were sent, where they are there. */
  @Nullable StoredParts stored() {
    return stored;
  }

  /** The public seed of the second part, where the ciphertext is fresh. */
  @Nullable Seed seed() {
    return seed;
  }

  /** Bytes of memory that the polynomials take; those that stay as they were sent, once read. */
  long bytes() {
    return (degree + 1L) * limbs * parameters.ring().n() * Double.BYTES;
  }
}
