package dev.sotto.slots.ring;

import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
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
 * C2 stops inlining, and vectors become objects. A product by a twiddle factor w is written out,
 * not called, for the same reason: q = round(x·(−w/p)), k = q·p, (x·w + k) − (k − q·p rounded), six
 * operations, −w not needed.
 *
 * <p>The same class serves JDK 17 and later. The selection from two vectors of JDK 24 would make
 * transposes cheap on 512 bits, but with 256 bits C2 of JDK 25 does not compile it (17 ns per
 * vector, where a whole vector's last levels take 5): no second twin.
 */
final class VectorNtt {
  private static final VectorSpecies<Double> SPECIES = VectorLength.DOUBLES;
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
    DoubleVector p = DoubleVector.broadcast(SPECIES, q.p());
    DoubleVector minus = DoubleVector.broadcast(SPECIES, -q.p());
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ROUNDER);
    DoubleVector w1 = DoubleVector.broadcast(SPECIES, w);
    DoubleVector r1 = DoubleVector.broadcast(SPECIES, ratio);
    for (int i = at; i < at + t; i += LANES) {
      DoubleVector u = DoubleVector.fromArray(SPECIES, a, i);
      DoubleVector vx1 = DoubleVector.fromArray(SPECIES, a, i + t);
      DoubleVector vq1 = vx1.fma(r1, rounder).sub(rounder);
      DoubleVector vk1 = vq1.mul(p);
      DoubleVector v = vx1.fma(w1, vk1).sub(vq1.fma(minus, vk1));
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
    DoubleVector p = DoubleVector.broadcast(SPECIES, q.p());
    DoubleVector minus = DoubleVector.broadcast(SPECIES, -q.p());
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ROUNDER);
    int t = length / 4;
    for (int j = 0; j < count; j++) {
      int k = node + j;
      int from = at + j * length;
      DoubleVector w1 = DoubleVector.broadcast(SPECIES, roots[k]);
      DoubleVector r1 = DoubleVector.broadcast(SPECIES, ratios[k]);
      DoubleVector w2 = DoubleVector.broadcast(SPECIES, roots[2 * k]);
      DoubleVector r2 = DoubleVector.broadcast(SPECIES, ratios[2 * k]);
      DoubleVector w3 = DoubleVector.broadcast(SPECIES, roots[2 * k + 1]);
      DoubleVector r3 = DoubleVector.broadcast(SPECIES, ratios[2 * k + 1]);
      for (int i = from; i < from + t; i += LANES) {
        DoubleVector x0 = DoubleVector.fromArray(SPECIES, a, i);
        DoubleVector x1 = DoubleVector.fromArray(SPECIES, a, i + t);
        DoubleVector vx2 = DoubleVector.fromArray(SPECIES, a, i + 2 * t);
        DoubleVector vq2 = vx2.fma(r1, rounder).sub(rounder);
        DoubleVector vk2 = vq2.mul(p);
        DoubleVector x2 = vx2.fma(w1, vk2).sub(vq2.fma(minus, vk2));
        DoubleVector vx3 = DoubleVector.fromArray(SPECIES, a, i + 3 * t);
        DoubleVector vq3 = vx3.fma(r1, rounder).sub(rounder);
        DoubleVector vk3 = vq3.mul(p);
        DoubleVector x3 = vx3.fma(w1, vk3).sub(vq3.fma(minus, vk3));
        DoubleVector y0 = x0.add(x2);
        DoubleVector vx4 = x1.add(x3);
        DoubleVector vq4 = vx4.fma(r2, rounder).sub(rounder);
        DoubleVector vk4 = vq4.mul(p);
        DoubleVector y1 = vx4.fma(w2, vk4).sub(vq4.fma(minus, vk4));
        DoubleVector y2 = x0.sub(x2);
        DoubleVector vx5 = x1.sub(x3);
        DoubleVector vq5 = vx5.fma(r3, rounder).sub(rounder);
        DoubleVector vk5 = vq5.mul(p);
        DoubleVector y3 = vx5.fma(w3, vk5).sub(vq5.fma(minus, vk5));
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
    DoubleVector p = DoubleVector.broadcast(SPECIES, q.p());
    DoubleVector minus = DoubleVector.broadcast(SPECIES, -q.p());
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ROUNDER);
    DoubleVector inverse = DoubleVector.broadcast(SPECIES, -q.inverse());
    int t = length / 4;
    for (int j = 0; j < count; j++) {
      int k = node + j;
      int from = at + j * length;
      DoubleVector w1 = DoubleVector.broadcast(SPECIES, roots[k]);
      DoubleVector r1 = DoubleVector.broadcast(SPECIES, ratios[k]);
      DoubleVector w2 = DoubleVector.broadcast(SPECIES, roots[2 * k]);
      DoubleVector r2 = DoubleVector.broadcast(SPECIES, ratios[2 * k]);
      DoubleVector w3 = DoubleVector.broadcast(SPECIES, roots[2 * k + 1]);
      DoubleVector r3 = DoubleVector.broadcast(SPECIES, ratios[2 * k + 1]);
      for (int i = from; i < from + t; i += LANES) {
        DoubleVector vx6 = DoubleVector.fromArray(SPECIES, a, i);
        DoubleVector x0 = vx6.fma(inverse, rounder).sub(rounder).fma(p, vx6);
        DoubleVector vx7 = DoubleVector.fromArray(SPECIES, a, i + t);
        DoubleVector x1 = vx7.fma(inverse, rounder).sub(rounder).fma(p, vx7);
        DoubleVector vx8 = DoubleVector.fromArray(SPECIES, a, i + 2 * t);
        DoubleVector vq8 = vx8.fma(r1, rounder).sub(rounder);
        DoubleVector vk8 = vq8.mul(p);
        DoubleVector x2 = vx8.fma(w1, vk8).sub(vq8.fma(minus, vk8));
        DoubleVector vx9 = DoubleVector.fromArray(SPECIES, a, i + 3 * t);
        DoubleVector vq9 = vx9.fma(r1, rounder).sub(rounder);
        DoubleVector vk9 = vq9.mul(p);
        DoubleVector x3 = vx9.fma(w1, vk9).sub(vq9.fma(minus, vk9));
        DoubleVector y0 = x0.add(x2);
        DoubleVector vx10 = x1.add(x3);
        DoubleVector vq10 = vx10.fma(r2, rounder).sub(rounder);
        DoubleVector vk10 = vq10.mul(p);
        DoubleVector y1 = vx10.fma(w2, vk10).sub(vq10.fma(minus, vk10));
        DoubleVector y2 = x0.sub(x2);
        DoubleVector vx11 = x1.sub(x3);
        DoubleVector vq11 = vx11.fma(r3, rounder).sub(rounder);
        DoubleVector vk11 = vq11.mul(p);
        DoubleVector y3 = vx11.fma(w3, vk11).sub(vq11.fma(minus, vk11));
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
    DoubleVector p = DoubleVector.broadcast(SPECIES, q.p());
    DoubleVector minus = DoubleVector.broadcast(SPECIES, -q.p());
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ROUNDER);
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
      DoubleVector vx12 = DoubleVector.fromArray(SPECIES, a, i + 2 * LANES);
      DoubleVector vq12 = vx12.fma(r1, rounder).sub(rounder);
      DoubleVector vk12 = vq12.mul(p);
      DoubleVector x2 = vx12.fma(w1, vk12).sub(vq12.fma(minus, vk12));
      DoubleVector vx13 = DoubleVector.fromArray(SPECIES, a, i + 3 * LANES);
      DoubleVector vq13 = vx13.fma(r1, rounder).sub(rounder);
      DoubleVector vk13 = vq13.mul(p);
      DoubleVector x3 = vx13.fma(w1, vk13).sub(vq13.fma(minus, vk13));
      DoubleVector y0 = x0.add(x2);
      DoubleVector vx14 = x1.add(x3);
      DoubleVector vq14 = vx14.fma(r2, rounder).sub(rounder);
      DoubleVector vk14 = vq14.mul(p);
      DoubleVector y1 = vx14.fma(w2, vk14).sub(vq14.fma(minus, vk14));
      DoubleVector y2 = x0.sub(x2);
      DoubleVector vx15 = x1.sub(x3);
      DoubleVector vq15 = vx15.fma(r3, rounder).sub(rounder);
      DoubleVector vk15 = vq15.mul(p);
      DoubleVector y3 = vx15.fma(w3, vk15).sub(vq15.fma(minus, vk15));
      y0.add(y1).intoArray(a, i);
      y0.sub(y1).intoArray(a, i + LANES);
      y2.add(y3).intoArray(a, i + 2 * LANES);
      y2.sub(y3).intoArray(a, i + 3 * LANES);
    }
  }

  /** The last levels, inside vectors, of the places from {@code from} to {@code to}. */
  private static void forwardLanes(
      double[] a, int at, int from, int to, double[] twist, double[] cyclic, Modulus q) {
    DoubleVector p = DoubleVector.broadcast(SPECIES, q.p());
    DoubleVector minus = DoubleVector.broadcast(SPECIES, -q.p());
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ROUNDER);
    DoubleVector inverse = DoubleVector.broadcast(SPECIES, -q.inverse());
    DoubleVector c2 = DoubleVector.fromArray(SPECIES, cyclic, 2 < LANES ? 2 * LANES : 0);
    DoubleVector r2 = c2.div(minus);
    DoubleVector c1 = DoubleVector.fromArray(SPECIES, cyclic, 1 < LANES ? 1 * LANES : 0);
    DoubleVector r1 = c1.div(minus);
    for (int i = from; i < to; i += LANES) {
      DoubleVector w = DoubleVector.fromArray(SPECIES, twist, i);
      DoubleVector vx16 = DoubleVector.fromArray(SPECIES, a, at + i);
      DoubleVector vr16 = w.mul(inverse);
      DoubleVector vq16 = vx16.fma(vr16, rounder).sub(rounder);
      DoubleVector vk16 = vq16.mul(p);
      DoubleVector y = vx16.fma(w, vk16).sub(vq16.fma(minus, vk16));
      if (LANES > 4) {
        DoubleVector vx17 = y.fma(SIGN4, y.rearrange(SWAP4));
        DoubleVector vq17 = vx17.fma(r2, rounder).sub(rounder);
        DoubleVector vk17 = vq17.mul(p);
        y = vx17.fma(c2, vk17).sub(vq17.fma(minus, vk17));
      }
      if (LANES > 2) {
        DoubleVector vx18 = y.fma(SIGN2, y.rearrange(SWAP2));
        DoubleVector vq18 = vx18.fma(r1, rounder).sub(rounder);
        DoubleVector vk18 = vq18.mul(p);
        y = vx18.fma(c1, vk18).sub(vq18.fma(minus, vk18));
      }
      DoubleVector vx19 = y.fma(SIGN1, y.rearrange(SWAP1));
      vx19.fma(inverse, rounder).sub(rounder).fma(p, vx19).intoArray(a, at + i);
    }
  }

  /** The last level, with one block. */
  private static void inverse2(double[] a, int at, int t, double w, double ratio, Modulus q) {
    DoubleVector p = DoubleVector.broadcast(SPECIES, q.p());
    DoubleVector minus = DoubleVector.broadcast(SPECIES, -q.p());
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ROUNDER);
    DoubleVector inverse = DoubleVector.broadcast(SPECIES, -q.inverse());
    DoubleVector w1 = DoubleVector.broadcast(SPECIES, w);
    DoubleVector r1 = DoubleVector.broadcast(SPECIES, ratio);
    for (int i = at; i < at + t; i += LANES) {
      DoubleVector u = DoubleVector.fromArray(SPECIES, a, i);
      DoubleVector v = DoubleVector.fromArray(SPECIES, a, i + t);
      DoubleVector vx20 = u.add(v);
      vx20.fma(inverse, rounder).sub(rounder).fma(p, vx20).intoArray(a, i);
      DoubleVector vx21 = u.sub(v);
      DoubleVector vq21 = vx21.fma(r1, rounder).sub(rounder);
      DoubleVector vk21 = vq21.mul(p);
      vx21.fma(w1, vk21).sub(vq21.fma(minus, vk21)).intoArray(a, i + t);
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
    DoubleVector p = DoubleVector.broadcast(SPECIES, q.p());
    DoubleVector minus = DoubleVector.broadcast(SPECIES, -q.p());
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ROUNDER);
    DoubleVector inverse = DoubleVector.broadcast(SPECIES, -q.inverse());
    int t = length / 4;
    for (int j = 0; j < count; j++) {
      int k = node + j;
      int from = at + j * length;
      DoubleVector w1 = DoubleVector.broadcast(SPECIES, roots[k]);
      DoubleVector r1 = DoubleVector.broadcast(SPECIES, ratios[k]);
      DoubleVector w2 = DoubleVector.broadcast(SPECIES, roots[2 * k]);
      DoubleVector r2 = DoubleVector.broadcast(SPECIES, ratios[2 * k]);
      DoubleVector w3 = DoubleVector.broadcast(SPECIES, roots[2 * k + 1]);
      DoubleVector r3 = DoubleVector.broadcast(SPECIES, ratios[2 * k + 1]);
      for (int i = from; i < from + t; i += LANES) {
        DoubleVector x0 = DoubleVector.fromArray(SPECIES, a, i);
        DoubleVector x1 = DoubleVector.fromArray(SPECIES, a, i + t);
        DoubleVector x2 = DoubleVector.fromArray(SPECIES, a, i + 2 * t);
        DoubleVector x3 = DoubleVector.fromArray(SPECIES, a, i + 3 * t);
        DoubleVector y0 = x0.add(x1);
        DoubleVector vx22 = x0.sub(x1);
        DoubleVector vq22 = vx22.fma(r2, rounder).sub(rounder);
        DoubleVector vk22 = vq22.mul(p);
        DoubleVector y1 = vx22.fma(w2, vk22).sub(vq22.fma(minus, vk22));
        DoubleVector y2 = x2.add(x3);
        DoubleVector vx23 = x2.sub(x3);
        DoubleVector vq23 = vx23.fma(r3, rounder).sub(rounder);
        DoubleVector vk23 = vq23.mul(p);
        DoubleVector y3 = vx23.fma(w3, vk23).sub(vq23.fma(minus, vk23));
        DoubleVector vx24 = y0.add(y2);
        vx24.fma(inverse, rounder).sub(rounder).fma(p, vx24).intoArray(a, i);
        DoubleVector vx25 = y1.add(y3);
        vx25.fma(inverse, rounder).sub(rounder).fma(p, vx25).intoArray(a, i + t);
        DoubleVector vx26 = y0.sub(y2);
        DoubleVector vq26 = vx26.fma(r1, rounder).sub(rounder);
        DoubleVector vk26 = vq26.mul(p);
        vx26.fma(w1, vk26).sub(vq26.fma(minus, vk26)).intoArray(a, i + 2 * t);
        DoubleVector vx27 = y1.sub(y3);
        DoubleVector vq27 = vx27.fma(r1, rounder).sub(rounder);
        DoubleVector vk27 = vq27.mul(p);
        vx27.fma(w1, vk27).sub(vq27.fma(minus, vk27)).intoArray(a, i + 3 * t);
      }
    }
  }

  /** The first two levels between vectors. */
  private static void inverseTiles(
      double[] a, int at, double[] roots, double[] ratios, int node, int count, Modulus q) {
    DoubleVector p = DoubleVector.broadcast(SPECIES, q.p());
    DoubleVector minus = DoubleVector.broadcast(SPECIES, -q.p());
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ROUNDER);
    DoubleVector inverse = DoubleVector.broadcast(SPECIES, -q.inverse());
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
      DoubleVector y0 = x0.add(x1);
      DoubleVector vx28 = x0.sub(x1);
      DoubleVector vq28 = vx28.fma(r2, rounder).sub(rounder);
      DoubleVector vk28 = vq28.mul(p);
      DoubleVector y1 = vx28.fma(w2, vk28).sub(vq28.fma(minus, vk28));
      DoubleVector y2 = x2.add(x3);
      DoubleVector vx29 = x2.sub(x3);
      DoubleVector vq29 = vx29.fma(r3, rounder).sub(rounder);
      DoubleVector vk29 = vq29.mul(p);
      DoubleVector y3 = vx29.fma(w3, vk29).sub(vq29.fma(minus, vk29));
      DoubleVector vx30 = y0.add(y2);
      vx30.fma(inverse, rounder).sub(rounder).fma(p, vx30).intoArray(a, i);
      DoubleVector vx31 = y1.add(y3);
      vx31.fma(inverse, rounder).sub(rounder).fma(p, vx31).intoArray(a, i + LANES);
      DoubleVector vx32 = y0.sub(y2);
      DoubleVector vq32 = vx32.fma(r1, rounder).sub(rounder);
      DoubleVector vk32 = vq32.mul(p);
      vx32.fma(w1, vk32).sub(vq32.fma(minus, vk32)).intoArray(a, i + 2 * LANES);
      DoubleVector vx33 = y1.sub(y3);
      DoubleVector vq33 = vx33.fma(r1, rounder).sub(rounder);
      DoubleVector vk33 = vq33.mul(p);
      vx33.fma(w1, vk33).sub(vq33.fma(minus, vk33)).intoArray(a, i + 3 * LANES);
    }
  }

  /** The first levels, inside vectors, of the places from {@code from} to {@code to}. */
  private static void inverseLanes(
      double[] a, int at, int from, int to, double[] twist, double[] cyclic, Modulus q) {
    DoubleVector p = DoubleVector.broadcast(SPECIES, q.p());
    DoubleVector minus = DoubleVector.broadcast(SPECIES, -q.p());
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ROUNDER);
    DoubleVector inverse = DoubleVector.broadcast(SPECIES, -q.inverse());
    DoubleVector c2 = DoubleVector.fromArray(SPECIES, cyclic, 2 < LANES ? 2 * LANES : 0);
    DoubleVector r2 = c2.div(minus);
    DoubleVector c1 = DoubleVector.fromArray(SPECIES, cyclic, 1 < LANES ? 1 * LANES : 0);
    DoubleVector r1 = c1.div(minus);
    for (int i = from; i < to; i += LANES) {
      DoubleVector x = DoubleVector.fromArray(SPECIES, a, at + i);
      DoubleVector y = x.fma(SIGN1, x.rearrange(SWAP1));
      if (LANES > 2) {
        DoubleVector vq34 = y.fma(r1, rounder).sub(rounder);
        DoubleVector vk34 = vq34.mul(p);
        y = y.fma(c1, vk34).sub(vq34.fma(minus, vk34));
        y = y.fma(SIGN2, y.rearrange(SWAP2));
      }
      if (LANES > 4) {
        DoubleVector vq35 = y.fma(r2, rounder).sub(rounder);
        DoubleVector vk35 = vq35.mul(p);
        y = y.fma(c2, vk35).sub(vq35.fma(minus, vk35));
        y = y.fma(SIGN4, y.rearrange(SWAP4));
      }
      DoubleVector w = DoubleVector.fromArray(SPECIES, twist, i);
      DoubleVector vr36 = w.mul(inverse);
      DoubleVector vq36 = y.fma(vr36, rounder).sub(rounder);
      DoubleVector vk36 = vq36.mul(p);
      y.fma(w, vk36).sub(vq36.fma(minus, vk36)).intoArray(a, at + i);
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
    DoubleVector p = DoubleVector.broadcast(SPECIES, q.p());
    DoubleVector minus = DoubleVector.broadcast(SPECIES, -q.p());
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ROUNDER);
    DoubleVector inverse = DoubleVector.broadcast(SPECIES, -q.inverse());
    DoubleVector w1 = DoubleVector.broadcast(SPECIES, w);
    DoubleVector r1 = DoubleVector.broadcast(SPECIES, -w / q.p());
    for (int i = 0; i < n; i += LANES) {
      int to = high - LANES - i;
      DoubleVector x = DoubleVector.fromArray(SPECIES, a, low + i);
      DoubleVector y = DoubleVector.fromArray(SPECIES, a, to).rearrange(REVERSE);
      DoubleVector vq37 = y.fma(r1, rounder).sub(rounder);
      DoubleVector vk37 = vq37.mul(p);
      DoubleVector u = x.add(y.fma(w1, vk37).sub(vq37.fma(minus, vk37)));
      DoubleVector vq38 = x.fma(r1, rounder).sub(rounder);
      DoubleVector vk38 = vq38.mul(p);
      DoubleVector v = y.add(x.fma(w1, vk38).sub(vq38.fma(minus, vk38)));
      u.fma(inverse, rounder).sub(rounder).fma(p, u).intoArray(a, low + i);
      v.fma(inverse, rounder).sub(rounder).fma(p, v).rearrange(REVERSE).intoArray(a, to);
    }
  }
}
