package dev.sotto.runtime;

import dev.sotto.problem.SottoException;
import dev.sotto.runtime.EncryptedBlock.Role;
import dev.sotto.slots.KeyId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The one place that knows the bytes before the ciphertexts of a block, little-endian:
 *
 * <pre>
 *    0   4   "STBK"
 *    4   1   version, 1
 *    5   1   role: 1 input, 2 result
 *    6   2   zero
 *    8   4   number of ciphertexts
 *   12   4   number of rows
 *   16   8   number of the block
 *   24  32   hash of the circuit
 *   56  16   key id
 *   72   8   for every ciphertext: its length, and its own checksum, which are its last four bytes
 *   -4   4   CRC-32C of everything before
 * </pre>
 */
final class BlockHeader {
  static final int VERSION = 1;

  /** More ciphertexts than any circuit has inputs or results. */
  static final int MOST_CIPHERTEXTS = 1 << 20;

  private static final int MAGIC = 'S' | 'T' << 8 | 'B' << 16 | 'K' << 24;
  private static final int FIXED = 72;
  private static final int ENTRY = 8;
  private static final int CHECKSUM = 4;

  private final byte[] bytes;
  private final ByteBuffer fields;

  private BlockHeader(byte[] bytes) {
    this.bytes = bytes;
    this.fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  static BlockHeader of(
      Role role, String circuit, KeyId key, int rows, long number, List<byte[]> ciphertexts) {
    int count = ciphertexts.size();
    byte[] bytes = new byte[headerLength(count)];
    ByteBuffer out =
        ByteBuffer.wrap(bytes)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(MAGIC)
            .put((byte) VERSION)
            .put((byte) (role == Role.INPUT ? 1 : 2))
            .putShort((short) 0)
            .putInt(count)
            .putInt(rows)
            .putLong(number)
            .put(HexFormat.of().parseHex(circuit))
            .put(key.bytes());
    for (byte[] ciphertext : ciphertexts) {
      out.putInt(ciphertext.length).putInt(checksumOf(ciphertext));
    }
    out.putInt(checksum(bytes, bytes.length - CHECKSUM));
    return new BlockHeader(bytes);
  }

  private static int headerLength(int count) {
    return FIXED + ENTRY * count + CHECKSUM;
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  /** The checksum at the end of a ciphertext's bytes; the engine compares it with them. */
  private static int checksumOf(byte[] ciphertext) {
    return ciphertext.length < CHECKSUM
        ? 0
        : ByteBuffer.wrap(ciphertext)
            .order(ByteOrder.LITTLE_ENDIAN)
            .getInt(ciphertext.length - CHECKSUM);
  }

  /** The length of the header with which bytes begin, after a look at its first fields. */
  static int headerLength(byte[] start) {
    if (start.length < FIXED + CHECKSUM) {
      throw damaged(
          "a header of at least "
              + (FIXED + CHECKSUM)
              + " bytes expected, got "
              + start.length
              + ".");
    }
    ByteBuffer in = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN);
    if (in.getInt(0) != MAGIC) {
      throw RuntimeError.refused(
          RuntimeError.NOT_A_PACKAGE, "encrypted block", "'STBK' expected, got other bytes.");
    }
    int version = in.get(4) & 0xff;
    if (version > VERSION) {
      throw RuntimeError.refused(
          RuntimeError.NEWER_VERSION,
          "encrypted block",
          "format version up to " + VERSION + " expected, got version " + version + ".");
    }
    int count = in.getInt(8);
    if (count < 0 || count > MOST_CIPHERTEXTS) {
      throw damaged(
          "at most "
              + MOST_CIPHERTEXTS
              + " ciphertexts expected, got "
              + Integer.toUnsignedString(count)
              + ".");
    }
    return headerLength(count);
  }

  static BlockHeader read(InputStream in) throws IOException {
    byte[] start = in.readNBytes(FIXED + CHECKSUM);
    int length = headerLength(start);
    byte[] rest = in.readNBytes(length - start.length);
    byte[] bytes = Arrays.copyOf(start, start.length + rest.length);
    System.arraycopy(rest, 0, bytes, start.length, rest.length);
    return parse(bytes);
  }

  static BlockHeader parse(byte[] bytes) {
    int length = headerLength(bytes);
    if (bytes.length != length) {
      throw damaged("a header of " + length + " bytes expected, got " + bytes.length + ".");
    }
    BlockHeader header = new BlockHeader(bytes);
    int end = length - CHECKSUM;
    if (checksum(bytes, end) != header.fields.getInt(end)) {
      throw damaged("the checksum of the header differs.");
    }
    int role = bytes[5];
    if (bytes[4] < 1 || role < 1 || role > 2 || header.fields.getShort(6) != 0) {
      throw damaged("the header contradicts itself.");
    }
    if (header.rows() < 1) {
      throw damaged("at least one row expected, got " + header.rows() + ".");
    }
    for (int i = 0; i < header.count(); i++) {
      if (header.length(i) < CHECKSUM) {
        throw damaged("ciphertext " + i + " cannot have " + header.length(i) + " bytes.");
      }
    }
    return header;
  }

  /** The bytes, shared. */
  byte[] toBytes() {
    return bytes;
  }

  Role role() {
    return bytes[5] == 1 ? Role.INPUT : Role.RESULT;
  }

  int count() {
    return fields.getInt(8);
  }

  int rows() {
    return fields.getInt(12);
  }

  long number() {
    return fields.getLong(16);
  }

  String circuit() {
    return HexFormat.of().formatHex(bytes, 24, 56);
  }

  KeyId key() {
    return KeyId.of(Arrays.copyOfRange(bytes, 56, FIXED));
  }

  /** The length of a ciphertext. */
  int length(int index) {
    return fields.getInt(FIXED + ENTRY * index);
  }

  long totalLength() {
    long total = bytes.length;
    for (int i = 0; i < count(); i++) {
      total += length(i);
    }
    return total;
  }

  void checkCount(int given) {
    if (given != count()) {
      throw damaged(count() + " ciphertexts expected, got " + given + ".");
    }
  }

  /** Refuses bytes that are not the ciphertext of which the header tells. */
  void check(int index, byte[] ciphertext) {
    if (ciphertext.length != length(index)) {
      throw damaged(
          "ciphertext "
              + index
              + ": "
              + length(index)
              + " bytes expected, got "
              + ciphertext.length
              + ".");
    }
    if (checksumOf(ciphertext) != fields.getInt(FIXED + ENTRY * index + 4)) {
      throw damaged("ciphertext " + index + " is not the one that the header tells of.");
    }
  }

  private static SottoException damaged(String detail) {
    return RuntimeError.refused(RuntimeError.DAMAGED, "encrypted block", detail);
  }

  @Override
  public String toString() {
    return "block "
        + number()
        + ", "
        + role().name().toLowerCase(java.util.Locale.ROOT)
        + ", "
        + rows()
        + " rows, "
        + count()
        + " ciphertexts, "
        + totalLength()
        + " bytes";
  }
}
