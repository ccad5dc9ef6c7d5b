package dev.sotto.slots;

import dev.sotto.common.Seed;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The bytes of a secret key, for its owner alone. Behind the header of every kind ({@link
 * FormatKind}):
 *
 * <pre>
 *   32   seed, from which the key is made
 *        ring parameters, to the checksum
 * </pre>
 *
 * <p>They are not encrypted: whoever can read them can decrypt. Write them where only the owner can
 * read, or into a stream that encrypts. Buffers in between are wiped.
 */
public final class SecretKeyFormat {
  /** More than any parameters need: five hundred primes. */
  private static final int LONGEST = 1 << 13;

  private SecretKeyFormat() {}

  /**
   * Writes a key into a stream, which stays open.
   *
   * @throws IllegalStateException where the key was closed
   */
  public static void write(SecretKey key, OutputStream out) throws IOException {
    byte[] parameters = key.parameters().toBytes();
    int length = FormatKind.HEADER + Seed.LENGTH + parameters.length + FormatKind.CHECKSUM;
    byte[] bytes = new byte[length];
    try {
      FormatWriter.begin(
              ByteBuffer.wrap(bytes), FormatKind.SECRET_KEY, 0, length, key.parameters(), key.id())
          .putSeed(key.seed())
          .putBytes(parameters)
          .end();
      out.write(bytes);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  /**
   * Reads a key from a stream that holds nothing else; its parameters are checked as {@link
   * RingParameters#of} does.
   *
   * @throws dev.sotto.problem.SottoException SOTTO-SLOTS-012 to -015 for bytes that are something
   *     else, of another version, too few, too many or altered; SOTTO-SLOTS-001 or -002 for
   *     parameters that are refused today
   */
  public static SecretKey read(InputStream in) throws IOException {
    byte[] bytes = in.readNBytes(LONGEST);
    try {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      SecretKey key = read(buffer);
      try {
        FormatReader.requireEnd(FormatKind.SECRET_KEY, buffer);
      } catch (RuntimeException e) {
        key.close();
        throw e;
      }
      return key;
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  private static SecretKey read(ByteBuffer in) {
    FormatReader reader = FormatReader.open(FormatKind.SECRET_KEY, in).allow(0);
    Seed seed = reader.getSeed();
    RingParameters parameters = RingParameters.parse(reader.getBytes(reader.remaining()));
    reader.expect(parameters);
    reader.end();
    SecretKey key = SecretKey.of(parameters, seed);
    if (!key.id().equals(reader.key())) {
      key.close();
      throw reader.corrupt("the seed of key " + reader.key() + " expected, not of another.");
    }
    return key;
  }
}
