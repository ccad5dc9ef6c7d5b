package dev.sotto.slots.ring;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector twin: whole vectors, where every candidate of a batch is below the prime. Loaded by
 * name, only where {@code jdk.incubator.vector} is.
 */
final class VectorResidueKernel extends ResidueKernel {
  private static final VectorSpecies<Long> LANES = VectorLength.LONGS;

  @Override
  int accept(long[] words, int from, int to, double[] dst, int at, long prime) {
    int end = from + LANES.loopBound(to - from);
    if (acceptAll(words, from, end, dst, at, prime)) {
      return super.accept(words, end, to, dst, at + end - from, prime);
    }
    return super.accept(words, from, to, dst, at, prime);
  }

  private static boolean acceptAll(
      long[] words, int from, int to, double[] dst, int at, long prime) {
    long mask = mask(prime);
    double centre = LARGE + (prime >> 1);
    LongVector last = LongVector.broadcast(LANES, prime - 1);
    LongVector refused = LongVector.zero(LANES);
    for (int i = from; i < to; i += LANES.length()) {
      LongVector candidates = LongVector.fromArray(LANES, words, i).and(mask);
      refused = refused.or(last.sub(candidates));
      DoubleVector sums = candidates.add(LARGE_BITS).reinterpretAsDoubles();
      sums.sub(centre).intoArray(dst, at - from + i);
    }
    return refused.reduceLanes(VectorOperators.OR) >= 0;
  }
}
