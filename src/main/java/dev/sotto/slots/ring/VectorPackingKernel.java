package dev.sotto.slots.ring;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector twin: as many streams side by side as a vector has lanes. Loaded by name, only where
 * {@code jdk.incubator.vector} is.
 *
 * <p>Vectors pass from one turn of a loop to the next in one way only, and no loop has another in
 * it: JDK 17 keeps them on the heap otherwise.
 */
final class VectorPackingKernel extends PackingKernel {
  private static final VectorSpecies<Long> LANES = VectorLength.LONGS;
  private static final VectorSpecies<Double> NUMBERS = VectorLength.DOUBLES;
  private static final VectorSpecies<Byte> BYTES = VectorLength.BYTES;

  /** From a word to the next of the same stream. */
  private static final int STRIDE = Long.BYTES * STREAMS;

  @Override
  long pack(double[] src, int at, Modulus q, byte[] dst, int to, double[] room) {
    long seen = 0;
    for (int stream = 0; stream < STREAMS; stream += LANES.length()) {
      seen |= packStreams(src, at + stream, q, dst, to + Long.BYTES * stream);
    }
    return seen;
  }

  private static long packStreams(double[] src, int at, Modulus q, byte[] dst, int to) {
    int bits = q.bits();
    double inverse = q.inverse();
    double offset = offset(inverse);
    double minusP = -q.p();
    LongVector seen = LongVector.zero(LANES);
    LongVector word = LongVector.zero(LANES);
    int filled = 0;
    int next = to;
    for (int i = at; i < at + BLOCK; i += STREAMS) {
      DoubleVector x = DoubleVector.fromArray(NUMBERS, src, i);
      DoubleVector quotient =
          x.fma(DoubleVector.broadcast(NUMBERS, inverse), DoubleVector.broadcast(NUMBERS, offset))
              .add(RingKernels.ROUNDER)
              .sub(RingKernels.ROUNDER);
      DoubleVector sum = quotient.fma(DoubleVector.broadcast(NUMBERS, minusP), x).add(LARGE);
      LongVector v = sum.reinterpretAsLongs().lanewise(VectorOperators.XOR, LARGE_BITS);
      seen = seen.or(v);
      // Stored whether full or not: the next turn writes over it then.
      word = word.or(v.lanewise(VectorOperators.LSHL, filled));
      word.reinterpretAsBytes().intoArray(dst, next);
      filled += bits;
      int full = filled >>> 6;
      filled &= Long.SIZE - 1;
      next += full * STRIDE;
      LongVector rest = v.lanewise(VectorOperators.LSHR, (bits - filled) & (Long.SIZE - 1));
      word = rest.and(-full).or(word.and(full - 1L));
    }
    return seen.reduceLanes(VectorOperators.OR);
  }

  @Override
  long unpack(byte[] src, int from, double[] dst, int at, Modulus q) {
    long excess = 0;
    for (int stream = 0; stream < STREAMS; stream += LANES.length()) {
      excess |= unpackStreams(src, from + Long.BYTES * stream, dst, at + stream, q);
    }
    return excess;
  }

  private static long unpackStreams(byte[] src, int from, double[] dst, int at, Modulus q) {
    int bits = q.bits();
    long mask = -1L >>> -bits;
    long last = q.value() - 1;
    int end = from + STRIDE * (bits - 1);
    LongVector excess = LongVector.zero(LANES);
    int bit = 0;
    for (int i = at; i < at + BLOCK; i += STREAMS) {
      int first = from + (bit >>> 6) * STRIDE;
      int shift = bit & (Long.SIZE - 1);
      LongVector low =
          ByteVector.fromArray(BYTES, src, first)
              .reinterpretAsLongs()
              .lanewise(VectorOperators.LSHR, shift);
      LongVector high =
          ByteVector.fromArray(BYTES, src, Math.min(first + STRIDE, end)).reinterpretAsLongs();
      LongVector twice = high.add(high).lanewise(VectorOperators.LSHL, Long.SIZE - 1 - shift);
      LongVector v = low.or(twice).and(mask);
      excess = excess.or(LongVector.broadcast(LANES, last).sub(v));
      v.or(LARGE_BITS).reinterpretAsDoubles().sub(LARGE).intoArray(dst, i);
      bit += bits;
    }
    return excess.reduceLanes(VectorOperators.OR);
  }
}
