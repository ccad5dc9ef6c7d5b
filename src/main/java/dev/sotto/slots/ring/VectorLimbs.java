package dev.sotto.slots.ring;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The kernels of {@link RingKernels} that work residue by residue, some residues at a time.
 *
 * <p>Quotients are held negated (their constants are), because {@code -a*b+c} is compiled to two
 * instructions. A product by a constant has size below 0.63 p and one of two residues below 0.8 p,
 * so that up to eight are added before one reduction. N is a multiple of the lanes.
 */
final class VectorLimbs {
  private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  /** Residues worked on at a time where several passes are made: they stay in the first cache. */
  private static final int BLOCK = 512;

  private static final double[] ZEROS = new double[BLOCK];

  private VectorLimbs() {}

  private static DoubleVector all(double value) {
    return DoubleVector.broadcast(SPECIES, value);
  }

  private static DoubleVector load(double[] a, int at) {
    return DoubleVector.fromArray(SPECIES, a, at);
  }

  /** x mod p: the rest of size at most p/2 + 1. */
  private static DoubleVector reduced(
      DoubleVector x, DoubleVector negatedInverse, DoubleVector p, DoubleVector rounder) {
    return x.fma(negatedInverse, rounder).sub(rounder).fma(p, x);
  }

  /** x·y mod p. */
  private static DoubleVector product(
      DoubleVector x,
      DoubleVector y,
      DoubleVector negatedInverse,
      DoubleVector p,
      DoubleVector rounder) {
    DoubleVector high = x.mul(y);
    DoubleVector rest = high.fma(negatedInverse, rounder).sub(rounder).fma(p, high);
    return rest.add(x.fma(y, high.neg()));
  }

  /** x·w mod p, with −w and −w/p. */
  private static DoubleVector times(
      DoubleVector x,
      DoubleVector w,
      DoubleVector negated,
      DoubleVector negatedRatio,
      DoubleVector p,
      DoubleVector rounder) {
    DoubleVector high = x.mul(w);
    DoubleVector rest = x.fma(negatedRatio, rounder).sub(rounder).fma(p, high);
    return rest.sub(x.fma(negated, high));
  }

  static void add(double[] d, int di, double[] x, int xi, double[] y, int yi, int n, Modulus q) {
    DoubleVector p = all(q.p());
    DoubleVector inverse = all(-q.inverse());
    DoubleVector rounder = all(ScalarRingKernels.ROUNDER);
    for (int i = 0; i < n; i += LANES) {
      reduced(load(x, xi + i).add(load(y, yi + i)), inverse, p, rounder).intoArray(d, di + i);
    }
  }

  static void subtract(
      double[] d, int di, double[] x, int xi, double[] y, int yi, int n, Modulus q) {
    DoubleVector p = all(q.p());
    DoubleVector inverse = all(-q.inverse());
    DoubleVector rounder = all(ScalarRingKernels.ROUNDER);
    for (int i = 0; i < n; i += LANES) {
      reduced(load(x, xi + i).sub(load(y, yi + i)), inverse, p, rounder).intoArray(d, di + i);
    }
  }

  static void reduce(double[] d, int di, double[] x, int xi, int n, Modulus q) {
    DoubleVector p = all(q.p());
    DoubleVector inverse = all(-q.inverse());
    DoubleVector rounder = all(ScalarRingKernels.ROUNDER);
    for (int i = 0; i < n; i += LANES) {
      reduced(load(x, xi + i), inverse, p, rounder).intoArray(d, di + i);
    }
  }

  static void multiply(
      double[] d, int di, double[] x, int xi, double[] y, int yi, int n, Modulus q) {
    DoubleVector p = all(q.p());
    DoubleVector inverse = all(-q.inverse());
    DoubleVector rounder = all(ScalarRingKernels.ROUNDER);
    for (int i = 0; i < n; i += LANES) {
      product(load(x, xi + i), load(y, yi + i), inverse, p, rounder).intoArray(d, di + i);
    }
  }

  static void multiplyAdd(
      double[] d, int di, double[] x, int xi, double[] y, int yi, int n, Modulus q) {
    DoubleVector p = all(q.p());
    DoubleVector inverse = all(-q.inverse());
    DoubleVector rounder = all(ScalarRingKernels.ROUNDER);
    for (int i = 0; i < n; i += LANES) {
      DoubleVector sum =
          load(d, di + i).add(product(load(x, xi + i), load(y, yi + i), inverse, p, rounder));
      reduced(sum, inverse, p, rounder).intoArray(d, di + i);
    }
  }

  static void multiplySubtract(
      double[] d, int di, double[] x, int xi, double[] y, int yi, int n, Modulus q) {
    DoubleVector p = all(q.p());
    DoubleVector inverse = all(-q.inverse());
    DoubleVector rounder = all(ScalarRingKernels.ROUNDER);
    for (int i = 0; i < n; i += LANES) {
      DoubleVector difference =
          load(d, di + i).sub(product(load(x, xi + i), load(y, yi + i), inverse, p, rounder));
      reduced(difference, inverse, p, rounder).intoArray(d, di + i);
    }
  }

  static void addConstant(double[] d, int di, double[] x, int xi, double w, int n, Modulus q) {
    DoubleVector p = all(q.p());
    DoubleVector inverse = all(-q.inverse());
    DoubleVector constant = all(w);
    DoubleVector rounder = all(ScalarRingKernels.ROUNDER);
    for (int i = 0; i < n; i += LANES) {
      reduced(load(x, xi + i).add(constant), inverse, p, rounder).intoArray(d, di + i);
    }
  }

  static void multiplyConstant(double[] d, int di, double[] x, int xi, double w, int n, Modulus q) {
    DoubleVector p = all(q.p());
    DoubleVector factor = all(w);
    DoubleVector negated = all(-w);
    DoubleVector ratio = all(-w * q.inverse());
    DoubleVector rounder = all(ScalarRingKernels.ROUNDER);
    for (int i = 0; i < n; i += LANES) {
      times(load(x, xi + i), factor, negated, ratio, p, rounder).intoArray(d, di + i);
    }
  }

  static void multiplyConstantAdd(
      double[] d, int di, double[] x, int xi, double w, int n, Modulus q) {
    DoubleVector p = all(q.p());
    DoubleVector inverse = all(-q.inverse());
    DoubleVector factor = all(w);
    DoubleVector negated = all(-w);
    DoubleVector ratio = all(-w * q.inverse());
    DoubleVector rounder = all(ScalarRingKernels.ROUNDER);
    for (int i = 0; i < n; i += LANES) {
      DoubleVector sum =
          load(d, di + i).add(times(load(x, xi + i), factor, negated, ratio, p, rounder));
      reduced(sum, inverse, p, rounder).intoArray(d, di + i);
    }
  }

  static void subtractMultiply(
      double[] d, int di, double[] x, int xi, double[] y, int yi, double w, int n, Modulus q) {
    DoubleVector p = all(q.p());
    DoubleVector factor = all(w);
    DoubleVector negated = all(-w);
    DoubleVector ratio = all(-w * q.inverse());
    DoubleVector rounder = all(ScalarRingKernels.ROUNDER);
    for (int i = 0; i < n; i += LANES) {
      DoubleVector difference = load(x, xi + i).sub(load(y, yi + i));
      times(difference, factor, negated, ratio, p, rounder).intoArray(d, di + i);
    }
  }

  static void subtractMultiplyAdd(
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
    DoubleVector p = all(q.p());
    DoubleVector inverse = all(-q.inverse());
    DoubleVector factor = all(w);
    DoubleVector negated = all(-w);
    DoubleVector ratio = all(-w * q.inverse());
    DoubleVector rounder = all(ScalarRingKernels.ROUNDER);
    for (int i = 0; i < n; i += LANES) {
      DoubleVector difference = load(x, xi + i).sub(load(y, yi + i));
      DoubleVector sum = load(z, zi + i).add(times(difference, factor, negated, ratio, p, rounder));
      reduced(sum, inverse, p, rounder).intoArray(d, di + i);
    }
  }

  static void tensor(
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
    DoubleVector p = all(q.p());
    DoubleVector inverse = all(-q.inverse());
    DoubleVector rounder = all(ScalarRingKernels.ROUNDER);
    for (int i = 0; i < n; i += LANES) {
      DoubleVector x0 = load(a0, ai + i);
      DoubleVector x1 = load(a1, ai + i);
      DoubleVector y0 = load(b0, bi + i);
      DoubleVector y1 = load(b1, bi + i);
      DoubleVector cross =
          product(x0, y1, inverse, p, rounder).add(product(x1, y0, inverse, p, rounder));
      product(x0, y0, inverse, p, rounder).intoArray(d0, di + i);
      product(x1, y1, inverse, p, rounder).intoArray(d2, di + i);
      reduced(cross, inverse, p, rounder).intoArray(d1, di + i);
    }
  }

  static void square(
      double[] d0,
      double[] d1,
      double[] d2,
      int di,
      double[] a0,
      double[] a1,
      int ai,
      int n,
      Modulus q) {
    DoubleVector p = all(q.p());
    DoubleVector inverse = all(-q.inverse());
    DoubleVector rounder = all(ScalarRingKernels.ROUNDER);
    for (int i = 0; i < n; i += LANES) {
      DoubleVector x0 = load(a0, ai + i);
      DoubleVector x1 = load(a1, ai + i);
      DoubleVector cross = product(x0, x1, inverse, p, rounder);
      product(x0, x0, inverse, p, rounder).intoArray(d0, di + i);
      product(x1, x1, inverse, p, rounder).intoArray(d2, di + i);
      reduced(cross.add(cross), inverse, p, rounder).intoArray(d1, di + i);
    }
  }

  static void innerProducts(
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
    for (int i = 0; i < n; i += BLOCK) {
      int length = Math.min(BLOCK, n - i);
      double[] s0 = ZEROS;
      double[] s1 = ZEROS;
      int s0i = 0;
      int s1i = 0;
      for (int j = 0; j < digits; j += 2) {
        switch (digits - j) {
          case 1 ->
              innerProducts1(
                  d0,
                  d0i + i,
                  d1,
                  d1i + i,
                  s0,
                  s0i,
                  s1,
                  s1i,
                  x[j],
                  xi[j] + i,
                  k[2 * j],
                  k[2 * j + 1],
                  ki + i,
                  length,
                  q);
          default ->
              innerProducts2(
                  d0,
                  d0i + i,
                  d1,
                  d1i + i,
                  s0,
                  s0i,
                  s1,
                  s1i,
                  x[j],
                  xi[j] + i,
                  x[j + 1],
                  xi[j + 1] + i,
                  k[2 * j],
                  k[2 * j + 1],
                  k[2 * j + 2],
                  k[2 * j + 3],
                  ki + i,
                  length,
                  q);
        }
        s0 = d0;
        s1 = d1;
        s0i = d0i + i;
        s1i = d1i + i;
      }
    }
  }

  // Not three: HotSpot inlines no helper beyond 8000 bytes of bytecode in one method, and vectors
  // are then made on the heap.

  /** d = s + x·k for one digit. */
  private static void innerProducts1(
      double[] d0,
      int d0i,
      double[] d1,
      int d1i,
      double[] s0,
      int s0i,
      double[] s1,
      int s1i,
      double[] x0,
      int x0i,
      double[] k0,
      double[] k1,
      int ki,
      int n,
      Modulus q) {
    DoubleVector p = all(q.p());
    DoubleVector inverse = all(-q.inverse());
    DoubleVector rounder = all(ScalarRingKernels.ROUNDER);
    for (int i = 0; i < n; i += LANES) {
      DoubleVector first = load(s0, s0i + i);
      DoubleVector second = load(s1, s1i + i);
      DoubleVector digit0 = load(x0, x0i + i);
      first = first.add(product(digit0, load(k0, ki + i), inverse, p, rounder));
      second = second.add(product(digit0, load(k1, ki + i), inverse, p, rounder));
      reduced(first, inverse, p, rounder).intoArray(d0, d0i + i);
      reduced(second, inverse, p, rounder).intoArray(d1, d1i + i);
    }
  }

  /** The same for two digits. */
  private static void innerProducts2(
      double[] d0,
      int d0i,
      double[] d1,
      int d1i,
      double[] s0,
      int s0i,
      double[] s1,
      int s1i,
      double[] x0,
      int x0i,
      double[] x1,
      int x1i,
      double[] k0,
      double[] k1,
      double[] k2,
      double[] k3,
      int ki,
      int n,
      Modulus q) {
    DoubleVector p = all(q.p());
    DoubleVector inverse = all(-q.inverse());
    DoubleVector rounder = all(ScalarRingKernels.ROUNDER);
    for (int i = 0; i < n; i += LANES) {
      DoubleVector first = load(s0, s0i + i);
      DoubleVector second = load(s1, s1i + i);
      DoubleVector digit0 = load(x0, x0i + i);
      first = first.add(product(digit0, load(k0, ki + i), inverse, p, rounder));
      second = second.add(product(digit0, load(k1, ki + i), inverse, p, rounder));
      DoubleVector digit1 = load(x1, x1i + i);
      first = first.add(product(digit1, load(k2, ki + i), inverse, p, rounder));
      second = second.add(product(digit1, load(k3, ki + i), inverse, p, rounder));
      reduced(first, inverse, p, rounder).intoArray(d0, d0i + i);
      reduced(second, inverse, p, rounder).intoArray(d1, d1i + i);
    }
  }

  static void conversionDigits(
      double[] x, int xi, int stride, double[] e, int ei, double[] c, Modulus[] from, int n) {
    for (int i = 0; i < n; i += BLOCK) {
      int length = Math.min(BLOCK, n - i);
      double[] s = ZEROS;
      int si = 0;
      for (int j = 0; j < c.length; j++) {
        conversionDigit(x, xi + j * stride + i, s, si, e, ei + i, c[j], length, from[j]);
        s = e;
        si = ei + i;
      }
      round(e, ei + i, length);
    }
  }

  /** x = x·w, e = s + x/q. */
  private static void conversionDigit(
      double[] x, int xi, double[] s, int si, double[] e, int ei, double w, int n, Modulus q) {
    DoubleVector p = all(q.p());
    DoubleVector inverse = all(q.inverse());
    DoubleVector factor = all(w);
    DoubleVector negated = all(-w);
    DoubleVector ratio = all(-w * q.inverse());
    DoubleVector rounder = all(ScalarRingKernels.ROUNDER);
    for (int i = 0; i < n; i += LANES) {
      DoubleVector y = times(load(x, xi + i), factor, negated, ratio, p, rounder);
      y.intoArray(x, xi + i);
      y.fma(inverse, load(s, si + i)).intoArray(e, ei + i);
    }
  }

  private static void round(double[] e, int ei, int n) {
    DoubleVector rounder = all(ScalarRingKernels.ROUNDER);
    for (int i = 0; i < n; i += LANES) {
      load(e, ei + i).add(rounder).sub(rounder).intoArray(e, ei + i);
    }
  }

  static void convert(
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
    for (int i = 0; i < n; i += BLOCK) {
      int length = Math.min(BLOCK, n - i);
      double[] s = e;
      int si = ei + i;
      double factor = -c[sources];
      for (int j = 0; j < sources; j += 4) {
        int at = yi + j * stride + i;
        switch (sources - j) {
          case 1 -> convert1(d, di + i, s, si, factor, y, at, c, j, length, q);
          case 2 -> convert2(d, di + i, s, si, factor, y, at, stride, c, j, length, q);
          case 3 -> convert3(d, di + i, s, si, factor, y, at, stride, c, j, length, q);
          default -> convert4(d, di + i, s, si, factor, y, at, stride, c, j, length, q);
        }
        s = d;
        si = di + i;
        factor = 1;
      }
    }
  }

  /** d = s·factor + y·c for one source. */
  private static void convert1(
      double[] d,
      int di,
      double[] s,
      int si,
      double factor,
      double[] y,
      int yi,
      double[] c,
      int ci,
      int n,
      Modulus q) {
    DoubleVector p = all(q.p());
    DoubleVector inverse = all(-q.inverse());
    DoubleVector rounder = all(ScalarRingKernels.ROUNDER);
    DoubleVector scale = all(factor);
    DoubleVector w0 = all(c[ci]);
    DoubleVector negated0 = all(-c[ci]);
    DoubleVector ratio0 = all(-c[ci] * q.inverse());
    for (int i = 0; i < n; i += LANES) {
      DoubleVector sum = load(s, si + i).mul(scale);
      sum = sum.add(times(load(y, yi + i), w0, negated0, ratio0, p, rounder));
      reduced(sum, inverse, p, rounder).intoArray(d, di + i);
    }
  }

  /** The same for two sources. */
  private static void convert2(
      double[] d,
      int di,
      double[] s,
      int si,
      double factor,
      double[] y,
      int yi,
      int stride,
      double[] c,
      int ci,
      int n,
      Modulus q) {
    DoubleVector p = all(q.p());
    DoubleVector inverse = all(-q.inverse());
    DoubleVector rounder = all(ScalarRingKernels.ROUNDER);
    DoubleVector scale = all(factor);
    DoubleVector w0 = all(c[ci]);
    DoubleVector negated0 = all(-c[ci]);
    DoubleVector ratio0 = all(-c[ci] * q.inverse());
    DoubleVector w1 = all(c[ci + 1]);
    DoubleVector negated1 = all(-c[ci + 1]);
    DoubleVector ratio1 = all(-c[ci + 1] * q.inverse());
    int y1i = yi + stride;
    for (int i = 0; i < n; i += LANES) {
      DoubleVector sum = load(s, si + i).mul(scale);
      sum = sum.add(times(load(y, yi + i), w0, negated0, ratio0, p, rounder));
      sum = sum.add(times(load(y, y1i + i), w1, negated1, ratio1, p, rounder));
      reduced(sum, inverse, p, rounder).intoArray(d, di + i);
    }
  }

  /** The same for three sources. */
  private static void convert3(
      double[] d,
      int di,
      double[] s,
      int si,
      double factor,
      double[] y,
      int yi,
      int stride,
      double[] c,
      int ci,
      int n,
      Modulus q) {
    DoubleVector p = all(q.p());
    DoubleVector inverse = all(-q.inverse());
    DoubleVector rounder = all(ScalarRingKernels.ROUNDER);
    DoubleVector scale = all(factor);
    DoubleVector w0 = all(c[ci]);
    DoubleVector negated0 = all(-c[ci]);
    DoubleVector ratio0 = all(-c[ci] * q.inverse());
    DoubleVector w1 = all(c[ci + 1]);
    DoubleVector negated1 = all(-c[ci + 1]);
    DoubleVector ratio1 = all(-c[ci + 1] * q.inverse());
    DoubleVector w2 = all(c[ci + 2]);
    DoubleVector negated2 = all(-c[ci + 2]);
    DoubleVector ratio2 = all(-c[ci + 2] * q.inverse());
    int y1i = yi + stride;
    int y2i = yi + 2 * stride;
    for (int i = 0; i < n; i += LANES) {
      DoubleVector sum = load(s, si + i).mul(scale);
      sum = sum.add(times(load(y, yi + i), w0, negated0, ratio0, p, rounder));
      sum = sum.add(times(load(y, y1i + i), w1, negated1, ratio1, p, rounder));
      sum = sum.add(times(load(y, y2i + i), w2, negated2, ratio2, p, rounder));
      reduced(sum, inverse, p, rounder).intoArray(d, di + i);
    }
  }

  /** The same for four sources. */
  private static void convert4(
      double[] d,
      int di,
      double[] s,
      int si,
      double factor,
      double[] y,
      int yi,
      int stride,
      double[] c,
      int ci,
      int n,
      Modulus q) {
    DoubleVector p = all(q.p());
    DoubleVector inverse = all(-q.inverse());
    DoubleVector rounder = all(ScalarRingKernels.ROUNDER);
    DoubleVector scale = all(factor);
    DoubleVector w0 = all(c[ci]);
    DoubleVector negated0 = all(-c[ci]);
    DoubleVector ratio0 = all(-c[ci] * q.inverse());
    DoubleVector w1 = all(c[ci + 1]);
    DoubleVector negated1 = all(-c[ci + 1]);
    DoubleVector ratio1 = all(-c[ci + 1] * q.inverse());
    DoubleVector w2 = all(c[ci + 2]);
    DoubleVector negated2 = all(-c[ci + 2]);
    DoubleVector ratio2 = all(-c[ci + 2] * q.inverse());
    DoubleVector w3 = all(c[ci + 3]);
    DoubleVector negated3 = all(-c[ci + 3]);
    DoubleVector ratio3 = all(-c[ci + 3] * q.inverse());
    int y1i = yi + stride;
    int y2i = yi + 2 * stride;
    int y3i = yi + 3 * stride;
    for (int i = 0; i < n; i += LANES) {
      DoubleVector sum = load(s, si + i).mul(scale);
      sum = sum.add(times(load(y, yi + i), w0, negated0, ratio0, p, rounder));
      sum = sum.add(times(load(y, y1i + i), w1, negated1, ratio1, p, rounder));
      sum = sum.add(times(load(y, y2i + i), w2, negated2, ratio2, p, rounder));
      sum = sum.add(times(load(y, y3i + i), w3, negated3, ratio3, p, rounder));
      reduced(sum, inverse, p, rounder).intoArray(d, di + i);
    }
  }
}
