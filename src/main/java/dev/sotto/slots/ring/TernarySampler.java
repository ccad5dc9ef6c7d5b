package dev.sotto.slots.ring;

import dev.sotto.common.RandomStream;
import java.util.Arrays;

/**
 * Uniform samples of {-1, 0, 1}: secret keys, and the one-time secrets of encryptions.
 *
 * <p>Two bits of the stream make a sample, and are dropped when both are set. What is dropped is
 * independent of what is kept, and no branch or address depends on what is kept.
 */
public final class TernarySampler {
  private static final int BATCH = 64;

  private TernarySampler() {}

  /**
   * Fills an array.
   *
   * @param stream read by whole words; what remains of the last is dropped
   */
  public static void fill(RandomStream stream, byte[] dst) {
    long[] words = new long[BATCH];
    int done = 0;
    while (done < dst.length) {
      int batch = Math.min(BATCH, (dst.length - done + Long.SIZE / 2 - 1) / (Long.SIZE / 2));
      stream.fill(words, 0, batch);
      done = accept(words, batch, dst, done);
    }
    Arrays.fill(words, 0);
  }

  private static int accept(long[] words, int count, byte[] dst, int at) {
    int next = at;
    for (int i = 0; i < count; i++) {
      long rest = words[i];
      for (int pair = 0; pair < Long.SIZE / 2 && next < dst.length; pair++) {
        int sample = (int) rest & 3;
        dst[next] = (byte) (sample - 1);
        next += 1 - (sample & sample >> 1);
        rest >>>= 2;
      }
    }
    return next;
  }
}
