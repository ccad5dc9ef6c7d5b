package dev.sotto.common;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import javax.crypto.Cipher;

/**
 * The bytes of {@link RandomStream} for a seed that is published, without a buffer: for hundreds of
 * streams that are read in turns and would push one another out of the cache. Reads should be of a
 * kilobyte or more.
 */
public final class PublicStream implements AutoCloseable {
  /** Ciphers of closed streams. */
  private static final ArrayBlockingQueue<Cipher> IDLE = new ArrayBlockingQueue<>(1024);

  private final Cipher cipher;
  private boolean closed;

  private PublicStream(Cipher cipher) {
    this.cipher = cipher;
  }

  /** The stream of a published seed, from its first byte. */
  public static PublicStream of(Seed seed) {
    byte[] key = seed.bytes();
    try {
      Cipher idle = IDLE.poll();
      Cipher cipher = idle == null ? RandomStream.newCipher() : idle;
      RandomStream.start(cipher, key);
      return new PublicStream(cipher);
    } catch (GeneralSecurityException e) {
      throw RandomStream.noCipher(e);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /** Fills part of an array with the next bytes. */
  public void fill(byte[] dst, int at, int length) {
    if (closed) {
      throw new IllegalStateException("this stream was closed");
    }
    RandomStream.generate(cipher, dst, at, length);
  }

  /** Gives the cipher back; the stream cannot be read any more. */
  @Override
  public void close() {
    if (!closed) {
      closed = true; // another stream may have the cipher from now on
      IDLE.offer(cipher);
    }
  }
}
