package dev.sotto.slots.ring;

/**
 * The kernels in plain Java: the same arithmetic as the vector twin, one residue after another.
 *
 * <p>A product by a known w takes h = x·w rounded, q = round(x·(w/p)), and adds the exact rest of h
 * to h − q·p: two fused multiply-adds, no division. Adding and subtracting 1.5·2<sup>52</sup>
 * rounds a number of size below 2<sup>51</sup>.
 */
class ScalarRingKernels implements RingKernels {
  static final double ROUNDER = 6_755_399_441_055_744.0;

  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public void forward(NttTable table, double[] a, int at) {
    ScalarNtt.forward(table, a, at);
  }

  @Override
  public void inverse(NttTable table, double[] a, int at) {
    ScalarNtt.inverse(table, a, at);
  }

  /** x·w mod p, |x| ≤ 4p, ratio = w/p. */
  private static double times(double x, double w, double ratio, double p) {
    double h = x * w;
    double quotient = Math.fma(x, ratio, ROUNDER) - ROUNDER;
    double low = Math.fma(x, w, -h);
    return Math.fma(-quotient, p, h) + low;
  }

  /** x·y mod p, of size at most 0.8 p. */
  private static double product(double x, double y, double inverse, double p) {
    double h = x * y;
    double quotient = Math.fma(h, inverse, ROUNDER) - ROUNDER;
    double low = Math.fma(x, y, -h);
    return Math.fma(-quotient, p, h) + low;
  }

  private static double reduced(double x, double inverse, double p) {
    return Math.fma(-(Math.fma(x, inverse, ROUNDER) - ROUNDER), p, x);
  }

  @Override
  public void add(double[] d, int di, double[] x, int xi, double[] y, int yi, int n, Modulus q) {
    double p = q.p();
    double inverse = q.inverse();
    for (int i = 0; i < n; i++) {
      d[di + i] = reduced(x[xi + i] + y[yi + i], inverse, p);
    }
  }

  @Override
  public void subtract(
      double[] d, int di, double[] x, int xi, double[] y, int yi, int n, Modulus q) {
    double p = q.p();
    double inverse = q.inverse();
    for (int i = 0; i < n; i++) {
      d[di + i] = reduced(x[xi + i] - y[yi + i], inverse, p);
    }
  }

  @Override
  public void reduce(double[] d, int di, double[] x, int xi, int n, Modulus q) {
    double p = q.p();
    double inverse = q.inverse();
    for (int i = 0; i < n; i++) {
      d[di + i] = reduced(x[xi + i], inverse, p);
    }
  }

  @Override
  public void multiply(
      double[] d, int di, double[] x, int xi, double[] y, int yi, int n, Modulus q) {
    double p = q.p();
    double inverse = q.inverse();
    for (int i = 0; i < n; i++) {
      d[di + i] = product(x[xi + i], y[yi + i], inverse, p);
    }
  }

  @Override
  public void multiplyAdd(
      double[] d, int di, double[] x, int xi, double[] y, int yi, int n, Modulus q) {
    double p = q.p();
    double inverse = q.inverse();
    for (int i = 0; i < n; i++) {
      d[di + i] = reduced(d[di + i] + product(x[xi + i], y[yi + i], inverse, p), inverse, p);
    }
  }

  @Override
  public void multiplyConstant(double[] d, int di, double[] x, int xi, double w, int n, Modulus q) {
    double p = q.p();
    double ratio = w * q.inverse();
    for (int i = 0; i < n; i++) {
      d[di + i] = times(x[xi + i], w, ratio, p);
    }
  }

  @Override
  public void multiplyConstantAdd(
      double[] d, int di, double[] x, int xi, double w, int n, Modulus q) {
    double p = q.p();
    double inverse = q.inverse();
    double ratio = w * inverse;
    for (int i = 0; i < n; i++) {
      d[di + i] = reduced(d[di + i] + times(x[xi + i], w, ratio, p), inverse, p);
    }
  }

  @Override
  public void subtractMultiply(
      double[] d, int di, double[] x, int xi, double[] y, int yi, double w, int n, Modulus q) {
    double p = q.p();
    double ratio = w * q.inverse();
    for (int i = 0; i < n; i++) {
      d[di + i] = times(x[xi + i] - y[yi + i], w, ratio, p);
    }
  }

  @Override
  public void subtractMultiplyAdd(
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
      Modulus q) {
    double p = q.p();
    double inverse = q.inverse();
    double ratio = w * inverse;
    for (int i = 0; i < n; i++) {
      double term = times(x[xi + i] - y[yi + i], w, ratio, p);
      d[di + i] = reduced(z[zi + i] + term, inverse, p);
    }
  }

  @Override
  public void tensor(
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
      Modulus q) {
    double p = q.p();
    double inverse = q.inverse();
    for (int i = 0; i < n; i++) {
      double x0 = a0[ai + i];
      double x1 = a1[ai + i];
      double y0 = b0[bi + i];
      double y1 = b1[bi + i];
      d0[di + i] = product(x0, y0, inverse, p);
      d1[di + i] = reduced(product(x0, y1, inverse, p) + product(x1, y0, inverse, p), inverse, p);
      d2[di + i] = product(x1, y1, inverse, p);
    }
  }

  @Override
  public void square(
      double[] d0,
      double[] d1,
      double[] d2,
      int di,
      double[] a0,
      double[] a1,
      int ai,
      int n,
      Modulus q) {
    double p = q.p();
    double inverse = q.inverse();
    for (int i = 0; i < n; i++) {
      double x0 = a0[ai + i];
      double x1 = a1[ai + i];
      d0[di + i] = product(x0, x0, inverse, p);
      d1[di + i] = reduced(2 * product(x0, x1, inverse, p), inverse, p);
      d2[di + i] = product(x1, x1, inverse, p);
    }
  }

  @Override
  public void innerProducts(
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
      Modulus q) {
    double p = q.p();
    double inverse = q.inverse();
    for (int i = 0; i < n; i++) {
      double first = 0;
      double second = 0;
      for (int j = 0; j < digits; j++) {
        double digit = x[j][xi[j] + i];
        first = reduced(first + product(digit, k[2 * j][ki + i], inverse, p), inverse, p);
        second = reduced(second + product(digit, k[2 * j + 1][ki + i], inverse, p), inverse, p);
      }
      d0[d0i + i] = first;
      d1[d1i + i] = second;
    }
  }

  @Override
  public void conversionDigits(
      double[] x, int xi, int stride, double[] e, int ei, double[] c, Modulus[] from, int n) {
    for (int i = 0; i < n; i++) {
      double quotient = 0;
      for (int j = 0; j < c.length; j++) {
        Modulus q = from[j];
        int place = xi + j * stride + i;
        double y = reduced(times(x[place], c[j], c[j] * q.inverse(), q.p()), q.inverse(), q.p());
        x[place] = y;
        quotient = Math.fma(y, q.inverse(), quotient);
      }
      e[ei + i] = (quotient + ROUNDER) - ROUNDER;
    }
  }

  @Override
  public void convert(
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
      Modulus q) {
    double p = q.p();
    double inverse = q.inverse();
    for (int i = 0; i < n; i++) {
      double sum = -e[ei + i] * c[sources];
      sum = reduced(sum, inverse, p);
      for (int j = 0; j < sources; j++) {
        double digit = reduced(y[yi + j * stride + i], inverse, p);
        sum = reduced(sum + times(digit, c[j], c[j] * inverse, p), inverse, p);
      }
      d[di + i] = sum;
    }
  }

  @Override
  public void weightedSums(
      double[][] d,
      int[] di,
      double[][] x,
      int[] xi,
      int first,
      WeightedSums w,
      int block,
      WeightedSums.Workspace space,
      int n,
      Modulus q) {
    ScalarWeightedSums.weightedSums(d, di, x, xi, first, w, block, space, n, q);
  }
}
