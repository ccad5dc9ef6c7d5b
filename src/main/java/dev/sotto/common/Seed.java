package dev.sotto.common;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.security.auth.Destroyable;
import org.jspecify.annotations.Nullable;

/**
 * 32 strong bytes, from which all other randomness is made.
 *
 * <p>A seed that stands for a secret is closed by its owner, which wipes it; one that is published,
 * such as the seed of a ciphertext's uniform half, need not be. Safe to use by several threads
 * until it is closed. The security provider may keep copies of the key of a derivation until they
 * are collected as garbage.
 */
public final class Seed implements AutoCloseable, Destroyable {
  /** Length of a seed in bytes. */
  public static final int LENGTH = 32;

  private static final byte[] DERIVATION = "dev.sotto seed 1".getBytes(StandardCharsets.US_ASCII);

  /** Transient: no serializer that goes by fields, such as Kryo, writes a secret. */
  private final transient byte[] bytes;

  private volatile boolean closed;

  private Seed(byte[] bytes) {
    this.bytes = bytes;
  }

  /** A new seed from the operating system's generator; never waits for entropy. */
  public static Seed random() {
    byte[] bytes = new byte[LENGTH];
    SystemEntropy.SOURCE.nextBytes(bytes);
    return new Seed(bytes);
  }

  /**
   * The seed of given bytes, which are copied.
   *
   * @throws IllegalArgumentException unless there are 32
   */
  public static Seed of(byte[] bytes) {
    if (bytes.length != LENGTH) {
      throw new IllegalArgumentException("a seed has 32 bytes, not " + bytes.length);
    }
    return new Seed(bytes.clone());
  }

  /** A copy of the 32 bytes; whoever asks for those of a secret seed wipes them. */
  public byte[] bytes() {
    byte[] copy = bytes.clone();
    requireOpen();
    return copy;
  }

  /**
   * The seed of one purpose: HMAC-SHA-256 under this seed of {@code "dev.sotto seed 1"}, the length
   * of the label in UTF-8 (4 bytes), the label and the index (8 bytes), little-endian.
   *
   * <p>Seeds of different labels or indices are independent, and tell nothing of this one. What is
   * derived never changes between releases: ciphertexts depend on it.
   *
   * @param label the purpose
   * @param index distinguishes seeds of one purpose: a polynomial, a prime, a partition
   */
  public Seed derive(String label, long index) {
    byte[] name = label.getBytes(StandardCharsets.UTF_8);
    byte[] message =
        ByteBuffer.allocate(DERIVATION.length + Integer.BYTES + name.length + Long.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(DERIVATION)
            .putInt(name.length)
            .put(name)
            .putLong(index)
            .array();
    byte[] key = bytes();
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return new Seed(mac.doFinal(message));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has HmacSHA256; this one failed", e);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /** Wipes the bytes; the seed cannot be used any more. */
  @Override
  public void close() {
    closed = true;
    Arrays.fill(bytes, (byte) 0);
  }

  /** As {@link #close()}. */
  @Override
  public void destroy() {
    close();
  }

  @Override
  public boolean isDestroyed() {
    return closed;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("this seed was closed, and its bytes are gone");
    }
  }

  /** Whether the bytes are equal, in a time that does not depend on where they differ. */
  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof Seed seed
            && closed == seed.closed
            && MessageDigest.isEqual(bytes, seed.bytes));
  }

  /** Tells nothing of the bytes: it is a part of a derived seed. */
  @Override
  public int hashCode() {
    return closed ? 0 : ByteBuffer.wrap(derive("hash code", 0).bytes).getInt();
  }

  /** The name of the type: the bytes are never printed. */
  @Override
  public String toString() {
    return "Seed";
  }

  /** Opened when the first random seed is asked for. */
  private static final class SystemEntropy {
    static final SecureRandom SOURCE = open();

    private static SecureRandom open() {
      try {
        return SecureRandom.getInstance("NativePRNGNonBlocking");
      } catch (NoSuchAlgorithmException e) {
        return new SecureRandom(); // where there is no /dev/urandom: Windows has its own generator
      }
    }
  }
}
