package dev.sotto.slots.ring;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Weighted sums as a blocked matrix product over residues, with reduction delayed.
 *
 * <p>A block of terms by some columns is packed into panels two vectors wide: two of residues, or one
 * of their high halves and one of their low halves. Each strip of sums goes over each panel with all
 * its sums in registers.
 */
final class VectorWeightedSums {
  private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int WIDTH = 2 * LANES;

  private VectorWeightedSums() {}

  static void weightedSums(
      double[][] d,
      int[] di,
      double[][] x,
      int[] xi,
      WeightedSums w,
      WeightedSums.Workspace space,
      int n,
      Modulus q) {
    WeightedSums.Plan plan = w.plan(q);
    int blocks = w.blocks();
    for (int column = 0; column < n; column += WeightedSums.COLUMNS) {
      for (int b = 0; b < blocks; b++) {
        int first = b * WeightedSums.BLOCK;
        int terms = Math.min(WeightedSums.BLOCK, w.terms() - first);
        int panel = terms * WIDTH;
        for (int k = 0; k < terms; k++) {
          double[] term = x[first + k];
          int at = xi[first + k] + column;
          if (plan.split()) {
            packHalves(term, at, space.panels, k * WIDTH, panel);
          } else {
            pack(term, at, space.panels, k * WIDTH, panel, q);
          }
        }
        block(d, di, w, plan, space, b, column, panel, q);
      }
    }
  }

  /** All sums over one block of terms, in {@link WeightedSums#COLUMNS} columns. */
  private static void block(
      double[][] d,
      int[] di,
      WeightedSums w,
      WeightedSums.Plan plan,
      WeightedSums.Workspace space,
      int b,
      int column,
      int panel,
      Modulus q) {
    for (int s = 0; s < w.strips().size(); s++) {
      WeightStrip strip = w.strips().get(s);
      int from = strip.starts[b];
      int end = strip.starts[b + 1];
      if (plan.split()) {
        for (int to; from < end; from = to) {
          to = Math.min(end, from + plan.stretch(s));
          halves(d, di, strip, space, from, to, column, panel, q);
        }
      } else if (from < end) {
        undivided(d, di, strip, space, from, end, plan.stretch(s), column, panel, q);
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
      int panel,
      Modulus q) {
    for (int c = 0, at = 0; c < WeightedSums.COLUMNS; c += LANES, at += panel) {
      if (strip.height == WeightStrip.HEIGHT) {
        sums6(space.panels, at, strip.terms, from, to, strip.weights, space.tile);
      } else {
        sums4(space.panels, at, strip.terms, from, to, strip.weights, space.tile);
      }
      for (int row = 0; row < strip.sums.length; row++) {
        int sum = strip.sums[row];
        join(space.tile, row * WIDTH, d[sum], di[sum] + column + c, from == 0, q);
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
      int panel,
      Modulus q) {
    for (int c = 0, at = 0; c < WeightedSums.COLUMNS; c += WIDTH, at += panel) {
      if (to - from <= stretch) {
        if (strip.height == WeightStrip.HEIGHT) {
          sums6(space.panels, at, strip.terms, from, to, strip.weights, space.tile);
        } else {
          sums4(space.panels, at, strip.terms, from, to, strip.weights, space.tile);
        }
      } else if (strip.height == WeightStrip.HEIGHT) {
        reducedSums6(
            space.panels, at, strip.terms, from, to, stretch, strip.weights, space.tile, q);
      } else {
        reducedSums4(
            space.panels, at, strip.terms, from, to, stretch, strip.weights, space.tile, q);
      }
      for (int row = 0; row < strip.sums.length; row++) {
        int sum = strip.sums[row];
        finish(space.tile, row * WIDTH, d[sum], di[sum] + column + c, from == 0, q);
      }
    }
  }

  private static DoubleVector all(double value) {
    return DoubleVector.broadcast(SPECIES, value);
  }

  private static DoubleVector load(double[] a, int at) {
    return DoubleVector.fromArray(SPECIES, a, at);
  }

  private static DoubleVector reduced(
      DoubleVector x, DoubleVector negatedInverse, DoubleVector p, DoubleVector rounder) {
    return x.fma(negatedInverse, rounder).sub(rounder).fma(p, x);
  }

  /** Residues of one term, of size at most p/2 + 1, into the panels. */
  private static void pack(
      double[] x, int xi, double[] panels, int at, int panel, Modulus q) {
    DoubleVector p = all(q.p());
    DoubleVector inverse = all(-q.inverse());
    DoubleVector rounder = all(ScalarRingKernels.ROUNDER);
    for (int i = 0; i < WeightedSums.COLUMNS; i += WIDTH, at += panel) {
      reduced(load(x, xi + i), inverse, p, rounder).intoArray(panels, at);
      reduced(load(x, xi + i + LANES), inverse, p, rounder).intoArray(panels, at + LANES);
    }
  }

  /** High and low halves of one term into the panels. */
  private static void packHalves(double[] x, int xi, double[] panels, int at, int panel) {
    DoubleVector rounder = all(ScalarRingKernels.ROUNDER * WeightedSums.Plan.RADIX);
    DoubleVector scale = all(1 / WeightedSums.Plan.RADIX);
    for (int i = 0; i < WeightedSums.COLUMNS; i += LANES, at += panel) {
      DoubleVector residue = load(x, xi + i);
      DoubleVector high = residue.add(rounder).sub(rounder);
      high.mul(scale).intoArray(panels, at);
      residue.sub(high).intoArray(panels, at + LANES);
    }
  }

  /** d = [d +] two vectors of sums. */
  private static void finish(
      double[] tile, int at, double[] d, int di, boolean fresh, Modulus q) {
    DoubleVector p = all(q.p());
    DoubleVector inverse = all(-q.inverse());
    DoubleVector rounder = all(ScalarRingKernels.ROUNDER);
    DoubleVector left = reduced(load(tile, at), inverse, p, rounder);
    DoubleVector right = reduced(load(tile, at + LANES), inverse, p, rounder);
    if (fresh) {
      left.intoArray(d, di);
      right.intoArray(d, di + LANES);
    } else {
      reduced(left.add(load(d, di)), inverse, p, rounder).intoArray(d, di);
      reduced(right.add(load(d, di + LANES)), inverse, p, rounder).intoArray(d, di + LANES);
    }
  }

  /** d = [d +] sums of high halves times the radix + sums of low halves. */
  private static void join(double[] tile, int at, double[] d, int di, boolean fresh, Modulus q) {
    DoubleVector p = all(q.p());
    DoubleVector inverse = all(-q.inverse());
    DoubleVector rounder = all(ScalarRingKernels.ROUNDER);
    DoubleVector high = load(tile, at);
    DoubleVector quotient = high.fma(all(-WeightedSums.Plan.RADIX * q.inverse()), rounder);
    DoubleVector rest = quotient.sub(rounder).fma(p, high.mul(all(WeightedSums.Plan.RADIX)));
    DoubleVector sum = rest.add(load(tile, at + LANES));
    if (fresh) {
      reduced(sum, inverse, p, rounder).intoArray(d, di);
    } else {
      reduced(sum.add(load(d, di)), inverse, p, rounder).intoArray(d, di);
    }
  }

  /** Sums of a strip of six over the terms from..to. */
  private static void sums6(
      double[] panels,
      int at,
      int[] terms,
      int from,
      int to,
      double[] w,
      double[] tile) {
    DoubleVector a0 = all(0);
    DoubleVector b0 = all(0);
    DoubleVector a1 = all(0);
    DoubleVector b1 = all(0);
    DoubleVector a2 = all(0);
    DoubleVector b2 = all(0);
    DoubleVector a3 = all(0);
    DoubleVector b3 = all(0);
    DoubleVector a4 = all(0);
    DoubleVector b4 = all(0);
    DoubleVector a5 = all(0);
    DoubleVector b5 = all(0);
    for (int k = from; k < to; k++) {
      int place = at + terms[k] * WIDTH;
      DoubleVector left = load(panels, place);
      DoubleVector right = load(panels, place + LANES);
      DoubleVector w0 = all(w[6 * k]);
      a0 = left.fma(w0, a0);
      b0 = right.fma(w0, b0);
      DoubleVector w1 = all(w[6 * k + 1]);
      a1 = left.fma(w1, a1);
      b1 = right.fma(w1, b1);
      DoubleVector w2 = all(w[6 * k + 2]);
      a2 = left.fma(w2, a2);
      b2 = right.fma(w2, b2);
      DoubleVector w3 = all(w[6 * k + 3]);
      a3 = left.fma(w3, a3);
      b3 = right.fma(w3, b3);
      DoubleVector w4 = all(w[6 * k + 4]);
      a4 = left.fma(w4, a4);
      b4 = right.fma(w4, b4);
      DoubleVector w5 = all(w[6 * k + 5]);
      a5 = left.fma(w5, a5);
      b5 = right.fma(w5, b5);
    }
    a0.intoArray(tile, 0);
    b0.intoArray(tile, LANES);
    a1.intoArray(tile, WIDTH);
    b1.intoArray(tile, WIDTH + LANES);
    a2.intoArray(tile, 2 * WIDTH);
    b2.intoArray(tile, 2 * WIDTH + LANES);
    a3.intoArray(tile, 3 * WIDTH);
    b3.intoArray(tile, 3 * WIDTH + LANES);
    a4.intoArray(tile, 4 * WIDTH);
    b4.intoArray(tile, 4 * WIDTH + LANES);
    a5.intoArray(tile, 5 * WIDTH);
    b5.intoArray(tile, 5 * WIDTH + LANES);
  }

  /** The same, reduced after each stretch. */
  private static void reducedSums6(
      double[] panels,
      int at,
      int[] terms,
      int from,
      int to,
      int stretch,
      double[] w,
      double[] tile,
      Modulus q) {
    DoubleVector a0 = all(0);
    DoubleVector b0 = all(0);
    DoubleVector a1 = all(0);
    DoubleVector b1 = all(0);
    DoubleVector a2 = all(0);
    DoubleVector b2 = all(0);
    DoubleVector a3 = all(0);
    DoubleVector b3 = all(0);
    DoubleVector a4 = all(0);
    DoubleVector b4 = all(0);
    DoubleVector a5 = all(0);
    DoubleVector b5 = all(0);
    DoubleVector p = all(q.p());
    DoubleVector inverse = all(-q.inverse());
    DoubleVector rounder = all(ScalarRingKernels.ROUNDER);
    for (int first = from; first < to; first += stretch) {
      int stop = Math.min(to, first + stretch);
      for (int k = first; k < stop; k++) {
        int place = at + terms[k] * WIDTH;
        DoubleVector left = load(panels, place);
        DoubleVector right = load(panels, place + LANES);
        DoubleVector w0 = all(w[6 * k]);
        a0 = left.fma(w0, a0);
        b0 = right.fma(w0, b0);
        DoubleVector w1 = all(w[6 * k + 1]);
        a1 = left.fma(w1, a1);
        b1 = right.fma(w1, b1);
        DoubleVector w2 = all(w[6 * k + 2]);
        a2 = left.fma(w2, a2);
        b2 = right.fma(w2, b2);
        DoubleVector w3 = all(w[6 * k + 3]);
        a3 = left.fma(w3, a3);
        b3 = right.fma(w3, b3);
        DoubleVector w4 = all(w[6 * k + 4]);
        a4 = left.fma(w4, a4);
        b4 = right.fma(w4, b4);
        DoubleVector w5 = all(w[6 * k + 5]);
        a5 = left.fma(w5, a5);
        b5 = right.fma(w5, b5);
      }
      a0 = reduced(a0, inverse, p, rounder);
      b0 = reduced(b0, inverse, p, rounder);
      a1 = reduced(a1, inverse, p, rounder);
      b1 = reduced(b1, inverse, p, rounder);
      a2 = reduced(a2, inverse, p, rounder);
      b2 = reduced(b2, inverse, p, rounder);
      a3 = reduced(a3, inverse, p, rounder);
      b3 = reduced(b3, inverse, p, rounder);
      a4 = reduced(a4, inverse, p, rounder);
      b4 = reduced(b4, inverse, p, rounder);
      a5 = reduced(a5, inverse, p, rounder);
      b5 = reduced(b5, inverse, p, rounder);
    }
    a0.intoArray(tile, 0);
    b0.intoArray(tile, LANES);
    a1.intoArray(tile, WIDTH);
    b1.intoArray(tile, WIDTH + LANES);
    a2.intoArray(tile, 2 * WIDTH);
    b2.intoArray(tile, 2 * WIDTH + LANES);
    a3.intoArray(tile, 3 * WIDTH);
    b3.intoArray(tile, 3 * WIDTH + LANES);
    a4.intoArray(tile, 4 * WIDTH);
    b4.intoArray(tile, 4 * WIDTH + LANES);
    a5.intoArray(tile, 5 * WIDTH);
    b5.intoArray(tile, 5 * WIDTH + LANES);
  }

  /** Sums of a strip of four over the terms from..to. */
  private static void sums4(
      double[] panels,
      int at,
      int[] terms,
      int from,
      int to,
      double[] w,
      double[] tile) {
    DoubleVector a0 = all(0);
    DoubleVector b0 = all(0);
    DoubleVector a1 = all(0);
    DoubleVector b1 = all(0);
    DoubleVector a2 = all(0);
    DoubleVector b2 = all(0);
    DoubleVector a3 = all(0);
    DoubleVector b3 = all(0);
    for (int k = from; k < to; k++) {
      int place = at + terms[k] * WIDTH;
      DoubleVector left = load(panels, place);
      DoubleVector right = load(panels, place + LANES);
      DoubleVector w0 = all(w[4 * k]);
      a0 = left.fma(w0, a0);
      b0 = right.fma(w0, b0);
      DoubleVector w1 = all(w[4 * k + 1]);
      a1 = left.fma(w1, a1);
      b1 = right.fma(w1, b1);
      DoubleVector w2 = all(w[4 * k + 2]);
      a2 = left.fma(w2, a2);
      b2 = right.fma(w2, b2);
      DoubleVector w3 = all(w[4 * k + 3]);
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

  /** The same, reduced after each stretch. */
  private static void reducedSums4(
      double[] panels,
      int at,
      int[] terms,
      int from,
      int to,
      int stretch,
      double[] w,
      double[] tile,
      Modulus q) {
    DoubleVector a0 = all(0);
    DoubleVector b0 = all(0);
    DoubleVector a1 = all(0);
    DoubleVector b1 = all(0);
    DoubleVector a2 = all(0);
    DoubleVector b2 = all(0);
    DoubleVector a3 = all(0);
    DoubleVector b3 = all(0);
    DoubleVector p = all(q.p());
    DoubleVector inverse = all(-q.inverse());
    DoubleVector rounder = all(ScalarRingKernels.ROUNDER);
    for (int first = from; first < to; first += stretch) {
      int stop = Math.min(to, first + stretch);
      for (int k = first; k < stop; k++) {
        int place = at + terms[k] * WIDTH;
        DoubleVector left = load(panels, place);
        DoubleVector right = load(panels, place + LANES);
        DoubleVector w0 = all(w[4 * k]);
        a0 = left.fma(w0, a0);
        b0 = right.fma(w0, b0);
        DoubleVector w1 = all(w[4 * k + 1]);
        a1 = left.fma(w1, a1);
        b1 = right.fma(w1, b1);
        DoubleVector w2 = all(w[4 * k + 2]);
        a2 = left.fma(w2, a2);
        b2 = right.fma(w2, b2);
        DoubleVector w3 = all(w[4 * k + 3]);
        a3 = left.fma(w3, a3);
        b3 = right.fma(w3, b3);
      }
      a0 = reduced(a0, inverse, p, rounder);
      b0 = reduced(b0, inverse, p, rounder);
      a1 = reduced(a1, inverse, p, rounder);
      b1 = reduced(b1, inverse, p, rounder);
      a2 = reduced(a2, inverse, p, rounder);
      b2 = reduced(b2, inverse, p, rounder);
      a3 = reduced(a3, inverse, p, rounder);
      b3 = reduced(b3, inverse, p, rounder);
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
}
