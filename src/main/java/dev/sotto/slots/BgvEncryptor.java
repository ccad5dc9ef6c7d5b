package dev.sotto.slots;

import dev.sotto.common.Seed;

/**
 * Encrypts blocks of whole numbers under the secret key. For one thread; two encryptors of one seed
 * may share the work, by index.
 */
public final class BgvEncryptor {
  private final BgvParameters parameters;
  private final BgvEncoder encoder;
  private final RlweEncryptor rlwe;
  private final double[] message;
  private long next;

  BgvEncryptor(BgvParameters parameters, BgvEncoder encoder, SecretKey secret, Seed seed) {
    this.parameters = parameters;
    this.encoder = encoder;
    this.rlwe = RlweEncryptor.create(secret, seed);
    this.message = new double[parameters.slots()];
  }

  /** The next ciphertext, of the highest level. */
  public BgvCiphertext encrypt(long... values) {
    return encrypt(values, parameters.ring().maximumLevel(), next++);
  }

  /**
   * A ciphertext.
   *
   * @param values at most N whole numbers of size at most t/2
   * @param level at most the highest of the parameters
   * @param index which ciphertext of this encryptor's seed; never for two messages
   */
  public BgvCiphertext encrypt(long[] values, int level, long index) {
    encoder.encode(values, 1, message);
    long t = parameters.plaintextModulus();
    RlweCiphertext c = rlwe.encrypt(message, t, level + 1, index);
    return new BgvCiphertext(parameters, c, 1, BgvNoise.fresh(parameters));
  }
}
