package dev.sotto.slots;

/**
 * What bytes of the slots engine hold. All kinds begin and end alike, little-endian:
 *
 * <pre>
 *    0   4   "STSL"
 *    4   1   version, 1
 *    5   1   kind: the code below
 *    6   2   flags; bit 0: a part is given by its public seed
 *    8   8   length of everything, this and the checksum included
 *   16  32   hash of the ring parameters
 *   48  16   key id
 *   64       by kind: see the class that knows it
 *   -4   4   CRC-32C of everything before
 * </pre>
 *
 * <p>The checksum finds accidents. It is no authentication: whoever can change the bytes can change
 * it too. Every content has one form, so that bytes that are read are written again the same.
 */
enum FormatKind {
  BGV_CIPHERTEXT(1, "BGV ciphertext"),
  CKKS_CIPHERTEXT(2, "CKKS ciphertext"),
  EVALUATION_KEYS(3, "evaluation keys"),
  SECRET_KEY(4, "secret key");

  /** "STSL". */
  static final int MAGIC = 'S' | 'T' << 8 | 'S' << 16 | 'L' << 24;

  /** The version that is written, and the only one so far. */
  static final int VERSION = 1;

  /** Flag: a part is given by its public seed. */
  static final int SEEDED = 1;

  /** Bytes before what belongs to a kind. */
  static final int HEADER = 64;

  /** Bytes after it. */
  static final int CHECKSUM = 4;

  private final int code;
  private final String title;

  FormatKind(int code, String title) {
    this.code = code;
    this.title = title;
  }

  int code() {
    return code;
  }

  /** What it is called in messages. */
  String title() {
    return title;
  }

  /** What a code is called in messages, whether it is known or not. */
  static String titleOf(int code) {
    for (FormatKind kind : values()) {
      if (kind.code == code) {
        return kind.title;
      }
    }
    return "unknown kind " + code;
  }
}
