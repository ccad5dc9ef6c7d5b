package dev.sotto.slots;

import dev.sotto.common.Seed;
import dev.sotto.slots.ring.Modulus;
import dev.sotto.slots.ring.PackedResidues;
import dev.sotto.slots.ring.RnsPolynomial;
import dev.sotto.slots.ring.RnsRing;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Writes one object of the slots engine into a caller's buffer, in the frame that {@link
 * FormatKind} describes. Residues are packed where they go; only buffers without an array need a
 * strip of copy.
 */
final class FormatWriter {
  /** Residues that are packed at once where the buffer has no array. */
  private static final int STRIP = 1024;

  private final ByteBuffer out;
  private final ByteBuffer bytes;
  private final PackedResidues packing = PackedResidues.create();

  private FormatWriter(ByteBuffer out, int length) {
    this.out = out;
    this.bytes = out.duplicate().order(ByteOrder.LITTLE_ENDIAN).limit(out.position() + length);
  }

  /** Bytes of the first limbs of a polynomial. */
  static long polynomialBytes(RnsRing ring, int limbs) {
    long total = 0;
    for (int i = 0; i < limbs; i++) {
      total += PackedResidues.bytes(ring.n(), ring.modulus(i));
    }
    return total;
  }

  /**
   * Begins an object at the buffer's position.
   *
   * @param length of everything
   * @throws BufferOverflowException where it does not fit
   */
  static FormatWriter begin(
      ByteBuffer out,
      FormatKind kind,
      int flags,
      int length,
      RingParameters parameters,
      KeyId key) {
    if (out.remaining() < length) {
      throw new BufferOverflowException();
    }
    FormatWriter writer = new FormatWriter(out, length);
    writer
        .bytes
        .putInt(FormatKind.MAGIC)
        .put((byte) FormatKind.VERSION)
        .put((byte) kind.code())
        .putShort((short) flags)
        .putLong(length)
        .put(parameters.hash())
        .put(key.bytes());
    return writer;
  }

  FormatWriter putByte(int value) {
    bytes.put((byte) value);
    return this;
  }

  /** Bytes without a meaning yet. */
  FormatWriter putZeros(int count) {
    for (int i = 0; i < count; i++) {
      bytes.put((byte) 0);
    }
    return this;
  }

  FormatWriter putLong(long value) {
    bytes.putLong(value);
    return this;
  }

  FormatWriter putDouble(double value) {
    bytes.putDouble(value);
    return this;
  }

  FormatWriter putBytes(byte[] value) {
    bytes.put(value);
    return this;
  }

  FormatWriter putSeed(Seed seed) {
    byte[] copy = seed.bytes();
    bytes.put(copy);
    Arrays.fill(copy, (byte) 0);
    return this;
  }

  /** The evaluations of a polynomial, limb after limb. */
  FormatWriter putPolynomial(RnsPolynomial a, RnsRing ring) {
    for (int i = 0; i < a.limbs(); i++) {
      putLimb(a.residues(), a.at(i), ring.n(), ring.modulus(i));
    }
    return this;
  }

  /** One limb of N residues. */
  FormatWriter putLimb(double[] residues, int at, int n, Modulus q) {
    if (bytes.hasArray()) {
      packing.pack(residues, at, n, q, bytes.array(), bytes.arrayOffset() + bytes.position());
      bytes.position(bytes.position() + PackedResidues.bytes(n, q));
      return this;
    }
    byte[] strip = new byte[PackedResidues.bytes(STRIP, q)];
    for (int done = 0; done < n; done += STRIP) {
      int count = Math.min(STRIP, n - done);
      packing.pack(residues, at + done, count, q, strip, 0);
      bytes.put(strip, 0, PackedResidues.bytes(count, q));
    }
    return this;
  }

  /** Adds the checksum and moves the caller's buffer behind the object. */
  void end() {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes.duplicate().limit(bytes.position()).position(out.position()));
    bytes.putInt((int) checksum.getValue());
    if (bytes.hasRemaining()) {
      throw new IllegalStateException(bytes.remaining() + " bytes less than announced");
    }
    out.position(bytes.position());
  }
}
