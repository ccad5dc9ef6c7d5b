package dev.sotto.slots.ring;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * Roots of unity modulo one prime, laid out for the number-theoretic transform of one ring.
 *
 * <p>In the standard ring Z[X]/(X<sup>N</sup> + 1) evaluation <em>i</em> is the value at
 * ψ<sup>2·rev(i)+1</sup>, ψ a primitive 2N-th root, rev the reversal of log N bits. In the
 * conjugate-invariant ring (polynomials in X + 1/X, X a 4N-th root) it is the value at
 * ψ<sup>4·rev(i)+1</sup>, ψ a primitive 4N-th root: the first half of the tree of a ring twice as
 * large, so that the same passes serve with other roots after one folding step.
 */
public final class NttTable {
  private final Modulus modulus;
  private final RingType type;
  private final int n;
  private final double[] roots;
  private final double[] inverseRoots;
  private final double[] ratios;
  private final double[] inverseRatios;
  private final double fold;
  private final double scale;
  private volatile @Nullable Twist twist;

  private NttTable(Modulus modulus, RingType type, int logN) {
    this.modulus = modulus;
    this.type = type;
    this.n = 1 << logN;
    long order = type.rootOrder(logN);
    BigInteger p = BigInteger.valueOf(modulus.value());
    BigInteger psi = BigInteger.valueOf(NttPrimes.primitiveRoot(modulus.value(), order));
    // Powers of psi in natural order, then the node at depth log m, place i, holds
    // psi^(rev(i) of the tree): its square is the constant of the node's parent.
    int depth = type == RingType.STANDARD ? logN : logN + 1;
    double[] powers = powers(psi, 1 << depth);
    double[] inversePowers = powers(psi.modInverse(p), 1 << depth);
    roots = new double[n];
    inverseRoots = new double[n];
    int first = type == RingType.STANDARD ? 1 : 2;
    for (int m = 1; m < n; m <<= 1) {
      for (int i = 0; i < m; i++) {
        int exponent = Integer.reverse(m * first + i) >>> (Integer.SIZE - depth);
        roots[m + i] = powers[exponent];
        inverseRoots[m + i] = inversePowers[exponent];
      }
    }
    ratios = ratios(roots);
    inverseRatios = ratios(inverseRoots);
    fold = powers[powers.length / 2];
    scale =
        modulus.centre(BigInteger.valueOf(type == RingType.STANDARD ? n : 2L * n).modInverse(p));
  }

  /** Without roots. */
  private NttTable(Modulus modulus, RingType type, int logN, double[] none) {
    this.modulus = modulus;
    this.type = type;
    this.n = 1 << logN;
    roots = none;
    inverseRoots = none;
    ratios = none;
    inverseRatios = none;
    fold = 0;
    scale = 0;
  }

  /** A table without roots, for dry runs. */
  static NttTable hollow(Modulus modulus, RingType type, int logN) {
    return new NttTable(modulus, type, logN, new double[0]);
  }

  private double[] powers(BigInteger base, int count) {
    double[] powers = new double[count];
    double w = modulus.centre(base);
    powers[0] = 1;
    for (int i = 1; i < count; i++) {
      powers[i] = modulus.multiply(powers[i - 1], w);
    }
    for (int i = 0; i < count; i++) {
      powers[i] = modulus.centre((long) powers[i]);
    }
    return powers;
  }

  private double[] ratios(double[] roots) {
    double[] ratios = new double[roots.length];
    for (int i = 0; i < roots.length; i++) {
      ratios[i] = -roots[i] / modulus.p();
    }
    return ratios;
  }

  /** The table of a prime and a ring; the prime is 1 modulo the order of the ring's roots. */
  public static NttTable create(Modulus modulus, RingType type, int logN) {
    return new NttTable(modulus, type, logN);
  }

  /** The prime. */
  public Modulus modulus() {
    return modulus;
  }

  /** The ring. */
  public RingType type() {
    return type;
  }

  /** The number of residues, N. */
  public int n() {
    return n;
  }

  /** Element m + i: the twiddle factor of block i where there are m blocks. */
  double[] roots() {
    return roots;
  }

  /** Element m + i: the inverse of that twiddle factor. */
  double[] inverseRoots() {
    return inverseRoots;
  }

  /** Of every twiddle factor w, −w/p. */
  double[] ratios() {
    return ratios;
  }

  /** Of every inverse twiddle factor w, −w/p. */
  double[] inverseRatios() {
    return inverseRatios;
  }

  /** What turns the last levels, blocks of {@code length}, into cyclic transforms; kept. */
  Twist twist(int length) {
    Twist known = twist;
    if (known == null || known.length() != length) {
      known = Twist.create(this, length);
      twist = known;
    }
    return known;
  }

  /** The fourth root of unity with which the conjugate-invariant ring folds. */
  double fold() {
    return fold;
  }

  /** What the inverse transform multiplies by: 1/N, or 1/2N in the conjugate-invariant ring. */
  double scale() {
    return scale;
  }
}
