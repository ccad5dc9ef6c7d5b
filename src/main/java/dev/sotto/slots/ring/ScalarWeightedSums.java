package dev.sotto.slots.ring;

import java.util.Arrays;

/**
 * Weighted sums in plain Java: the vector twin's blocks and delayed reduction, one sum at a time.
 *
 * <p>A block of terms is packed row by row: residues, or high halves and then low halves. The inner
 * loop adds four terms to a row of sums, which the compiler can vectorise.
 */
final class ScalarWeightedSums {
  private static final int COLUMNS = WeightedSums.COLUMNS;
  private static final double ROUNDER = ScalarRingKernels.ROUNDER;
  private static final double RADIX = WeightedSums.Plan.RADIX;

  private ScalarWeightedSums() {}

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
    int width = plan.split() ? 2 * COLUMNS : COLUMNS;
    double[] panels = space.panels;
    int terms = w.terms(block);
    for (int column = 0; column < n; column += COLUMNS) {
      for (int k = 0; k < terms; k++) {
        double[] term = x[first + k];
        int at = xi[first + k] + column;
        if (plan.split()) {
          packHalves(term, at, panels, k * width);
        } else {
          pack(term, at, panels, k * width, q);
        }
      }
      block(d, di, w, plan, space, block, column, width, q);
    }
  }

  private static void block(
      double[][] d,
      int[] di,
      WeightedSums w,
      WeightedSums.Plan plan,
      WeightedSums.Workspace space,
      int b,
      int column,
      int width,
      Modulus q) {
    double[] tile = space.tile;
    for (int s = 0; s < w.strips().size(); s++) {
      WeightStrip strip = w.strips().get(s);
      int end = strip.starts[b + 1];
      int stretch = plan.stretch(s);
      for (int row = 0; row < strip.sums.length; row++) {
        int sum = strip.sums[row];
        for (int from = strip.starts[b]; from < end; from += stretch) {
          Arrays.fill(tile, 0, width, 0);
          accumulate(space.panels, strip, row, from, Math.min(end, from + stretch), tile, width);
          if (from == 0) {
            Arrays.fill(d[sum], di[sum] + column, di[sum] + column + COLUMNS, 0);
          }
          if (plan.split()) {
            join(tile, d[sum], di[sum] + column, q);
          } else {
            finish(tile, d[sum], di[sum] + column, q);
          }
        }
      }
    }
  }

  private static void accumulate(
      double[] panels, WeightStrip strip, int row, int from, int to, double[] tile, int width) {
    double[] w = strip.weights;
    int[] terms = strip.terms;
    int height = strip.height;
    int k = from;
    for (; k + 3 < to; k += 4) {
      int at = k * height + row;
      add4(
          tile,
          width,
          panels,
          terms[k] * width,
          w[at],
          terms[k + 1] * width,
          w[at + height],
          terms[k + 2] * width,
          w[at + 2 * height],
          terms[k + 3] * width,
          w[at + 3 * height]);
    }
    for (; k < to; k++) {
      double weight = w[k * height + row];
      int at = terms[k] * width;
      for (int i = 0; i < width; i++) {
        tile[i] = Math.fma(weight, panels[at + i], tile[i]);
      }
    }
  }

  @SuppressWarnings("TooManyParameters")
  private static void add4(
      double[] tile,
      int width,
      double[] panels,
      int at0,
      double w0,
      int at1,
      double w1,
      int at2,
      double w2,
      int at3,
      double w3) {
    for (int i = 0; i < width; i++) {
      double sum = Math.fma(w0, panels[at0 + i], tile[i]);
      sum = Math.fma(w1, panels[at1 + i], sum);
      sum = Math.fma(w2, panels[at2 + i], sum);
      tile[i] = Math.fma(w3, panels[at3 + i], sum);
    }
  }

  private static double reduced(double x, double inverse, double p) {
    return Math.fma(-(Math.fma(x, inverse, ROUNDER) - ROUNDER), p, x);
  }

  private static void pack(double[] x, int xi, double[] panels, int at, Modulus q) {
    double p = q.p();
    double inverse = q.inverse();
    for (int i = 0; i < COLUMNS; i++) {
      panels[at + i] = reduced(x[xi + i], inverse, p);
    }
  }

  private static void packHalves(double[] x, int xi, double[] panels, int at) {
    for (int i = 0; i < COLUMNS; i++) {
      double high = (x[xi + i] + ROUNDER * RADIX) - ROUNDER * RADIX;
      panels[at + i] = high * (1 / RADIX);
      panels[at + COLUMNS + i] = x[xi + i] - high;
    }
  }

  /** d = d + sums, which are below 2<sup>53</sup> together. */
  private static void finish(double[] tile, double[] d, int di, Modulus q) {
    double p = q.p();
    double inverse = q.inverse();
    for (int i = 0; i < COLUMNS; i++) {
      d[di + i] = reduced(d[di + i] + tile[i], inverse, p);
    }
  }

  /** d = d + sums of high halves times the radix + sums of low halves. */
  private static void join(double[] tile, double[] d, int di, Modulus q) {
    double p = q.p();
    double inverse = q.inverse();
    double ratio = RADIX * inverse;
    for (int i = 0; i < COLUMNS; i++) {
      double high = tile[i];
      double quotient = Math.fma(high, ratio, ROUNDER) - ROUNDER;
      double rest = Math.fma(-quotient, p, high * RADIX);
      d[di + i] = reduced(rest + tile[COLUMNS + i] + d[di + i], inverse, p);
    }
  }
}
