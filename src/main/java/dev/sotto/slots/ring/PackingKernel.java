package dev.sotto.slots.ring;

import dev.sotto.common.Twins;
import dev.sotto.common.VectorTwin;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.function.Consumer;

/**
 * Packs and unpacks one block of residues, as {@link PackedResidues} lays it out; the scalar twin.
 */
class PackingKernel {
  private static final Twins<PackingKernel> TWINS =
      KernelChoice.twins(
          new PackingKernel(),
          VectorTwin.find(PackingKernel.class, "VectorPackingKernel"),
          PackingKernel::rehearsal);

  /** How many streams of bits a block has. */
  static final int STREAMS = 8;

  /** How many residues a block has: in every stream they end with a word, whatever their bits. */
  static final int BLOCK = STREAMS * Long.SIZE;

  /** The double 2^52, whose last bit is worth one: its bits plus an integer are their sum. */
  static final double LARGE = 0x1p52;

  static final long LARGE_BITS = Double.doubleToRawLongBits(LARGE);

  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** The kernel to use now. */
  static PackingKernel best() {
    return TWINS.current();
  }

  private static Consumer<PackingKernel> rehearsal() {
    Modulus q = KernelRehearsal.modulus();
    double[] residues = KernelRehearsal.residues(BLOCK);
    double[] room = new double[BLOCK];
    byte[] bytes = new byte[BLOCK * Long.BYTES];
    return kernel -> {
      kernel.pack(residues, 0, q, bytes, 0, room);
      kernel.unpack(bytes, 0, room, 0, q);
    };
  }

  /** What added to x/p, and rounded, gives its whole part, with half a unit over p to spare. */
  static double offset(double inverse) {
    return inverse / 2 - 0.5;
  }

  /**
   * Packs a block.
   *
   * @param room for {@value #BLOCK} numbers
   * @return the union of the bits of all numbers packed
   */
  long pack(double[] src, int at, Modulus q, byte[] dst, int to, double[] room) {
    canonical(src, at, room, q.p(), q.inverse(), offset(q.inverse()));
    int bits = q.bits();
    long seen = 0;
    for (int stream = 0; stream < STREAMS; stream++) {
      long word = 0;
      int filled = 0;
      int next = to + Long.BYTES * stream;
      for (int i = stream; i < BLOCK; i += STREAMS) {
        long v = Double.doubleToRawLongBits(room[i]) ^ LARGE_BITS;
        seen |= v;
        word |= v << filled;
        filled += bits;
        if (filled >= Long.SIZE) {
          WORD.set(dst, next, word);
          next += Long.BYTES * STREAMS;
          filled -= Long.SIZE;
          word = v >>> (bits - filled);
        }
      }
    }
    return seen;
  }

  /** d = 2^52 + (x mod p). */
  private static void canonical(
      double[] x, int at, double[] d, double p, double inverse, double offset) {
    for (int i = 0; i < BLOCK; i++) {
      double residue = x[at + i];
      double quotient =
          Math.fma(residue, inverse, offset) + RingKernels.ROUNDER - RingKernels.ROUNDER;
      d[i] = Math.fma(-quotient, p, residue) + LARGE;
    }
  }

  /**
   * Unpacks a block.
   *
   * @return negative where a number was not below the prime
   */
  long unpack(byte[] src, int from, double[] dst, int at, Modulus q) {
    int bits = q.bits();
    long mask = -1L >>> -bits;
    long last = q.value() - 1;
    long excess = 0;
    for (int stream = 0; stream < STREAMS; stream++) {
      long word = 0;
      int left = 0;
      int next = from + Long.BYTES * stream;
      for (int i = at + stream; i < at + BLOCK; i += STREAMS) {
        long v;
        if (left >= bits) {
          v = word & mask;
          word >>>= bits;
          left -= bits;
        } else {
          long more = (long) WORD.get(src, next);
          next += Long.BYTES * STREAMS;
          v = (word | more << left) & mask;
          word = more >>> (bits - left);
          left += Long.SIZE - bits;
        }
        excess |= last - v;
        dst[i] = v;
      }
    }
    return excess;
  }
}
