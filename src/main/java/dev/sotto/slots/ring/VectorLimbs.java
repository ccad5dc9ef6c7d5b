package dev.sotto.slots.ring;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The kernels of {@link RingKernels} that work residue by residue, some residues at a time.
 *
 * <p>Quotients are held negated (their constants are), because {@code -a*b+c} is compiled to two
 * instructions. A product by a constant has size below 0.63 p and one of two residues below 0.8 p,
 * so that up to eight are added before one reduction. N is a multiple of the lanes.
 *
 * <p>The arithmetic is written out in every loop, not called: a helper that HotSpot has compiled on
 * its own, because others were hot first, may not be inlined any more, and its vectors then live on
 * the heap.
 */
final class VectorLimbs {
  private static final VectorSpecies<Double> SPECIES = VectorLength.DOUBLES;
  private static final int LANES = SPECIES.length();

  /** Residues worked on at a time where several passes are made: they stay in the first cache. */
  private static final int BLOCK = 512;

  private static final double[] ZEROS = new double[BLOCK];

  private VectorLimbs() {}

  static void add(double[] d, int di, double[] x, int xi, double[] y, int yi, int n, Modulus q) {
    DoubleVector p = DoubleVector.broadcast(SPECIES, q.p());
    DoubleVector inverse = DoubleVector.broadcast(SPECIES, -q.inverse());
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ScalarRingKernels.ROUNDER);
    for (int i = 0; i < n; i += LANES) {
      DoubleVector x1 =
          DoubleVector.fromArray(SPECIES, x, xi + i)
              .add(DoubleVector.fromArray(SPECIES, y, yi + i));
      x1.fma(inverse, rounder).sub(rounder).fma(p, x1).intoArray(d, di + i);
    }
  }

  static void subtract(
      double[] d, int di, double[] x, int xi, double[] y, int yi, int n, Modulus q) {
    DoubleVector p = DoubleVector.broadcast(SPECIES, q.p());
    DoubleVector inverse = DoubleVector.broadcast(SPECIES, -q.inverse());
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ScalarRingKernels.ROUNDER);
    for (int i = 0; i < n; i += LANES) {
      DoubleVector x2 =
          DoubleVector.fromArray(SPECIES, x, xi + i)
              .sub(DoubleVector.fromArray(SPECIES, y, yi + i));
      x2.fma(inverse, rounder).sub(rounder).fma(p, x2).intoArray(d, di + i);
    }
  }

  static void reduce(double[] d, int di, double[] x, int xi, int n, Modulus q) {
    DoubleVector p = DoubleVector.broadcast(SPECIES, q.p());
    DoubleVector inverse = DoubleVector.broadcast(SPECIES, -q.inverse());
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ScalarRingKernels.ROUNDER);
    for (int i = 0; i < n; i += LANES) {
      DoubleVector x3 = DoubleVector.fromArray(SPECIES, x, xi + i);
      x3.fma(inverse, rounder).sub(rounder).fma(p, x3).intoArray(d, di + i);
    }
  }

  static void multiply(
      double[] d, int di, double[] x, int xi, double[] y, int yi, int n, Modulus q) {
    DoubleVector p = DoubleVector.broadcast(SPECIES, q.p());
    DoubleVector inverse = DoubleVector.broadcast(SPECIES, -q.inverse());
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ScalarRingKernels.ROUNDER);
    for (int i = 0; i < n; i += LANES) {
      DoubleVector x4 = DoubleVector.fromArray(SPECIES, x, xi + i);
      DoubleVector y4 = DoubleVector.fromArray(SPECIES, y, yi + i);
      DoubleVector h4 = x4.mul(y4);
      h4.fma(inverse, rounder)
          .sub(rounder)
          .fma(p, h4)
          .add(x4.fma(y4, h4.neg()))
          .intoArray(d, di + i);
    }
  }

  static void multiplyAdd(
      double[] d, int di, double[] x, int xi, double[] y, int yi, int n, Modulus q) {
    DoubleVector p = DoubleVector.broadcast(SPECIES, q.p());
    DoubleVector inverse = DoubleVector.broadcast(SPECIES, -q.inverse());
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ScalarRingKernels.ROUNDER);
    for (int i = 0; i < n; i += LANES) {
      DoubleVector x5 = DoubleVector.fromArray(SPECIES, x, xi + i);
      DoubleVector y5 = DoubleVector.fromArray(SPECIES, y, yi + i);
      DoubleVector h5 = x5.mul(y5);
      DoubleVector sum =
          DoubleVector.fromArray(SPECIES, d, di + i)
              .add(h5.fma(inverse, rounder).sub(rounder).fma(p, h5).add(x5.fma(y5, h5.neg())));
      sum.fma(inverse, rounder).sub(rounder).fma(p, sum).intoArray(d, di + i);
    }
  }

  static void multiplySubtract(
      double[] d, int di, double[] x, int xi, double[] y, int yi, int n, Modulus q) {
    DoubleVector p = DoubleVector.broadcast(SPECIES, q.p());
    DoubleVector inverse = DoubleVector.broadcast(SPECIES, -q.inverse());
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ScalarRingKernels.ROUNDER);
    for (int i = 0; i < n; i += LANES) {
      DoubleVector x7 = DoubleVector.fromArray(SPECIES, x, xi + i);
      DoubleVector y7 = DoubleVector.fromArray(SPECIES, y, yi + i);
      DoubleVector h7 = x7.mul(y7);
      DoubleVector difference =
          DoubleVector.fromArray(SPECIES, d, di + i)
              .sub(h7.fma(inverse, rounder).sub(rounder).fma(p, h7).add(x7.fma(y7, h7.neg())));
      difference.fma(inverse, rounder).sub(rounder).fma(p, difference).intoArray(d, di + i);
    }
  }

  static void addConstant(double[] d, int di, double[] x, int xi, double w, int n, Modulus q) {
    DoubleVector p = DoubleVector.broadcast(SPECIES, q.p());
    DoubleVector inverse = DoubleVector.broadcast(SPECIES, -q.inverse());
    DoubleVector constant = DoubleVector.broadcast(SPECIES, w);
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ScalarRingKernels.ROUNDER);
    for (int i = 0; i < n; i += LANES) {
      DoubleVector x9 = DoubleVector.fromArray(SPECIES, x, xi + i).add(constant);
      x9.fma(inverse, rounder).sub(rounder).fma(p, x9).intoArray(d, di + i);
    }
  }

  static void multiplyConstant(double[] d, int di, double[] x, int xi, double w, int n, Modulus q) {
    DoubleVector p = DoubleVector.broadcast(SPECIES, q.p());
    DoubleVector factor = DoubleVector.broadcast(SPECIES, w);
    DoubleVector negated = DoubleVector.broadcast(SPECIES, -w);
    DoubleVector ratio = DoubleVector.broadcast(SPECIES, -w * q.inverse());
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ScalarRingKernels.ROUNDER);
    for (int i = 0; i < n; i += LANES) {
      DoubleVector x10 = DoubleVector.fromArray(SPECIES, x, xi + i);
      DoubleVector h10 = x10.mul(factor);
      x10.fma(ratio, rounder)
          .sub(rounder)
          .fma(p, h10)
          .sub(x10.fma(negated, h10))
          .intoArray(d, di + i);
    }
  }

  static void multiplyConstantAdd(
      double[] d, int di, double[] x, int xi, double w, int n, Modulus q) {
    DoubleVector p = DoubleVector.broadcast(SPECIES, q.p());
    DoubleVector inverse = DoubleVector.broadcast(SPECIES, -q.inverse());
    DoubleVector factor = DoubleVector.broadcast(SPECIES, w);
    DoubleVector negated = DoubleVector.broadcast(SPECIES, -w);
    DoubleVector ratio = DoubleVector.broadcast(SPECIES, -w * q.inverse());
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ScalarRingKernels.ROUNDER);
    for (int i = 0; i < n; i += LANES) {
      DoubleVector x11 = DoubleVector.fromArray(SPECIES, x, xi + i);
      DoubleVector h11 = x11.mul(factor);
      DoubleVector sum =
          DoubleVector.fromArray(SPECIES, d, di + i)
              .add(x11.fma(ratio, rounder).sub(rounder).fma(p, h11).sub(x11.fma(negated, h11)));
      sum.fma(inverse, rounder).sub(rounder).fma(p, sum).intoArray(d, di + i);
    }
  }

  static void subtractMultiply(
      double[] d, int di, double[] x, int xi, double[] y, int yi, double w, int n, Modulus q) {
    DoubleVector p = DoubleVector.broadcast(SPECIES, q.p());
    DoubleVector factor = DoubleVector.broadcast(SPECIES, w);
    DoubleVector negated = DoubleVector.broadcast(SPECIES, -w);
    DoubleVector ratio = DoubleVector.broadcast(SPECIES, -w * q.inverse());
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ScalarRingKernels.ROUNDER);
    for (int i = 0; i < n; i += LANES) {
      DoubleVector difference =
          DoubleVector.fromArray(SPECIES, x, xi + i)
              .sub(DoubleVector.fromArray(SPECIES, y, yi + i));
      DoubleVector h13 = difference.mul(factor);
      difference
          .fma(ratio, rounder)
          .sub(rounder)
          .fma(p, h13)
          .sub(difference.fma(negated, h13))
          .intoArray(d, di + i);
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
    DoubleVector p = DoubleVector.broadcast(SPECIES, q.p());
    DoubleVector inverse = DoubleVector.broadcast(SPECIES, -q.inverse());
    DoubleVector factor = DoubleVector.broadcast(SPECIES, w);
    DoubleVector negated = DoubleVector.broadcast(SPECIES, -w);
    DoubleVector ratio = DoubleVector.broadcast(SPECIES, -w * q.inverse());
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ScalarRingKernels.ROUNDER);
    for (int i = 0; i < n; i += LANES) {
      DoubleVector difference =
          DoubleVector.fromArray(SPECIES, x, xi + i)
              .sub(DoubleVector.fromArray(SPECIES, y, yi + i));
      DoubleVector h14 = difference.mul(factor);
      DoubleVector sum =
          DoubleVector.fromArray(SPECIES, z, zi + i)
              .add(
                  difference
                      .fma(ratio, rounder)
                      .sub(rounder)
                      .fma(p, h14)
                      .sub(difference.fma(negated, h14)));
      sum.fma(inverse, rounder).sub(rounder).fma(p, sum).intoArray(d, di + i);
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
    DoubleVector p = DoubleVector.broadcast(SPECIES, q.p());
    DoubleVector inverse = DoubleVector.broadcast(SPECIES, -q.inverse());
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ScalarRingKernels.ROUNDER);
    for (int i = 0; i < n; i += LANES) {
      DoubleVector x0 = DoubleVector.fromArray(SPECIES, a0, ai + i);
      DoubleVector x1 = DoubleVector.fromArray(SPECIES, a1, ai + i);
      DoubleVector y0 = DoubleVector.fromArray(SPECIES, b0, bi + i);
      DoubleVector y1 = DoubleVector.fromArray(SPECIES, b1, bi + i);
      DoubleVector h16 = x0.mul(y1);
      DoubleVector h17 = x1.mul(y0);
      DoubleVector cross =
          h16.fma(inverse, rounder)
              .sub(rounder)
              .fma(p, h16)
              .add(x0.fma(y1, h16.neg()))
              .add(h17.fma(inverse, rounder).sub(rounder).fma(p, h17).add(x1.fma(y0, h17.neg())));
      DoubleVector h18 = x0.mul(y0);
      h18.fma(inverse, rounder)
          .sub(rounder)
          .fma(p, h18)
          .add(x0.fma(y0, h18.neg()))
          .intoArray(d0, di + i);
      DoubleVector h19 = x1.mul(y1);
      h19.fma(inverse, rounder)
          .sub(rounder)
          .fma(p, h19)
          .add(x1.fma(y1, h19.neg()))
          .intoArray(d2, di + i);
      cross.fma(inverse, rounder).sub(rounder).fma(p, cross).intoArray(d1, di + i);
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
    DoubleVector p = DoubleVector.broadcast(SPECIES, q.p());
    DoubleVector inverse = DoubleVector.broadcast(SPECIES, -q.inverse());
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ScalarRingKernels.ROUNDER);
    for (int i = 0; i < n; i += LANES) {
      DoubleVector x0 = DoubleVector.fromArray(SPECIES, a0, ai + i);
      DoubleVector x1 = DoubleVector.fromArray(SPECIES, a1, ai + i);
      DoubleVector h21 = x0.mul(x1);
      DoubleVector cross =
          h21.fma(inverse, rounder).sub(rounder).fma(p, h21).add(x0.fma(x1, h21.neg()));
      DoubleVector h22 = x0.mul(x0);
      h22.fma(inverse, rounder)
          .sub(rounder)
          .fma(p, h22)
          .add(x0.fma(x0, h22.neg()))
          .intoArray(d0, di + i);
      DoubleVector h23 = x1.mul(x1);
      h23.fma(inverse, rounder)
          .sub(rounder)
          .fma(p, h23)
          .add(x1.fma(x1, h23.neg()))
          .intoArray(d2, di + i);
      DoubleVector x24 = cross.add(cross);
      x24.fma(inverse, rounder).sub(rounder).fma(p, x24).intoArray(d1, di + i);
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
    DoubleVector p = DoubleVector.broadcast(SPECIES, q.p());
    DoubleVector inverse = DoubleVector.broadcast(SPECIES, -q.inverse());
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ScalarRingKernels.ROUNDER);
    for (int i = 0; i < n; i += LANES) {
      DoubleVector first = DoubleVector.fromArray(SPECIES, s0, s0i + i);
      DoubleVector second = DoubleVector.fromArray(SPECIES, s1, s1i + i);
      DoubleVector digit0 = DoubleVector.fromArray(SPECIES, x0, x0i + i);
      DoubleVector y25 = DoubleVector.fromArray(SPECIES, k0, ki + i);
      DoubleVector h25 = digit0.mul(y25);
      first =
          first.add(
              h25.fma(inverse, rounder).sub(rounder).fma(p, h25).add(digit0.fma(y25, h25.neg())));
      DoubleVector y26 = DoubleVector.fromArray(SPECIES, k1, ki + i);
      DoubleVector h26 = digit0.mul(y26);
      second =
          second.add(
              h26.fma(inverse, rounder).sub(rounder).fma(p, h26).add(digit0.fma(y26, h26.neg())));
      first.fma(inverse, rounder).sub(rounder).fma(p, first).intoArray(d0, d0i + i);
      second.fma(inverse, rounder).sub(rounder).fma(p, second).intoArray(d1, d1i + i);
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
    DoubleVector p = DoubleVector.broadcast(SPECIES, q.p());
    DoubleVector inverse = DoubleVector.broadcast(SPECIES, -q.inverse());
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ScalarRingKernels.ROUNDER);
    for (int i = 0; i < n; i += LANES) {
      DoubleVector first = DoubleVector.fromArray(SPECIES, s0, s0i + i);
      DoubleVector second = DoubleVector.fromArray(SPECIES, s1, s1i + i);
      DoubleVector digit0 = DoubleVector.fromArray(SPECIES, x0, x0i + i);
      DoubleVector y29 = DoubleVector.fromArray(SPECIES, k0, ki + i);
      DoubleVector h29 = digit0.mul(y29);
      first =
          first.add(
              h29.fma(inverse, rounder).sub(rounder).fma(p, h29).add(digit0.fma(y29, h29.neg())));
      DoubleVector y30 = DoubleVector.fromArray(SPECIES, k1, ki + i);
      DoubleVector h30 = digit0.mul(y30);
      second =
          second.add(
              h30.fma(inverse, rounder).sub(rounder).fma(p, h30).add(digit0.fma(y30, h30.neg())));
      DoubleVector digit1 = DoubleVector.fromArray(SPECIES, x1, x1i + i);
      DoubleVector y31 = DoubleVector.fromArray(SPECIES, k2, ki + i);
      DoubleVector h31 = digit1.mul(y31);
      first =
          first.add(
              h31.fma(inverse, rounder).sub(rounder).fma(p, h31).add(digit1.fma(y31, h31.neg())));
      DoubleVector y32 = DoubleVector.fromArray(SPECIES, k3, ki + i);
      DoubleVector h32 = digit1.mul(y32);
      second =
          second.add(
              h32.fma(inverse, rounder).sub(rounder).fma(p, h32).add(digit1.fma(y32, h32.neg())));
      first.fma(inverse, rounder).sub(rounder).fma(p, first).intoArray(d0, d0i + i);
      second.fma(inverse, rounder).sub(rounder).fma(p, second).intoArray(d1, d1i + i);
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
    DoubleVector p = DoubleVector.broadcast(SPECIES, q.p());
    DoubleVector inverse = DoubleVector.broadcast(SPECIES, q.inverse());
    DoubleVector factor = DoubleVector.broadcast(SPECIES, w);
    DoubleVector negated = DoubleVector.broadcast(SPECIES, -w);
    DoubleVector ratio = DoubleVector.broadcast(SPECIES, -w * q.inverse());
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ScalarRingKernels.ROUNDER);
    for (int i = 0; i < n; i += LANES) {
      DoubleVector x35 = DoubleVector.fromArray(SPECIES, x, xi + i);
      DoubleVector h35 = x35.mul(factor);
      DoubleVector y = x35.fma(ratio, rounder).sub(rounder).fma(p, h35).sub(x35.fma(negated, h35));
      y.intoArray(x, xi + i);
      y.fma(inverse, DoubleVector.fromArray(SPECIES, s, si + i)).intoArray(e, ei + i);
    }
  }

  private static void round(double[] e, int ei, int n) {
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ScalarRingKernels.ROUNDER);
    for (int i = 0; i < n; i += LANES) {
      DoubleVector.fromArray(SPECIES, e, ei + i).add(rounder).sub(rounder).intoArray(e, ei + i);
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
    DoubleVector p = DoubleVector.broadcast(SPECIES, q.p());
    DoubleVector inverse = DoubleVector.broadcast(SPECIES, -q.inverse());
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ScalarRingKernels.ROUNDER);
    DoubleVector scale = DoubleVector.broadcast(SPECIES, factor);
    DoubleVector w0 = DoubleVector.broadcast(SPECIES, c[ci]);
    DoubleVector negated0 = DoubleVector.broadcast(SPECIES, -c[ci]);
    DoubleVector ratio0 = DoubleVector.broadcast(SPECIES, -c[ci] * q.inverse());
    for (int i = 0; i < n; i += LANES) {
      DoubleVector sum = DoubleVector.fromArray(SPECIES, s, si + i).mul(scale);
      DoubleVector x36 = DoubleVector.fromArray(SPECIES, y, yi + i);
      DoubleVector h36 = x36.mul(w0);
      sum = sum.add(x36.fma(ratio0, rounder).sub(rounder).fma(p, h36).sub(x36.fma(negated0, h36)));
      sum.fma(inverse, rounder).sub(rounder).fma(p, sum).intoArray(d, di + i);
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
    DoubleVector p = DoubleVector.broadcast(SPECIES, q.p());
    DoubleVector inverse = DoubleVector.broadcast(SPECIES, -q.inverse());
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ScalarRingKernels.ROUNDER);
    DoubleVector scale = DoubleVector.broadcast(SPECIES, factor);
    DoubleVector w0 = DoubleVector.broadcast(SPECIES, c[ci]);
    DoubleVector negated0 = DoubleVector.broadcast(SPECIES, -c[ci]);
    DoubleVector ratio0 = DoubleVector.broadcast(SPECIES, -c[ci] * q.inverse());
    DoubleVector w1 = DoubleVector.broadcast(SPECIES, c[ci + 1]);
    DoubleVector negated1 = DoubleVector.broadcast(SPECIES, -c[ci + 1]);
    DoubleVector ratio1 = DoubleVector.broadcast(SPECIES, -c[ci + 1] * q.inverse());
    int y1i = yi + stride;
    for (int i = 0; i < n; i += LANES) {
      DoubleVector sum = DoubleVector.fromArray(SPECIES, s, si + i).mul(scale);
      DoubleVector x38 = DoubleVector.fromArray(SPECIES, y, yi + i);
      DoubleVector h38 = x38.mul(w0);
      sum = sum.add(x38.fma(ratio0, rounder).sub(rounder).fma(p, h38).sub(x38.fma(negated0, h38)));
      DoubleVector x39 = DoubleVector.fromArray(SPECIES, y, y1i + i);
      DoubleVector h39 = x39.mul(w1);
      sum = sum.add(x39.fma(ratio1, rounder).sub(rounder).fma(p, h39).sub(x39.fma(negated1, h39)));
      sum.fma(inverse, rounder).sub(rounder).fma(p, sum).intoArray(d, di + i);
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
    DoubleVector p = DoubleVector.broadcast(SPECIES, q.p());
    DoubleVector inverse = DoubleVector.broadcast(SPECIES, -q.inverse());
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ScalarRingKernels.ROUNDER);
    DoubleVector scale = DoubleVector.broadcast(SPECIES, factor);
    DoubleVector w0 = DoubleVector.broadcast(SPECIES, c[ci]);
    DoubleVector negated0 = DoubleVector.broadcast(SPECIES, -c[ci]);
    DoubleVector ratio0 = DoubleVector.broadcast(SPECIES, -c[ci] * q.inverse());
    DoubleVector w1 = DoubleVector.broadcast(SPECIES, c[ci + 1]);
    DoubleVector negated1 = DoubleVector.broadcast(SPECIES, -c[ci + 1]);
    DoubleVector ratio1 = DoubleVector.broadcast(SPECIES, -c[ci + 1] * q.inverse());
    DoubleVector w2 = DoubleVector.broadcast(SPECIES, c[ci + 2]);
    DoubleVector negated2 = DoubleVector.broadcast(SPECIES, -c[ci + 2]);
    DoubleVector ratio2 = DoubleVector.broadcast(SPECIES, -c[ci + 2] * q.inverse());
    int y1i = yi + stride;
    int y2i = yi + 2 * stride;
    for (int i = 0; i < n; i += LANES) {
      DoubleVector sum = DoubleVector.fromArray(SPECIES, s, si + i).mul(scale);
      DoubleVector x41 = DoubleVector.fromArray(SPECIES, y, yi + i);
      DoubleVector h41 = x41.mul(w0);
      sum = sum.add(x41.fma(ratio0, rounder).sub(rounder).fma(p, h41).sub(x41.fma(negated0, h41)));
      DoubleVector x42 = DoubleVector.fromArray(SPECIES, y, y1i + i);
      DoubleVector h42 = x42.mul(w1);
      sum = sum.add(x42.fma(ratio1, rounder).sub(rounder).fma(p, h42).sub(x42.fma(negated1, h42)));
      DoubleVector x43 = DoubleVector.fromArray(SPECIES, y, y2i + i);
      DoubleVector h43 = x43.mul(w2);
      sum = sum.add(x43.fma(ratio2, rounder).sub(rounder).fma(p, h43).sub(x43.fma(negated2, h43)));
      sum.fma(inverse, rounder).sub(rounder).fma(p, sum).intoArray(d, di + i);
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
    DoubleVector p = DoubleVector.broadcast(SPECIES, q.p());
    DoubleVector inverse = DoubleVector.broadcast(SPECIES, -q.inverse());
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ScalarRingKernels.ROUNDER);
    DoubleVector scale = DoubleVector.broadcast(SPECIES, factor);
    DoubleVector w0 = DoubleVector.broadcast(SPECIES, c[ci]);
    DoubleVector negated0 = DoubleVector.broadcast(SPECIES, -c[ci]);
    DoubleVector ratio0 = DoubleVector.broadcast(SPECIES, -c[ci] * q.inverse());
    DoubleVector w1 = DoubleVector.broadcast(SPECIES, c[ci + 1]);
    DoubleVector negated1 = DoubleVector.broadcast(SPECIES, -c[ci + 1]);
    DoubleVector ratio1 = DoubleVector.broadcast(SPECIES, -c[ci + 1] * q.inverse());
    DoubleVector w2 = DoubleVector.broadcast(SPECIES, c[ci + 2]);
    DoubleVector negated2 = DoubleVector.broadcast(SPECIES, -c[ci + 2]);
    DoubleVector ratio2 = DoubleVector.broadcast(SPECIES, -c[ci + 2] * q.inverse());
    DoubleVector w3 = DoubleVector.broadcast(SPECIES, c[ci + 3]);
    DoubleVector negated3 = DoubleVector.broadcast(SPECIES, -c[ci + 3]);
    DoubleVector ratio3 = DoubleVector.broadcast(SPECIES, -c[ci + 3] * q.inverse());
    int y1i = yi + stride;
    int y2i = yi + 2 * stride;
    int y3i = yi + 3 * stride;
    for (int i = 0; i < n; i += LANES) {
      DoubleVector sum = DoubleVector.fromArray(SPECIES, s, si + i).mul(scale);
      DoubleVector x45 = DoubleVector.fromArray(SPECIES, y, yi + i);
      DoubleVector h45 = x45.mul(w0);
      sum = sum.add(x45.fma(ratio0, rounder).sub(rounder).fma(p, h45).sub(x45.fma(negated0, h45)));
      DoubleVector x46 = DoubleVector.fromArray(SPECIES, y, y1i + i);
      DoubleVector h46 = x46.mul(w1);
      sum = sum.add(x46.fma(ratio1, rounder).sub(rounder).fma(p, h46).sub(x46.fma(negated1, h46)));
      DoubleVector x47 = DoubleVector.fromArray(SPECIES, y, y2i + i);
      DoubleVector h47 = x47.mul(w2);
      sum = sum.add(x47.fma(ratio2, rounder).sub(rounder).fma(p, h47).sub(x47.fma(negated2, h47)));
      DoubleVector x48 = DoubleVector.fromArray(SPECIES, y, y3i + i);
      DoubleVector h48 = x48.mul(w3);
      sum = sum.add(x48.fma(ratio3, rounder).sub(rounder).fma(p, h48).sub(x48.fma(negated3, h48)));
      sum.fma(inverse, rounder).sub(rounder).fma(p, sum).intoArray(d, di + i);
    }
  }
}
