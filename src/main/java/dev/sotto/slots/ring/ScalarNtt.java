package dev.sotto.slots.ring;

/** The number-theoretic transform in plain Java. */
final class ScalarNtt {
  private static final double ROUNDER = ScalarRingKernels.ROUNDER;

  private ScalarNtt() {}

  static void forward(NttTable table, double[] a, int at) {
    Modulus q = table.modulus();
    double p = q.p();
    double inverse = q.inverse();
    double[] roots = table.roots();
    int n = table.n();
    if (table.type() == RingType.CONJUGATE_INVARIANT) {
      fold(table, a, at);
    }
    for (int m = 1, t = n / 2; m < n; m <<= 1, t >>= 1) {
      for (int i = 0; i < m; i++) {
        double w = roots[m + i];
        double ratio = w * inverse;
        int from = at + 2 * i * t;
        for (int j = from; j < from + t; j++) {
          double u = a[j];
          u = Math.fma(-((u * inverse + ROUNDER) - ROUNDER), p, u);
          double v = times(a[j + t], w, ratio, p);
          a[j] = u + v;
          a[j + t] = u - v;
        }
      }
    }
    for (int i = at; i < at + n; i++) {
      a[i] = reduced(a[i], inverse, p);
    }
  }

  static void inverse(NttTable table, double[] a, int at) {
    Modulus q = table.modulus();
    double p = q.p();
    double inverse = q.inverse();
    double[] roots = table.inverseRoots();
    int n = table.n();
    for (int m = n / 2, t = 1; m >= 1; m >>= 1, t <<= 1) {
      for (int i = 0; i < m; i++) {
        double w = roots[m + i];
        double ratio = w * inverse;
        int from = at + 2 * i * t;
        for (int j = from; j < from + t; j++) {
          double u = a[j];
          double v = a[j + t];
          double sum = u + v;
          a[j] = Math.fma(-((sum * inverse + ROUNDER) - ROUNDER), p, sum);
          a[j + t] = times(u - v, w, ratio, p);
        }
      }
    }
    double scale = table.scale();
    double ratio = scale * inverse;
    for (int i = at; i < at + n; i++) {
      a[i] = times(a[i], scale, ratio, p);
    }
    if (table.type() == RingType.CONJUGATE_INVARIANT) {
      unfold(table, a, at);
    }
  }

  /** b_i = a_i − ι·a_(N−i), where X^N = ι; b_0 = a_0. */
  static void fold(NttTable table, double[] a, int at) {
    mix(table, a, at, -table.fold());
  }

  /** a_i = b_i + ι·b_(N−i) (the half is in the scale); a_0 = 2·b_0. */
  static void unfold(NttTable table, double[] a, int at) {
    a[at] = table.modulus().reduce(2 * a[at]);
    mix(table, a, at, table.fold());
  }

  private static void mix(NttTable table, double[] a, int at, double w) {
    Modulus q = table.modulus();
    double p = q.p();
    double inverse = q.inverse();
    double ratio = w * inverse;
    int n = table.n();
    for (int i = 1; i <= n / 2; i++) {
      double x = a[at + i];
      double y = a[at + n - i];
      double u = x + times(y, w, ratio, p);
      double v = y + times(x, w, ratio, p);
      a[at + i] = Math.fma(-((u * inverse + ROUNDER) - ROUNDER), p, u);
      a[at + n - i] = Math.fma(-((v * inverse + ROUNDER) - ROUNDER), p, v);
    }
  }

  private static double times(double x, double w, double ratio, double p) {
    double h = x * w;
    double quotient = Math.fma(x, ratio, ROUNDER) - ROUNDER;
    double low = Math.fma(x, w, -h);
    return Math.fma(-quotient, p, h) + low;
  }

  private static double reduced(double x, double inverse, double p) {
    return Math.fma(-(Math.fma(x, inverse, ROUNDER) - ROUNDER), p, x);
  }
}
