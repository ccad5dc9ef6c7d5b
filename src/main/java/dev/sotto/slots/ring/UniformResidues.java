package dev.sotto.slots.ring;

import dev.sotto.common.RandomStream;
import java.util.Objects;

/**
 * Uniform residues modulo a prime, as the centred integers in doubles that kernels use.
 *
 * <p>A candidate is the low bits of one word of the stream, as many as the prime has; the word is
 * dropped when the candidate is not below the prime. Candidate v stands for v - (p - 1) / 2. So the
 * residues are exactly uniform, and a function of the stream alone: published seeds of ciphertexts
 * and keys depend on this and it does not change. Cheapest just below a power of two, where hardly
 * any word is dropped.
 */
public final class UniformResidues {
  private static final int BATCH = 512;

  /** The double 2^52, whose last bit is worth one: its bits plus an integer are their sum. */
  private static final double LARGE = 0x1p52;

  private UniformResidues() {}

  /**
   * Fills {@code n} elements of an array.
   *
   * @param stream read by whole words, as many as are needed for {@code n} residues
   * @param dst integers x, |x| ≤ (p - 1) / 2
   * @param prime odd, below 2^50
   */
  public static void fill(RandomStream stream, double[] dst, int at, int n, long prime) {
    Objects.checkFromIndexSize(at, n, dst.length);
    if (prime < 3 || (prime & 1) == 0 || prime >>> Modulus.MAXIMUM_BITS != 0) {
      throw new IllegalArgumentException("expected an odd prime below 2^50, got " + prime);
    }
    long[] words = new long[Math.min(BATCH, n)];
    int end = at + n;
    int done = at;
    while (done < end) {
      int batch = Math.min(words.length, end - done); // never more words than residues are missing
      stream.fill(words, 0, batch);
      done = accept(words, batch, dst, done, prime);
    }
  }

  /** Every candidate is written, and the next one over it when it was not below the prime. */
  private static int accept(long[] words, int count, double[] dst, int at, long prime) {
    long mask = -1L >>> Long.numberOfLeadingZeros(prime);
    long large = Double.doubleToRawLongBits(LARGE);
    double centre = LARGE + (prime >> 1);
    int next = at;
    for (int i = 0; i < count; i++) {
      long candidate = words[i] & mask;
      dst[next] = Double.longBitsToDouble(large + candidate) - centre;
      next += (int) ((candidate - prime) >>> 63);
    }
    return next;
  }
}
