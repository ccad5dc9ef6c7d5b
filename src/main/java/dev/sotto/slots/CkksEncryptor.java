package dev.sotto.slots;

import dev.sotto.common.Seed;
import dev.sotto.problem.SottoException;
import java.util.Arrays;

/**
 * Encrypts blocks of real numbers under the secret key. For one thread; two encryptors of one seed
 * may share the work, by index.
 *
 * <p>The bound of the numbers is public, and decides how much can be computed: choose it for the
 * feature, not for the block.
 */
public final class CkksEncryptor implements AutoCloseable {
  private final CkksParameters parameters;
  private final CkksEncoder encoder;
  private final RlweEncryptor rlwe;
  private final double[] room;
  private final double[] message;
  private long next;

  CkksEncryptor(CkksParameters parameters, CkksEncoder encoder, SecretKey secret, Seed seed) {
    this.parameters = parameters;
    this.encoder = encoder;
    this.rlwe = RlweEncryptor.create(secret, seed);
    this.room = new double[parameters.slots()];
    this.message = new double[parameters.ring().n()];
  }

  /**
   * The next ciphertext, of the highest level and the scale of the parameters.
   *
   * @param values one to {@link CkksParameters#slots} numbers
   * @param bound no number is larger in size
   */
  public CkksCiphertext encrypt(double[] values, double bound) {
    return encrypt(values, bound, parameters.ring().maximumLevel(), next++);
  }

  /** A ciphertext of the scale of the parameters. */
  public CkksCiphertext encrypt(double[] values, double bound, int level, long index) {
    return encrypt(values, bound, parameters.scale(), level, index);
  }

  /**
   * A ciphertext.
   *
   * @param values one to {@link CkksParameters#slots} numbers
   * @param bound no number is larger in size
   * @param scale what numbers are multiplied by; the error is in inverse proportion to it
   * @param level at most the highest of the parameters
   * @param index which ciphertext of this encryptor's seed; never for two messages
   * @throws SottoException SOTTO-SLOTS-009 for a number beyond the bound or none at all, -010 and
   *     -011 for too many or no numbers, -007 where the bound does not fit the modulus, -018 where
   *     the error is larger than the numbers
   */
  public CkksCiphertext encrypt(
      double[] values, double bound, double scale, int level, long index) {
    int most = parameters.ring().maximumLevel();
    if (level < 0 || level > most) {
      throw SottoException.of(
          SlotsError.NO_LEVEL_LEFT,
          "",
          "expected a level from 0 to " + most + ", got " + level + ".");
    }
    if (!(bound > 0 && bound < Double.POSITIVE_INFINITY && scale > 0)) {
      throw SottoException.of(
          SlotsError.VALUE_OUT_OF_RANGE,
          "",
          "expected a positive bound and scale, got " + bound + " and " + scale + ".");
    }
    SlotError error = SlotError.fresh(parameters.ring().ring(), scale, bound);
    CkksEvaluator.check(parameters.ring().ring(), level + 1, scale, bound, error, "encrypt");
    encoder.encode(values, bound, scale, room, message);
    Arrays.fill(room, 0);
    return new CkksCiphertext(
        parameters, rlwe.encrypt(message, 1, level + 1, index), scale, bound, error);
  }

  /** Wipes the seed. */
  @Override
  public void close() {
    rlwe.close();
  }
}
