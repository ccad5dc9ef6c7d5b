package dev.sotto.circuit;

/**
 * A real-valued function of one integer, differing by channel; the float half of a lookup.
 *
 * <p>Immutable, thread-safe and deterministic: the same result on every machine.
 */
public interface ElementFunction {
  /** The number of channels. */
  int channels();

  /**
   * The values of the function.
   *
   * @param channel the channel, 0 to {@link #channels()} − 1
   * @param x integers
   * @return one value for each
   */
  double[] values(int channel, double[] x);
}
