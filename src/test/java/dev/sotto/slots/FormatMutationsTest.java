package dev.sotto.slots;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.sotto.problem.ErrorCode;
import dev.sotto.problem.SottoException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Whatever bytes come, readers read them or refuse them with a code, and allocate no more than the
 * bytes are worth.
 */
final class FormatMutationsTest {
  private static final Set<ErrorCode> FORMAT_ERRORS =
      Set.of(
          SlotsError.FORMAT_NOT_SLOTS,
          SlotsError.FORMAT_VERSION,
          SlotsError.FORMAT_TRUNCATED,
          SlotsError.FORMAT_CORRUPT);

  private static Map<String, byte[]> samples = Map.of();

  @BeforeAll
  static void make() {
    samples = WireSamples.all();
  }

  /** Reads bytes as what they say they are; what is read is written again the same. */
  private static void read(byte[] bytes) {
    int kind = bytes.length > 5 ? bytes[5] : 0;
    if (kind == FormatKind.EVALUATION_KEYS.code()) {
      EvaluationKeys keys = EvaluationKeysFormat.parse(WireSamples.BGV_WITH_KEYS, bytes);
      assertArrayEquals(bytes, EvaluationKeysFormat.toBytes(keys));
    } else if (kind == FormatKind.SECRET_KEY.code()) {
      try (SecretKey key = SecretKeyFormat.read(new ByteArrayInputStream(bytes))) {
        assertArrayEquals(bytes, WireSamples.toBytes(key));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    } else if (kind == FormatKind.CKKS_CIPHERTEXT.code()) {
      byte[] real = WireSamples.CKKS_REAL.ring().hash();
      boolean isReal = bytes.length > 48 && Arrays.equals(bytes, 16, 48, real, 0, 32);
      CkksCiphertext c =
          CiphertextFormat.parse(isReal ? WireSamples.CKKS_REAL : WireSamples.CKKS, bytes);
      assertArrayEquals(bytes, CiphertextFormat.toBytes(c));
    } else {
      BgvCiphertext c = CiphertextFormat.parse(WireSamples.BGV, bytes);
      assertArrayEquals(bytes, CiphertextFormat.toBytes(c));
    }
  }

  /** For fuzzers: the bytes as they are, then with the checksum that belongs to them. */
  static void exercise(byte[] bytes) {
    byte[] sealed = bytes.clone();
    seal(sealed);
    for (byte[] input : new byte[][] {bytes, sealed}) {
      try {
        read(input);
      } catch (SottoException e) {
        assertInstanceOf(SlotsError.class, e.problems().get(0).code());
      }
    }
  }

  /** Gives bytes the checksum that belongs to them. */
  static void seal(byte[] bytes) {
    int end = bytes.length - FormatKind.CHECKSUM;
    if (end >= 0) {
      CRC32C checksum = new CRC32C();
      checksum.update(bytes, 0, end);
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(end, (int) checksum.getValue());
    }
  }

  private static ErrorCode refusal(byte[] bytes) {
    return assertThrows(SottoException.class, () -> read(bytes)).problems().get(0).code();
  }

  /** Every byte of small objects and of headers and ends; of large bodies every eleventh. */
  private static int step(byte[] bytes, int i) {
    return bytes.length < 10_000 || i < 200 || i > bytes.length - 200 ? 1 : 11;
  }

  @Test
  void every_truncation_is_refused_as_such() {
    samples.forEach(
        (name, bytes) -> {
          for (int length = 0; length < bytes.length; length += step(bytes, length)) {
            assertEquals(SlotsError.FORMAT_TRUNCATED, refusal(Arrays.copyOf(bytes, length)), name);
          }
        });
  }

  @Test
  void every_altered_byte_is_refused() {
    Random random = new Random(1);
    samples.forEach(
        (name, bytes) -> {
          for (int i = 0; i < bytes.length; i += step(bytes, i)) {
            byte[] altered = bytes.clone();
            altered[i] ^= (byte) (1 + random.nextInt(255));
            ErrorCode code = refusal(altered);
            assertTrue(FORMAT_ERRORS.contains(code), name + " byte " + i + ": " + code);
            if (i >= 16) {
              assertEquals(SlotsError.FORMAT_CORRUPT, code, name + " byte " + i);
            }
          }
        });
  }

  @Test
  void every_altered_header_byte_with_its_checksum_is_read_or_refused() {
    samples.forEach(
        (name, bytes) -> {
          for (int i = 0; i < 140; i++) {
            for (int change : new int[] {1, 0x80, 0xff}) {
              byte[] altered = bytes.clone();
              altered[Math.min(i, bytes.length - 5)] ^= (byte) change;
              exercise(altered);
            }
          }
        });
  }

  @Test
  void residue_that_is_not_below_its_prime_is_refused() {
    byte[] bytes = samples.get("bgv-product").clone();
    int body = bytes.length - 2 * 2048 / 8 * 53 - FormatKind.CHECKSUM;
    Arrays.fill(bytes, body, body + 8, (byte) 0xff);
    seal(bytes);
    SottoException e = assertThrows(SottoException.class, () -> read(bytes));
    assertEquals(SlotsError.FORMAT_CORRUPT, e.problems().get(0).code());
    assertTrue(e.getMessage().contains("residues below"), e.getMessage());
  }

  @Test
  void noise_that_is_no_bound_is_refused() {
    for (double noise :
        new double[] {Double.NaN, Double.NEGATIVE_INFINITY, -1, 51, Double.POSITIVE_INFINITY}) {
      byte[] bytes = samples.get("bgv-product").clone();
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putDouble(88, noise);
      seal(bytes);
      assertEquals(SlotsError.FORMAT_CORRUPT, refusal(bytes), "noise " + noise);
    }
  }

  @Test
  void scale_and_bounds_that_are_none_are_refused() {
    for (int field = 80; field < 112; field += 8) {
      for (double value : new double[] {Double.NaN, -1e-300, Double.POSITIVE_INFINITY}) {
        byte[] bytes = samples.get("ckks-product").clone();
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putDouble(field, value);
        seal(bytes);
        assertEquals(SlotsError.FORMAT_CORRUPT, refusal(bytes), field + ": " + value);
      }
    }
    for (double scale : new double[] {0, -0.0, 0x1p51}) {
      byte[] bytes = samples.get("ckks-product").clone();
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putDouble(80, scale);
      seal(bytes);
      assertEquals(SlotsError.FORMAT_CORRUPT, refusal(bytes), "scale " + scale);
    }
  }

  @Test
  void newer_version_is_refused_by_its_number() {
    byte[] bytes = samples.get("bgv-fresh").clone();
    bytes[4] = 99;
    SottoException e = assertThrows(SottoException.class, () -> read(bytes));
    assertEquals(SlotsError.FORMAT_VERSION, e.problems().get(0).code());
    assertTrue(e.getMessage().contains("version 1 expected, not 99"), e.getMessage());
  }

  @Test
  void random_bytes_are_refused() {
    Random random = new Random(1);
    byte[] header = samples.get("bgv-product");
    for (int i = 0; i < 10_000; i++) {
      byte[] bytes = new byte[random.nextInt(300)];
      random.nextBytes(bytes);
      int genuine = random.nextInt(100);
      System.arraycopy(header, 0, bytes, 0, Math.min(bytes.length, genuine));
      if (bytes.length > 16 && genuine > 16) {
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(8, bytes.length);
      }
      exercise(bytes);
      assertThrows(SottoException.class, () -> read(bytes));
    }
  }

  @Test
  void huge_lengths_and_degrees_in_headers_allocate_nothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (String name : samples.keySet()) {
      for (long length : new long[] {140, Integer.MAX_VALUE, Long.MAX_VALUE, -1, 0}) {
        byte[] bytes = Arrays.copyOf(samples.get(name), 140);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(8, length);
        bytes[64] = name.startsWith("e") ? (byte) 255 : 1; // level, or degree of keys
        bytes[65] = (byte) 255; // degree
        seal(bytes);
        refusal(bytes);
        long before = threads.getCurrentThreadAllocatedBytes();
        refusal(bytes);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(allocated < 100_000, name + " allocates " + allocated);
      }
    }
  }
}
