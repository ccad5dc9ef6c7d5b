package dev.sotto.slots.ring;

import java.math.BigInteger;
import java.util.Arrays;

/**
 * Reads numbers off their residues: the one nearest to zero, as a double. With room of its own, so
 * for one thread.
 *
 * <p>Digit after digit, x = v<sub>0</sub> + q<sub>0</sub>·(v<sub>1</sub> + q<sub>1</sub>·(…)) with
 * |v<sub>i</sub>| ≤ q<sub>i</sub>/2 (Garner 1959): exact but for the roundings of the last sum, a
 * small number as well as a large one.
 */
public final class MixedRadix {
  private final Modulus[] primes;
  private final double[][] inverses;
  private final double[] digit;

  private MixedRadix(Modulus[] primes, int n) {
    this.primes = primes;
    this.digit = new double[n];
    inverses = new double[primes.length][primes.length];
    for (int i = 0; i < primes.length; i++) {
      for (int j = 0; j < i; j++) {
        BigInteger q = BigInteger.valueOf(primes[i].value());
        inverses[i][j] = primes[i].centre(BigInteger.valueOf(primes[j].value()).modInverse(q));
      }
    }
  }

  /** For polynomials of n coefficients modulo the product of these primes. */
  public static MixedRadix create(Modulus[] primes, int n) {
    return new MixedRadix(primes.clone(), n);
  }

  /** The product of the primes, or infinity. */
  public double product() {
    double product = 1;
    for (Modulus q : primes) {
      product *= q.p();
    }
    return product;
  }

  /**
   * The numbers of a polynomial, in (−Q/2, Q/2).
   *
   * @param x coefficients, one limb for each prime; overwritten
   * @param out room for N numbers
   */
  public void read(RingKernels kernels, RnsPolynomial x, double[] out) {
    int n = x.n();
    double[] residues = x.residues();
    for (int i = 0; i < primes.length; i++) {
      Modulus q = primes[i];
      int at = x.at(i);
      for (int j = 0; j < i; j++) {
        kernels.reduce(digit, 0, residues, x.at(j), n, q);
        kernels.subtractMultiply(residues, at, residues, at, digit, 0, inverses[i][j], n, q);
      }
      kernels.reduce(residues, at, residues, at, n, q);
    }
    int last = x.at(primes.length - 1);
    System.arraycopy(residues, last, out, 0, n);
    for (int i = primes.length - 2; i >= 0; i--) {
      double p = primes[i].p();
      int at = x.at(i);
      for (int k = 0; k < n; k++) {
        out[k] = Math.fma(out[k], p, residues[at + k]);
      }
    }
  }

  /** Overwrites the room. */
  public void wipe() {
    Arrays.fill(digit, 0);
  }
}
