package dev.sotto.slots.ring;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * Residues on the wire: the numbers in [0, p), each in as many bits as p has, one after another from
 * the lowest bit of the first byte on.
 *
 * <p>So a residue has one form only, whatever a kernel made of it, and N of them take N/8 times the
 * bits of p bytes. With room of its own, so for one thread; nothing is allocated per call.
 */
public final class PackedResidues {
  /** How many residues come at once: their words end with a word, whatever their bits. */
  public static final int MULTIPLE = Long.SIZE;

  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** The double 2^52, whose last bit is worth one: its bits plus an integer are their sum. */
  private static final double LARGE = 0x1p52;

  private static final long LARGE_BITS = Double.doubleToRawLongBits(LARGE);

  /** Small enough to stay in L1. */
  private static final int STRIP = 1024;

  private final double[] canonical = new double[STRIP];

  private PackedResidues() {}

  /** With room for one thread. */
  public static PackedResidues create() {
    return new PackedResidues();
  }

  /** How many bytes residues take; a multiple of {@value #MULTIPLE} of them. */
  public static int bytes(int n, Modulus q) {
    if (n % MULTIPLE != 0) {
      throw new IllegalArgumentException("a multiple of " + MULTIPLE + " expected, not " + n);
    }
    return Math.multiplyExact(n / Byte.SIZE, q.bits());
  }

  /**
   * Packs residues.
   *
   * @param src whole numbers of size at most p
   * @param n a multiple of {@value #MULTIPLE}
   * @throws IllegalArgumentException where a number is too far from a residue to become one
   */
  public void pack(double[] src, int at, int n, Modulus q, byte[] dst, int to) {
    int bits = q.bits();
    Objects.checkFromIndexSize(to, bytes(n, q), dst.length);
    Objects.checkFromIndexSize(at, n, src.length);
    long seen = 0;
    for (int done = 0; done < n; done += STRIP) {
      int strip = Math.min(STRIP, n - done);
      canonical(src, at + done, canonical, strip, q.p(), q.inverse(), q.inverse() / 2);
      seen |= packCanonical(canonical, strip, bits, dst, to + done / Byte.SIZE * bits);
    }
    if (seen >>> bits != 0) {
      throw new IllegalArgumentException("residues modulo " + q.value() + " expected");
    }
  }

  /**
   * d = 2^52 + (x mod p). Half a unit over p keeps the quotient off whole numbers, where rounding
   * could tip it: |x| ≤ p, so that all errors together stay below a quarter of that.
   */
  private static void canonical(
      double[] x, int at, double[] d, int n, double p, double inverse, double half) {
    for (int i = 0; i < n; i++) {
      double residue = x[at + i];
      d[i] = Math.fma(-Math.floor(Math.fma(residue, inverse, half)), p, residue) + LARGE;
    }
  }

  /** Packs 2^52 + v for many v, and gives the union of their bits. */
  private static long packCanonical(double[] x, int n, int bits, byte[] dst, int to) {
    long seen = 0;
    long word = 0;
    int filled = 0;
    int next = to;
    for (int i = 0; i < n; i++) {
      long v = Double.doubleToRawLongBits(x[i]) ^ LARGE_BITS;
      seen |= v;
      word |= v << filled;
      filled += bits;
      if (filled >= Long.SIZE) {
        WORD.set(dst, next, word);
        next += Long.BYTES;
        filled -= Long.SIZE;
        word = v >>> (bits - filled);
      }
    }
    return seen;
  }

  /**
   * Unpacks residues.
   *
   * @param dst numbers in [0, p)
   * @param n a multiple of {@value #MULTIPLE}
   * @return whether every number was below p
   */
  public static boolean unpack(
      byte[] src, int from, double[] dst, int at, int n, Modulus q) {
    int bits = q.bits();
    Objects.checkFromIndexSize(from, bytes(n, q), src.length);
    Objects.checkFromIndexSize(at, n, dst.length);
    long mask = -1L >>> -bits;
    long last = q.value() - 1;
    long excess = 0;
    // Whole words are read while they end in the array; then the array's last word holds the rest.
    int end = src.length - Long.BYTES;
    long inside = (long) (end - from) * Byte.SIZE + Byte.SIZE - 1;
    int whole = inside < 0 ? 0 : (int) Math.min(n, inside / bits + 1);
    int bit = 0;
    for (int i = 0; i < whole; i++) {
      long v = ((long) WORD.get(src, from + (bit >>> 3)) >>> (bit & 7)) & mask;
      excess |= last - v;
      dst[at + i] = v;
      bit += bits;
    }
    if (whole < n) {
      long word = (long) WORD.get(src, end);
      for (int i = whole; i < n; i++) {
        long v = (word >>> (bit - (end - from) * Byte.SIZE)) & mask;
        excess |= last - v;
        dst[at + i] = v;
        bit += bits;
      }
    }
    return excess >= 0;
  }
}
