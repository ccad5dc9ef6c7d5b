package dev.sotto.slots;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.problem.SottoException;
import dev.sotto.slots.ring.RingType;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Ciphertexts come back from their bytes, in every form in which they are sent. */
final class CiphertextFormatTest {
  private static final BgvParameters PARAMETERS =
      new BgvParameters(
          RingParameters.generate(RingType.STANDARD, 13, new int[] {50, 45, 41}, new int[] {47}),
          65537);

  private final Random random = new Random(1);
  private final BgvScheme scheme = BgvScheme.of(PARAMETERS);

  private long[] values() {
    return random.longs(PARAMETERS.slots(), -32768, 32769).toArray();
  }

  private static void assertSame(BgvCiphertext expected, BgvCiphertext actual) {
    assertEquals(expected.parameters(), actual.parameters());
    assertEquals(expected.key(), actual.key());
    assertEquals(expected.level(), actual.level());
    assertEquals(expected.degree(), actual.degree());
    assertEquals(expected.factor(), actual.factor());
    assertEquals(expected.noiseBits(), actual.noiseBits());
    assertEquals(expected.rlwe().seed(), actual.rlwe().seed());
    assertArrayEquals(CiphertextFormat.toBytes(expected), CiphertextFormat.toBytes(actual));
  }

  @Test
  void read_of_written_ciphertext_of_any_level_and_degree_decrypts_to_the_same() {
    try (SecretKey key = SecretKey.of(PARAMETERS.ring(), WireSamples.seed(1))) {
      BgvEncryptor encryptor = scheme.encryptor(key, WireSamples.seed(2));
      BgvDecryptor decryptor = scheme.decryptor(key);
      BgvEvaluator evaluator = scheme.evaluator(scheme.evaluationKeys(key, 3));
      List<BgvCiphertext> all = new ArrayList<>();
      for (int level = 0; level <= 2; level++) {
        all.add(encryptor.encrypt(values(), level, level));
      }
      BgvCiphertext x = all.get(2);
      BgvCiphertext product = evaluator.multiply(x, x);
      BgvCiphertext cube = evaluator.multiply(product, x);
      all.add(evaluator.add(x, x));
      all.add(product);
      all.add(cube);
      all.add(evaluator.multiply(product, product));
      all.add(evaluator.relinearise(cube));
      all.add(evaluator.relineariseAndSwitch(product));
      all.add(evaluator.smallest(evaluator.relineariseAndSwitch(product)));
      all.add(evaluator.smallest(x));
      assertEquals(0, all.get(all.size() - 1).level());
      for (BgvCiphertext c : all) {
        BgvCiphertext read = CiphertextFormat.parse(PARAMETERS, CiphertextFormat.toBytes(c));
        assertSame(c, read);
        assertArrayEquals(decryptor.decrypt(c), decryptor.decrypt(read));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(RingType.class)
  void read_of_written_real_numbers_of_any_ring_is_the_same(RingType type) {
    CkksParameters parameters =
        new CkksParameters(
            RingParameters.generate(type, 13, new int[] {50, 40, 39}, new int[] {47}), 0x1p36);
    CkksScheme numbers = CkksScheme.of(parameters);
    double[] values = random.doubles(parameters.slots(), -1, 1).toArray();
    try (SecretKey key = SecretKey.of(parameters.ring(), WireSamples.seed(1))) {
      CkksEncryptor encryptor = numbers.encryptor(key, WireSamples.seed(2));
      CkksDecryptor decryptor = numbers.decryptor(key);
      byte[] keys = EvaluationKeysFormat.toBytes(numbers.evaluationKeys(key, 2));
      CkksEvaluator evaluator = numbers.evaluator(EvaluationKeysFormat.parse(parameters, keys));
      List<CkksCiphertext> all = new ArrayList<>();
      for (int level = 0; level <= 2; level++) {
        all.add(encryptor.encrypt(values, 1, level, level));
      }
      CkksCiphertext x = all.get(2);
      CkksCiphertext product = evaluator.multiply(x, x);
      all.add(product);
      all.add(evaluator.multiply(product, x));
      all.add(evaluator.relinearise(product));
      for (CkksCiphertext c : all) {
        byte[] bytes = CiphertextFormat.toBytes(c);
        CkksCiphertext read = CiphertextFormat.parse(parameters, bytes);
        assertArrayEquals(bytes, CiphertextFormat.toBytes(read));
        assertEquals(c.key(), read.key());
        assertEquals(c.level(), read.level());
        assertEquals(c.degree(), read.degree());
        assertEquals(c.scale(), read.scale());
        assertEquals(c.valueBound(), read.valueBound());
        assertEquals(c.error(), read.error());
        assertArrayEquals(decryptor.decrypt(c), decryptor.decrypt(read));
      }
      CkksParameters other = new CkksParameters(parameters.ring(), 0x1p35);
      byte[] bytes = CiphertextFormat.toBytes(x);
      SottoException e =
          assertThrows(SottoException.class, () -> CiphertextFormat.parse(other, bytes));
      assertEquals(SlotsError.WRONG_PARAMETERS, e.problems().get(0).code());
    }
  }

  @Test
  void fresh_ciphertext_takes_one_polynomial_and_a_short_header() {
    try (SecretKey key = SecretKey.generate(PARAMETERS.ring())) {
      BgvCiphertext c = scheme.encryptor(key).encrypt(values());
      int body = 8192 / 8 * (50 + 45 + 41);
      assertTrue(CiphertextFormat.length(c) < body + 200);
      BgvCiphertext sum = scheme.evaluator().add(c, c);
      assertTrue(CiphertextFormat.length(sum) < 2 * body + 200);
    }
  }

  @Test
  void block_in_one_buffer_of_any_sort_is_read_one_after_another() {
    try (SecretKey key = SecretKey.generate(PARAMETERS.ring())) {
      BgvEncryptor encryptor = scheme.encryptor(key);
      BgvCiphertext fresh = encryptor.encrypt(values());
      List<BgvCiphertext> block =
          List.of(fresh, scheme.evaluator().add(fresh, fresh), encryptor.encrypt(values()));
      int length = block.stream().mapToInt(CiphertextFormat::length).sum();
      ByteBuffer reference = ByteBuffer.allocate(length);
      block.forEach(c -> CiphertextFormat.write(c, reference));
      for (ByteBuffer buffer :
          List.of(
              ByteBuffer.allocate(length + 16),
              ByteBuffer.allocate(length + 21).position(5).slice(),
              ByteBuffer.allocateDirect(length + 16))) {
        buffer.order(ByteOrder.BIG_ENDIAN).position(7);
        block.forEach(c -> CiphertextFormat.write(c, buffer));
        assertEquals(7 + length, buffer.position());
        assertEquals(ByteOrder.BIG_ENDIAN, buffer.order());
        byte[] written = new byte[length];
        buffer.get(7, written);
        assertArrayEquals(reference.array(), written);
        for (ByteBuffer in : List.of(buffer, buffer.asReadOnlyBuffer())) {
          in.position(7);
          for (BgvCiphertext c : block) {
            assertSame(c, CiphertextFormat.read(PARAMETERS, in));
          }
          assertEquals(7 + length, in.position());
        }
      }
    }
  }

  @Test
  void write_without_room_is_refused_and_nothing_is_written() {
    try (SecretKey key = SecretKey.generate(PARAMETERS.ring())) {
      BgvCiphertext c = scheme.encryptor(key).encrypt(1, 2, 3);
      ByteBuffer out = ByteBuffer.allocate(CiphertextFormat.length(c) - 1);
      assertThrows(BufferOverflowException.class, () -> CiphertextFormat.write(c, out));
      assertEquals(0, out.position());
      assertArrayEquals(new byte[out.capacity()], out.array());
    }
  }

  @Test
  void read_with_other_parameters_is_refused_by_name() {
    byte[] bytes = CiphertextFormat.toBytes(WireSamples.fresh());
    BgvParameters otherModulus = new BgvParameters(WireSamples.BGV.ring(), 40961);
    for (BgvParameters other : List.of(PARAMETERS, WireSamples.BGV_WITH_KEYS, otherModulus)) {
      SottoException e =
          assertThrows(SottoException.class, () -> CiphertextFormat.parse(other, bytes));
      assertEquals(SlotsError.WRONG_PARAMETERS, e.problems().get(0).code());
    }
    SottoException e =
        assertThrows(SottoException.class, () -> CiphertextFormat.parse(otherModulus, bytes));
    assertTrue(e.getMessage().contains("40961") && e.getMessage().contains("12289"));
  }

  @Test
  void read_of_another_kind_is_refused_by_name() {
    byte[] keys = EvaluationKeysFormat.toBytes(WireSamples.evaluationKeys());
    SottoException e =
        assertThrows(
            SottoException.class, () -> CiphertextFormat.parse(WireSamples.BGV_WITH_KEYS, keys));
    assertEquals(SlotsError.FORMAT_NOT_SLOTS, e.problems().get(0).code());
    assertTrue(e.getMessage().contains("BGV ciphertext expected, not evaluation keys"));
  }

  @Test
  void parse_with_a_byte_too_many_is_refused() {
    byte[] bytes = CiphertextFormat.toBytes(WireSamples.fresh());
    SottoException e =
        assertThrows(
            SottoException.class,
            () -> CiphertextFormat.parse(WireSamples.BGV, Arrays.copyOf(bytes, bytes.length + 1)));
    assertEquals(SlotsError.FORMAT_CORRUPT, e.problems().get(0).code());
  }
}
