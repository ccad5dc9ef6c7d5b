package dev.sotto.slots;

import dev.sotto.common.Seed;
import dev.sotto.slots.ring.RnsRing;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes of evaluation keys. Behind the header of every kind ({@link FormatKind}):
 *
 * <pre>
 *   1    degree that can be relinearised, 2 or more
 *   7    zero
 *   8    what errors are multiplied by: t of BGV, 1 in CKKS
 *        for every power from 2 to the degree:
 *   32     public seed of all uniform halves
 *          the other half of each digit: limbs of all primes, special ones last, packed
 * </pre>
 *
 * <p>That is half of what they take in memory, packed to its bits; they hold no secret.
 */
public final class EvaluationKeysFormat {
  private static final int FIELDS = 8 + Long.BYTES;

  private EvaluationKeysFormat() {}

  /** How many bytes keys take. */
  public static int length(EvaluationKeys keys) {
    return Math.toIntExact(length(keys.parameters().ring(), keys.degree()));
  }

  private static long length(RnsRing ring, int degree) {
    long digits = KeySwitchingKey.digits(ring);
    long half = FormatWriter.polynomialBytes(ring, ring.primes() + ring.specialPrimes());
    return FormatKind.HEADER
        + FIELDS
        + (degree - 1) * (Seed.LENGTH + digits * half)
        + FormatKind.CHECKSUM;
  }

  /** The bytes of keys. */
  public static byte[] toBytes(EvaluationKeys keys) {
    ByteBuffer out = ByteBuffer.allocate(length(keys));
    write(keys, out);
    return out.array();
  }

  /**
   * Writes keys at a buffer's position, which then stands behind them.
   *
   * @throws BufferOverflowException where there is no room for {@link #length} bytes
   */
  public static void write(EvaluationKeys keys, ByteBuffer out) {
    RnsRing ring = keys.parameters().ring();
    FormatWriter writer =
        FormatWriter.begin(
                out, FormatKind.EVALUATION_KEYS, 0, length(keys), keys.parameters(), keys.key())
            .putByte(keys.degree())
            .putZeros(7)
            .putLong(keys.powers().get(0).errorScale());
    for (KeySwitchingKey power : keys.powers()) {
      writer.putSeed(power.seed());
      for (int j = 0; j < KeySwitchingKey.digits(ring); j++) {
        double[] half = power.pairs()[2 * j];
        for (int i = 0; i < ring.primes() + ring.specialPrimes(); i++) {
          writer.putLimb(half, i * ring.n(), ring.n(), ring.modulus(i));
        }
      }
    }
    writer.end();
  }

  /**
   * The keys of bytes that {@link #toBytes} wrote.
   *
   * @throws dev.sotto.problem.SottoException as {@link #read(BgvParameters, ByteBuffer)}, and for a
   *     byte too many
   */
  public static EvaluationKeys parse(BgvParameters parameters, byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    EvaluationKeys keys = read(parameters, in);
    FormatReader.requireEnd(FormatKind.EVALUATION_KEYS, in);
    return keys;
  }

  /**
   * The keys of bytes that {@link #toBytes} wrote.
   *
   * @throws dev.sotto.problem.SottoException as {@link #read(CkksParameters, ByteBuffer)}, and for
   *     a byte too many
   */
  public static EvaluationKeys parse(CkksParameters parameters, byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    EvaluationKeys keys = read(parameters, in);
    FormatReader.requireEnd(FormatKind.EVALUATION_KEYS, in);
    return keys;
  }

  /**
   * Reads keys at a buffer's position, which then stands behind them; where they are refused, the
   * position stays.
   *
   * @throws dev.sotto.problem.SottoException SOTTO-SLOTS-012 to -015 for bytes that are something
   *     else, of another version, too few or altered; SOTTO-SLOTS-003 for other parameters
   */
  public static EvaluationKeys read(BgvParameters parameters, ByteBuffer in) {
    return read(parameters.ring(), parameters.plaintextModulus(), in);
  }

  /**
   * Reads keys at a buffer's position, which then stands behind them; where they are refused, the
   * position stays.
   *
   * @throws dev.sotto.problem.SottoException SOTTO-SLOTS-012 to -015 for bytes that are something
   *     else, of another version, too few or altered; SOTTO-SLOTS-003 for other parameters
   */
  public static EvaluationKeys read(CkksParameters parameters, ByteBuffer in) {
    return read(parameters.ring(), 1, in);
  }

  private static EvaluationKeys read(RingParameters parameters, long errorScale, ByteBuffer in) {
    FormatReader reader =
        FormatReader.open(FormatKind.EVALUATION_KEYS, in).expect(parameters).allow(0);
    int degree = reader.getByte();
    reader.getZeros(7);
    long scale = reader.getLong();
    if (scale != errorScale) {
      throw reader.refused(
          SlotsError.WRONG_PARAMETERS,
          "errors in multiples of " + errorScale + " expected, not of " + scale + ".");
    }
    if (degree < 2) {
      throw reader.corrupt("a degree of 2 or more expected, not " + degree + ".");
    }
    RnsRing ring = parameters.ring();
    if (ring.specialPrimes() == 0) {
      throw reader.corrupt("no keys expected where there are no special primes.");
    }
    reader.requireLength(length(ring, degree));
    List<KeySwitchingKey> powers = new ArrayList<>(degree - 1);
    for (int power = 2; power <= degree; power++) {
      Seed seed = reader.getSeed();
      double[][] halves = new double[KeySwitchingKey.digits(ring)][];
      for (int j = 0; j < halves.length; j++) {
        halves[j] = reader.getPolynomial(ring, ring.primes() + ring.specialPrimes()).residues();
      }
      powers.add(KeySwitchingKey.of(parameters, reader.key(), power, errorScale, seed, halves));
    }
    reader.end();
    return EvaluationKeys.of(parameters, reader.key(), powers);
  }
}
