package dev.sotto.slots.ring;

/**
 * Between real numbers in slots and real coefficients: values of a polynomial at complex roots of
 * unity. Immutable; nothing here allocates once made.
 *
 * <p>Everything happens in the conjugate-invariant ring of S slots: polynomials a<sub>0</sub> + Σ
 * a<sub>k</sub>·(X<sup>k</sup> + X<sup>−k</sup>), k &lt; S, with X<sup>2S</sup> = −1, whose values
 * are real. It is the subring of the standard ring with N = 2S where a<sub>N−k</sub> =
 * −a<sub>k</sub>, so that real numbers in the standard ring are coded there, and mirrored.
 *
 * <p>As X<sup>−k</sup> = −i·X<sup>S−k</sup>, such a polynomial is b<sub>k</sub> = a<sub>k</sub> −
 * i·a<sub>S−k</sub> modulo X<sup>S</sup> − i = (X<sup>M</sup> − w)·(X<sup>M</sup> + w), M = S/2.
 * Both remainders have real values: the second, its roots turned onto those of the first, is
 * carried as the imaginary part, and one complex Fourier transform of M = S/2 points does it all,
 * down the tree of {@link NttTable}. Slot j &lt; M is the real part of its output j, slot M + j the
 * imaginary part.
 */
public final class CanonicalEmbedding {
  private static final double HALF_ROOT = Math.sqrt(0.5);

  private final RingType type;
  private final int n;
  private final int slots;
  private final int points;
  private final boolean oddDepth;

  /** Twiddle factors: element m + i is that of block i of m. */
  private final double[] cosines;

  private final double[] sines;

  /** i·ρ^k, ρ = exp(iπ/M): turns the second remainder onto the first. */
  private final double[] turnCosines;

  private final double[] turnSines;

  private final double[] angles;

  private CanonicalEmbedding(RingType type, int logN) {
    this.type = type;
    this.n = 1 << logN;
    this.slots = type == RingType.STANDARD ? n / 2 : n;
    this.points = slots / 2;
    this.oddDepth = (Integer.numberOfTrailingZeros(points) & 1) == 1;
    cosines = new double[points];
    sines = new double[points];
    turnCosines = new double[points];
    turnSines = new double[points];
    // Angles in turns, which are exact: the children of X^2t - exp(2πi·a) are those of a/2, a/2 +
    // 1/2.
    double[] angle = new double[2 * points];
    angle[1] = 0.125;
    for (int node = 1; node < points; node++) {
      cosines[node] = cosine(angle[node] / 2);
      sines[node] = sine(angle[node] / 2);
      angle[2 * node] = angle[node] / 2;
      angle[2 * node + 1] = angle[node] / 2 + 0.5;
    }
    angles = new double[slots];
    for (int j = 0; j < points; j++) {
      turnCosines[j] = cosine(0.25 + j / (2.0 * points));
      turnSines[j] = sine(0.25 + j / (2.0 * points));
      angles[j] = angle[points + j];
      angles[points + j] = angle[points + j] + 1 / (2.0 * points);
    }
  }

  /** The embedding of a ring with 2<sup>logN</sup> coefficients, at least 8. */
  public static CanonicalEmbedding create(RingType type, int logN) {
    return new CanonicalEmbedding(type, logN);
  }

  /** The number of slots: N/2, in the conjugate-invariant ring N. */
  public int slots() {
    return slots;
  }

  /** The angle of a slot's root of unity, in turns. */
  double angle(int slot) {
    return angles[slot];
  }

  /**
   * The coefficients of the polynomial with these values, times a factor, not rounded.
   *
   * @param values all slots; overwritten
   * @param coefficients room for N
   */
  public void toCoefficients(double[] values, double factor, double[] coefficients) {
    inverse(values);
    unfold(values, factor / (2 * slots), coefficients);
    if (type == RingType.STANDARD) {
      coefficients[slots] = 0;
      for (int k = 1; k < slots; k++) {
        coefficients[n - k] = -coefficients[k];
      }
    }
  }

  /**
   * The values of a polynomial times a factor; in the standard ring their real parts.
   *
   * @param coefficients N of them; overwritten
   * @param values room for all slots
   */
  public void toValues(double[] coefficients, double factor, double[] values) {
    coefficients[0] *= factor;
    if (type == RingType.STANDARD) {
      for (int k = 1; k < slots; k++) {
        coefficients[k] = (coefficients[k] - coefficients[n - k]) * (factor / 2);
      }
    } else {
      for (int k = 1; k < slots; k++) {
        coefficients[k] *= factor;
      }
    }
    fold(coefficients, values);
    forward(values);
  }

  /** From coefficients to both remainders in one. */
  private void fold(double[] a, double[] e) {
    int m = points;
    for (int k = 0; k < m; k++) {
      double re = a[k];
      double im = k == 0 ? 0 : -a[slots - k];
      double x = a[k + m];
      double y = a[m - k];
      double p = (x + y) * HALF_ROOT;
      double q = (x - y) * HALF_ROOT;
      double secondRe = re - p;
      double secondIm = im - q;
      e[k] = re + p + turnCosines[k] * secondRe - turnSines[k] * secondIm;
      e[m + k] = im + q + turnCosines[k] * secondIm + turnSines[k] * secondRe;
    }
  }

  /** The way back: a remainder c with real values has c_(M−k) = conj(w·c_k). */
  private void unfold(double[] e, double factor, double[] a) {
    int m = points;
    for (int k = 0; k < m; k++) {
      double re = e[k];
      double im = e[m + k];
      double starRe = re;
      double starIm = -im;
      if (k > 0) {
        double x = e[m - k];
        double y = e[2 * m - k];
        starRe = (x - y) * HALF_ROOT;
        starIm = -(x + y) * HALF_ROOT;
      }
      double firstRe = re + starRe;
      double firstIm = im + starIm;
      double x = re - starRe;
      double y = im - starIm;
      double secondRe = x * turnCosines[k] + y * turnSines[k];
      double secondIm = y * turnCosines[k] - x * turnSines[k];
      a[k] = (firstRe + secondRe) * factor;
      a[k + m] = (firstRe - secondRe + firstIm - secondIm) * (factor * HALF_ROOT);
    }
  }

  /** Down the tree, two levels at a time, and one first where their number is odd. */
  private void forward(double[] e) {
    int m = 1;
    if (oddDepth) {
      forwardTwo(e);
      m = 2;
    }
    for (int q = points / (4 * m); q >= 1; m <<= 2, q >>= 2) {
      forwardFour(e, m, q);
    }
  }

  private void inverse(double[] e) {
    int m = points / 4;
    for (int q = 1; m >= 1; m >>= 2, q <<= 2) {
      inverseFour(e, m, q);
    }
    if (oddDepth) {
      inverseTwo(e);
    }
  }

  /** The first level alone: a + w·b and a − w·b. */
  private void forwardTwo(double[] e) {
    double c = cosines[1];
    double s = sines[1];
    int t = points / 2;
    for (int j = 0; j < t; j++) {
      double x = e[j + t];
      double y = e[points + j + t];
      double re = Math.fma(x, c, -y * s);
      double im = Math.fma(x, s, y * c);
      double u = e[j];
      double v = e[points + j];
      e[j] = u + re;
      e[points + j] = v + im;
      e[j + t] = u - re;
      e[points + j + t] = v - im;
    }
  }

  private void inverseTwo(double[] e) {
    double c = cosines[1];
    double s = sines[1];
    int t = points / 2;
    for (int j = 0; j < t; j++) {
      double x = e[j] - e[j + t];
      double y = e[points + j] - e[points + j + t];
      e[j] += e[j + t];
      e[points + j] += e[points + j + t];
      e[j + t] = Math.fma(x, c, y * s);
      e[points + j + t] = Math.fma(y, c, -x * s);
    }
  }

  /**
   * Two levels. A block of m at twiddle w has children at v and i·v, v² = w, so that its quarters
   * become (a + wc) ± (vb + wvd) and (a − wc) ± i·(vb − wvd).
   */
  private void forwardFour(double[] e, int m, int q) {
    for (int i = 0; i < m; i++) {
      double c2 = cosines[m + i];
      double s2 = sines[m + i];
      double c1 = cosines[2 * (m + i)];
      double s1 = sines[2 * (m + i)];
      double c3 = Math.fma(c1, c2, -s1 * s2);
      double s3 = Math.fma(c1, s2, s1 * c2);
      int from = 4 * i * q;
      for (int j = from; j < from + q; j++) {
        int k = j + points;
        double x = e[j + q];
        double y = e[k + q];
        double re1 = Math.fma(x, c1, -y * s1);
        double im1 = Math.fma(x, s1, y * c1);
        x = e[j + 2 * q];
        y = e[k + 2 * q];
        double re2 = Math.fma(x, c2, -y * s2);
        double im2 = Math.fma(x, s2, y * c2);
        x = e[j + 3 * q];
        y = e[k + 3 * q];
        double re3 = Math.fma(x, c3, -y * s3);
        double im3 = Math.fma(x, s3, y * c3);
        double plusRe = e[j] + re2;
        double plusIm = e[k] + im2;
        double minusRe = e[j] - re2;
        double minusIm = e[k] - im2;
        double sumRe = re1 + re3;
        double sumIm = im1 + im3;
        double differenceRe = re1 - re3;
        double differenceIm = im1 - im3;
        e[j] = plusRe + sumRe;
        e[k] = plusIm + sumIm;
        e[j + q] = plusRe - sumRe;
        e[k + q] = plusIm - sumIm;
        e[j + 2 * q] = minusRe - differenceIm;
        e[k + 2 * q] = minusIm + differenceRe;
        e[j + 3 * q] = minusRe + differenceIm;
        e[k + 3 * q] = minusIm - differenceRe;
      }
    }
  }

  private void inverseFour(double[] e, int m, int q) {
    for (int i = 0; i < m; i++) {
      double c2 = cosines[m + i];
      double s2 = sines[m + i];
      double c1 = cosines[2 * (m + i)];
      double s1 = sines[2 * (m + i)];
      double c3 = Math.fma(c1, c2, -s1 * s2);
      double s3 = Math.fma(c1, s2, s1 * c2);
      int from = 4 * i * q;
      for (int j = from; j < from + q; j++) {
        int k = j + points;
        double plusRe = e[j] + e[j + q];
        double plusIm = e[k] + e[k + q];
        double sumRe = e[j] - e[j + q];
        double sumIm = e[k] - e[k + q];
        double minusRe = e[j + 2 * q] + e[j + 3 * q];
        double minusIm = e[k + 2 * q] + e[k + 3 * q];
        double differenceRe = e[k + 2 * q] - e[k + 3 * q];
        double differenceIm = e[j + 3 * q] - e[j + 2 * q];
        e[j] = plusRe + minusRe;
        e[k] = plusIm + minusIm;
        double x = sumRe + differenceRe;
        double y = sumIm + differenceIm;
        e[j + q] = Math.fma(x, c1, y * s1);
        e[k + q] = Math.fma(y, c1, -x * s1);
        x = plusRe - minusRe;
        y = plusIm - minusIm;
        e[j + 2 * q] = Math.fma(x, c2, y * s2);
        e[k + 2 * q] = Math.fma(y, c2, -x * s2);
        x = sumRe - differenceRe;
        y = sumIm - differenceIm;
        e[j + 3 * q] = Math.fma(x, c3, y * s3);
        e[k + 3 * q] = Math.fma(y, c3, -x * s3);
      }
    }
  }

  /** The cosine of an angle in turns, an exact binary fraction; the same on every machine. */
  static double cosine(double turns) {
    double near = Math.abs(turns - Math.rint(turns));
    if (near > 0.25) {
      return -cosine(0.5 - near);
    }
    return near <= 0.125
        ? StrictMath.cos(2 * Math.PI * near)
        : StrictMath.sin(2 * Math.PI * (0.25 - near));
  }

  static double sine(double turns) {
    return cosine(turns - 0.25);
  }
}
