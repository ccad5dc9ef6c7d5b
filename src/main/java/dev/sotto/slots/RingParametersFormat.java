package dev.sotto.slots;

import dev.sotto.problem.SottoException;
import dev.sotto.slots.ring.RingType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The bytes of ring parameters, little-endian, each content in one way only.
 *
 * <pre>
 *   4      "STRP"
 *   1      version, 1
 *   1      ring: 0 standard, 1 conjugate-invariant
 *   1      log2 N
 *   1, 1   number of primes, number of special primes
 *   8 ...  the primes, then the special primes
 * </pre>
 */
final class RingParametersFormat {
  private static final byte[] MAGIC = "STRP".getBytes(StandardCharsets.US_ASCII);
  private static final byte VERSION = 1;
  private static final int HEADER = MAGIC.length + 5;

  private RingParametersFormat() {}

  static byte[] write(RingParameters parameters) {
    List<Long> primes = parameters.primes();
    List<Long> specialPrimes = parameters.specialPrimes();
    ByteBuffer bytes =
        ByteBuffer.allocate(HEADER + Long.BYTES * (primes.size() + specialPrimes.size()))
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(MAGIC)
            .put(VERSION)
            .put((byte) (parameters.type() == RingType.STANDARD ? 0 : 1))
            .put((byte) parameters.logN())
            .put((byte) primes.size())
            .put((byte) specialPrimes.size());
    primes.forEach(bytes::putLong);
    specialPrimes.forEach(bytes::putLong);
    return bytes.array();
  }

  static RingParameters read(byte[] bytes) {
    int magic = Math.min(MAGIC.length, bytes.length);
    if (!Arrays.equals(bytes, 0, magic, MAGIC, 0, magic)) {
      throw malformed(SlotsError.FORMAT_NOT_SLOTS, "expected 'STRP', got other bytes.");
    }
    if (bytes.length > MAGIC.length && bytes[MAGIC.length] != VERSION) {
      throw malformed(
          SlotsError.FORMAT_VERSION,
          "expected version " + VERSION + ", got " + (bytes[MAGIC.length] & 0xff) + ".");
    }
    requireLength(bytes, HEADER);
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    buffer.position(MAGIC.length + 1);
    int ring = buffer.get() & 0xff;
    int logN = buffer.get() & 0xff;
    int primes = buffer.get() & 0xff;
    int specialPrimes = buffer.get() & 0xff;
    int length = HEADER + Long.BYTES * (primes + specialPrimes);
    requireLength(bytes, length);
    if (bytes.length > length) {
      throw malformed(
          SlotsError.FORMAT_CORRUPT, "expected " + length + " bytes, got " + bytes.length + ".");
    }
    if (ring > 1) {
      throw malformed(SlotsError.FORMAT_CORRUPT, "expected ring 0 or 1, got " + ring + ".");
    }
    return RingParameters.of(
        ring == 0 ? RingType.STANDARD : RingType.CONJUGATE_INVARIANT,
        logN,
        longs(buffer, primes),
        longs(buffer, specialPrimes));
  }

  private static List<Long> longs(ByteBuffer bytes, int count) {
    List<Long> longs = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      longs.add(bytes.getLong());
    }
    return longs;
  }

  private static void requireLength(byte[] bytes, int length) {
    if (bytes.length < length) {
      throw malformed(
          SlotsError.FORMAT_TRUNCATED,
          "expected " + length + " bytes or more, got " + bytes.length + ".");
    }
  }

  private static SottoException malformed(SlotsError code, String detail) {
    return SottoException.of(code, "ring parameters", detail);
  }
}
