package dev.sotto.slots.ring;

import java.util.Arrays;

/**
 * A polynomial by its residues: limb after limb of N residues, in coefficients or in evaluations.
 *
 * <p>Limb <em>i</em> belongs to the ring's <em>i</em>-th prime; where special primes are included,
 * theirs follow the limbs of the level. Mutable, and open to the engine's own loops.
 */
public final class RnsPolynomial {
  private final int n;
  private final int limbs;
  private final double[] residues;

  private RnsPolynomial(int n, int limbs, double[] residues) {
    this.n = n;
    this.limbs = limbs;
    this.residues = residues;
  }

  /** A polynomial of zeros. */
  public static RnsPolynomial zeros(int n, int limbs) {
    return new RnsPolynomial(n, limbs, new double[Math.multiplyExact(n, limbs)]);
  }

  /** A polynomial without residues, for dry runs. */
  static RnsPolynomial hollow(int n, int limbs) {
    return new RnsPolynomial(n, limbs, new double[0]);
  }

  /** The number of residues of a limb. */
  public int n() {
    return n;
  }

  /** The number of limbs. */
  public int limbs() {
    return limbs;
  }

  /** All residues, limb after limb. Not a copy. */
  public double[] residues() {
    return residues;
  }

  /** The index of a limb's first residue. */
  public int at(int limb) {
    return limb * n;
  }

  /** The first limbs, sharing residues: for polynomials that are not changed. */
  public RnsPolynomial first(int limbs) {
    return new RnsPolynomial(n, limbs, residues);
  }

  /** A copy of the first limbs. */
  public RnsPolynomial copy(int limbs) {
    return residues.length == 0
        ? hollow(n, limbs)
        : new RnsPolynomial(n, limbs, Arrays.copyOf(residues, n * limbs));
  }

  /** A copy. */
  public RnsPolynomial copy() {
    return copy(limbs);
  }

  /** Overwrites all residues with zeros. */
  public void wipe() {
    Arrays.fill(residues, 0);
  }
}
