package dev.sotto.slots;

import dev.sotto.common.Seed;
import dev.sotto.slots.ring.RnsPolynomial;
import dev.sotto.slots.ring.RnsRing;
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
  private final RnsPolynomial[] parts;
  private final @Nullable Seed seed;

  private RlweCiphertext(
      RingParameters parameters, KeyId key, RnsPolynomial[] parts, @Nullable Seed seed) {
    this.parameters = parameters;
    this.key = key;
    this.parts = parts;
    this.seed = seed;
  }

  /** A ciphertext of these parts. */
  static RlweCiphertext of(RingParameters parameters, KeyId key, RnsPolynomial... parts) {
    return new RlweCiphertext(parameters, key, parts, null);
  }

  /** A fresh ciphertext without residues, for dry runs. */
  static RlweCiphertext hollow(RingParameters parameters, int limbs) {
    RnsRing ring = parameters.ring();
    if (!ring.isHollow()) {
      throw new IllegalStateException("parameters of a dry run expected");
    }
    return of(parameters, KeyId.NONE, ring.zeros(limbs), ring.zeros(limbs));
  }

  /** A fresh ciphertext whose second part is drawn from a public seed. */
  static RlweCiphertext fresh(
      RingParameters parameters, KeyId key, RnsPolynomial c0, RnsPolynomial c1, Seed seed) {
    return new RlweCiphertext(parameters, key, new RnsPolynomial[] {c0, c1}, seed);
  }

  RingParameters parameters() {
    return parameters;
  }

  KeyId key() {
    return key;
  }

  /** The number of primes in use, less one. */
  int level() {
    return parts[0].limbs() - 1;
  }

  int limbs() {
    return parts[0].limbs();
  }

  int degree() {
    return parts.length - 1;
  }

  RnsPolynomial part(int k) {
    return parts[k];
  }

  /** The public seed of the second part, where the ciphertext is fresh. */
  @Nullable Seed seed() {
    return seed;
  }

  /** Bytes of memory that the polynomials take. */
  long bytes() {
    return (long) parts.length * limbs() * parts[0].n() * Double.BYTES;
  }
}
