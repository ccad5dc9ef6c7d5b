package dev.sotto.slots;

import dev.sotto.common.Seed;
import dev.sotto.problem.SottoException;

/**
 * Encrypts blocks of whole numbers under the secret key. For one thread; several encryptors of one
 * seed may share the work, by index. Closing it wipes its seed.
 */
public final class BgvEncryptor implements AutoCloseable {
  private final BgvParameters parameters;
  private final BgvEncoder encoder;
  private final RlweEncryptor rlwe;
  private final double[] message;
  private final double noiseBits;
  private long last;

  BgvEncryptor(BgvParameters parameters, BgvEncoder encoder, SecretKey secret, Seed seed) {
    this.parameters = parameters;
    this.encoder = encoder;
    this.rlwe = RlweEncryptor.create(secret, seed);
    this.message = new double[parameters.slots()];
    this.noiseBits = BgvNoise.fresh(parameters);
  }

  /**
   * The next ciphertext, of the highest level. Apart from all that have an index; but a second
   * encryptor of the same seed begins anew, so that one of them only may encrypt without an index.
   */
  public BgvCiphertext encrypt(long... values) {
    return encryptAt(values, parameters.ring().maximumLevel(), --last);
  }

  /**
   * A ciphertext.
   *
   * @param values at most N whole numbers of size at most t/2
   * @param level at most the highest of the parameters
   * @param index which ciphertext of this encryptor's seed, zero or more; never for two messages
   * @throws SottoException SOTTO-SLOTS-007 where a level is too low for any message, -008 where it
   *     is not one of the parameters, -009 to -011 for values that are no block
   */
  public BgvCiphertext encrypt(long[] values, int level, long index) {
    if (index < 0) {
      throw new IllegalArgumentException("an index of zero or more expected, not " + index);
    }
    return encryptAt(values, level, index);
  }

  private BgvCiphertext encryptAt(long[] values, int level, long index) {
    if (level < 0 || level > parameters.ring().maximumLevel()) {
      throw SottoException.of(
          SlotsError.NO_LEVEL_LEFT,
          "encrypt",
          "expected a level from 0 to "
              + parameters.ring().maximumLevel()
              + ", got "
              + level
              + ".");
    }
    BgvCiphertext.checkCapacity(parameters, level + 1, noiseBits, "encrypt");
    encoder.encode(values, 1, message);
    long t = parameters.plaintextModulus();
    RlweCiphertext c = rlwe.encrypt(message, t, level + 1, index);
    return new BgvCiphertext(parameters, c, 1, noiseBits);
  }

  /** Wipes the seed. */
  @Override
  public void close() {
    rlwe.close();
  }
}
