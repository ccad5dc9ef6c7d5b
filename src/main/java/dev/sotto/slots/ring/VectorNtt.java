package dev.sotto.slots.ring;

import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** The number-theoretic transform with the Vector API. */
final class VectorNtt {
  static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  /** Residues that stay in registers for the last levels. */
  private static final int TILE = 4 * LANES;
  /** Residues that stay in the first-level cache. */
  private static final int BLOCK = Integer.getInteger("blk", 2048);
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

  private static void forward2(double[] a, int at, int t, double w, double r, double modulus) {
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

  private static void forward4(
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

  private static void forward4Reducing(
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
  private static void forwardTiles(
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
  private static void forwardLanes(
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

  /** Twiddle factors of the level with distance t inside a vector; 1 in lanes that take none. */
  private static DoubleVector lanes(double[] cyclic, int t) {
    return DoubleVector.fromArray(SPECIES, cyclic, t * LANES);
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
    ScalarNtt.inverse(table, a, at);
  }
}
