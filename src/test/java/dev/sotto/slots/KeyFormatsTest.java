package dev.sotto.slots;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.problem.SottoException;
import dev.sotto.slots.ring.RingType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Keys come back from their bytes and do what they did. */
final class KeyFormatsTest {
  private static final BgvParameters PARAMETERS =
      new BgvParameters(
          RingParameters.generate(RingType.STANDARD, 13, new int[] {45, 45, 41}, new int[] {47}),
          65537);

  @Test
  void evaluation_keys_read_back_relinearise_to_the_same_bytes() {
    BgvScheme scheme = BgvScheme.of(PARAMETERS);
    try (SecretKey key = SecretKey.generate(PARAMETERS.ring())) {
      EvaluationKeys keys = scheme.evaluationKeys(key, 3);
      byte[] bytes = EvaluationKeysFormat.toBytes(keys);
      assertEquals(EvaluationKeysFormat.length(keys), bytes.length);
      assertTrue(bytes.length < 0.37 * keys.bytes()); // half of it, 45 of 64 bits
      EvaluationKeys read = EvaluationKeysFormat.parse(PARAMETERS, bytes);
      assertArrayEquals(bytes, EvaluationKeysFormat.toBytes(read));
      assertEquals(3, read.degree());
      assertEquals(key.id(), read.key());
      BgvCiphertext x = scheme.encryptor(key).encrypt(5, -7, 100);
      BgvCiphertext product = scheme.evaluator().multiply(x, x);
      BgvCiphertext cube = scheme.evaluator().multiply(product, x);
      BgvCiphertext relinearised = scheme.evaluator(read).relinearise(cube);
      assertArrayEquals(
          new long[] {125, -343, 1000000 - 15 * 65537},
          Arrays.copyOf(scheme.decryptor(key).decrypt(relinearised), 3));
      assertArrayEquals(
          CiphertextFormat.toBytes(scheme.evaluator(keys).relinearise(cube)),
          CiphertextFormat.toBytes(relinearised));
    }
  }

  @Test
  void evaluation_keys_through_a_buffer_without_array_are_the_same() {
    EvaluationKeys keys = WireSamples.evaluationKeys();
    ByteBuffer buffer = ByteBuffer.allocateDirect(EvaluationKeysFormat.length(keys));
    EvaluationKeysFormat.write(keys, buffer);
    EvaluationKeys read = EvaluationKeysFormat.read(WireSamples.BGV_WITH_KEYS, buffer.flip());
    assertFalse(buffer.hasRemaining());
    assertArrayEquals(EvaluationKeysFormat.toBytes(keys), EvaluationKeysFormat.toBytes(read));
  }

  @Test
  void evaluation_keys_for_another_plaintext_modulus_are_refused() {
    byte[] bytes = EvaluationKeysFormat.toBytes(WireSamples.evaluationKeys());
    BgvParameters other = new BgvParameters(WireSamples.BGV_WITH_KEYS.ring(), 40961);
    SottoException e =
        assertThrows(SottoException.class, () -> EvaluationKeysFormat.parse(other, bytes));
    assertEquals(SlotsError.WRONG_PARAMETERS, e.problems().get(0).code());
  }

  @Test
  void secret_key_read_back_decrypts_and_brings_its_parameters() throws IOException {
    BgvScheme scheme = BgvScheme.of(PARAMETERS);
    try (SecretKey key = SecretKey.generate(PARAMETERS.ring())) {
      byte[] bytes = WireSamples.toBytes(key);
      assertTrue(bytes.length < 200);
      try (SecretKey read = SecretKeyFormat.read(new ByteArrayInputStream(bytes))) {
        assertEquals(PARAMETERS.ring(), read.parameters());
        assertEquals(key.id(), read.id());
        BgvCiphertext c = scheme.encryptor(key).encrypt(1, 2, 3);
        assertEquals(2, scheme.decryptor(read).decrypt(c)[1]);
      }
    }
  }

  @Test
  void secret_key_whose_seed_is_another_key_s_is_refused() {
    byte[] bytes;
    try (SecretKey key = WireSamples.secretKey(PARAMETERS.ring())) {
      bytes = WireSamples.toBytes(key);
    }
    bytes[FormatKind.HEADER]++;
    FormatMutationsTest.seal(bytes);
    SottoException e =
        assertThrows(
            SottoException.class, () -> SecretKeyFormat.read(new ByteArrayInputStream(bytes)));
    assertEquals(SlotsError.FORMAT_CORRUPT, e.problems().get(0).code());
  }

  @Test
  void messages_about_secret_keys_never_hold_the_seed() {
    byte[] bytes;
    try (SecretKey key = WireSamples.secretKey(PARAMETERS.ring())) {
      bytes = WireSamples.toBytes(key);
    }
    HexFormat hex = HexFormat.of();
    String seed = hex.formatHex(bytes, FormatKind.HEADER, FormatKind.HEADER + 4);
    int messages = 0;
    for (int i = 0; i < bytes.length; i++) {
      byte[] altered = bytes.clone();
      altered[i] ^= 0x55;
      for (int sealed = 0; sealed < 2; sealed++) {
        try {
          SecretKeyFormat.read(new ByteArrayInputStream(altered)).close();
        } catch (SottoException | IOException e) {
          assertFalse(e.getMessage().contains(seed), e.getMessage());
          messages++;
        }
        FormatMutationsTest.seal(altered);
      }
    }
    assertTrue(messages >= 2 * bytes.length - FormatKind.CHECKSUM);
  }

  @Test
  void closed_secret_key_is_not_written() {
    SecretKey key = WireSamples.secretKey(PARAMETERS.ring());
    key.close();
    assertThrows(IllegalStateException.class, () -> WireSamples.toBytes(key));
  }
}
