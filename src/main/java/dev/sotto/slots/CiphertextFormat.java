package dev.sotto.slots;

import dev.sotto.common.Seed;
import dev.sotto.slots.ring.OperationCounts;
import dev.sotto.slots.ring.OperationCounts.Kind;
import dev.sotto.slots.ring.RnsPolynomial;
import dev.sotto.slots.ring.RnsRing;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of ciphertexts. Behind the header of every kind ({@link FormatKind}):
 *
 * <pre>
 *   1    level
 *   1    degree
 *   6    zero
 *   24   BGV: t, factor (whole numbers), noise bits (double)
 *   40   CKKS, doubles: the scale of the parameters, that of the ciphertext, value bound, error bound,
 *        error deviation
 *   32   public seed, where flag 0 is set: the ciphertext is fresh and its second part follows from it
 *        parts, limb after limb, residues in [0, p) packed to the bits of p ({@code PackedResidues})
 * </pre>
 *
 * <p>Parts are evaluations, in the order in which they are in memory: neither side transforms. A
 * fresh ciphertext takes N/8 times the bits of its modulus and about 140 bytes; send results after
 * {@code smallest}. Blocks of ciphertexts go one after another into one buffer, without a copy
 * where it has an array.
 */
public final class CiphertextFormat {
  private static final int RLWE_FIELDS = 8;
  private static final int BGV_FIELDS = 3 * Long.BYTES;
  private static final int CKKS_FIELDS = 5 * Double.BYTES;

  private CiphertextFormat() {}

  /** How many bytes a ciphertext takes. */
  public static int length(BgvCiphertext c) {
    return Math.toIntExact(length(c.rlwe(), BGV_FIELDS));
  }

  /** How many bytes a ciphertext takes. */
  public static int length(CkksCiphertext c) {
    return Math.toIntExact(length(c.rlwe(), CKKS_FIELDS));
  }

  /** The bytes of a ciphertext. */
  public static byte[] toBytes(BgvCiphertext c) {
    ByteBuffer out = ByteBuffer.allocate(length(c));
    write(c, out);
    return out.array();
  }

  /** The bytes of a ciphertext. */
  public static byte[] toBytes(CkksCiphertext c) {
    ByteBuffer out = ByteBuffer.allocate(length(c));
    write(c, out);
    return out.array();
  }

  /**
   * Writes a ciphertext at a buffer's position, which then stands behind it.
   *
   * @throws BufferOverflowException where there is no room for {@link #length(BgvCiphertext)} bytes
   */
  public static void write(BgvCiphertext c, ByteBuffer out) {
    FormatWriter writer =
        begin(c.rlwe(), FormatKind.BGV_CIPHERTEXT, length(c), out)
            .putLong(c.parameters().plaintextModulus())
            .putLong(c.factor())
            .putDouble(c.noiseBits());
    end(writer, c.rlwe());
  }

  /**
   * Writes a ciphertext at a buffer's position, which then stands behind it.
   *
   * @throws BufferOverflowException where there is no room for {@link #length(CkksCiphertext)}
   *     bytes
   */
  public static void write(CkksCiphertext c, ByteBuffer out) {
    FormatWriter writer =
        begin(c.rlwe(), FormatKind.CKKS_CIPHERTEXT, length(c), out)
            .putDouble(c.parameters().scale())
            .putDouble(c.scale())
            .putDouble(c.valueBound())
            .putDouble(c.error().bound())
            .putDouble(c.error().deviation());
    end(writer, c.rlwe());
  }

  /**
   * The ciphertext of bytes that {@link #toBytes(BgvCiphertext)} wrote.
   *
   * @throws dev.sotto.problem.SottoException as {@link #read(BgvParameters, ByteBuffer)}, and for a
   *     byte too many
   */
  public static BgvCiphertext parse(BgvParameters parameters, byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    BgvCiphertext c = read(parameters, in);
    FormatReader.requireEnd(FormatKind.BGV_CIPHERTEXT, in);
    return c;
  }

  /**
   * The same for a ciphertext that is used once or twice: residues of a fresh one are taken from
   * the bytes when they are used, and refused then.
   *
   * @param bytes shared, not to be changed
   */
  public static BgvCiphertext parseLate(BgvParameters parameters, byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    BgvCiphertext c = read(parameters, in, true);
    FormatReader.requireEnd(FormatKind.BGV_CIPHERTEXT, in);
    return c;
  }

  /**
   * The ciphertext of bytes that {@link #toBytes(CkksCiphertext)} wrote.
   *
   * @throws dev.sotto.problem.SottoException as {@link #read(CkksParameters, ByteBuffer)}, and for
   *     a byte too many
   */
  public static CkksCiphertext parse(CkksParameters parameters, byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CkksCiphertext c = read(parameters, in);
    FormatReader.requireEnd(FormatKind.CKKS_CIPHERTEXT, in);
    return c;
  }

  /**
   * The same for a ciphertext that is used once or twice: residues of a fresh one are taken from
   * the bytes when they are used, and refused then.
   *
   * @param bytes shared, not to be changed
   */
  public static CkksCiphertext parseLate(CkksParameters parameters, byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CkksCiphertext c = read(parameters, in, true);
    FormatReader.requireEnd(FormatKind.CKKS_CIPHERTEXT, in);
    return c;
  }

  /**
   * Reads a ciphertext at a buffer's position, which then stands behind it; where it is refused,
   * the position stays.
   *
   * @throws dev.sotto.problem.SottoException SOTTO-SLOTS-012 to -015 for bytes that are something
   *     else, of another version, too few or altered; SOTTO-SLOTS-003 for other parameters
   */
  public static BgvCiphertext read(BgvParameters parameters, ByteBuffer in) {
    return read(parameters, in, false);
  }

  private static BgvCiphertext read(BgvParameters parameters, ByteBuffer in, boolean stored) {
    FormatReader reader = open(FormatKind.BGV_CIPHERTEXT, parameters.ring(), in);
    int level = reader.getByte();
    int degree = reader.getByte();
    reader.getZeros(RLWE_FIELDS - 2);
    long t = reader.getLong();
    if (t != parameters.plaintextModulus()) {
      throw reader.refused(
          SlotsError.WRONG_PARAMETERS,
          "plaintext modulus " + parameters.plaintextModulus() + " expected, not " + t + ".");
    }
    long factor = reader.getLong();
    if (factor < 1 || factor >= t) {
      throw reader.corrupt("a factor from 1 to t - 1 expected, not " + factor + ".");
    }
    double noise = reader.getDouble();
    checkLevel(reader, parameters.ring(), level, degree);
    double capacity = RlweNoise.capacityBits(parameters.ring().ring(), level + 1);
    if (!(noise >= 0 && noise <= capacity)) {
      throw reader.corrupt("noise of 0 to " + capacity + " bits expected, not " + noise + ".");
    }
    RlweCiphertext rlwe = body(reader, parameters.ring(), level, degree, BGV_FIELDS, stored);
    return new BgvCiphertext(parameters, rlwe, factor, noise);
  }

  /**
   * Reads a ciphertext at a buffer's position, which then stands behind it; where it is refused,
   * the position stays.
   *
   * @throws dev.sotto.problem.SottoException SOTTO-SLOTS-012 to -015 for bytes that are something
   *     else, of another version, too few or altered; SOTTO-SLOTS-003 for other parameters
   */
  public static CkksCiphertext read(CkksParameters parameters, ByteBuffer in) {
    return read(parameters, in, false);
  }

  private static CkksCiphertext read(CkksParameters parameters, ByteBuffer in, boolean stored) {
    FormatReader reader = open(FormatKind.CKKS_CIPHERTEXT, parameters.ring(), in);
    int level = reader.getByte();
    int degree = reader.getByte();
    reader.getZeros(RLWE_FIELDS - 2);
    double parameterScale = reader.getDouble();
    if (parameterScale != parameters.scale()) {
      throw reader.refused(
          SlotsError.WRONG_PARAMETERS,
          "scale " + parameters.scale() + " expected, not " + parameterScale + ".");
    }
    double scale = finite(reader, "scale");
    double valueBound = finite(reader, "value bound");
    SlotError error =
        new SlotError(finite(reader, "error bound"), finite(reader, "error deviation"));
    checkLevel(reader, parameters.ring(), level, degree);
    double phase = RlweNoise.log2((valueBound + error.bound()) * scale);
    double capacity = RlweNoise.capacityBits(parameters.ring().ring(), level + 1);
    if (scale == 0 || !(phase <= capacity)) {
      throw reader.corrupt(
          "a scale, and bounds of at most "
              + capacity
              + " bits together with it, expected, not "
              + scale
              + ", with which they have "
              + phase
              + ".");
    }
    RlweCiphertext rlwe = body(reader, parameters.ring(), level, degree, CKKS_FIELDS, stored);
    return new CkksCiphertext(parameters, rlwe, scale, valueBound, error);
  }

  /**
   * Counts what reading a fresh ciphertext takes; of a dry run, whose bytes there are none of. What
   * stays as it was sent is opened, and the rest counted where it is used.
   */
  public static void countRead(SlotCiphertext fresh, OperationCounts counts) {
    counts.add(Kind.OPENED, 1);
    if (!fresh.isStored()) {
      counts.add(Kind.READ, residues(fresh.rlwe()));
      counts.add(Kind.FRESH, 2 * residues(fresh.rlwe()));
    }
  }

  /** Counts what writing a result takes; of a dry run, whose bytes there are none of. */
  public static void countWritten(SlotCiphertext result, OperationCounts counts) {
    counts.add(Kind.WRITTEN, residues(result.rlwe()) * (result.degree() + 1));
  }

  /** Residues of one part. */
  private static long residues(RlweCiphertext c) {
    return (long) c.parameters().ring().n() * c.limbs();
  }

  private static double finite(FormatReader reader, String name) {
    double value = reader.getDouble();
    if (!(value >= 0 && value <= Double.MAX_VALUE)) {
      throw reader.corrupt("a number from 0 on expected as " + name + ", not " + value + ".");
    }
    return value;
  }

  private static long length(RlweCiphertext c, int fields) {
    return length(c.parameters().ring(), c.limbs(), c.degree(), c.seed() != null, fields);
  }

  private static long length(RnsRing ring, int limbs, int degree, boolean seeded, int fields) {
    return FormatKind.HEADER
        + RLWE_FIELDS
        + fields
        + (seeded ? Seed.LENGTH : 0)
        + (seeded ? 1 : degree + 1) * FormatWriter.polynomialBytes(ring, limbs)
        + FormatKind.CHECKSUM;
  }

  private static FormatWriter begin(RlweCiphertext c, FormatKind kind, int length, ByteBuffer out) {
    int flags = c.seed() == null ? 0 : FormatKind.SEEDED;
    return FormatWriter.begin(out, kind, flags, length, c.parameters(), c.key())
        .putByte(c.level())
        .putByte(c.degree())
        .putZeros(RLWE_FIELDS - 2);
  }

  private static void end(FormatWriter writer, RlweCiphertext c) {
    Seed seed = c.seed();
    if (seed != null) {
      writer.putSeed(seed);
    }
    int stored = seed == null ? c.degree() + 1 : 1;
    for (int k = 0; k < stored; k++) {
      writer.putPolynomial(c.part(k), c.parameters().ring());
    }
    writer.end();
  }

  private static FormatReader open(FormatKind kind, RingParameters parameters, ByteBuffer in) {
    return FormatReader.open(kind, in).expect(parameters).allow(FormatKind.SEEDED);
  }

  private static void checkLevel(
      FormatReader reader, RingParameters parameters, int level, int degree) {
    if (level > parameters.maximumLevel()) {
      throw reader.corrupt(
          "a level from 0 to " + parameters.maximumLevel() + " expected, not " + level + ".");
    }
    if (degree < 1 || reader.seeded() && degree != 1) {
      throw reader.corrupt(
          "a degree of 1" + (reader.seeded() ? "" : " or more") + " expected, not " + degree + ".");
    }
  }

  private static RlweCiphertext body(
      FormatReader reader,
      RingParameters parameters,
      int level,
      int degree,
      int fields,
      boolean stored) {
    RnsRing ring = parameters.ring();
    int limbs = level + 1;
    reader.requireLength(length(ring, limbs, degree, reader.seeded(), fields));
    @Nullable Seed seed = reader.seeded() ? reader.getSeed() : null;
    if (stored && seed != null) {
      StoredParts left = reader.getStored(ring, limbs, seed);
      reader.end();
      return RlweCiphertext.stored(parameters, reader.key(), left);
    }
    RnsPolynomial[] parts = new RnsPolynomial[degree + 1];
    for (int k = 0; k < (seed == null ? parts.length : 1); k++) {
      parts[k] = reader.getPolynomial(ring, limbs);
    }
    reader.end();
    if (seed == null) {
      return RlweCiphertext.of(parameters, reader.key(), parts);
    }
    RnsPolynomial mask = RlweEncryptor.mask(ring, seed, limbs);
    return RlweCiphertext.fresh(parameters, reader.key(), parts[0], mask, seed);
  }
}
