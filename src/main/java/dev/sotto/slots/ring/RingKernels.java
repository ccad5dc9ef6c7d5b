package dev.sotto.slots.ring;

/**
 * The inner loops of the engine, each over one limb of N residues.
 *
 * <p>Twins (scalar, vector) give congruent residues. Arrays are given with the index of their first
 * element; a destination may be one of the sources. Every residue taken is a whole number of size
 * at most p, and so is every residue given, where nothing else is said. Constants (<em>w</em>) have
 * size at most p/2. Nothing here allocates.
 */
@SuppressWarnings("TooManyParameters")
public interface RingKernels {
  /**
   * Adding and subtracting it rounds a number of size below 2<sup>51</sup>: 1.5 · 2<sup>52</sup>.
   */
  double ROUNDER = 6_755_399_441_055_744.0;

  /** The kernels of this JVM: in a new one the scalar twin, and the vector twin once compiled. */
  static RingKernels best() {
    return KernelChoice.BEST;
  }

  /** A short name: {@code scalar}, {@code vector-256}. */
  String name();

  /** From coefficients to evaluations, in place; the order of evaluations is the table's. */
  void forward(NttTable table, double[] a, int at);

  /** From evaluations to coefficients, in place; |out| &le; p. */
  void inverse(NttTable table, double[] a, int at);

  /** d = x + y. */
  void add(double[] d, int di, double[] x, int xi, double[] y, int yi, int n, Modulus q);

  /** d = x − y. */
  void subtract(double[] d, int di, double[] x, int xi, double[] y, int yi, int n, Modulus q);

  /** d = x mod p, for whole numbers x of size below 2<sup>51</sup>; of size at most p/2 + 1. */
  void reduce(double[] d, int di, double[] x, int xi, int n, Modulus q);

  /** d = x · y. */
  void multiply(double[] d, int di, double[] x, int xi, double[] y, int yi, int n, Modulus q);

  /** d = d + x · y. */
  void multiplyAdd(double[] d, int di, double[] x, int xi, double[] y, int yi, int n, Modulus q);

  /** d = x. */
  default void copy(double[] d, int di, double[] x, int xi, int n) {
    System.arraycopy(x, xi, d, di, n);
  }

  /** d = d − x · y. */
  default void multiplySubtract(
      double[] d, int di, double[] x, int xi, double[] y, int yi, int n, Modulus q) {
    double p = q.p();
    double inverse = q.inverse();
    for (int i = 0; i < n; i++) {
      double high = x[xi + i] * y[yi + i];
      double low = Math.fma(x[xi + i], y[yi + i], -high);
      double quotient = Math.fma(high, inverse, ROUNDER) - ROUNDER;
      double sum = d[di + i] - (Math.fma(-quotient, p, high) + low);
      d[di + i] = Math.fma(-(Math.fma(sum, inverse, ROUNDER) - ROUNDER), p, sum);
    }
  }

  /** d = x + w, the same w everywhere. */
  default void addConstant(double[] d, int di, double[] x, int xi, double w, int n, Modulus q) {
    double p = q.p();
    double inverse = q.inverse();
    for (int i = 0; i < n; i++) {
      double sum = x[xi + i] + w;
      d[di + i] = Math.fma(-(Math.fma(sum, inverse, ROUNDER) - ROUNDER), p, sum);
    }
  }

  /** d = x · w. */
  void multiplyConstant(double[] d, int di, double[] x, int xi, double w, int n, Modulus q);

  /** d = d + x · w. */
  void multiplyConstantAdd(double[] d, int di, double[] x, int xi, double w, int n, Modulus q);

  /** d = (x − y) · w. */
  void subtractMultiply(
      double[] d, int di, double[] x, int xi, double[] y, int yi, double w, int n, Modulus q);

  /** d = z + (x − y) · w. */
  void subtractMultiplyAdd(
      double[] d,
      int di,
      double[] x,
      int xi,
      double[] y,
      int yi,
      double w,
      double[] z,
      int zi,
      int n,
      Modulus q);

  /** The product of two ciphertexts of degree one: d0 = a0·b0, d1 = a0·b1 + a1·b0, d2 = a1·b1. */
  void tensor(
      double[] d0,
      double[] d1,
      double[] d2,
      int di,
      double[] a0,
      double[] a1,
      int ai,
      double[] b0,
      double[] b1,
      int bi,
      int n,
      Modulus q);

  /** The square of a ciphertext of degree one: d0 = a0·a0, d1 = 2·a0·a1, d2 = a1·a1. */
  void square(
      double[] d0,
      double[] d1,
      double[] d2,
      int di,
      double[] a0,
      double[] a1,
      int ai,
      int n,
      Modulus q);

  /**
   * The heart of key switching: d0 = Σ x_j · k_2j and d1 = Σ x_j · k_2j+1; neither is a digit.
   *
   * @param x the digits, each with its first index in {@code xi}
   * @param k two key polynomials per digit, all from index {@code ki}
   * @param digits how many
   */
  void innerProducts(
      double[] d0,
      int d0i,
      double[] d1,
      int d1i,
      double[][] x,
      int[] xi,
      double[][] k,
      int ki,
      int digits,
      int n,
      Modulus q);

  /**
   * First half of a base conversion, in place: y_i = x_i · c_i mod q_i, and e = round(Σ y_i / q_i).
   *
   * <p>Any residue will do for y_i, as e goes with it; its size is below 0.7 q_i.
   *
   * @param x limbs one after another, {@code stride} apart
   * @param e the rounded quotients
   * @param c one constant per source modulus
   */
  void conversionDigits(
      double[] x, int xi, int stride, double[] e, int ei, double[] c, Modulus[] from, int n);

  /**
   * Second half: d = Σ y_i · c_i − e · c_last mod p; d is none of the sources.
   *
   * @param c one constant per source modulus, then their product, all modulo p
   */
  void convert(
      double[] d,
      int di,
      double[] y,
      int yi,
      int stride,
      double[] e,
      int ei,
      double[] c,
      int sources,
      int n,
      Modulus q);

  /**
   * Weighted sums over a stretch of residues: d[m][·] = Σ_k w[m][k] · x[k][·] mod p.
   *
   * @param d the sums; each from its index in {@code di}; none of them is a term
   * @param x the terms; each from its index in {@code xi}
   * @param space scratch memory, this thread's
   * @param n a multiple of {@link WeightedSums#COLUMNS}
   */
  default void weightedSums(
      double[][] d,
      int[] di,
      double[][] x,
      int[] xi,
      WeightedSums w,
      WeightedSums.Workspace space,
      int n,
      Modulus q) {
    for (int block = 0; block < w.blocks(); block++) {
      weightedSums(d, di, x, xi, block * WeightedSums.BLOCK, w, block, space, n, q);
    }
  }

  /**
   * The share of one block of terms in weighted sums: blocks are taken in order, the first terms of
   * a sum overwrite it, those of later blocks are added.
   *
   * @param first where in {@code x} the terms of the block begin
   */
  void weightedSums(
      double[][] d,
      int[] di,
      double[][] x,
      int[] xi,
      int first,
      WeightedSums w,
      int block,
      WeightedSums.Workspace space,
      int n,
      Modulus q);
}
