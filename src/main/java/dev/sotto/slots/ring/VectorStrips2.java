package dev.sotto.slots.ring;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The innermost loops of weighted sums over panels of two vectors: all sums of a strip in
 * registers.
 *
 * <p>Up to twelve sums, two vectors of terms and a weight: what sixteen registers hold.
 */
final class VectorStrips2 {
  private static final VectorSpecies<Double> SPECIES = VectorLength.DOUBLES;
  private static final int LANES = SPECIES.length();

  /** Columns of a panel. */
  private static final int WIDTH = 2 * LANES;

  private VectorStrips2() {}

  /** tile = the sums of four rows over the terms from..to. */
  static void sums4(
      double[] panels, int at, int[] terms, int from, int to, double[] w, double[] tile) {
    DoubleVector a0 = DoubleVector.zero(SPECIES);
    DoubleVector b0 = DoubleVector.zero(SPECIES);
    DoubleVector a1 = DoubleVector.zero(SPECIES);
    DoubleVector b1 = DoubleVector.zero(SPECIES);
    DoubleVector a2 = DoubleVector.zero(SPECIES);
    DoubleVector b2 = DoubleVector.zero(SPECIES);
    DoubleVector a3 = DoubleVector.zero(SPECIES);
    DoubleVector b3 = DoubleVector.zero(SPECIES);
    for (int k = from; k < to; k++) {
      int place = at + terms[k] * WIDTH;
      DoubleVector x0 = DoubleVector.fromArray(SPECIES, panels, place);
      DoubleVector x1 = DoubleVector.fromArray(SPECIES, panels, place + LANES);
      DoubleVector w0 = DoubleVector.broadcast(SPECIES, w[4 * k]);
      a0 = x0.fma(w0, a0);
      b0 = x1.fma(w0, b0);
      DoubleVector w1 = DoubleVector.broadcast(SPECIES, w[4 * k + 1]);
      a1 = x0.fma(w1, a1);
      b1 = x1.fma(w1, b1);
      DoubleVector w2 = DoubleVector.broadcast(SPECIES, w[4 * k + 2]);
      a2 = x0.fma(w2, a2);
      b2 = x1.fma(w2, b2);
      DoubleVector w3 = DoubleVector.broadcast(SPECIES, w[4 * k + 3]);
      a3 = x0.fma(w3, a3);
      b3 = x1.fma(w3, b3);
    }
    a0.intoArray(tile, 0);
    b0.intoArray(tile, LANES);
    a1.intoArray(tile, 2 * LANES);
    b1.intoArray(tile, 3 * LANES);
    a2.intoArray(tile, 4 * LANES);
    b2.intoArray(tile, 5 * LANES);
    a3.intoArray(tile, 6 * LANES);
    b3.intoArray(tile, 7 * LANES);
  }

  /** tile = the sums of six rows over the terms from..to. */
  static void sums6(
      double[] panels, int at, int[] terms, int from, int to, double[] w, double[] tile) {
    DoubleVector a0 = DoubleVector.zero(SPECIES);
    DoubleVector b0 = DoubleVector.zero(SPECIES);
    DoubleVector a1 = DoubleVector.zero(SPECIES);
    DoubleVector b1 = DoubleVector.zero(SPECIES);
    DoubleVector a2 = DoubleVector.zero(SPECIES);
    DoubleVector b2 = DoubleVector.zero(SPECIES);
    DoubleVector a3 = DoubleVector.zero(SPECIES);
    DoubleVector b3 = DoubleVector.zero(SPECIES);
    DoubleVector a4 = DoubleVector.zero(SPECIES);
    DoubleVector b4 = DoubleVector.zero(SPECIES);
    DoubleVector a5 = DoubleVector.zero(SPECIES);
    DoubleVector b5 = DoubleVector.zero(SPECIES);
    for (int k = from; k < to; k++) {
      int place = at + terms[k] * WIDTH;
      DoubleVector x0 = DoubleVector.fromArray(SPECIES, panels, place);
      DoubleVector x1 = DoubleVector.fromArray(SPECIES, panels, place + LANES);
      DoubleVector w0 = DoubleVector.broadcast(SPECIES, w[6 * k]);
      a0 = x0.fma(w0, a0);
      b0 = x1.fma(w0, b0);
      DoubleVector w1 = DoubleVector.broadcast(SPECIES, w[6 * k + 1]);
      a1 = x0.fma(w1, a1);
      b1 = x1.fma(w1, b1);
      DoubleVector w2 = DoubleVector.broadcast(SPECIES, w[6 * k + 2]);
      a2 = x0.fma(w2, a2);
      b2 = x1.fma(w2, b2);
      DoubleVector w3 = DoubleVector.broadcast(SPECIES, w[6 * k + 3]);
      a3 = x0.fma(w3, a3);
      b3 = x1.fma(w3, b3);
      DoubleVector w4 = DoubleVector.broadcast(SPECIES, w[6 * k + 4]);
      a4 = x0.fma(w4, a4);
      b4 = x1.fma(w4, b4);
      DoubleVector w5 = DoubleVector.broadcast(SPECIES, w[6 * k + 5]);
      a5 = x0.fma(w5, a5);
      b5 = x1.fma(w5, b5);
    }
    a0.intoArray(tile, 0);
    b0.intoArray(tile, LANES);
    a1.intoArray(tile, 2 * LANES);
    b1.intoArray(tile, 3 * LANES);
    a2.intoArray(tile, 4 * LANES);
    b2.intoArray(tile, 5 * LANES);
    a3.intoArray(tile, 6 * LANES);
    b3.intoArray(tile, 7 * LANES);
    a4.intoArray(tile, 8 * LANES);
    b4.intoArray(tile, 9 * LANES);
    a5.intoArray(tile, 10 * LANES);
    b5.intoArray(tile, 11 * LANES);
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
    DoubleVector a1 = DoubleVector.fromArray(SPECIES, tile, 2 * LANES);
    DoubleVector b1 = DoubleVector.fromArray(SPECIES, tile, 3 * LANES);
    DoubleVector a2 = DoubleVector.fromArray(SPECIES, tile, 4 * LANES);
    DoubleVector b2 = DoubleVector.fromArray(SPECIES, tile, 5 * LANES);
    DoubleVector a3 = DoubleVector.fromArray(SPECIES, tile, 6 * LANES);
    DoubleVector b3 = DoubleVector.fromArray(SPECIES, tile, 7 * LANES);
    for (int k = from; k < to; k++) {
      int place = at + terms[k] * WIDTH;
      DoubleVector x0 = DoubleVector.fromArray(SPECIES, panels, place);
      DoubleVector x1 = DoubleVector.fromArray(SPECIES, panels, place + LANES);
      DoubleVector w0 = DoubleVector.broadcast(SPECIES, w[4 * k]);
      a0 = x0.fma(w0, a0);
      b0 = x1.fma(w0, b0);
      DoubleVector w1 = DoubleVector.broadcast(SPECIES, w[4 * k + 1]);
      a1 = x0.fma(w1, a1);
      b1 = x1.fma(w1, b1);
      DoubleVector w2 = DoubleVector.broadcast(SPECIES, w[4 * k + 2]);
      a2 = x0.fma(w2, a2);
      b2 = x1.fma(w2, b2);
      DoubleVector w3 = DoubleVector.broadcast(SPECIES, w[4 * k + 3]);
      a3 = x0.fma(w3, a3);
      b3 = x1.fma(w3, b3);
    }
    DoubleVector p = DoubleVector.broadcast(SPECIES, q.p());
    DoubleVector inverse = DoubleVector.broadcast(SPECIES, -q.inverse());
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ScalarRingKernels.ROUNDER);
    a0.fma(inverse, rounder).sub(rounder).fma(p, a0).intoArray(tile, 0);
    b0.fma(inverse, rounder).sub(rounder).fma(p, b0).intoArray(tile, LANES);
    a1.fma(inverse, rounder).sub(rounder).fma(p, a1).intoArray(tile, 2 * LANES);
    b1.fma(inverse, rounder).sub(rounder).fma(p, b1).intoArray(tile, 3 * LANES);
    a2.fma(inverse, rounder).sub(rounder).fma(p, a2).intoArray(tile, 4 * LANES);
    b2.fma(inverse, rounder).sub(rounder).fma(p, b2).intoArray(tile, 5 * LANES);
    a3.fma(inverse, rounder).sub(rounder).fma(p, a3).intoArray(tile, 6 * LANES);
    b3.fma(inverse, rounder).sub(rounder).fma(p, b3).intoArray(tile, 7 * LANES);
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
    DoubleVector a1 = DoubleVector.fromArray(SPECIES, tile, 2 * LANES);
    DoubleVector b1 = DoubleVector.fromArray(SPECIES, tile, 3 * LANES);
    DoubleVector a2 = DoubleVector.fromArray(SPECIES, tile, 4 * LANES);
    DoubleVector b2 = DoubleVector.fromArray(SPECIES, tile, 5 * LANES);
    DoubleVector a3 = DoubleVector.fromArray(SPECIES, tile, 6 * LANES);
    DoubleVector b3 = DoubleVector.fromArray(SPECIES, tile, 7 * LANES);
    DoubleVector a4 = DoubleVector.fromArray(SPECIES, tile, 8 * LANES);
    DoubleVector b4 = DoubleVector.fromArray(SPECIES, tile, 9 * LANES);
    DoubleVector a5 = DoubleVector.fromArray(SPECIES, tile, 10 * LANES);
    DoubleVector b5 = DoubleVector.fromArray(SPECIES, tile, 11 * LANES);
    for (int k = from; k < to; k++) {
      int place = at + terms[k] * WIDTH;
      DoubleVector x0 = DoubleVector.fromArray(SPECIES, panels, place);
      DoubleVector x1 = DoubleVector.fromArray(SPECIES, panels, place + LANES);
      DoubleVector w0 = DoubleVector.broadcast(SPECIES, w[6 * k]);
      a0 = x0.fma(w0, a0);
      b0 = x1.fma(w0, b0);
      DoubleVector w1 = DoubleVector.broadcast(SPECIES, w[6 * k + 1]);
      a1 = x0.fma(w1, a1);
      b1 = x1.fma(w1, b1);
      DoubleVector w2 = DoubleVector.broadcast(SPECIES, w[6 * k + 2]);
      a2 = x0.fma(w2, a2);
      b2 = x1.fma(w2, b2);
      DoubleVector w3 = DoubleVector.broadcast(SPECIES, w[6 * k + 3]);
      a3 = x0.fma(w3, a3);
      b3 = x1.fma(w3, b3);
      DoubleVector w4 = DoubleVector.broadcast(SPECIES, w[6 * k + 4]);
      a4 = x0.fma(w4, a4);
      b4 = x1.fma(w4, b4);
      DoubleVector w5 = DoubleVector.broadcast(SPECIES, w[6 * k + 5]);
      a5 = x0.fma(w5, a5);
      b5 = x1.fma(w5, b5);
    }
    DoubleVector p = DoubleVector.broadcast(SPECIES, q.p());
    DoubleVector inverse = DoubleVector.broadcast(SPECIES, -q.inverse());
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ScalarRingKernels.ROUNDER);
    a0.fma(inverse, rounder).sub(rounder).fma(p, a0).intoArray(tile, 0);
    b0.fma(inverse, rounder).sub(rounder).fma(p, b0).intoArray(tile, LANES);
    a1.fma(inverse, rounder).sub(rounder).fma(p, a1).intoArray(tile, 2 * LANES);
    b1.fma(inverse, rounder).sub(rounder).fma(p, b1).intoArray(tile, 3 * LANES);
    a2.fma(inverse, rounder).sub(rounder).fma(p, a2).intoArray(tile, 4 * LANES);
    b2.fma(inverse, rounder).sub(rounder).fma(p, b2).intoArray(tile, 5 * LANES);
    a3.fma(inverse, rounder).sub(rounder).fma(p, a3).intoArray(tile, 6 * LANES);
    b3.fma(inverse, rounder).sub(rounder).fma(p, b3).intoArray(tile, 7 * LANES);
    a4.fma(inverse, rounder).sub(rounder).fma(p, a4).intoArray(tile, 8 * LANES);
    b4.fma(inverse, rounder).sub(rounder).fma(p, b4).intoArray(tile, 9 * LANES);
    a5.fma(inverse, rounder).sub(rounder).fma(p, a5).intoArray(tile, 10 * LANES);
    b5.fma(inverse, rounder).sub(rounder).fma(p, b5).intoArray(tile, 11 * LANES);
  }
}
