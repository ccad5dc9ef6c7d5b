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
   * Vectors of a panel: with those of six sums and a weight, as many as there are registers for.
   */
  private static final int VECTORS = SPECIES.vectorBitSize() < 512 ? 2 : 4;

  private static final int WIDTH = VECTORS * LANES;

  /** Columns packed at a time at most. */
  private static final int LONGEST = 512;

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
    int columns = columns(terms, n);
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
   * Columns packed at a time, as many as there is room for: terms come from memory, which gives
   * long stretches sooner than short ones.
   */
  private static int columns(int terms, int n) {
    int columns = WeightedSums.COLUMNS;
    while (2 * columns <= LONGEST
        && n % (2 * columns) == 0
        && 2 * columns * terms <= WeightedSums.PACKED) {
      columns *= 2;
    }
    return columns;
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
    sums(space.panels, at, strip, from, to, space.tile);
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
    Arrays.fill(space.tile, 0, strip.height * WIDTH, 0);
    for (int first = from; first < to; first += stretch) {
      int end = Math.min(to, first + stretch);
      reducedSums(space.panels, at, strip, first, end, space.tile, q);
    }
    for (int row = 0; row < strip.sums.length; row++) {
      int sum = strip.sums[row];
      for (int v = 0; v < VECTORS; v += 2) {
        int place = di[sum] + column + v * LANES;
        finish(space.tile, row * WIDTH + v * LANES, d[sum], place, from == 0, q);
      }
    }
  }

  private static void sums(
      double[] panels, int at, WeightStrip strip, int from, int to, double[] tile) {
    if (VECTORS == 4) {
      if (strip.height == WeightStrip.HIGH) {
        VectorStrips4.sums6(panels, at, strip.terms, from, to, strip.weights, tile);
      } else {
        VectorStrips4.sums4(panels, at, strip.terms, from, to, strip.weights, tile);
      }
    } else if (strip.height == WeightStrip.HIGH) {
      VectorStrips2.sums6(panels, at, strip.terms, from, to, strip.weights, tile);
    } else {
      VectorStrips2.sums4(panels, at, strip.terms, from, to, strip.weights, tile);
    }
  }

  private static void reducedSums(
      double[] panels, int at, WeightStrip strip, int from, int to, double[] tile, Modulus q) {
    if (VECTORS == 4) {
      if (strip.height == WeightStrip.HIGH) {
        VectorStrips4.reduced6(panels, at, strip.terms, from, to, strip.weights, tile, q);
      } else {
        VectorStrips4.reduced4(panels, at, strip.terms, from, to, strip.weights, tile, q);
      }
    } else if (strip.height == WeightStrip.HIGH) {
      VectorStrips2.reduced6(panels, at, strip.terms, from, to, strip.weights, tile, q);
    } else {
      VectorStrips2.reduced4(panels, at, strip.terms, from, to, strip.weights, tile, q);
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
}
