package dev.sotto.circuit;

/**
 * A function of one integer with integer results, applied to every element of a row.
 *
 * <p>A lookup is kept as a function, not as a table: engines lay it out as they need it (a table, a
 * polynomial), and tables of wide accumulators are never made. The elements of a row fall into
 * <em>channels</em>; the function may differ by channel.
 */
public sealed interface Lookup permits AffineLookup, FunctionLookup, TableLookup {
  /** The number of channels. */
  int channels();

  /** The channel of every element of a row; the array is shared. */
  int[] channelOf();

  /** The interval of the results. */
  Interval range();

  /**
   * The exact results for integers.
   *
   * @param channel the channel
   * @param x integers
   * @return an integer for each, inside {@link #range()}
   */
  double[] apply(int channel, double[] x);

  /**
   * The real-valued function before rounding, clipped, in units of the result; what a polynomial
   * approximates.
   */
  double[] exact(int channel, double[] x);

  /** The number of elements in a row. */
  default int size() {
    return channelOf().length;
  }
}
