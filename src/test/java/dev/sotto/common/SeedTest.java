package dev.sotto.common;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SeedTest {
  private static Seed counting() {
    byte[] bytes = new byte[Seed.LENGTH];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    return Seed.of(bytes);
  }

  @Test
  void of_copies_its_bytes_both_ways() {
    byte[] bytes = new byte[Seed.LENGTH];
    Seed seed = Seed.of(bytes);
    bytes[0] = 1;
    seed.bytes()[1] = 1;
    assertArrayEquals(new byte[Seed.LENGTH], seed.bytes());
  }

  @Test
  void of_refuses_another_length() {
    assertThrows(IllegalArgumentException.class, () -> Seed.of(new byte[31]));
    assertThrows(IllegalArgumentException.class, () -> Seed.of(new byte[33]));
  }

  @Test
  void random_seeds_differ() {
    Set<Seed> seeds = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      seeds.add(Seed.random());
    }
    assertEquals(100, seeds.size());
  }

  /** What is derived is part of formats; the value was computed with Python's hmac module. */
  @Test
  void derive_gives_the_documented_value() {
    assertEquals(
        "58a71083f33ea6c630d8f10e64deaf05a2f73bda278859177646edf2992f3ec6",
        HexFormat.of().formatHex(counting().derive("mask", 7).bytes()));
    assertEquals(
        "0d9b22da32e99c192dc76fa3c4bc3cfb64361013f0b3a0020646c6680e7a9d1e",
        HexFormat.of().formatHex(counting().derive("clé", -1).bytes()));
  }

  @Test
  void derive_separates_labels_and_indices() {
    Seed seed = counting();
    Set<Seed> derived = new HashSet<>();
    derived.add(seed);
    for (String label : new String[] {"", "a", "a\0", "ab", "b"}) {
      for (long index : new long[] {0, 1, 'b', 1L << 32, -1}) {
        assertTrue(derived.add(seed.derive(label, index)), label + " " + index);
      }
    }
  }

  @Test
  void equal_bytes_are_equal_seeds() {
    assertEquals(counting(), counting());
    assertEquals(counting().hashCode(), counting().hashCode());
    for (int i = 0; i < Seed.LENGTH; i++) {
      byte[] bytes = counting().bytes();
      bytes[i] ^= 1;
      assertNotEquals(counting(), Seed.of(bytes));
    }
  }

  @Test
  void close_ends_every_use() {
    Seed seed = counting();
    assertFalse(seed.isDestroyed());
    seed.close();
    assertTrue(seed.isDestroyed());
    assertThrows(IllegalStateException.class, seed::bytes);
    assertThrows(IllegalStateException.class, () -> seed.derive("mask", 0));
    assertThrows(IllegalStateException.class, () -> RandomStream.from(seed));
    assertNotEquals(Seed.of(new byte[Seed.LENGTH]), seed);
    seed.close();
    seed.destroy();
  }

  @Test
  void text_tells_nothing() {
    assertEquals("Seed", counting().toString());
  }
}
