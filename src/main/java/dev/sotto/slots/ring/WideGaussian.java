package dev.sotto.slots.ring;

import dev.sotto.common.RandomStream;

/**
 * Samples of rounded Gaussians so wide that they drown what they are added to: not for errors of
 * encryptions, for which see {@link GaussianSampler}.
 *
 * <p>Box and Muller 1958: two words of the stream make two samples. They end at 8.5 deviations,
 * beyond which an exact sample lies with probability below 2<sup>−53</sup>. Not constant in time.
 */
public final class WideGaussian {
  /** Deviations lie below 2 to this power: then every sample is a whole number below 2^48. */
  public static final int MAXIMUM_BITS = 44;

  private WideGaussian() {}

  /**
   * Fills an array with whole numbers.
   *
   * @param dst of an even length
   */
  public static void fill(RandomStream stream, double deviation, double[] dst) {
    for (int i = 0; i < dst.length; i += 2) {
      double open = ((stream.nextLong() >>> 11) + 1) * 0x1p-53;
      double radius = deviation * Math.sqrt(-2 * Math.log(open));
      double angle = 2 * Math.PI * ((stream.nextLong() >>> 11) * 0x1p-53);
      dst[i] = Math.rint(radius * Math.cos(angle));
      dst[i + 1] = Math.rint(radius * Math.sin(angle));
    }
  }
}
