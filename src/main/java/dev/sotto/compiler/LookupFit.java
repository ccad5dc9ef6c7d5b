package dev.sotto.compiler;

import dev.sotto.circuit.AffineLookup;
import dev.sotto.circuit.Lookup;

/**
 * A lookup as polynomials, one for each channel.
 *
 * @param polynomials by channel
 * @param error root mean square over the calibration rows, in steps of the quantized model
 * @param isStraight whether polynomials of first degree are as good as any
 */
@SuppressWarnings("ArrayRecordComponent")
record LookupFit(PolynomialFit[] polynomials, double error, boolean isStraight) {
  /** A smaller error than this, in steps, is one of rounding. */
  private static final double STRAIGHT_STEPS = 0.35;

  /** And it must be smaller than this part of the results' spread. */
  private static final double STRAIGHT_SPREAD = 0.03;

  /** Of a re-quantization, the share of values that it may clip: those that its range left out. */
  private static final double CLIPPED = 0.03;

  /** Observations of a channel beyond so many are thinned out. */
  private static final int MOST_OBSERVATIONS = 1 << 14;

  /** Straight lines: of a re-quantization its own, as if it did not clip; of others the best. */
  static LookupFit line(Lookup lookup, double[] real) {
    if (!(lookup instanceof AffineLookup affine)) {
      return of(lookup, real, 1, false);
    }
    PolynomialFit[] lines = new PolynomialFit[lookup.channels()];
    for (int c = 0; c < lines.length; c++) {
      lines[c] = new PolynomialFit(0, 1, new double[] {affine.offset()[c], affine.slope()[c]});
    }
    double[][] observed = observed(lookup, real);
    LookupFit fit = judged(lookup, lines, observed);
    boolean straight = fit.error <= STRAIGHT_STEPS && clipped(affine, observed) <= CLIPPED;
    return new LookupFit(lines, fit.error, straight);
  }

  /** The share of values that a re-quantization clips by half a step and more. */
  private static double clipped(AffineLookup lookup, double[][] observed) {
    double lo = lookup.range().lo() - 0.5;
    double hi = lookup.range().hi() + 0.5;
    long clipped = 0;
    long count = 0;
    for (int c = 0; c < observed.length; c++) {
      for (double x : observed[c]) {
        double y = lookup.slope()[c] * x + lookup.offset()[c];
        clipped += y < lo || y > hi ? 1 : 0;
      }
      count += observed[c].length;
    }
    return (double) clipped / Math.max(1, count);
  }

  /**
   * The best polynomials of a degree.
   *
   * @param compact whether squares of one shifted variable are asked for
   */
  static LookupFit of(Lookup lookup, double[] real, int degree, boolean compact) {
    double[][] observed = observed(lookup, real);
    PolynomialFit[] fits = new PolynomialFit[lookup.channels()];
    for (int c = 0; c < fits.length; c++) {
      int channel = c;
      fits[c] = PolynomialFit.of(observed[c], x -> lookup.exact(channel, x), degree, compact);
    }
    return judged(lookup, fits, observed);
  }

  private static LookupFit judged(Lookup lookup, PolynomialFit[] fits, double[][] observed) {
    double sum = 0;
    double total = 0;
    double squares = 0;
    long count = 0;
    for (int c = 0; c < fits.length; c++) {
      double[] y = lookup.exact(c, observed[c]);
      for (int i = 0; i < y.length; i++) {
        double error = fits[c].at(observed[c][i]) - y[i];
        sum += error * error;
        total += y[i];
        squares += y[i] * y[i];
      }
      count += y.length;
    }
    double mean = total / Math.max(1, count);
    double error = Math.sqrt(sum / Math.max(1, count));
    double spread = Math.sqrt(Math.max(0, squares / Math.max(1, count) - mean * mean));
    return new LookupFit(fits, error, error <= Math.min(STRAIGHT_STEPS, STRAIGHT_SPREAD * spread));
  }

  /** Values that each channel saw, of rows at equal distances where they are many. */
  private static double[][] observed(Lookup lookup, double[] real) {
    int[] channelOf = lookup.channelOf();
    int size = channelOf.length;
    int rows = real.length / size;
    int[] counts = new int[lookup.channels()];
    for (int channel : channelOf) {
      counts[channel]++;
    }
    int most = 1;
    for (int count : counts) {
      most = Math.max(most, count);
    }
    int step = (int) Math.max(1, (long) most * rows / MOST_OBSERVATIONS);
    int taken = (rows + step - 1) / step;
    double[][] observed = new double[counts.length][];
    for (int c = 0; c < counts.length; c++) {
      observed[c] = new double[counts[c] * taken];
    }
    int[] next = new int[counts.length];
    for (int row = 0; row < rows; row += step) {
      take(real, row * size, channelOf, observed, next);
    }
    return observed;
  }

  private static void take(
      double[] real, int at, int[] channelOf, double[][] observed, int[] next) {
    for (int i = 0; i < channelOf.length; i++) {
      int c = channelOf[i];
      observed[c][next[c]++] = real[at + i];
    }
  }
}
