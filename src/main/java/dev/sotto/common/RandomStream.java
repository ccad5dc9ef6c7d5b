package dev.sotto.common;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The random bytes of a seed: AES-256 in counter mode, the seed as key, the counter from zero (NIST
 * SP 800-38A, section 6.5).
 *
 * <p>The same seed gives the same bytes everywhere; how they are asked for, one word or a megabyte
 * at a time, makes no difference. Not for several threads: give each a stream of a derived seed.
 */
public final class RandomStream implements AutoCloseable {
  /** Large enough for the cipher's intrinsic to run at full speed, small enough to stay in L1. */
  private static final int CHUNK = 1 << 13;

  /** What is encrypted at a time at most. */
  private static final byte[] ZEROS = new byte[CHUNK];

  private static final byte[] NO_KEY = new byte[Seed.LENGTH];
  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /**
   * Ciphers of closed streams, without keys that are secret: finding and making one costs
   * microseconds.
   */
  private static final ArrayBlockingQueue<Engine> IDLE = new ArrayBlockingQueue<>(64);

  /** A cipher and room for a chunk of its key stream. */
  private static final class Engine {
    final Cipher cipher;
    final byte[] buffer = new byte[CHUNK];
    final ByteBuffer buffered = ByteBuffer.wrap(buffer).order(ByteOrder.LITTLE_ENDIAN);

    Engine() throws GeneralSecurityException {
      cipher = newCipher();
    }
  }

  private final Engine engine;
  private final Cipher cipher;
  private final byte[] buffer;

  /** Whether nobody may learn the key. */
  private final boolean secret;

  /** Where the unused part of the buffer begins; it reaches to the end. */
  private int next = CHUNK;

  private boolean closed;

  private RandomStream(Engine engine, boolean secret) {
    this.secret = secret;
    this.engine = engine;
    this.cipher = engine.cipher;
    this.buffer = engine.buffer;
  }

  /** The stream of a seed, from its first byte. The seed may be closed afterwards. */
  public static RandomStream from(Seed seed) {
    return from(seed, true);
  }

  /**
   * The same stream of a seed that is published. Closing it wipes nothing: that would set up the
   * cipher a second time, which counts where streams are short.
   */
  public static RandomStream fromPublic(Seed seed) {
    return from(seed, false);
  }

  private static RandomStream from(Seed seed, boolean secret) {
    byte[] key = seed.bytes();
    try {
      Engine idle = IDLE.poll();
      Engine engine = idle == null ? new Engine() : idle;
      start(engine.cipher, key);
      return new RandomStream(engine, secret);
    } catch (GeneralSecurityException e) {
      throw noCipher(e);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /** The next {@code length} bytes. */
  public byte[] nextBytes(int length) {
    byte[] bytes = new byte[length];
    fill(bytes, 0, length);
    return bytes;
  }

  /** The next eight bytes as a little-endian word. */
  public long nextLong() {
    if (next > CHUNK - Long.BYTES) {
      return (long) WORD.get(nextBytes(Long.BYTES), 0);
    }
    requireOpen();
    long word = (long) WORD.get(buffer, next);
    next += Long.BYTES;
    return word;
  }

  /** Fills part of an array with the next bytes. */
  public void fill(byte[] dst, int at, int length) {
    Objects.checkFromIndexSize(at, length, dst.length);
    requireOpen();
    int end = at + length;
    int done = at;
    while (done < end) {
      if (next == CHUNK && end - done >= CHUNK) {
        generate(cipher, dst, done, CHUNK);
        done += CHUNK;
        continue;
      }
      if (next == CHUNK) {
        refill();
      }
      int part = Math.min(CHUNK - next, end - done);
      System.arraycopy(buffer, next, dst, done, part);
      next += part;
      done += part;
    }
  }

  /** Fills part of an array with the next words, each of eight bytes, little-endian. */
  public void fill(long[] dst, int at, int count) {
    Objects.checkFromIndexSize(at, count, dst.length);
    requireOpen();
    int end = at + count;
    int done = at;
    while (done < end) {
      if (next == CHUNK) {
        refill();
      }
      int part = Math.min((CHUNK - next) / Long.BYTES, end - done);
      if (part == 0) {
        dst[done++] = nextLong(); // the two halves of a word that the buffer's end cuts
        continue;
      }
      engine.buffered.position(next);
      engine.buffered.asLongBuffer().get(dst, done, part);
      next += part * Long.BYTES;
      done += part;
    }
  }

  /**
   * Wipes the buffer and takes the key from the cipher, where the seed was not a published one; the
   * stream cannot be read any more.
   */
  @Override
  public void close() {
    if (closed) {
      return; // another stream may have the cipher by now
    }
    closed = true;
    next = CHUNK;
    try {
      if (secret) {
        Arrays.fill(buffer, (byte) 0);
        start(cipher, NO_KEY);
      }
      IDLE.offer(engine);
    } catch (GeneralSecurityException e) {
      throw noCipher(e);
    }
  }

  private void refill() {
    generate(cipher, buffer, 0, CHUNK);
    next = 0;
  }

  /** A cipher's next bytes; of a whole number of its blocks it keeps nothing back. */
  static void generate(Cipher cipher, byte[] dst, int at, int length) {
    try {
      for (int done = 0; done < length; ) {
        int part = Math.min(CHUNK, length - done);
        int written = cipher.update(ZEROS, 0, part, dst, at + done);
        if (written != part) {
          throw new IllegalStateException(
              cipher.getProvider() + " gave " + written + " of " + part + " bytes of a key stream");
        }
        done += part;
      }
    } catch (GeneralSecurityException e) {
      throw noCipher(e);
    }
  }

  static Cipher newCipher() throws GeneralSecurityException {
    return Cipher.getInstance("AES/CTR/NoPadding");
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("this stream was closed");
    }
  }

  static void start(Cipher cipher, byte[] key) throws GeneralSecurityException {
    cipher.init(
        Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(new byte[16]));
  }

  static IllegalStateException noCipher(GeneralSecurityException cause) {
    return new IllegalStateException(
        "every Java runtime has AES in counter mode; this one's failed", cause);
  }
}
