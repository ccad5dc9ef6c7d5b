package dev.sotto.slots.ring;

import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** The number-theoretic transform with the Vector API. */
final class VectorNtt {
  /** The system property with which tests try vectors that this machine does not prefer. */
  static final String BITS = "sotto.kernels.bits";

  static final VectorSpecies<Double> SPECIES =
      Integer.getInteger(BITS) == null
          ? DoubleVector.SPECIES_PREFERRED
          : VectorSpecies.of(double.class, VectorShape.forBitSize(Integer.getInteger(BITS)));
  private static final int LANES = SPECIES.length();
  /** Residues that stay in registers for the last levels. */
  private static final int TILE = 4 * LANES;
  /** Residues that stay in the first-level cache. */
  private static final int BLOCK = 2048;
  private static final double ROUNDER = ScalarRingKernels.ROUNDER;

  private static final VectorShuffle<Double> SWAP4 = swap(4);
  private static final VectorShuffle<Double> SWAP2 = swap(2);
  private static final VectorShuffle<Double> SWAP1 = swap(1);
  private static final DoubleVector SIGN4 = sign(4);
  private static final DoubleVector SIGN2 = sign(2);
  private static final DoubleVector SIGN1 = sign(1);

  private VectorNtt() {}

  private static VectorShuffle<Double> swap(int t) {
    return VectorShuffle.fromOp(SPECIES, i -> (i ^ t) % LANES);
  }

  private static DoubleVector sign(int t) {
    double[] sign = new double[LANES];
    Arrays.setAll(sign, i -> (i & t) == 0 ? 1 : -1);
    return DoubleVector.fromArray(SPECIES, sign, 0);
  }

  static void forward(NttTable table, double[] a, int at) {
    if (table.type() == RingType.CONJUGATE_INVARIANT) {
      ScalarNtt.fold(table, a, at);
    }
    double[] roots = table.roots();
    double[] ratios = table.ratios();
    Twist twist = table.twist(LANES);
    double p = table.modulus().p();
    double negative = -table.modulus().inverse();
    int node = 1;
    int length = table.n();
    if ((Integer.numberOfTrailingZeros(length / TILE) & 1) != 0) {
      forward2(a, at, length / 2, roots[1], ratios[1], p);
      node = 2;
      length /= 2;
    }
    int count = node;
    while (length > Math.max(BLOCK, TILE)) {
      forwardPass(a, at, length, roots, ratios, node, count, p, negative);
      node *= 4;
      count *= 4;
      length /= 4;
    }
    for (int i = 0; i < count; i++) {
      forwardBlock(a, at + i * length, length, roots, ratios, twist, node + i, i * length, p, negative);
    }
  }

  private static void forwardBlock(
      double[] a, int at, int blockLength, double[] roots, double[] ratios, Twist twist, int blockNode, int from, double p, double negative) {
    int length = blockLength;
    int node = blockNode;
    int count = 1;
    while (length > TILE) {
      forwardPass(a, at, length, roots, ratios, node, count, p, negative);
      node *= 4;
      count *= 4;
      length /= 4;
    }
    forwardTiles(a, at, roots, ratios, node, count, p);
    forwardLanes(a, at, blockLength, twist.forward(), from, twist.roots(), p, negative);
  }

  /** Two levels; bounds: see the reducing one. */
  private static void forwardPass(
      double[] a, int at, int length, double[] roots, double[] ratios, int node, int count, double p, double negative) {
    // The pass before the tiles reduces, the one before it does not, and so on.
    boolean reducing = (Integer.numberOfTrailingZeros(length / TILE) & 2) != 0 && node > 1;
    for (int i = 0; i < count; i++) {
      int k = node + i;
      int from = at + i * length;
      if (reducing) {
        forward4Reducing(a, from, length / 4, roots[k], ratios[k], roots[2 * k], ratios[2 * k], roots[2 * k + 1], ratios[2 * k + 1], p, negative);
      } else {
        forward4(a, from, length / 4, roots[k], ratios[k], roots[2 * k], ratios[2 * k], roots[2 * k + 1], ratios[2 * k + 1], p);
      }
    }
  }

  static void forward2(double[] a, int at, int t, double w, double r, double modulus) {
    DoubleVector p = DoubleVector.broadcast(SPECIES, modulus);
    DoubleVector minus = DoubleVector.broadcast(SPECIES, -modulus);
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ROUNDER);
    DoubleVector w1 = DoubleVector.broadcast(SPECIES, w);
    DoubleVector r1 = DoubleVector.broadcast(SPECIES, r);
    for (int i = at; i < at + t; i += LANES) {
      DoubleVector u = DoubleVector.fromArray(SPECIES, a, i);
      DoubleVector v = times(DoubleVector.fromArray(SPECIES, a, i + t), w1, r1, p, minus, rounder);
      u.add(v).intoArray(a, i);
      u.sub(v).intoArray(a, i + t);
    }
  }

  static void forward4(
      double[] a, int at, int t, double wa, double ra, double wb, double rb, double wc, double rc, double modulus) {
    DoubleVector p = DoubleVector.broadcast(SPECIES, modulus);
    DoubleVector minus = DoubleVector.broadcast(SPECIES, -modulus);
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ROUNDER);
    DoubleVector w1 = DoubleVector.broadcast(SPECIES, wa);
    DoubleVector r1 = DoubleVector.broadcast(SPECIES, ra);
    DoubleVector w2 = DoubleVector.broadcast(SPECIES, wb);
    DoubleVector r2 = DoubleVector.broadcast(SPECIES, rb);
    DoubleVector w3 = DoubleVector.broadcast(SPECIES, wc);
    DoubleVector r3 = DoubleVector.broadcast(SPECIES, rc);
    for (int i = at; i < at + t; i += LANES) {
      DoubleVector x0 = DoubleVector.fromArray(SPECIES, a, i);
      DoubleVector x1 = DoubleVector.fromArray(SPECIES, a, i + t);
      DoubleVector x2 = times(DoubleVector.fromArray(SPECIES, a, i + 2 * t), w1, r1, p, minus, rounder);
      DoubleVector x3 = times(DoubleVector.fromArray(SPECIES, a, i + 3 * t), w1, r1, p, minus, rounder);
      DoubleVector y1 = times(x1.add(x3), w2, r2, p, minus, rounder);
      DoubleVector y3 = times(x1.sub(x3), w3, r3, p, minus, rounder);
      DoubleVector y0 = x0.add(x2);
      DoubleVector y2 = x0.sub(x2);
      y0.add(y1).intoArray(a, i);
      y0.sub(y1).intoArray(a, i + t);
      y2.add(y3).intoArray(a, i + 2 * t);
      y2.sub(y3).intoArray(a, i + 3 * t);
    }
  }

  static void forward4Reducing(
      double[] a, int at, int t, double wa, double ra, double wb, double rb, double wc, double rc, double modulus, double negative) {
    DoubleVector p = DoubleVector.broadcast(SPECIES, modulus);
    DoubleVector minus = DoubleVector.broadcast(SPECIES, -modulus);
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ROUNDER);
    DoubleVector inverse = DoubleVector.broadcast(SPECIES, negative);
    DoubleVector w1 = DoubleVector.broadcast(SPECIES, wa);
    DoubleVector r1 = DoubleVector.broadcast(SPECIES, ra);
    DoubleVector w2 = DoubleVector.broadcast(SPECIES, wb);
    DoubleVector r2 = DoubleVector.broadcast(SPECIES, rb);
    DoubleVector w3 = DoubleVector.broadcast(SPECIES, wc);
    DoubleVector r3 = DoubleVector.broadcast(SPECIES, rc);
    for (int i = at; i < at + t; i += LANES) {
      DoubleVector x0 = reduced(DoubleVector.fromArray(SPECIES, a, i), inverse, p, rounder);
      DoubleVector x1 = reduced(DoubleVector.fromArray(SPECIES, a, i + t), inverse, p, rounder);
      DoubleVector x2 = times(DoubleVector.fromArray(SPECIES, a, i + 2 * t), w1, r1, p, minus, rounder);
      DoubleVector x3 = times(DoubleVector.fromArray(SPECIES, a, i + 3 * t), w1, r1, p, minus, rounder);
      DoubleVector y1 = times(x1.add(x3), w2, r2, p, minus, rounder);
      DoubleVector y3 = times(x1.sub(x3), w3, r3, p, minus, rounder);
      DoubleVector y0 = x0.add(x2);
      DoubleVector y2 = x0.sub(x2);
      y0.add(y1).intoArray(a, i);
      y0.sub(y1).intoArray(a, i + t);
      y2.add(y3).intoArray(a, i + 2 * t);
      y2.sub(y3).intoArray(a, i + 3 * t);
    }
  }

  /** The last two levels between vectors: blocks of four. */
  static void forwardTiles(
      double[] a, int at, double[] roots, double[] ratios, int node, int count, double modulus) {
    DoubleVector p = DoubleVector.broadcast(SPECIES, modulus);
    DoubleVector minus = DoubleVector.broadcast(SPECIES, -modulus);
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ROUNDER);
    for (int j = 0; j < count; j++) {
      int k = node + j;
      int i = at + j * TILE;
      DoubleVector w = DoubleVector.broadcast(SPECIES, roots[k]);
      DoubleVector r = DoubleVector.broadcast(SPECIES, ratios[k]);
      DoubleVector x0 = DoubleVector.fromArray(SPECIES, a, i);
      DoubleVector x1 = DoubleVector.fromArray(SPECIES, a, i + LANES);
      DoubleVector x2 = times(DoubleVector.fromArray(SPECIES, a, i + 2 * LANES), w, r, p, minus, rounder);
      DoubleVector x3 = times(DoubleVector.fromArray(SPECIES, a, i + 3 * LANES), w, r, p, minus, rounder);
      DoubleVector y1 = times(x1.add(x3), DoubleVector.broadcast(SPECIES, roots[2 * k]), DoubleVector.broadcast(SPECIES, ratios[2 * k]), p, minus, rounder);
      DoubleVector y3 = times(x1.sub(x3), DoubleVector.broadcast(SPECIES, roots[2 * k + 1]), DoubleVector.broadcast(SPECIES, ratios[2 * k + 1]), p, minus, rounder);
      DoubleVector y0 = x0.add(x2);
      DoubleVector y2 = x0.sub(x2);
      y0.add(y1).intoArray(a, i);
      y0.sub(y1).intoArray(a, i + LANES);
      y2.add(y3).intoArray(a, i + 2 * LANES);
      y2.sub(y3).intoArray(a, i + 3 * LANES);
    }
  }

  /** The last levels, inside vectors. */
  static void forwardLanes(
      double[] a, int at, int n, double[] twist, int from, double[] cyclic, double modulus, double negative) {
    DoubleVector p = DoubleVector.broadcast(SPECIES, modulus);
    DoubleVector minus = DoubleVector.broadcast(SPECIES, -modulus);
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ROUNDER);
    DoubleVector inverse = DoubleVector.broadcast(SPECIES, negative);
    DoubleVector c2 = lanes(cyclic, 2);
    DoubleVector c1 = lanes(cyclic, 1);
    DoubleVector d2 = c2.div(minus);
    DoubleVector d1 = c1.div(minus);
    for (int i = 0; i < n; i += LANES) {
      DoubleVector w = DoubleVector.fromArray(SPECIES, twist, from + i);
      DoubleVector y = times(DoubleVector.fromArray(SPECIES, a, at + i), w, w.mul(inverse), p, minus, rounder);
      if (LANES > 4) {
        y = times(y.fma(SIGN4, y.rearrange(SWAP4)), c2, d2, p, minus, rounder);
      }
      if (LANES > 2) {
        y = times(y.fma(SIGN2, y.rearrange(SWAP2)), c1, d1, p, minus, rounder);
      }
      reduced(y.fma(SIGN1, y.rearrange(SWAP1)), inverse, p, rounder).intoArray(a, at + i);
    }
  }

  /**
   * Twiddle factors of the level with distance t inside a vector; 1 in lanes that take none. Where
   * vectors have no such level, anything.
   */
  private static DoubleVector lanes(double[] cyclic, int t) {
    return DoubleVector.fromArray(SPECIES, cyclic, t < LANES ? t * LANES : 0);
  }

  /** x·w mod p; |x| ≤ 4p, r = −w/p. */
  private static DoubleVector times(DoubleVector x, DoubleVector w, DoubleVector r, DoubleVector p, DoubleVector minus, DoubleVector rounder) {
    DoubleVector q = x.fma(r, rounder).sub(rounder);
    DoubleVector k = q.mul(p);
    return x.fma(w, k).sub(q.fma(minus, k));
  }

  private static DoubleVector reduced(DoubleVector x, DoubleVector inverse, DoubleVector p, DoubleVector rounder) {
    return x.fma(inverse, rounder).sub(rounder).fma(p, x);
  }

  static void inverse(NttTable table, double[] a, int at) {
    double[] roots = table.inverseRoots();
    double[] ratios = table.inverseRatios();
    Twist twist = table.twist(LANES);
    double p = table.modulus().p();
    double negative = -table.modulus().inverse();
    int n = table.n();
    int node = (Integer.numberOfTrailingZeros(n / TILE) & 1) + 1;
    while (n / node > Math.max(BLOCK, TILE)) {
      node *= 4;
    }
    int length = n / node;
    for (int i = 0; i < node; i++) {
      inverseBlock(a, at + i * length, length, roots, ratios, twist, node + i, i * length, p, negative);
    }
    while (node >= 4) {
      node /= 4;
      length *= 4;
      inversePass(a, at, length, roots, ratios, node, node, p, negative);
    }
    if (node == 2) {
      inverse2(a, at, n / 2, roots[1], ratios[1], p, negative);
    }
    if (table.type() == RingType.CONJUGATE_INVARIANT) {
      ScalarNtt.unfold(table, a, at);
    }
  }

  private static void inverseBlock(
      double[] a, int at, int blockLength, double[] roots, double[] ratios, Twist twist, int blockNode, int from, double p, double negative) {
    int length = TILE;
    int count = blockLength / TILE;
    inverseLanes(a, at, blockLength, twist.backward(), from, twist.inverseRoots(), p, negative);
    inverseTiles(a, at, roots, ratios, blockNode * count, count, p, negative);
    while (count > 1) {
      count /= 4;
      length *= 4;
      inversePass(a, at, length, roots, ratios, blockNode * count, count, p, negative);
    }
  }

  private static void inversePass(
      double[] a, int at, int length, double[] roots, double[] ratios, int node, int count, double p, double negative) {
    for (int i = 0; i < count; i++) {
      int k = node + i;
      inverse4(a, at + i * length, length / 4, roots[k], ratios[k], roots[2 * k], ratios[2 * k], roots[2 * k + 1], ratios[2 * k + 1], p, negative);
    }
  }

  static void inverse2(double[] a, int at, int t, double w, double r, double modulus, double negative) {
    DoubleVector p = DoubleVector.broadcast(SPECIES, modulus);
    DoubleVector minus = DoubleVector.broadcast(SPECIES, -modulus);
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ROUNDER);
    DoubleVector inverse = DoubleVector.broadcast(SPECIES, negative);
    DoubleVector w1 = DoubleVector.broadcast(SPECIES, w);
    DoubleVector r1 = DoubleVector.broadcast(SPECIES, r);
    for (int i = at; i < at + t; i += LANES) {
      DoubleVector u = DoubleVector.fromArray(SPECIES, a, i);
      DoubleVector v = DoubleVector.fromArray(SPECIES, a, i + t);
      reduced(u.add(v), inverse, p, rounder).intoArray(a, i);
      times(u.sub(v), w1, r1, p, minus, rounder).intoArray(a, i + t);
    }
  }

  /** Two levels: takes and gives |x| ≤ 0.75 p. */
  static void inverse4(
      double[] a, int at, int t, double wa, double ra, double wb, double rb, double wc, double rc, double modulus, double negative) {
    DoubleVector p = DoubleVector.broadcast(SPECIES, modulus);
    DoubleVector minus = DoubleVector.broadcast(SPECIES, -modulus);
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ROUNDER);
    DoubleVector inverse = DoubleVector.broadcast(SPECIES, negative);
    DoubleVector w1 = DoubleVector.broadcast(SPECIES, wa);
    DoubleVector r1 = DoubleVector.broadcast(SPECIES, ra);
    DoubleVector w2 = DoubleVector.broadcast(SPECIES, wb);
    DoubleVector r2 = DoubleVector.broadcast(SPECIES, rb);
    DoubleVector w3 = DoubleVector.broadcast(SPECIES, wc);
    DoubleVector r3 = DoubleVector.broadcast(SPECIES, rc);
    for (int i = at; i < at + t; i += LANES) {
      DoubleVector x0 = DoubleVector.fromArray(SPECIES, a, i);
      DoubleVector x1 = DoubleVector.fromArray(SPECIES, a, i + t);
      DoubleVector x2 = DoubleVector.fromArray(SPECIES, a, i + 2 * t);
      DoubleVector x3 = DoubleVector.fromArray(SPECIES, a, i + 3 * t);
      DoubleVector s0 = x0.add(x1);
      DoubleVector s1 = x2.add(x3);
      DoubleVector d0 = times(x0.sub(x1), w2, r2, p, minus, rounder);
      DoubleVector d1 = times(x2.sub(x3), w3, r3, p, minus, rounder);
      reduced(s0.add(s1), inverse, p, rounder).intoArray(a, i);
      reduced(d0.add(d1), inverse, p, rounder).intoArray(a, i + t);
      times(s0.sub(s1), w1, r1, p, minus, rounder).intoArray(a, i + 2 * t);
      times(d0.sub(d1), w1, r1, p, minus, rounder).intoArray(a, i + 3 * t);
    }
  }

  /** The first two levels between vectors: blocks of four. */
  static void inverseTiles(
      double[] a, int at, double[] roots, double[] ratios, int node, int count, double modulus, double negative) {
    DoubleVector p = DoubleVector.broadcast(SPECIES, modulus);
    DoubleVector minus = DoubleVector.broadcast(SPECIES, -modulus);
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ROUNDER);
    DoubleVector inverse = DoubleVector.broadcast(SPECIES, negative);
    for (int j = 0; j < count; j++) {
      int k = node + j;
      int i = at + j * TILE;
      DoubleVector w1 = DoubleVector.broadcast(SPECIES, roots[k]);
      DoubleVector r1 = DoubleVector.broadcast(SPECIES, ratios[k]);
      DoubleVector w2 = DoubleVector.broadcast(SPECIES, roots[2 * k]);
      DoubleVector r2 = DoubleVector.broadcast(SPECIES, ratios[2 * k]);
      DoubleVector w3 = DoubleVector.broadcast(SPECIES, roots[2 * k + 1]);
      DoubleVector r3 = DoubleVector.broadcast(SPECIES, ratios[2 * k + 1]);
      DoubleVector x0 = DoubleVector.fromArray(SPECIES, a, i);
      DoubleVector x1 = DoubleVector.fromArray(SPECIES, a, i + LANES);
      DoubleVector x2 = DoubleVector.fromArray(SPECIES, a, i + 2 * LANES);
      DoubleVector x3 = DoubleVector.fromArray(SPECIES, a, i + 3 * LANES);
      DoubleVector s0 = x0.add(x1);
      DoubleVector s1 = x2.add(x3);
      DoubleVector d0 = times(x0.sub(x1), w2, r2, p, minus, rounder);
      DoubleVector d1 = times(x2.sub(x3), w3, r3, p, minus, rounder);
      reduced(s0.add(s1), inverse, p, rounder).intoArray(a, i);
      reduced(d0.add(d1), inverse, p, rounder).intoArray(a, i + LANES);
      times(s0.sub(s1), w1, r1, p, minus, rounder).intoArray(a, i + 2 * LANES);
      times(d0.sub(d1), w1, r1, p, minus, rounder).intoArray(a, i + 3 * LANES);
    }
  }

  /** The first levels, inside vectors. */
  static void inverseLanes(
      double[] a, int at, int n, double[] twist, int from, double[] cyclic, double modulus, double negative) {
    DoubleVector p = DoubleVector.broadcast(SPECIES, modulus);
    DoubleVector minus = DoubleVector.broadcast(SPECIES, -modulus);
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ROUNDER);
    DoubleVector inverse = DoubleVector.broadcast(SPECIES, negative);
    DoubleVector c2 = lanes(cyclic, 2);
    DoubleVector c1 = lanes(cyclic, 1);
    DoubleVector d2 = c2.div(minus);
    DoubleVector d1 = c1.div(minus);
    for (int i = 0; i < n; i += 2 * LANES) {
      DoubleVector x0 = DoubleVector.fromArray(SPECIES, a, at + i);
      DoubleVector x1 = DoubleVector.fromArray(SPECIES, a, at + i + LANES);
      DoubleVector y0 = x0.fma(SIGN1, x0.rearrange(SWAP1));
      DoubleVector y1 = x1.fma(SIGN1, x1.rearrange(SWAP1));
      if (LANES > 2) {
        y0 = times(y0, c1, d1, p, minus, rounder);
        y1 = times(y1, c1, d1, p, minus, rounder);
        y0 = y0.fma(SIGN2, y0.rearrange(SWAP2));
        y1 = y1.fma(SIGN2, y1.rearrange(SWAP2));
      }
      if (LANES > 4) {
        y0 = times(y0, c2, d2, p, minus, rounder);
        y1 = times(y1, c2, d2, p, minus, rounder);
        y0 = y0.fma(SIGN4, y0.rearrange(SWAP4));
        y1 = y1.fma(SIGN4, y1.rearrange(SWAP4));
      }
      DoubleVector w0 = DoubleVector.fromArray(SPECIES, twist, from + i);
      DoubleVector w1 = DoubleVector.fromArray(SPECIES, twist, from + i + LANES);
      times(y0, w0, w0.mul(inverse), p, minus, rounder).intoArray(a, at + i);
      times(y1, w1, w1.mul(inverse), p, minus, rounder).intoArray(a, at + i + LANES);
    }
  }
}
