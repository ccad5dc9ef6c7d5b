package dev.sotto.slots.ring;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector twin: as many streams side by side as a vector has lanes. Loaded by name, only where
 * {@code jdk.incubator.vector} is.
 */
final class VectorPackingKernel extends PackingKernel {
  private static final VectorSpecies<Long> LANES = LongVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Double> NUMBERS = DoubleVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_PREFERRED;

  @Override
  long pack(double[] src, int at, Modulus q, byte[] dst, int to, double[] room) {
    int bits = q.bits();
    double p = q.p();
    DoubleVector inverse = DoubleVector.broadcast(NUMBERS, q.inverse());
    DoubleVector offset = DoubleVector.broadcast(NUMBERS, offset(q.inverse()));
    DoubleVector minusP = DoubleVector.broadcast(NUMBERS, -p);
    LongVector seen = LongVector.zero(LANES);
    for (int stream = 0; stream < STREAMS; stream += LANES.length()) {
      LongVector word = LongVector.zero(LANES);
      int filled = 0;
      int next = to + Long.BYTES * stream;
      for (int i = at + stream; i < at + BLOCK; i += STREAMS) {
        DoubleVector x = DoubleVector.fromArray(NUMBERS, src, i);
        DoubleVector quotient =
            x.fma(inverse, offset).add(RingKernels.ROUNDER).sub(RingKernels.ROUNDER);
        LongVector v =
            quotient
                .fma(minusP, x)
                .add(LARGE)
                .reinterpretAsLongs()
                .lanewise(VectorOperators.XOR, LARGE_BITS);
        seen = seen.or(v);
        word = word.or(v.lanewise(VectorOperators.LSHL, filled));
        filled += bits;
        if (filled >= Long.SIZE) {
          word.reinterpretAsBytes().intoArray(dst, next);
          next += Long.BYTES * STREAMS;
          filled -= Long.SIZE;
          word = v.lanewise(VectorOperators.LSHR, bits - filled);
        }
      }
    }
    return seen.reduceLanes(VectorOperators.OR);
  }

  @Override
  long unpack(byte[] src, int from, double[] dst, int at, Modulus q) {
    int bits = q.bits();
    long mask = -1L >>> -bits;
    LongVector last = LongVector.broadcast(LANES, q.value() - 1);
    LongVector excess = LongVector.zero(LANES);
    for (int stream = 0; stream < STREAMS; stream += LANES.length()) {
      LongVector word = LongVector.zero(LANES);
      int left = 0;
      int next = from + Long.BYTES * stream;
      for (int i = at + stream; i < at + BLOCK; i += STREAMS) {
        LongVector v;
        if (left >= bits) {
          v = word.and(mask);
          word = word.lanewise(VectorOperators.LSHR, bits);
          left -= bits;
        } else {
          LongVector more = ByteVector.fromArray(BYTES, src, next).reinterpretAsLongs();
          next += Long.BYTES * STREAMS;
          v = word.or(more.lanewise(VectorOperators.LSHL, left)).and(mask);
          word = more.lanewise(VectorOperators.LSHR, bits - left);
          left += Long.SIZE - bits;
        }
        excess = excess.or(last.sub(v));
        v.or(LARGE_BITS).reinterpretAsDoubles().sub(LARGE).intoArray(dst, i);
      }
    }
    return excess.reduceLanes(VectorOperators.OR);
  }
}
