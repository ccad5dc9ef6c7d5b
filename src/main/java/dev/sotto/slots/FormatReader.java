package dev.sotto.slots;

import dev.sotto.common.Seed;
import dev.sotto.problem.SottoException;
import dev.sotto.slots.ring.Modulus;
import dev.sotto.slots.ring.PackedResidues;
import dev.sotto.slots.ring.RnsPolynomial;
import dev.sotto.slots.ring.RnsRing;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.zip.CRC32C;

/**
 * Reads one object of the slots engine from a caller's buffer, and trusts nothing in it.
 *
 * <p>First what it is, then whether all of it is there, then the checksum, then the parameters;
 * only after its length has been found to be the one that its header asks for is anything
 * allocated, and that is in proportion to the bytes that are there. The caller's buffer moves when
 * all went well.
 */
final class FormatReader {
  private static final int STRIP = 1024;

  private static final String CIPHERTEXT = "ciphertext";

  /** Where the length ends: without it nothing can be said of the rest. */
  private static final int PREFIX = 16;

  private final FormatKind kind;
  private final ByteBuffer in;
  private final ByteBuffer bytes;
  private final int flags;
  private final int length;
  private final byte[] hash = new byte[32];
  private final KeyId key;
  private final PackedResidues packing = PackedResidues.create();

  private FormatReader(FormatKind kind, ByteBuffer in) {
    this.kind = kind;
    this.in = in;
    this.bytes = in.slice().order(ByteOrder.LITTLE_ENDIAN);
    identify();
    this.flags = bytes.getShort(6);
    long stated = bytes.getLong(8);
    if (stated < FormatKind.HEADER + FormatKind.CHECKSUM) {
      throw corrupt("a length of a header and a checksum at least expected, not " + stated + ".");
    }
    if (stated > bytes.limit()) {
      throw refused(
          SlotsError.FORMAT_TRUNCATED, stated + " bytes expected, not " + bytes.limit() + ".");
    }
    this.length = (int) stated;
    int end = length - FormatKind.CHECKSUM;
    CRC32C checksum = new CRC32C();
    checksum.update(bytes.duplicate().limit(end));
    if ((int) checksum.getValue() != bytes.getInt(end)) {
      throw corrupt(
          String.format(
              Locale.ROOT,
              "checksum %08x expected, not %08x.",
              (int) checksum.getValue(),
              bytes.getInt(end)));
    }
    bytes.position(PREFIX).limit(end);
    bytes.get(hash);
    byte[] id = new byte[KeyId.BYTES];
    bytes.get(id);
    this.key = KeyId.of(id);
  }

  /** Opens an object at the buffer's position. */
  static FormatReader open(FormatKind kind, ByteBuffer in) {
    return new FormatReader(kind, in);
  }

  /** Refuses what is something else, or too short to tell. */
  private void identify() {
    for (int i = 0; i < Math.min(4, bytes.limit()); i++) {
      if (bytes.get(i) != (byte) (FormatKind.MAGIC >>> 8 * i)) {
        throw refused(
            SlotsError.FORMAT_NOT_SLOTS, "bytes that begin with 'STSL' expected, not others.");
      }
    }
    if (bytes.limit() > 4 && bytes.get(4) != FormatKind.VERSION) {
      throw refused(
          SlotsError.FORMAT_VERSION,
          "version " + FormatKind.VERSION + " expected, not " + (bytes.get(4) & 0xff) + ".");
    }
    if (bytes.limit() > 5 && bytes.get(5) != kind.code()) {
      throw refused(
          SlotsError.FORMAT_NOT_SLOTS,
          kind.title() + " expected, not " + FormatKind.titleOf(bytes.get(5) & 0xff) + ".");
    }
    if (bytes.limit() < PREFIX) {
      throw refused(
          SlotsError.FORMAT_TRUNCATED,
          PREFIX + " bytes or more expected, not " + bytes.limit() + ".");
    }
  }

  /** Refuses other ring parameters than expected. */
  FormatReader expect(RingParameters parameters) {
    byte[] expected = parameters.hash();
    if (!Arrays.equals(hash, expected)) {
      throw refused(
          SlotsError.WRONG_PARAMETERS,
          "ring parameters of hash "
              + shortened(expected)
              + " ("
              + parameters
              + ") expected, not of "
              + shortened(hash)
              + ".");
    }
    return this;
  }

  private static String shortened(byte[] hash) {
    return HexFormat.of().formatHex(hash, 0, 8);
  }

  /** Refuses flags that have no meaning here. */
  FormatReader allow(int known) {
    if ((flags & ~known) != 0) {
      throw corrupt("flags within " + known + " expected, not " + (flags & 0xffff) + ".");
    }
    return this;
  }

  boolean seeded() {
    return (flags & FormatKind.SEEDED) != 0;
  }

  /** Refuses an object whose length is not the one that its header asks for. */
  void requireLength(long expected) {
    if (length != expected) {
      throw corrupt(expected + " bytes expected by the header, not " + length + ".");
    }
  }

  KeyId key() {
    return key;
  }

  /** Bytes that are left before the checksum. */
  int remaining() {
    return bytes.remaining();
  }

  int getByte() {
    requireField(1);
    return bytes.get() & 0xff;
  }

  void getZeros(int count) {
    requireField(count);
    for (int i = 0; i < count; i++) {
      int value = bytes.get();
      if (value != 0) {
        throw corrupt("zero expected where nothing is stored, not " + (value & 0xff) + ".");
      }
    }
  }

  long getLong() {
    requireField(Long.BYTES);
    return bytes.getLong();
  }

  double getDouble() {
    requireField(Double.BYTES);
    return bytes.getDouble();
  }

  byte[] getBytes(int count) {
    requireField(count);
    byte[] value = new byte[count];
    bytes.get(value);
    return value;
  }

  Seed getSeed() {
    byte[] copy = getBytes(Seed.LENGTH);
    Seed seed = Seed.of(copy);
    Arrays.fill(copy, (byte) 0);
    return seed;
  }

  /** The evaluations of a polynomial, limb after limb. */
  RnsPolynomial getPolynomial(RnsRing ring, int limbs) {
    RnsPolynomial a = ring.zeros(limbs);
    for (int i = 0; i < limbs; i++) {
      getLimb(a.residues(), a.at(i), ring.n(), ring.modulus(i));
    }
    return a;
  }

  private void getLimb(double[] residues, int at, int n, Modulus q) {
    requireField(PackedResidues.bytes(n, q));
    boolean below = true;
    if (bytes.hasArray()) {
      below =
          packing.unpack(bytes.array(), bytes.arrayOffset() + bytes.position(), residues, at, n, q);
      bytes.position(bytes.position() + PackedResidues.bytes(n, q));
    } else {
      byte[] strip = new byte[PackedResidues.bytes(STRIP, q)];
      for (int done = 0; done < n; done += STRIP) {
        int count = Math.min(STRIP, n - done);
        bytes.get(strip, 0, PackedResidues.bytes(count, q));
        below &= packing.unpack(strip, 0, residues, at + done, count, q);
      }
    }
    if (!below) {
      throw corrupt(belowExpected(q));
    }
  }

  private static String belowExpected(Modulus q) {
    return "residues below " + q.value() + " expected.";
  }

  /** What a ciphertext is refused with whose residues are looked at later. */
  static SottoException notBelow(Modulus q) {
    return SottoException.of(SlotsError.FORMAT_CORRUPT, CIPHERTEXT, belowExpected(q));
  }

  /**
   * The parts of a fresh ciphertext, left in the bytes, which must be those of an array.
   *
   * @param seed of the second part
   */
  StoredParts getStored(RnsRing ring, int limbs, Seed seed) {
    int size = Math.toIntExact(FormatWriter.polynomialBytes(ring, limbs));
    requireField(size);
    int start = bytes.arrayOffset() + bytes.position();
    bytes.position(bytes.position() + size);
    return new StoredParts(ring, limbs, bytes.array(), start, seed);
  }

  private void requireField(int size) {
    if (bytes.remaining() < size) {
      throw corrupt(size + " more bytes expected by the header, not " + bytes.remaining() + ".");
    }
  }

  /** Moves the caller's buffer behind the object, which must have been read to its end. */
  void end() {
    if (bytes.hasRemaining()) {
      throw corrupt(bytes.remaining() + " bytes less expected by the header.");
    }
    in.position(in.position() + length);
  }

  /** Refuses bytes behind the object, where there must be none. */
  static void requireEnd(FormatKind kind, ByteBuffer in) {
    if (in.hasRemaining()) {
      throw SottoException.of(
          SlotsError.FORMAT_CORRUPT,
          kind.title(),
          "its " + in.position() + " bytes expected, not " + in.limit() + ".");
    }
  }

  SottoException corrupt(String detail) {
    return refused(SlotsError.FORMAT_CORRUPT, detail);
  }

  SottoException refused(SlotsError code, String detail) {
    return SottoException.of(code, kind.title(), detail);
  }
}
