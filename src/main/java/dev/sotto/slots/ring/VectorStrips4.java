package dev.sotto.slots.ring;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The innermost loops of weighted sums over panels of four vectors: all sums of a strip in
 * registers.
 *
 * <p>Up to twenty-four sums, four vectors of terms and a weight: what thirty-two registers hold.
 */
final class VectorStrips4 {
  private static final VectorSpecies<Double> SPECIES = VectorLength.DOUBLES;
  private static final int LANES = SPECIES.length();

  /** Columns of a panel. */
  private static final int WIDTH = 4 * LANES;

  private VectorStrips4() {}

  /** tile = the sums of four rows over the terms from..to. */
  static void sums4(
      double[] panels, int at, int[] terms, int from, int to, double[] w, double[] tile) {
    DoubleVector a0 = DoubleVector.zero(SPECIES);
    DoubleVector b0 = DoubleVector.zero(SPECIES);
    DoubleVector c0 = DoubleVector.zero(SPECIES);
    DoubleVector d0 = DoubleVector.zero(SPECIES);
    DoubleVector a1 = DoubleVector.zero(SPECIES);
    DoubleVector b1 = DoubleVector.zero(SPECIES);
    DoubleVector c1 = DoubleVector.zero(SPECIES);
    DoubleVector d1 = DoubleVector.zero(SPECIES);
    DoubleVector a2 = DoubleVector.zero(SPECIES);
    DoubleVector b2 = DoubleVector.zero(SPECIES);
    DoubleVector c2 = DoubleVector.zero(SPECIES);
    DoubleVector d2 = DoubleVector.zero(SPECIES);
    DoubleVector a3 = DoubleVector.zero(SPECIES);
    DoubleVector b3 = DoubleVector.zero(SPECIES);
    DoubleVector c3 = DoubleVector.zero(SPECIES);
    DoubleVector d3 = DoubleVector.zero(SPECIES);
    for (int k = from; k < to; k++) {
      int place = at + terms[k] * WIDTH;
      DoubleVector x0 = DoubleVector.fromArray(SPECIES, panels, place);
      DoubleVector x1 = DoubleVector.fromArray(SPECIES, panels, place + LANES);
      DoubleVector x2 = DoubleVector.fromArray(SPECIES, panels, place + 2 * LANES);
      DoubleVector x3 = DoubleVector.fromArray(SPECIES, panels, place + 3 * LANES);
      DoubleVector w0 = DoubleVector.broadcast(SPECIES, w[4 * k]);
      a0 = x0.fma(w0, a0);
      b0 = x1.fma(w0, b0);
      c0 = x2.fma(w0, c0);
      d0 = x3.fma(w0, d0);
      DoubleVector w1 = DoubleVector.broadcast(SPECIES, w[4 * k + 1]);
      a1 = x0.fma(w1, a1);
      b1 = x1.fma(w1, b1);
      c1 = x2.fma(w1, c1);
      d1 = x3.fma(w1, d1);
      DoubleVector w2 = DoubleVector.broadcast(SPECIES, w[4 * k + 2]);
      a2 = x0.fma(w2, a2);
      b2 = x1.fma(w2, b2);
      c2 = x2.fma(w2, c2);
      d2 = x3.fma(w2, d2);
      DoubleVector w3 = DoubleVector.broadcast(SPECIES, w[4 * k + 3]);
      a3 = x0.fma(w3, a3);
      b3 = x1.fma(w3, b3);
      c3 = x2.fma(w3, c3);
      d3 = x3.fma(w3, d3);
    }
    a0.intoArray(tile, 0);
    b0.intoArray(tile, LANES);
    c0.intoArray(tile, 2 * LANES);
    d0.intoArray(tile, 3 * LANES);
    a1.intoArray(tile, 4 * LANES);
    b1.intoArray(tile, 5 * LANES);
    c1.intoArray(tile, 6 * LANES);
    d1.intoArray(tile, 7 * LANES);
    a2.intoArray(tile, 8 * LANES);
    b2.intoArray(tile, 9 * LANES);
    c2.intoArray(tile, 10 * LANES);
    d2.intoArray(tile, 11 * LANES);
    a3.intoArray(tile, 12 * LANES);
    b3.intoArray(tile, 13 * LANES);
    c3.intoArray(tile, 14 * LANES);
    d3.intoArray(tile, 15 * LANES);
  }

  /** tile = the sums of six rows over the terms from..to. */
  static void sums6(
      double[] panels, int at, int[] terms, int from, int to, double[] w, double[] tile) {
    DoubleVector a0 = DoubleVector.zero(SPECIES);
    DoubleVector b0 = DoubleVector.zero(SPECIES);
    DoubleVector c0 = DoubleVector.zero(SPECIES);
    DoubleVector d0 = DoubleVector.zero(SPECIES);
    DoubleVector a1 = DoubleVector.zero(SPECIES);
    DoubleVector b1 = DoubleVector.zero(SPECIES);
    DoubleVector c1 = DoubleVector.zero(SPECIES);
    DoubleVector d1 = DoubleVector.zero(SPECIES);
    DoubleVector a2 = DoubleVector.zero(SPECIES);
    DoubleVector b2 = DoubleVector.zero(SPECIES);
    DoubleVector c2 = DoubleVector.zero(SPECIES);
    DoubleVector d2 = DoubleVector.zero(SPECIES);
    DoubleVector a3 = DoubleVector.zero(SPECIES);
    DoubleVector b3 = DoubleVector.zero(SPECIES);
    DoubleVector c3 = DoubleVector.zero(SPECIES);
    DoubleVector d3 = DoubleVector.zero(SPECIES);
    DoubleVector a4 = DoubleVector.zero(SPECIES);
    DoubleVector b4 = DoubleVector.zero(SPECIES);
    DoubleVector c4 = DoubleVector.zero(SPECIES);
    DoubleVector d4 = DoubleVector.zero(SPECIES);
    DoubleVector a5 = DoubleVector.zero(SPECIES);
    DoubleVector b5 = DoubleVector.zero(SPECIES);
    DoubleVector c5 = DoubleVector.zero(SPECIES);
    DoubleVector d5 = DoubleVector.zero(SPECIES);
    for (int k = from; k < to; k++) {
      int place = at + terms[k] * WIDTH;
      DoubleVector x0 = DoubleVector.fromArray(SPECIES, panels, place);
      DoubleVector x1 = DoubleVector.fromArray(SPECIES, panels, place + LANES);
      DoubleVector x2 = DoubleVector.fromArray(SPECIES, panels, place + 2 * LANES);
      DoubleVector x3 = DoubleVector.fromArray(SPECIES, panels, place + 3 * LANES);
      DoubleVector w0 = DoubleVector.broadcast(SPECIES, w[6 * k]);
      a0 = x0.fma(w0, a0);
      b0 = x1.fma(w0, b0);
      c0 = x2.fma(w0, c0);
      d0 = x3.fma(w0, d0);
      DoubleVector w1 = DoubleVector.broadcast(SPECIES, w[6 * k + 1]);
      a1 = x0.fma(w1, a1);
      b1 = x1.fma(w1, b1);
      c1 = x2.fma(w1, c1);
      d1 = x3.fma(w1, d1);
      DoubleVector w2 = DoubleVector.broadcast(SPECIES, w[6 * k + 2]);
      a2 = x0.fma(w2, a2);
      b2 = x1.fma(w2, b2);
      c2 = x2.fma(w2, c2);
      d2 = x3.fma(w2, d2);
      DoubleVector w3 = DoubleVector.broadcast(SPECIES, w[6 * k + 3]);
      a3 = x0.fma(w3, a3);
      b3 = x1.fma(w3, b3);
      c3 = x2.fma(w3, c3);
      d3 = x3.fma(w3, d3);
      DoubleVector w4 = DoubleVector.broadcast(SPECIES, w[6 * k + 4]);
      a4 = x0.fma(w4, a4);
      b4 = x1.fma(w4, b4);
      c4 = x2.fma(w4, c4);
      d4 = x3.fma(w4, d4);
      DoubleVector w5 = DoubleVector.broadcast(SPECIES, w[6 * k + 5]);
      a5 = x0.fma(w5, a5);
      b5 = x1.fma(w5, b5);
      c5 = x2.fma(w5, c5);
      d5 = x3.fma(w5, d5);
    }
    a0.intoArray(tile, 0);
    b0.intoArray(tile, LANES);
    c0.intoArray(tile, 2 * LANES);
    d0.intoArray(tile, 3 * LANES);
    a1.intoArray(tile, 4 * LANES);
    b1.intoArray(tile, 5 * LANES);
    c1.intoArray(tile, 6 * LANES);
    d1.intoArray(tile, 7 * LANES);
    a2.intoArray(tile, 8 * LANES);
    b2.intoArray(tile, 9 * LANES);
    c2.intoArray(tile, 10 * LANES);
    d2.intoArray(tile, 11 * LANES);
    a3.intoArray(tile, 12 * LANES);
    b3.intoArray(tile, 13 * LANES);
    c3.intoArray(tile, 14 * LANES);
    d3.intoArray(tile, 15 * LANES);
    a4.intoArray(tile, 16 * LANES);
    b4.intoArray(tile, 17 * LANES);
    c4.intoArray(tile, 18 * LANES);
    d4.intoArray(tile, 19 * LANES);
    a5.intoArray(tile, 20 * LANES);
    b5.intoArray(tile, 21 * LANES);
    c5.intoArray(tile, 22 * LANES);
    d5.intoArray(tile, 23 * LANES);
  }

  /** tile = tile + the sums of four rows over the terms from..to, of size at most p/2 + 1. */
  static void reduced4(
      double[] panels,
      int at,
      int[] terms,
      int from,
      int to,
      double[] w,
      double[] tile,
      Modulus q) {
    DoubleVector a0 = DoubleVector.fromArray(SPECIES, tile, 0);
    DoubleVector b0 = DoubleVector.fromArray(SPECIES, tile, LANES);
    DoubleVector c0 = DoubleVector.fromArray(SPECIES, tile, 2 * LANES);
    DoubleVector d0 = DoubleVector.fromArray(SPECIES, tile, 3 * LANES);
    DoubleVector a1 = DoubleVector.fromArray(SPECIES, tile, 4 * LANES);
    DoubleVector b1 = DoubleVector.fromArray(SPECIES, tile, 5 * LANES);
    DoubleVector c1 = DoubleVector.fromArray(SPECIES, tile, 6 * LANES);
    DoubleVector d1 = DoubleVector.fromArray(SPECIES, tile, 7 * LANES);
    DoubleVector a2 = DoubleVector.fromArray(SPECIES, tile, 8 * LANES);
    DoubleVector b2 = DoubleVector.fromArray(SPECIES, tile, 9 * LANES);
    DoubleVector c2 = DoubleVector.fromArray(SPECIES, tile, 10 * LANES);
    DoubleVector d2 = DoubleVector.fromArray(SPECIES, tile, 11 * LANES);
    DoubleVector a3 = DoubleVector.fromArray(SPECIES, tile, 12 * LANES);
    DoubleVector b3 = DoubleVector.fromArray(SPECIES, tile, 13 * LANES);
    DoubleVector c3 = DoubleVector.fromArray(SPECIES, tile, 14 * LANES);
    DoubleVector d3 = DoubleVector.fromArray(SPECIES, tile, 15 * LANES);
    for (int k = from; k < to; k++) {
      int place = at + terms[k] * WIDTH;
      DoubleVector x0 = DoubleVector.fromArray(SPECIES, panels, place);
      DoubleVector x1 = DoubleVector.fromArray(SPECIES, panels, place + LANES);
      DoubleVector x2 = DoubleVector.fromArray(SPECIES, panels, place + 2 * LANES);
      DoubleVector x3 = DoubleVector.fromArray(SPECIES, panels, place + 3 * LANES);
      DoubleVector w0 = DoubleVector.broadcast(SPECIES, w[4 * k]);
      a0 = x0.fma(w0, a0);
      b0 = x1.fma(w0, b0);
      c0 = x2.fma(w0, c0);
      d0 = x3.fma(w0, d0);
      DoubleVector w1 = DoubleVector.broadcast(SPECIES, w[4 * k + 1]);
      a1 = x0.fma(w1, a1);
      b1 = x1.fma(w1, b1);
      c1 = x2.fma(w1, c1);
      d1 = x3.fma(w1, d1);
      DoubleVector w2 = DoubleVector.broadcast(SPECIES, w[4 * k + 2]);
      a2 = x0.fma(w2, a2);
      b2 = x1.fma(w2, b2);
      c2 = x2.fma(w2, c2);
      d2 = x3.fma(w2, d2);
      DoubleVector w3 = DoubleVector.broadcast(SPECIES, w[4 * k + 3]);
      a3 = x0.fma(w3, a3);
      b3 = x1.fma(w3, b3);
      c3 = x2.fma(w3, c3);
      d3 = x3.fma(w3, d3);
    }
    DoubleVector p = DoubleVector.broadcast(SPECIES, q.p());
    DoubleVector inverse = DoubleVector.broadcast(SPECIES, -q.inverse());
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ScalarRingKernels.ROUNDER);
    a0.fma(inverse, rounder).sub(rounder).fma(p, a0).intoArray(tile, 0);
    b0.fma(inverse, rounder).sub(rounder).fma(p, b0).intoArray(tile, LANES);
    c0.fma(inverse, rounder).sub(rounder).fma(p, c0).intoArray(tile, 2 * LANES);
    d0.fma(inverse, rounder).sub(rounder).fma(p, d0).intoArray(tile, 3 * LANES);
    a1.fma(inverse, rounder).sub(rounder).fma(p, a1).intoArray(tile, 4 * LANES);
    b1.fma(inverse, rounder).sub(rounder).fma(p, b1).intoArray(tile, 5 * LANES);
    c1.fma(inverse, rounder).sub(rounder).fma(p, c1).intoArray(tile, 6 * LANES);
    d1.fma(inverse, rounder).sub(rounder).fma(p, d1).intoArray(tile, 7 * LANES);
    a2.fma(inverse, rounder).sub(rounder).fma(p, a2).intoArray(tile, 8 * LANES);
    b2.fma(inverse, rounder).sub(rounder).fma(p, b2).intoArray(tile, 9 * LANES);
    c2.fma(inverse, rounder).sub(rounder).fma(p, c2).intoArray(tile, 10 * LANES);
    d2.fma(inverse, rounder).sub(rounder).fma(p, d2).intoArray(tile, 11 * LANES);
    a3.fma(inverse, rounder).sub(rounder).fma(p, a3).intoArray(tile, 12 * LANES);
    b3.fma(inverse, rounder).sub(rounder).fma(p, b3).intoArray(tile, 13 * LANES);
    c3.fma(inverse, rounder).sub(rounder).fma(p, c3).intoArray(tile, 14 * LANES);
    d3.fma(inverse, rounder).sub(rounder).fma(p, d3).intoArray(tile, 15 * LANES);
  }

  /** tile = tile + the sums of six rows over the terms from..to, of size at most p/2 + 1. */
  static void reduced6(
      double[] panels,
      int at,
      int[] terms,
      int from,
      int to,
      double[] w,
      double[] tile,
      Modulus q) {
    DoubleVector a0 = DoubleVector.fromArray(SPECIES, tile, 0);
    DoubleVector b0 = DoubleVector.fromArray(SPECIES, tile, LANES);
    DoubleVector c0 = DoubleVector.fromArray(SPECIES, tile, 2 * LANES);
    DoubleVector d0 = DoubleVector.fromArray(SPECIES, tile, 3 * LANES);
    DoubleVector a1 = DoubleVector.fromArray(SPECIES, tile, 4 * LANES);
    DoubleVector b1 = DoubleVector.fromArray(SPECIES, tile, 5 * LANES);
    DoubleVector c1 = DoubleVector.fromArray(SPECIES, tile, 6 * LANES);
    DoubleVector d1 = DoubleVector.fromArray(SPECIES, tile, 7 * LANES);
    DoubleVector a2 = DoubleVector.fromArray(SPECIES, tile, 8 * LANES);
    DoubleVector b2 = DoubleVector.fromArray(SPECIES, tile, 9 * LANES);
    DoubleVector c2 = DoubleVector.fromArray(SPECIES, tile, 10 * LANES);
    DoubleVector d2 = DoubleVector.fromArray(SPECIES, tile, 11 * LANES);
    DoubleVector a3 = DoubleVector.fromArray(SPECIES, tile, 12 * LANES);
    DoubleVector b3 = DoubleVector.fromArray(SPECIES, tile, 13 * LANES);
    DoubleVector c3 = DoubleVector.fromArray(SPECIES, tile, 14 * LANES);
    DoubleVector d3 = DoubleVector.fromArray(SPECIES, tile, 15 * LANES);
    DoubleVector a4 = DoubleVector.fromArray(SPECIES, tile, 16 * LANES);
    DoubleVector b4 = DoubleVector.fromArray(SPECIES, tile, 17 * LANES);
    DoubleVector c4 = DoubleVector.fromArray(SPECIES, tile, 18 * LANES);
    DoubleVector d4 = DoubleVector.fromArray(SPECIES, tile, 19 * LANES);
    DoubleVector a5 = DoubleVector.fromArray(SPECIES, tile, 20 * LANES);
    DoubleVector b5 = DoubleVector.fromArray(SPECIES, tile, 21 * LANES);
    DoubleVector c5 = DoubleVector.fromArray(SPECIES, tile, 22 * LANES);
    DoubleVector d5 = DoubleVector.fromArray(SPECIES, tile, 23 * LANES);
    for (int k = from; k < to; k++) {
      int place = at + terms[k] * WIDTH;
      DoubleVector x0 = DoubleVector.fromArray(SPECIES, panels, place);
      DoubleVector x1 = DoubleVector.fromArray(SPECIES, panels, place + LANES);
      DoubleVector x2 = DoubleVector.fromArray(SPECIES, panels, place + 2 * LANES);
      DoubleVector x3 = DoubleVector.fromArray(SPECIES, panels, place + 3 * LANES);
      DoubleVector w0 = DoubleVector.broadcast(SPECIES, w[6 * k]);
      a0 = x0.fma(w0, a0);
      b0 = x1.fma(w0, b0);
      c0 = x2.fma(w0, c0);
      d0 = x3.fma(w0, d0);
      DoubleVector w1 = DoubleVector.broadcast(SPECIES, w[6 * k + 1]);
      a1 = x0.fma(w1, a1);
      b1 = x1.fma(w1, b1);
      c1 = x2.fma(w1, c1);
      d1 = x3.fma(w1, d1);
      DoubleVector w2 = DoubleVector.broadcast(SPECIES, w[6 * k + 2]);
      a2 = x0.fma(w2, a2);
      b2 = x1.fma(w2, b2);
      c2 = x2.fma(w2, c2);
      d2 = x3.fma(w2, d2);
      DoubleVector w3 = DoubleVector.broadcast(SPECIES, w[6 * k + 3]);
      a3 = x0.fma(w3, a3);
      b3 = x1.fma(w3, b3);
      c3 = x2.fma(w3, c3);
      d3 = x3.fma(w3, d3);
      DoubleVector w4 = DoubleVector.broadcast(SPECIES, w[6 * k + 4]);
      a4 = x0.fma(w4, a4);
      b4 = x1.fma(w4, b4);
      c4 = x2.fma(w4, c4);
      d4 = x3.fma(w4, d4);
      DoubleVector w5 = DoubleVector.broadcast(SPECIES, w[6 * k + 5]);
      a5 = x0.fma(w5, a5);
      b5 = x1.fma(w5, b5);
      c5 = x2.fma(w5, c5);
      d5 = x3.fma(w5, d5);
    }
    DoubleVector p = DoubleVector.broadcast(SPECIES, q.p());
    DoubleVector inverse = DoubleVector.broadcast(SPECIES, -q.inverse());
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ScalarRingKernels.ROUNDER);
    a0.fma(inverse, rounder).sub(rounder).fma(p, a0).intoArray(tile, 0);
    b0.fma(inverse, rounder).sub(rounder).fma(p, b0).intoArray(tile, LANES);
    c0.fma(inverse, rounder).sub(rounder).fma(p, c0).intoArray(tile, 2 * LANES);
    d0.fma(inverse, rounder).sub(rounder).fma(p, d0).intoArray(tile, 3 * LANES);
    a1.fma(inverse, rounder).sub(rounder).fma(p, a1).intoArray(tile, 4 * LANES);
    b1.fma(inverse, rounder).sub(rounder).fma(p, b1).intoArray(tile, 5 * LANES);
    c1.fma(inverse, rounder).sub(rounder).fma(p, c1).intoArray(tile, 6 * LANES);
    d1.fma(inverse, rounder).sub(rounder).fma(p, d1).intoArray(tile, 7 * LANES);
    a2.fma(inverse, rounder).sub(rounder).fma(p, a2).intoArray(tile, 8 * LANES);
    b2.fma(inverse, rounder).sub(rounder).fma(p, b2).intoArray(tile, 9 * LANES);
    c2.fma(inverse, rounder).sub(rounder).fma(p, c2).intoArray(tile, 10 * LANES);
    d2.fma(inverse, rounder).sub(rounder).fma(p, d2).intoArray(tile, 11 * LANES);
    a3.fma(inverse, rounder).sub(rounder).fma(p, a3).intoArray(tile, 12 * LANES);
    b3.fma(inverse, rounder).sub(rounder).fma(p, b3).intoArray(tile, 13 * LANES);
    c3.fma(inverse, rounder).sub(rounder).fma(p, c3).intoArray(tile, 14 * LANES);
    d3.fma(inverse, rounder).sub(rounder).fma(p, d3).intoArray(tile, 15 * LANES);
    a4.fma(inverse, rounder).sub(rounder).fma(p, a4).intoArray(tile, 16 * LANES);
    b4.fma(inverse, rounder).sub(rounder).fma(p, b4).intoArray(tile, 17 * LANES);
    c4.fma(inverse, rounder).sub(rounder).fma(p, c4).intoArray(tile, 18 * LANES);
    d4.fma(inverse, rounder).sub(rounder).fma(p, d4).intoArray(tile, 19 * LANES);
    a5.fma(inverse, rounder).sub(rounder).fma(p, a5).intoArray(tile, 20 * LANES);
    b5.fma(inverse, rounder).sub(rounder).fma(p, b5).intoArray(tile, 21 * LANES);
    c5.fma(inverse, rounder).sub(rounder).fma(p, c5).intoArray(tile, 22 * LANES);
    d5.fma(inverse, rounder).sub(rounder).fma(p, d5).intoArray(tile, 23 * LANES);
  }
}
