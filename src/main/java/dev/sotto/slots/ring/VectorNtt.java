package dev.sotto.slots.ring;

import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The number-theoretic transform with the Vector API; right for vectors of any length up to 512
 * bits.
 *
 * <p>Levels go in pairs (radix 4): over the whole array until a block fits the first-level cache,
 * then block by block. The last levels, inside a vector, are a cyclic transform with constants of
 * its own ({@link Twist}); a butterfly there is one rearrangement and one fused multiply-add, so
 * that evaluations come in the canonical order without a transpose.
 *
 * <p>Bounds, in units of p: a product takes at most 4 and gives at most 0.5 + 1/16 of it (1/8 where
 * w/p is computed on the way). A forward pair of levels that does not reduce takes B to at most
 * 1.13 B + 1.03, one that does gives at most 1.9, so that every second one reduces: 1, 2.2, 3.5,
 * 1.9, 3.1, 1.9 … An inverse pair takes 0.75 and gives 0.75: its sums are reduced.
 *
 * <p>Each pass is a method with its own loop over blocks, on purpose too large to be inlined: C2
 * compiles the passes well one by one, and loses a quarter of the speed where it merges them
 * (measured on JDK 25, Zen 3). For the same reason no pass unrolls more: beyond some 18,000 nodes
 * C2 stops inlining, and vectors become objects.
 *
 * <p>The same class serves JDK 17 and later. The selection from two vectors of JDK 24 would make
 * transposes cheap on 512 bits, but with 256 bits C2 of JDK 25 does not compile it (17 ns per
 * vector, where a whole vector's last levels take 5): no second twin.
 */
final class VectorNtt {
  /** The system property with which tests try vectors that this machine does not prefer. */
  static final String BITS = "sotto.kernels.bits";

  static final VectorSpecies<Double> SPECIES =
      Integer.getInteger(BITS) == null
          ? DoubleVector.SPECIES_PREFERRED
          : VectorSpecies.of(double.class, VectorShape.forBitSize(Integer.getInteger(BITS)));
  private static final int LANES = SPECIES.length();

  /** Residues of the last pair of levels between vectors. */
  private static final int TILE = 4 * LANES;

  /** Residues that stay in the first-level cache, beside their twiddle factors. */
  private static final int BLOCK = 2048;

  private static final double ROUNDER = ScalarRingKernels.ROUNDER;

  private static final VectorShuffle<Double> SWAP4 = swap(4);
  private static final VectorShuffle<Double> SWAP2 = swap(2);
  private static final VectorShuffle<Double> SWAP1 = swap(1);
  private static final VectorShuffle<Double> REVERSE =
      VectorShuffle.fromOp(SPECIES, i -> LANES - 1 - i);
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

  /** From coefficients to evaluations, in place; takes and gives sizes up to p. */
  static void forward(NttTable table, double[] a, int at) {
    if (table.type() == RingType.CONJUGATE_INVARIANT) {
      fold(table, a, at, -table.fold());
    }
    Modulus q = table.modulus();
    int node = oddLevel(table.n()) ? 2 : 1;
    int length = table.n() / node;
    if (node == 2) {
      forward2(a, at, length, table.roots()[1], table.ratios()[1], q);
    }
    int count = node;
    while (length > Math.max(BLOCK, TILE)) {
      forward4(a, at, length, table, node, count);
      node *= 4;
      count *= 4;
      length /= 4;
    }
    for (int i = 0; i < count; i++) {
      forwardBlock(table, a, at, i * length, length, node + i);
    }
  }

  private static void forwardBlock(
      NttTable table, double[] a, int at, int from, int blockLength, int blockNode) {
    int node = blockNode;
    int count = 1;
    for (int length = blockLength; length > TILE; length /= 4) {
      forward4(a, at + from, length, table, node, count);
      node *= 4;
      count *= 4;
    }
    Modulus q = table.modulus();
    forwardTiles(a, at + from, table.roots(), table.ratios(), node, count, q);
    Twist twist = table.twist(LANES);
    forwardLanes(a, at, from, from + blockLength, twist.forward(), twist.roots(), q);
  }

  /** From evaluations to coefficients, in place; takes and gives sizes up to p. */
  static void inverse(NttTable table, double[] a, int at) {
    Modulus q = table.modulus();
    int n = table.n();
    int node = oddLevel(n) ? 2 : 1;
    while (n / node > Math.max(BLOCK, TILE)) {
      node *= 4;
    }
    int length = n / node;
    for (int i = 0; i < node; i++) {
      inverseBlock(table, a, at, i * length, length, node + i);
    }
    while (node >= 4) {
      node /= 4;
      length *= 4;
      inverse4(a, at, length, table.inverseRoots(), table.inverseRatios(), node, node, q);
    }
    if (node == 2) {
      inverse2(a, at, length, table.inverseRoots()[1], table.inverseRatios()[1], q);
    }
    if (table.type() == RingType.CONJUGATE_INVARIANT) {
      a[at] = q.reduce(2 * a[at]);
      fold(table, a, at, table.fold());
    }
  }

  private static void inverseBlock(
      NttTable table, double[] a, int at, int from, int blockLength, int blockNode) {
    Modulus q = table.modulus();
    double[] roots = table.inverseRoots();
    double[] ratios = table.inverseRatios();
    Twist twist = table.twist(LANES);
    inverseLanes(a, at, from, from + blockLength, twist.backward(), twist.inverseRoots(), q);
    int count = blockLength / TILE;
    inverseTiles(a, at + from, roots, ratios, blockNode * count, count, q);
    for (int length = 4 * TILE; length <= blockLength; length *= 4) {
      count /= 4;
      inverse4(a, at + from, length, roots, ratios, blockNode * count, count, q);
    }
  }

  /** Whether one level stays when the others between vectors go in pairs. */
  private static boolean oddLevel(int n) {
    return (Integer.numberOfTrailingZeros(n / TILE) & 1) != 0;
  }

  /**
   * Two levels; the tiles' do not reduce, the pair before does, and so on, except the very first.
   */
  private static void forward4(
      double[] a, int at, int length, NttTable table, int node, int count) {
    boolean reducing = (Integer.numberOfTrailingZeros(length / TILE) & 2) != 0 && node > 1;
    if (reducing) {
      reducingForward4(a, at, length, table.roots(), table.ratios(), node, count, table.modulus());
    } else {
      lazyForward4(a, at, length, table.roots(), table.ratios(), node, count, table.modulus());
    }
  }

  /** One level, the first: from 1 to 1.6. */
  private static void forward2(double[] a, int at, int t, double w, double ratio, Modulus q) {
    DoubleVector p = all(q.p());
    DoubleVector minus = all(-q.p());
    DoubleVector rounder = all(ROUNDER);
    DoubleVector w1 = all(w);
    DoubleVector r1 = all(ratio);
    for (int i = at; i < at + t; i += LANES) {
      DoubleVector u = at(a, i);
      DoubleVector v = times(at(a, i + t), w1, r1, p, minus, rounder);
      u.add(v).intoArray(a, i);
      u.sub(v).intoArray(a, i + t);
    }
  }

  /** Two levels, from B to 1.13 B + 1.03. */
  private static void lazyForward4(
      double[] a,
      int at,
      int length,
      double[] roots,
      double[] ratios,
      int node,
      int count,
      Modulus q) {
    DoubleVector p = all(q.p());
    DoubleVector minus = all(-q.p());
    DoubleVector rounder = all(ROUNDER);
    int t = length / 4;
    for (int j = 0; j < count; j++) {
      int k = node + j;
      int from = at + j * length;
      DoubleVector w1 = all(roots[k]);
      DoubleVector r1 = all(ratios[k]);
      DoubleVector w2 = all(roots[2 * k]);
      DoubleVector r2 = all(ratios[2 * k]);
      DoubleVector w3 = all(roots[2 * k + 1]);
      DoubleVector r3 = all(ratios[2 * k + 1]);
      for (int i = from; i < from + t; i += LANES) {
        DoubleVector x0 = at(a, i);
        DoubleVector x1 = at(a, i + t);
        DoubleVector x2 = times(at(a, i + 2 * t), w1, r1, p, minus, rounder);
        DoubleVector x3 = times(at(a, i + 3 * t), w1, r1, p, minus, rounder);
        DoubleVector y0 = x0.add(x2);
        DoubleVector y1 = times(x1.add(x3), w2, r2, p, minus, rounder);
        DoubleVector y2 = x0.sub(x2);
        DoubleVector y3 = times(x1.sub(x3), w3, r3, p, minus, rounder);
        y0.add(y1).intoArray(a, i);
        y0.sub(y1).intoArray(a, i + t);
        y2.add(y3).intoArray(a, i + 2 * t);
        y2.sub(y3).intoArray(a, i + 3 * t);
      }
    }
  }

  /** Two levels, from at most 4 to at most 1.9. */
  private static void reducingForward4(
      double[] a,
      int at,
      int length,
      double[] roots,
      double[] ratios,
      int node,
      int count,
      Modulus q) {
    DoubleVector p = all(q.p());
    DoubleVector minus = all(-q.p());
    DoubleVector rounder = all(ROUNDER);
    DoubleVector inverse = all(-q.inverse());
    int t = length / 4;
    for (int j = 0; j < count; j++) {
      int k = node + j;
      int from = at + j * length;
      DoubleVector w1 = all(roots[k]);
      DoubleVector r1 = all(ratios[k]);
      DoubleVector w2 = all(roots[2 * k]);
      DoubleVector r2 = all(ratios[2 * k]);
      DoubleVector w3 = all(roots[2 * k + 1]);
      DoubleVector r3 = all(ratios[2 * k + 1]);
      for (int i = from; i < from + t; i += LANES) {
        DoubleVector x0 = reduced(at(a, i), inverse, p, rounder);
        DoubleVector x1 = reduced(at(a, i + t), inverse, p, rounder);
        DoubleVector x2 = times(at(a, i + 2 * t), w1, r1, p, minus, rounder);
        DoubleVector x3 = times(at(a, i + 3 * t), w1, r1, p, minus, rounder);
        DoubleVector y0 = x0.add(x2);
        DoubleVector y1 = times(x1.add(x3), w2, r2, p, minus, rounder);
        DoubleVector y2 = x0.sub(x2);
        DoubleVector y3 = times(x1.sub(x3), w3, r3, p, minus, rounder);
        y0.add(y1).intoArray(a, i);
        y0.sub(y1).intoArray(a, i + t);
        y2.add(y3).intoArray(a, i + 2 * t);
        y2.sub(y3).intoArray(a, i + 3 * t);
      }
    }
  }

  /** The last two levels between vectors. */
  private static void forwardTiles(
      double[] a, int at, double[] roots, double[] ratios, int node, int count, Modulus q) {
    DoubleVector p = all(q.p());
    DoubleVector minus = all(-q.p());
    DoubleVector rounder = all(ROUNDER);
    for (int j = 0; j < count; j++) {
      int k = node + j;
      int i = at + j * TILE;
      DoubleVector w1 = all(roots[k]);
      DoubleVector r1 = all(ratios[k]);
      DoubleVector w2 = all(roots[2 * k]);
      DoubleVector r2 = all(ratios[2 * k]);
      DoubleVector w3 = all(roots[2 * k + 1]);
      DoubleVector r3 = all(ratios[2 * k + 1]);
      DoubleVector x0 = at(a, i);
      DoubleVector x1 = at(a, i + LANES);
      DoubleVector x2 = times(at(a, i + 2 * LANES), w1, r1, p, minus, rounder);
      DoubleVector x3 = times(at(a, i + 3 * LANES), w1, r1, p, minus, rounder);
      DoubleVector y0 = x0.add(x2);
      DoubleVector y1 = times(x1.add(x3), w2, r2, p, minus, rounder);
      DoubleVector y2 = x0.sub(x2);
      DoubleVector y3 = times(x1.sub(x3), w3, r3, p, minus, rounder);
      y0.add(y1).intoArray(a, i);
      y0.sub(y1).intoArray(a, i + LANES);
      y2.add(y3).intoArray(a, i + 2 * LANES);
      y2.sub(y3).intoArray(a, i + 3 * LANES);
    }
  }

  /** The last levels, inside vectors, of the places from {@code from} to {@code to}. */
  private static void forwardLanes(
      double[] a, int at, int from, int to, double[] twist, double[] cyclic, Modulus q) {
    DoubleVector p = all(q.p());
    DoubleVector minus = all(-q.p());
    DoubleVector rounder = all(ROUNDER);
    DoubleVector inverse = all(-q.inverse());
    DoubleVector c2 = lanes(cyclic, 2);
    DoubleVector r2 = c2.div(minus);
    DoubleVector c1 = lanes(cyclic, 1);
    DoubleVector r1 = c1.div(minus);
    for (int i = from; i < to; i += LANES) {
      DoubleVector w = at(twist, i);
      DoubleVector y = times(at(a, at + i), w, w.mul(inverse), p, minus, rounder);
      if (LANES > 4) {
        y = times(y.fma(SIGN4, y.rearrange(SWAP4)), c2, r2, p, minus, rounder);
      }
      if (LANES > 2) {
        y = times(y.fma(SIGN2, y.rearrange(SWAP2)), c1, r1, p, minus, rounder);
      }
      reduced(y.fma(SIGN1, y.rearrange(SWAP1)), inverse, p, rounder).intoArray(a, at + i);
    }
  }

  /** The last level, with one block. */
  private static void inverse2(double[] a, int at, int t, double w, double ratio, Modulus q) {
    DoubleVector p = all(q.p());
    DoubleVector minus = all(-q.p());
    DoubleVector rounder = all(ROUNDER);
    DoubleVector inverse = all(-q.inverse());
    DoubleVector w1 = all(w);
    DoubleVector r1 = all(ratio);
    for (int i = at; i < at + t; i += LANES) {
      DoubleVector u = at(a, i);
      DoubleVector v = at(a, i + t);
      reduced(u.add(v), inverse, p, rounder).intoArray(a, i);
      times(u.sub(v), w1, r1, p, minus, rounder).intoArray(a, i + t);
    }
  }

  /** Two levels. */
  private static void inverse4(
      double[] a,
      int at,
      int length,
      double[] roots,
      double[] ratios,
      int node,
      int count,
      Modulus q) {
    DoubleVector p = all(q.p());
    DoubleVector minus = all(-q.p());
    DoubleVector rounder = all(ROUNDER);
    DoubleVector inverse = all(-q.inverse());
    int t = length / 4;
    for (int j = 0; j < count; j++) {
      int k = node + j;
      int from = at + j * length;
      DoubleVector w1 = all(roots[k]);
      DoubleVector r1 = all(ratios[k]);
      DoubleVector w2 = all(roots[2 * k]);
      DoubleVector r2 = all(ratios[2 * k]);
      DoubleVector w3 = all(roots[2 * k + 1]);
      DoubleVector r3 = all(ratios[2 * k + 1]);
      for (int i = from; i < from + t; i += LANES) {
        DoubleVector x0 = at(a, i);
        DoubleVector x1 = at(a, i + t);
        DoubleVector x2 = at(a, i + 2 * t);
        DoubleVector x3 = at(a, i + 3 * t);
        DoubleVector y0 = x0.add(x1);
        DoubleVector y1 = times(x0.sub(x1), w2, r2, p, minus, rounder);
        DoubleVector y2 = x2.add(x3);
        DoubleVector y3 = times(x2.sub(x3), w3, r3, p, minus, rounder);
        reduced(y0.add(y2), inverse, p, rounder).intoArray(a, i);
        reduced(y1.add(y3), inverse, p, rounder).intoArray(a, i + t);
        times(y0.sub(y2), w1, r1, p, minus, rounder).intoArray(a, i + 2 * t);
        times(y1.sub(y3), w1, r1, p, minus, rounder).intoArray(a, i + 3 * t);
      }
    }
  }

  /** The first two levels between vectors. */
  private static void inverseTiles(
      double[] a, int at, double[] roots, double[] ratios, int node, int count, Modulus q) {
    DoubleVector p = all(q.p());
    DoubleVector minus = all(-q.p());
    DoubleVector rounder = all(ROUNDER);
    DoubleVector inverse = all(-q.inverse());
    for (int j = 0; j < count; j++) {
      int k = node + j;
      int i = at + j * TILE;
      DoubleVector w1 = all(roots[k]);
      DoubleVector r1 = all(ratios[k]);
      DoubleVector w2 = all(roots[2 * k]);
      DoubleVector r2 = all(ratios[2 * k]);
      DoubleVector w3 = all(roots[2 * k + 1]);
      DoubleVector r3 = all(ratios[2 * k + 1]);
      DoubleVector x0 = at(a, i);
      DoubleVector x1 = at(a, i + LANES);
      DoubleVector x2 = at(a, i + 2 * LANES);
      DoubleVector x3 = at(a, i + 3 * LANES);
      DoubleVector y0 = x0.add(x1);
      DoubleVector y1 = times(x0.sub(x1), w2, r2, p, minus, rounder);
      DoubleVector y2 = x2.add(x3);
      DoubleVector y3 = times(x2.sub(x3), w3, r3, p, minus, rounder);
      reduced(y0.add(y2), inverse, p, rounder).intoArray(a, i);
      reduced(y1.add(y3), inverse, p, rounder).intoArray(a, i + LANES);
      times(y0.sub(y2), w1, r1, p, minus, rounder).intoArray(a, i + 2 * LANES);
      times(y1.sub(y3), w1, r1, p, minus, rounder).intoArray(a, i + 3 * LANES);
    }
  }

  /** The first levels, inside vectors, of the places from {@code from} to {@code to}. */
  private static void inverseLanes(
      double[] a, int at, int from, int to, double[] twist, double[] cyclic, Modulus q) {
    DoubleVector p = all(q.p());
    DoubleVector minus = all(-q.p());
    DoubleVector rounder = all(ROUNDER);
    DoubleVector inverse = all(-q.inverse());
    DoubleVector c2 = lanes(cyclic, 2);
    DoubleVector r2 = c2.div(minus);
    DoubleVector c1 = lanes(cyclic, 1);
    DoubleVector r1 = c1.div(minus);
    for (int i = from; i < to; i += LANES) {
      DoubleVector x = at(a, at + i);
      DoubleVector y = x.fma(SIGN1, x.rearrange(SWAP1));
      if (LANES > 2) {
        y = times(y, c1, r1, p, minus, rounder);
        y = y.fma(SIGN2, y.rearrange(SWAP2));
      }
      if (LANES > 4) {
        y = times(y, c2, r2, p, minus, rounder);
        y = y.fma(SIGN4, y.rearrange(SWAP4));
      }
      DoubleVector w = at(twist, i);
      times(y, w, w.mul(inverse), p, minus, rounder).intoArray(a, at + i);
    }
  }

  /**
   * a_i + w·a_(N−i) for all i but 0: with w = −ι the folding before the transform of the
   * conjugate-invariant ring, with w = ι its undoing, where the half is in the scale.
   */
  private static void fold(NttTable table, double[] a, int at, double w) {
    Modulus q = table.modulus();
    int n = table.n();
    int vectors = (n / 2 - 1) / LANES * LANES;
    foldVectors(a, at + 1, at + n, vectors, w, q);
    for (int i = vectors + 1; i <= n / 2; i++) {
      double x = a[at + i];
      double y = a[at + n - i];
      a[at + i] = q.reduce(x + q.multiply(y, w));
      a[at + n - i] = q.reduce(y + q.multiply(x, w));
    }
  }

  private static void foldVectors(double[] a, int low, int high, int n, double w, Modulus q) {
    DoubleVector p = all(q.p());
    DoubleVector minus = all(-q.p());
    DoubleVector rounder = all(ROUNDER);
    DoubleVector inverse = all(-q.inverse());
    DoubleVector w1 = all(w);
    DoubleVector r1 = all(-w / q.p());
    for (int i = 0; i < n; i += LANES) {
      int to = high - LANES - i;
      DoubleVector x = at(a, low + i);
      DoubleVector y = at(a, to).rearrange(REVERSE);
      DoubleVector u = x.add(times(y, w1, r1, p, minus, rounder));
      DoubleVector v = y.add(times(x, w1, r1, p, minus, rounder));
      reduced(u, inverse, p, rounder).intoArray(a, low + i);
      reduced(v, inverse, p, rounder).rearrange(REVERSE).intoArray(a, to);
    }
  }

  /**
   * Twiddle factors of the level with distance t inside a vector; 1 in lanes that take none. Where
   * vectors have no such level, anything.
   */
  private static DoubleVector lanes(double[] cyclic, int t) {
    return at(cyclic, t < LANES ? t * LANES : 0);
  }

  /** x·w mod p; r = −w/p. Six operations; the rounded product is q·p, so that −w is not needed. */
  private static DoubleVector times(
      DoubleVector x,
      DoubleVector w,
      DoubleVector r,
      DoubleVector p,
      DoubleVector minus,
      DoubleVector rounder) {
    DoubleVector q = x.fma(r, rounder).sub(rounder);
    DoubleVector k = q.mul(p);
    return x.fma(w, k).sub(q.fma(minus, k));
  }

  /** x mod p, of size p/2 and a little; inverse = −1/p. */
  private static DoubleVector reduced(
      DoubleVector x, DoubleVector inverse, DoubleVector p, DoubleVector rounder) {
    return x.fma(inverse, rounder).sub(rounder).fma(p, x);
  }

  private static DoubleVector at(double[] a, int i) {
    return DoubleVector.fromArray(SPECIES, a, i);
  }

  private static DoubleVector all(double x) {
    return DoubleVector.broadcast(SPECIES, x);
  }
}
