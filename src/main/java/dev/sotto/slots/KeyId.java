package dev.sotto.slots;

import java.util.HexFormat;

/**
 * Says which secret key something belongs to, and nothing about it.
 *
 * @param hex 32 hexadecimal digits
 */
public record KeyId(String hex) {
  /** The number of bytes on the wire. */
  public static final int BYTES = 16;

  /** The key of dry runs. */
  static final KeyId NONE = of(new byte[BYTES]);

  /** The key id of its bytes; {@value #BYTES} of them. */
  public static KeyId of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException(BYTES + " bytes expected, not " + bytes.length);
    }
    return new KeyId(HexFormat.of().formatHex(bytes));
  }

  /** The bytes. */
  public byte[] bytes() {
    return HexFormat.of().parseHex(hex);
  }

  @Override
  public String toString() {
    return hex;
  }
}
