package dev.sotto.common;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RandomStreamTest {
  private static final Seed SEED = Seed.of(new byte[Seed.LENGTH]);
  private static final byte[] EXPECTED = blocks(SEED, 1 << 14);

  /** The stream by its definition: the cipher applied to the counter, block after block. */
  private static byte[] blocks(Seed seed, int count) {
    try {
      javax.crypto.Cipher cipher = javax.crypto.Cipher.getInstance("AES/ECB/NoPadding");
      cipher.init(
          javax.crypto.Cipher.ENCRYPT_MODE,
          new javax.crypto.spec.SecretKeySpec(seed.bytes(), "AES"));
      ByteBuffer counters = ByteBuffer.allocate(count * 16).order(ByteOrder.BIG_ENDIAN);
      for (long i = 0; i < count; i++) {
        counters.putLong(0).putLong(i);
      }
      return cipher.doFinal(counters.array());
    } catch (java.security.GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** AES-256 of the zero block under the zero key, and of the blocks 1 and 2. */
  @Test
  void stream_of_the_zero_seed_is_the_published_one() {
    assertEquals(
        "dc95c078a2408989ad48a21492842087"
            + "530f8afbc74536b9a963b4f1c4cb738b"
            + "cea7403d4d606b6e074ec5d3baf39d18",
        HexFormat.of().formatHex(RandomStream.from(SEED).nextBytes(48)));
  }

  /**
   * NIST SP 800-38A, F.5.5 encrypts with the counter f0f1…ff, which a stream does not reach;
   * AES-256 itself is checked with the key and first block of that example.
   */
  @Test
  void cipher_is_aes_256() throws java.security.GeneralSecurityException {
    HexFormat hex = HexFormat.of();
    javax.crypto.Cipher cipher = javax.crypto.Cipher.getInstance("AES/CTR/NoPadding");
    cipher.init(
        javax.crypto.Cipher.ENCRYPT_MODE,
        new javax.crypto.spec.SecretKeySpec(
            hex.parseHex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"),
            "AES"),
        new javax.crypto.spec.IvParameterSpec(hex.parseHex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff")));
    assertEquals(
        "601ec313775789a5b7a7f504bbf3d228",
        hex.formatHex(cipher.doFinal(hex.parseHex("6bc1bee22e409f96e93d7e117393172a"))));
  }

  @Test
  void bytes_are_those_of_the_counter() {
    byte[] bytes = RandomStream.from(SEED).nextBytes(EXPECTED.length);
    assertArrayEquals(EXPECTED, bytes);
  }

  @Test
  void words_are_little_endian() {
    long[] words = new long[EXPECTED.length / Long.BYTES];
    RandomStream.from(SEED).fill(words, 0, words.length);
    ByteBuffer expected = ByteBuffer.wrap(EXPECTED).order(ByteOrder.LITTLE_ENDIAN);
    for (long word : words) {
      assertEquals(expected.getLong(), word);
    }
  }

  @Test
  void reads_of_any_size_are_one_stream() {
    Random random = new Random(20261124);
    for (int round = 0; round < 50; round++) {
      RandomStream stream = RandomStream.from(SEED);
      ByteBuffer read = ByteBuffer.allocate(EXPECTED.length).order(ByteOrder.LITTLE_ENDIAN);
      while (read.remaining() >= Long.BYTES) {
        int limit = random.nextInt(10) == 0 ? read.remaining() : Math.min(read.remaining(), 3000);
        int count = random.nextInt(limit / Long.BYTES) + 1;
        switch (random.nextInt(3)) {
          case 0 -> read.putLong(stream.nextLong());
          case 1 -> read.put(stream.nextBytes(count));
          default -> {
            long[] words = new long[count + 3];
            stream.fill(words, 2, count);
            assertEquals(0, words[0] | words[1] | words[count + 2]);
            for (int i = 0; i < count; i++) {
              read.putLong(words[i + 2]);
            }
          }
        }
      }
      int length = read.position();
      assertArrayEquals(
          Arrays.copyOf(EXPECTED, length), Arrays.copyOf(read.array(), length), "round " + round);
    }
  }

  @Test
  void fill_writes_only_what_was_asked_for() {
    byte[] bytes = new byte[40_000];
    RandomStream stream = RandomStream.from(SEED);
    stream.fill(bytes, 100, 39_800);
    assertArrayEquals(new byte[100], Arrays.copyOf(bytes, 100));
    assertArrayEquals(new byte[100], Arrays.copyOfRange(bytes, 39_900, 40_000));
    assertArrayEquals(Arrays.copyOf(EXPECTED, 39_800), Arrays.copyOfRange(bytes, 100, 39_900));
    assertThrows(IndexOutOfBoundsException.class, () -> stream.fill(bytes, 1, 40_000));
  }

  @Test
  void streams_of_derived_seeds_differ() {
    long first = RandomStream.from(SEED.derive("row", 0)).nextLong();
    long second = RandomStream.from(SEED.derive("row", 1)).nextLong();
    assertFalse(first == second);
  }

  @Test
  void close_ends_every_read() {
    RandomStream stream = RandomStream.from(SEED);
    stream.nextLong();
    stream.close();
    assertThrows(IllegalStateException.class, stream::nextLong);
    assertThrows(IllegalStateException.class, () -> stream.nextBytes(1));
    assertThrows(IllegalStateException.class, () -> stream.fill(new long[1], 0, 1));
    stream.close();
  }

  @Test
  void stream_of_a_published_seed_is_the_same_and_leaves_nothing_to_the_next() {
    Seed other = SEED.derive("other", 1);
    for (int i = 0; i < 3; i++) {
      RandomStream open = RandomStream.fromPublic(SEED);
      assertArrayEquals(Arrays.copyOf(EXPECTED, 100), open.nextBytes(100));
      open.close();
      assertThrows(IllegalStateException.class, () -> open.nextBytes(1));
      try (RandomStream next = RandomStream.from(other)) {
        assertArrayEquals(blocks(other, 4), next.nextBytes(64));
      }
    }
  }

  /** Whatever is asked for at a time, and from a cipher that had another key. */
  @Test
  void stream_without_a_buffer_gives_the_same_bytes() {
    for (int size : new int[] {1, 8, 1000, 4096, 8192, 20000}) {
      byte[] other = new byte[Seed.LENGTH];
      other[0] = 1;
      try (PublicStream stream = PublicStream.of(Seed.of(other))) {
        stream.fill(new byte[size], 0, size);
      }
      byte[] bytes = new byte[40000];
      PublicStream stream = PublicStream.of(SEED);
      for (int done = 0; done < bytes.length; done += size) {
        stream.fill(bytes, done, Math.min(size, bytes.length - done));
      }
      stream.close();
      assertArrayEquals(Arrays.copyOf(EXPECTED, bytes.length), bytes, "by " + size);
      assertThrows(IllegalStateException.class, () -> stream.fill(bytes, 0, 1));
    }
  }
}
