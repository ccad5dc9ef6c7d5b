package dev.sotto.slots.ring;

import java.util.Objects;

/**
 * Residues on the wire: the numbers in [0, p), each in as many bits as p has.
 *
 * <p>So a residue has one form only, whatever a kernel made of it, and N of them take N/8 times the
 * bits of p bytes. A block of 512 residues has eight streams of bits: residue i goes to stream i
 * mod 8, from the lowest bit on; words of eight bytes, little-endian, come from each stream in
 * turn. Lanes of a vector then each have their stream, and nothing moves between them. With room of
 * its own, so for one thread; nothing is allocated per call.
 */
public final class PackedResidues {
  /** How many residues come at once. */
  public static final int MULTIPLE = PackingKernel.BLOCK;

  private final PackingKernel kernel;

  /** For packing. */
  private double[] room = {};

  private PackedResidues(PackingKernel kernel) {
    this.kernel = kernel;
  }

  /** With room for one thread. */
  public static PackedResidues create() {
    return create(PackingKernel.best());
  }

  /** With a chosen twin. */
  static PackedResidues create(PackingKernel kernel) {
    return new PackedResidues(kernel);
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
    int length = bytes(n, q);
    Objects.checkFromIndexSize(to, length, dst.length);
    Objects.checkFromIndexSize(at, n, src.length);
    if (room.length == 0) {
      room = new double[PackingKernel.BLOCK];
    }
    long seen = 0;
    int next = to;
    for (int done = 0; done < n; done += MULTIPLE) {
      seen |= kernel.pack(src, at + done, q, dst, next, room);
      next += bytes(MULTIPLE, q);
    }
    if (seen >>> q.bits() != 0) {
      throw new IllegalArgumentException("residues modulo " + q.value() + " expected");
    }
  }

  /**
   * Unpacks residues.
   *
   * @param dst numbers in [0, p)
   * @param n a multiple of {@value #MULTIPLE}
   * @return whether every number was below p
   */
  public boolean unpack(byte[] src, int from, double[] dst, int at, int n, Modulus q) {
    int length = bytes(n, q);
    Objects.checkFromIndexSize(from, length, src.length);
    Objects.checkFromIndexSize(at, n, dst.length);
    long excess = 0;
    int next = from;
    for (int done = 0; done < n; done += MULTIPLE) {
      excess |= kernel.unpack(src, next, dst, at + done, q);
      next += bytes(MULTIPLE, q);
    }
    return excess >= 0;
  }
}
