package dev.sotto.slots.ring;

/**
 * Turns words of a random stream into residues, as {@link UniformResidues} defines them; the scalar
 * twin, and what its vector twin falls back on.
 */
class ResidueKernel {
  /** The double 2^52, whose last bit is worth one: its bits plus an integer are their sum. */
  static final double LARGE = 0x1p52;

  static final long LARGE_BITS = Double.doubleToRawLongBits(LARGE);

  /** The bits of a candidate. */
  static long mask(long prime) {
    return -1L >>> Long.numberOfLeadingZeros(prime);
  }

  /**
   * Writes the residues of the words from {@code from} to {@code to} whose candidates are below the
   * prime, and perhaps anything behind them, but no more elements than there are words.
   *
   * @return where the next residue goes
   */
  int accept(long[] words, int from, int to, double[] dst, int at, long prime) {
    long gap = mask(prime) - prime;
    if (gap * (to - from) < prime / 2) { // most likely all of them
      int next = acceptAll(words, from, to, dst, at, prime);
      if (next > at) {
        return next;
      }
    }
    return acceptSome(words, from, to, dst, at, prime);
  }

  /** Gives {@code at} when not every candidate is below the prime. */
  private static int acceptAll(long[] words, int from, int to, double[] dst, int at, long prime) {
    long mask = mask(prime);
    double centre = LARGE + (prime >> 1);
    long refused = 0;
    for (int i = from; i < to; i++) {
      long candidate = words[i] & mask;
      refused |= prime - 1 - candidate;
      dst[at - from + i] = Double.longBitsToDouble(LARGE_BITS + candidate) - centre;
    }
    return refused < 0 ? at : at + to - from;
  }

  /** Every candidate is written, and the next one over it when it was not below the prime. */
  private static int acceptSome(long[] words, int from, int to, double[] dst, int at, long prime) {
    long mask = mask(prime);
    double centre = LARGE + (prime >> 1);
    int next = at;
    for (int i = from; i < to; i++) {
      long candidate = words[i] & mask;
      dst[next] = Double.longBitsToDouble(LARGE_BITS + candidate) - centre;
      next += (int) ((candidate - prime) >>> 63);
    }
    return next;
  }
}
