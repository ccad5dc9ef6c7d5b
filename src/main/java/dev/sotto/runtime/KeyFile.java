package dev.sotto.runtime;

import dev.sotto.problem.SottoException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Files of keys: which circuit they are for, and then the engine's own bytes, which know which
 * parameters and which key, and have a checksum.
 *
 * <pre>
 *   0   4   "STSK" secret key, "STEK" evaluation keys
 *   4   1   version, 1
 *   5   3   zero
 *   8  32   hash of the circuit
 *  40       the engine's bytes
 * </pre>
 */
public enum KeyFile {
  /** Readable by its owner only. */
  SECRET("secret.key", "STSK"),
  /** For the server; no secret. */
  EVALUATION("evaluation.keys", "STEK");

  private static final int VERSION = 1;
  private static final int HEADER = 40;

  private final String fileName;
  private final String magic;

  KeyFile(String fileName, String magic) {
    this.fileName = fileName;
    this.magic = magic;
  }

  /** What the file is called in the directory of an owner's keys. */
  public String fileName() {
    return fileName;
  }

  /** What stands before the engine's bytes. */
  public byte[] header(String circuit) {
    ByteBuffer out = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 4; i++) {
      out.put((byte) magic.charAt(i));
    }
    return out.put((byte) VERSION).put(new byte[3]).put(HexFormat.of().parseHex(circuit)).array();
  }

  /**
   * The engine's bytes, after a look at what stands before them; shared.
   *
   * @throws SottoException where the file is another, of a newer version, or for another circuit
   */
  public ByteBuffer open(byte[] bytes, String circuit) {
    byte[] expected = header(circuit);
    if (bytes.length < HEADER || !Arrays.equals(bytes, 0, 4, expected, 0, 4)) {
      throw RuntimeError.refused(
          RuntimeError.NOT_A_PACKAGE, fileName, "'" + magic + "' expected, got other bytes.");
    }
    int version = bytes[4] & 0xff;
    if (version > VERSION) {
      throw RuntimeError.refused(
          RuntimeError.NEWER_VERSION,
          fileName,
          "format version up to " + VERSION + " expected, got version " + version + ".");
    }
    if (!Arrays.equals(bytes, 4, 8, expected, 4, 8)) {
      throw RuntimeError.refused(RuntimeError.DAMAGED, fileName, "the header contradicts itself.");
    }
    if (!Arrays.equals(bytes, 8, HEADER, expected, 8, HEADER)) {
      throw RuntimeError.refused(
          RuntimeError.OTHER_CIRCUIT,
          fileName,
          "circuit "
              + circuit
              + " expected, got "
              + HexFormat.of().formatHex(bytes, 8, HEADER)
              + ".");
    }
    return ByteBuffer.wrap(bytes, HEADER, bytes.length - HEADER);
  }
}
