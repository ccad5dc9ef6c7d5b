package dev.sotto.slots.ring;

import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Weighted sums as a blocked matrix product over residues, with reduction delayed.
 *
 * <p>A block of terms by some columns is packed into panels two or four vectors wide: of residues,
 * or of high and low halves of half as many, in turns. Each strip of sums goes over each panel with
 * all its sums in registers.
 */
final class VectorWeightedSums {
  private static final VectorSpecies<Double> SPECIES = VectorLength.DOUBLES;
  private static final int LANES = SPECIES.length();

  /**
   * Vectors of a panel: with those of four sums and a weight, as many as there are registers for.
   */
  private static final int VECTORS = SPECIES.vectorBitSize() < 512 ? 2 : 4;

  private static final int WIDTH = VECTORS * LANES;

  private VectorWeightedSums() {}

  static void weightedSums(
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
    WeightedSums.Plan plan = w.plan(q);
    int terms = w.terms(block);
    int panel = terms * WIDTH;
    int columns = WeightedSums.columns(terms, n);
    for (int column = 0; column < n; column += columns) {
      for (int k = 0; k < terms; k++) {
        double[] term = x[first + k];
        int at = xi[first + k] + column;
        if (plan.split()) {
          packHalves(term, at, columns, space.panels, k * WIDTH, panel);
        } else {
          pack(term, at, columns, space.panels, k * WIDTH, panel, q);
        }
      }
      block(d, di, w, plan, space, block, column, columns, panel, q);
    }
  }

  /**
   * All sums over one block of terms, in some columns: panel by panel, as a panel is larger than
   * the weights of a strip.
   */
  private static void block(
      double[][] d,
      int[] di,
      WeightedSums w,
      WeightedSums.Plan plan,
      WeightedSums.Workspace space,
      int b,
      int column,
      int columns,
      int panel,
      Modulus q) {
    int step = plan.split() ? WIDTH / 2 : WIDTH;
    for (int c = 0, at = 0; c < columns; c += step, at += panel) {
      for (int s = 0; s < w.strips().size(); s++) {
        WeightStrip strip = w.strips().get(s);
        int from = strip.starts[b];
        int end = strip.starts[b + 1];
        if (plan.split()) {
          for (int to; from < end; from = to) {
            to = Math.min(end, from + plan.stretch(s));
            halves(d, di, strip, space, from, to, column + c, at, q);
          }
        } else if (from < end) {
          undivided(d, di, strip, space, from, end, plan.stretch(s), column + c, at, q);
        }
      }
    }
  }

  private static void halves(
      double[][] d,
      int[] di,
      WeightStrip strip,
      WeightedSums.Workspace space,
      int from,
      int to,
      int column,
      int at,
      Modulus q) {
    if (VECTORS == 4) {
      sums4(space.panels, at, strip.terms, from, to, strip.weights, space.tile);
    } else {
      sums(space.panels, at, strip.terms, from, to, strip.weights, space.tile);
    }
    for (int row = 0; row < strip.sums.length; row++) {
      int sum = strip.sums[row];
      for (int v = 0; v < VECTORS; v += 2) {
        int place = di[sum] + column + v / 2 * LANES;
        join(space.tile, row * WIDTH + v * LANES, d[sum], place, from == 0, q);
      }
    }
  }

  private static void undivided(
      double[][] d,
      int[] di,
      WeightStrip strip,
      WeightedSums.Workspace space,
      int from,
      int to,
      int stretch,
      int column,
      int at,
      Modulus q) {
    Arrays.fill(space.tile, 0, WeightStrip.HEIGHT * WIDTH, 0);
    for (int first = from; first < to; first += stretch) {
      int end = Math.min(to, first + stretch);
      if (VECTORS == 4) {
        reducedSums4(space.panels, at, strip.terms, first, end, strip.weights, space.tile, q);
      } else {
        reducedSums(space.panels, at, strip.terms, first, end, strip.weights, space.tile, q);
      }
    }
    for (int row = 0; row < strip.sums.length; row++) {
      int sum = strip.sums[row];
      for (int v = 0; v < VECTORS; v += 2) {
        int place = di[sum] + column + v * LANES;
        finish(space.tile, row * WIDTH + v * LANES, d[sum], place, from == 0, q);
      }
    }
  }

  /** Residues of one term, of size at most p/2 + 1, into the panels. */
  static void pack(double[] x, int xi, int columns, double[] panels, int at, int panel, Modulus q) {
    DoubleVector p = DoubleVector.broadcast(SPECIES, q.p());
    DoubleVector inverse = DoubleVector.broadcast(SPECIES, -q.inverse());
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ScalarRingKernels.ROUNDER);
    for (int i = 0; i < columns; i += LANES) {
      DoubleVector residue = DoubleVector.fromArray(SPECIES, x, xi + i);
      int place = at + i / WIDTH * panel + i % WIDTH;
      residue.fma(inverse, rounder).sub(rounder).fma(p, residue).intoArray(panels, place);
    }
  }

  /** High and low halves of one term into the panels. */
  static void packHalves(double[] x, int xi, int columns, double[] panels, int at, int panel) {
    DoubleVector rounder =
        DoubleVector.broadcast(SPECIES, ScalarRingKernels.ROUNDER * WeightedSums.Plan.RADIX);
    DoubleVector scale = DoubleVector.broadcast(SPECIES, 1 / WeightedSums.Plan.RADIX);
    for (int i = 0; i < columns; i += LANES) {
      DoubleVector residue = DoubleVector.fromArray(SPECIES, x, xi + i);
      DoubleVector high = residue.add(rounder).sub(rounder);
      int place = at + 2 * i / WIDTH * panel + 2 * i % WIDTH;
      high.mul(scale).intoArray(panels, place);
      residue.sub(high).intoArray(panels, place + LANES);
    }
  }

  /** d = [d +] two vectors of sums. */
  static void finish(double[] tile, int at, double[] d, int di, boolean fresh, Modulus q) {
    DoubleVector p = DoubleVector.broadcast(SPECIES, q.p());
    DoubleVector inverse = DoubleVector.broadcast(SPECIES, -q.inverse());
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ScalarRingKernels.ROUNDER);
    DoubleVector left = DoubleVector.fromArray(SPECIES, tile, at);
    DoubleVector right = DoubleVector.fromArray(SPECIES, tile, at + LANES);
    if (fresh) {
      left.intoArray(d, di);
      right.intoArray(d, di + LANES);
    } else {
      DoubleVector first = left.add(DoubleVector.fromArray(SPECIES, d, di));
      DoubleVector second = right.add(DoubleVector.fromArray(SPECIES, d, di + LANES));
      first.fma(inverse, rounder).sub(rounder).fma(p, first).intoArray(d, di);
      second.fma(inverse, rounder).sub(rounder).fma(p, second).intoArray(d, di + LANES);
    }
  }

  /** d = [d +] sums of high halves times the radix + sums of low halves. */
  static void join(double[] tile, int at, double[] d, int di, boolean fresh, Modulus q) {
    DoubleVector p = DoubleVector.broadcast(SPECIES, q.p());
    DoubleVector inverse = DoubleVector.broadcast(SPECIES, -q.inverse());
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ScalarRingKernels.ROUNDER);
    DoubleVector high = DoubleVector.fromArray(SPECIES, tile, at);
    DoubleVector quotient =
        high.fma(DoubleVector.broadcast(SPECIES, -WeightedSums.Plan.RADIX * q.inverse()), rounder);
    DoubleVector rest =
        quotient
            .sub(rounder)
            .fma(p, high.mul(DoubleVector.broadcast(SPECIES, WeightedSums.Plan.RADIX)));
    DoubleVector sum = rest.add(DoubleVector.fromArray(SPECIES, tile, at + LANES));
    if (fresh) {
      sum.fma(inverse, rounder).sub(rounder).fma(p, sum).intoArray(d, di);
    } else {
      DoubleVector total = sum.add(DoubleVector.fromArray(SPECIES, d, di));
      total.fma(inverse, rounder).sub(rounder).fma(p, total).intoArray(d, di);
    }
  }

  /** tile = the sums of a strip over the terms from..to. */
  static void sums(
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
      DoubleVector left = DoubleVector.fromArray(SPECIES, panels, place);
      DoubleVector right = DoubleVector.fromArray(SPECIES, panels, place + LANES);
      DoubleVector w0 = DoubleVector.broadcast(SPECIES, w[4 * k]);
      a0 = left.fma(w0, a0);
      b0 = right.fma(w0, b0);
      DoubleVector w1 = DoubleVector.broadcast(SPECIES, w[4 * k + 1]);
      a1 = left.fma(w1, a1);
      b1 = right.fma(w1, b1);
      DoubleVector w2 = DoubleVector.broadcast(SPECIES, w[4 * k + 2]);
      a2 = left.fma(w2, a2);
      b2 = right.fma(w2, b2);
      DoubleVector w3 = DoubleVector.broadcast(SPECIES, w[4 * k + 3]);
      a3 = left.fma(w3, a3);
      b3 = right.fma(w3, b3);
    }
    a0.intoArray(tile, 0);
    b0.intoArray(tile, LANES);
    a1.intoArray(tile, WIDTH);
    b1.intoArray(tile, WIDTH + LANES);
    a2.intoArray(tile, 2 * WIDTH);
    b2.intoArray(tile, 2 * WIDTH + LANES);
    a3.intoArray(tile, 3 * WIDTH);
    b3.intoArray(tile, 3 * WIDTH + LANES);
  }

  /** The same with panels of four vectors. */
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
    a1.intoArray(tile, WIDTH);
    b1.intoArray(tile, WIDTH + LANES);
    c1.intoArray(tile, WIDTH + 2 * LANES);
    d1.intoArray(tile, WIDTH + 3 * LANES);
    a2.intoArray(tile, 2 * WIDTH);
    b2.intoArray(tile, 2 * WIDTH + LANES);
    c2.intoArray(tile, 2 * WIDTH + 2 * LANES);
    d2.intoArray(tile, 2 * WIDTH + 3 * LANES);
    a3.intoArray(tile, 3 * WIDTH);
    b3.intoArray(tile, 3 * WIDTH + LANES);
    c3.intoArray(tile, 3 * WIDTH + 2 * LANES);
    d3.intoArray(tile, 3 * WIDTH + 3 * LANES);
  }

  /** tile = tile + the sums of a strip over the terms from..to, of size at most p/2 + 1. */
  static void reducedSums(
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
    DoubleVector a1 = DoubleVector.fromArray(SPECIES, tile, WIDTH);
    DoubleVector b1 = DoubleVector.fromArray(SPECIES, tile, WIDTH + LANES);
    DoubleVector a2 = DoubleVector.fromArray(SPECIES, tile, 2 * WIDTH);
    DoubleVector b2 = DoubleVector.fromArray(SPECIES, tile, 2 * WIDTH + LANES);
    DoubleVector a3 = DoubleVector.fromArray(SPECIES, tile, 3 * WIDTH);
    DoubleVector b3 = DoubleVector.fromArray(SPECIES, tile, 3 * WIDTH + LANES);
    for (int k = from; k < to; k++) {
      int place = at + terms[k] * WIDTH;
      DoubleVector left = DoubleVector.fromArray(SPECIES, panels, place);
      DoubleVector right = DoubleVector.fromArray(SPECIES, panels, place + LANES);
      DoubleVector w0 = DoubleVector.broadcast(SPECIES, w[4 * k]);
      a0 = left.fma(w0, a0);
      b0 = right.fma(w0, b0);
      DoubleVector w1 = DoubleVector.broadcast(SPECIES, w[4 * k + 1]);
      a1 = left.fma(w1, a1);
      b1 = right.fma(w1, b1);
      DoubleVector w2 = DoubleVector.broadcast(SPECIES, w[4 * k + 2]);
      a2 = left.fma(w2, a2);
      b2 = right.fma(w2, b2);
      DoubleVector w3 = DoubleVector.broadcast(SPECIES, w[4 * k + 3]);
      a3 = left.fma(w3, a3);
      b3 = right.fma(w3, b3);
    }
    DoubleVector p = DoubleVector.broadcast(SPECIES, q.p());
    DoubleVector inverse = DoubleVector.broadcast(SPECIES, -q.inverse());
    DoubleVector rounder = DoubleVector.broadcast(SPECIES, ScalarRingKernels.ROUNDER);
    a0.fma(inverse, rounder).sub(rounder).fma(p, a0).intoArray(tile, 0);
    b0.fma(inverse, rounder).sub(rounder).fma(p, b0).intoArray(tile, LANES);
    a1.fma(inverse, rounder).sub(rounder).fma(p, a1).intoArray(tile, WIDTH);
    b1.fma(inverse, rounder).sub(rounder).fma(p, b1).intoArray(tile, WIDTH + LANES);
    a2.fma(inverse, rounder).sub(rounder).fma(p, a2).intoArray(tile, 2 * WIDTH);
    b2.fma(inverse, rounder).sub(rounder).fma(p, b2).intoArray(tile, 2 * WIDTH + LANES);
    a3.fma(inverse, rounder).sub(rounder).fma(p, a3).intoArray(tile, 3 * WIDTH);
    b3.fma(inverse, rounder).sub(rounder).fma(p, b3).intoArray(tile, 3 * WIDTH + LANES);
  }

  /** The same with panels of four vectors. */
  static void reducedSums4(
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
    DoubleVector a1 = DoubleVector.fromArray(SPECIES, tile, WIDTH);
    DoubleVector b1 = DoubleVector.fromArray(SPECIES, tile, WIDTH + LANES);
    DoubleVector c1 = DoubleVector.fromArray(SPECIES, tile, WIDTH + 2 * LANES);
    DoubleVector d1 = DoubleVector.fromArray(SPECIES, tile, WIDTH + 3 * LANES);
    DoubleVector a2 = DoubleVector.fromArray(SPECIES, tile, 2 * WIDTH);
    DoubleVector b2 = DoubleVector.fromArray(SPECIES, tile, 2 * WIDTH + LANES);
    DoubleVector c2 = DoubleVector.fromArray(SPECIES, tile, 2 * WIDTH + 2 * LANES);
    DoubleVector d2 = DoubleVector.fromArray(SPECIES, tile, 2 * WIDTH + 3 * LANES);
    DoubleVector a3 = DoubleVector.fromArray(SPECIES, tile, 3 * WIDTH);
    DoubleVector b3 = DoubleVector.fromArray(SPECIES, tile, 3 * WIDTH + LANES);
    DoubleVector c3 = DoubleVector.fromArray(SPECIES, tile, 3 * WIDTH + 2 * LANES);
    DoubleVector d3 = DoubleVector.fromArray(SPECIES, tile, 3 * WIDTH + 3 * LANES);
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
    a1.fma(inverse, rounder).sub(rounder).fma(p, a1).intoArray(tile, WIDTH);
    b1.fma(inverse, rounder).sub(rounder).fma(p, b1).intoArray(tile, WIDTH + LANES);
    c1.fma(inverse, rounder).sub(rounder).fma(p, c1).intoArray(tile, WIDTH + 2 * LANES);
    d1.fma(inverse, rounder).sub(rounder).fma(p, d1).intoArray(tile, WIDTH + 3 * LANES);
    a2.fma(inverse, rounder).sub(rounder).fma(p, a2).intoArray(tile, 2 * WIDTH);
    b2.fma(inverse, rounder).sub(rounder).fma(p, b2).intoArray(tile, 2 * WIDTH + LANES);
    c2.fma(inverse, rounder).sub(rounder).fma(p, c2).intoArray(tile, 2 * WIDTH + 2 * LANES);
    d2.fma(inverse, rounder).sub(rounder).fma(p, d2).intoArray(tile, 2 * WIDTH + 3 * LANES);
    a3.fma(inverse, rounder).sub(rounder).fma(p, a3).intoArray(tile, 3 * WIDTH);
    b3.fma(inverse, rounder).sub(rounder).fma(p, b3).intoArray(tile, 3 * WIDTH + LANES);
    c3.fma(inverse, rounder).sub(rounder).fma(p, c3).intoArray(tile, 3 * WIDTH + 2 * LANES);
    d3.fma(inverse, rounder).sub(rounder).fma(p, d3).intoArray(tile, 3 * WIDTH + 3 * LANES);
  }
}
