package dev.sotto.slots.ring;

import dev.sotto.common.PublicStream;
import dev.sotto.common.RandomStream;
import dev.sotto.common.Twins;
import dev.sotto.common.VectorTwin;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Consumer;

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

  /** Words taken at a time from a stream without a buffer. */
  private static final int LONGEST = 1024;

  private static final Twins<ResidueKernel> TWINS =
      KernelChoice.twins(
          new ResidueKernel(),
          VectorTwin.find(ResidueKernel.class, "VectorResidueKernel"),
          UniformResidues::rehearsal);

  private UniformResidues() {}

  private static Consumer<ResidueKernel> rehearsal() {
    long prime = KernelRehearsal.modulus().value();
    long[] words = new long[BATCH];
    Arrays.setAll(words, i -> i * (prime / BATCH));
    double[] residues = new double[BATCH];
    return kernel -> kernel.accept(words, 0, BATCH, residues, 0, prime);
  }

  /**
   * Fills {@code n} elements of an array.
   *
   * @param stream read by whole words, as many as are needed for {@code n} residues
   * @param dst integers x, |x| ≤ (p - 1) / 2
   * @param prime odd, below 2^50
   */
  public static void fill(RandomStream stream, double[] dst, int at, int n, long prime) {
    fill(TWINS.current(), stream, dst, at, n, prime);
  }

  /** Scratch memory for streams without a buffer: one per thread, for any streams. */
  public static final class Workspace {
    private final byte[] bytes = new byte[LONGEST * Long.BYTES];
    private final LongBuffer words =
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
    private final long[] candidates = new long[LONGEST];

    private void fill(PublicStream stream, int count) {
      stream.fill(bytes, 0, count * Long.BYTES);
      words.get(0, candidates, 0, count);
    }
  }

  /** Fills the first candidates with the next words of a stream. */
  private interface Words {
    void fill(int count);
  }

  /**
   * The same from a stream without a buffer; a call takes up where the last one has left off.
   *
   * @param space this thread's
   */
  public static void fill(
      PublicStream stream, Workspace space, double[] dst, int at, int n, long prime) {
    Words words = count -> space.fill(stream, count);
    fill(TWINS.current(), words, space.candidates, dst, at, n, prime);
  }

  static void fill(
      ResidueKernel kernel, RandomStream stream, double[] dst, int at, int n, long prime) {
    long[] candidates = new long[Math.min(BATCH, n)];
    Words words = count -> stream.fill(candidates, 0, count);
    fill(kernel, words, candidates, dst, at, n, prime);
  }

  private static void fill(
      ResidueKernel kernel,
      Words words,
      long[] candidates,
      double[] dst,
      int at,
      int n,
      long prime) {
    Objects.checkFromIndexSize(at, n, dst.length);
    if (prime < 3 || (prime & 1) == 0 || prime >>> Modulus.MAXIMUM_BITS != 0) {
      throw new IllegalArgumentException("expected an odd prime below 2^50, got " + prime);
    }
    int end = at + n;
    int done = at;
    while (done < end) {
      // Never more words than residues are missing.
      int batch = Math.min(candidates.length, end - done);
      words.fill(batch);
      done = kernel.accept(candidates, 0, batch, dst, done, prime);
    }
  }
}
