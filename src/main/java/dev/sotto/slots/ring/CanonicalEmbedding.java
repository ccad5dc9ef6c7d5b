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

  private void forward(double[] e) {
    for (int m = 1, t = points / 2; m < points; m <<= 1, t >>= 1) {
      for (int i = 0; i < m; i++) {
        double c = cosines[m + i];
        double s = sines[m + i];
        int from = 2 * i * t;
        for (int j = from; j < from + t; j++) {
          double x = e[j + t];
          double y = e[points + j + t];
          double re = x * c - y * s;
          double im = x * s + y * c;
          double u = e[j];
          double v = e[points + j];
          e[j] = u + re;
          e[points + j] = v + im;
          e[j + t] = u - re;
          e[points + j + t] = v - im;
        }
      }
    }
  }

  private void inverse(double[] e) {
    for (int m = points / 2, t = 1; m >= 1; m >>= 1, t <<= 1) {
      for (int i = 0; i < m; i++) {
        double c = cosines[m + i];
        double s = sines[m + i];
        int from = 2 * i * t;
        for (int j = from; j < from + t; j++) {
          double x = e[j] - e[j + t];
          double y = e[points + j] - e[points + j + t];
          e[j] += e[j + t];
          e[points + j] += e[points + j + t];
          e[j + t] = x * c + y * s;
          e[points + j + t] = y * c - x * s;
        }
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
