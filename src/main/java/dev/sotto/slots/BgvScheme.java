package dev.sotto.slots;

import dev.sotto.common.Seed;

/**
 * BGV: exact arithmetic on encrypted whole numbers modulo t, N of them in a ciphertext.
 *
 * <p>Brakerski, Gentry, Vaikuntanathan 2012, in RNS. Immutable: hands out encryptors, evaluators
 * and decryptors, one for each thread.
 */
public final class BgvScheme {
  private final BgvParameters parameters;
  private final BgvEncoder encoder;

  private BgvScheme(BgvParameters parameters) {
    this.parameters = parameters;
    this.encoder = BgvEncoder.create(parameters);
  }

  /** The scheme with these parameters. */
  public static BgvScheme of(BgvParameters parameters) {
    return new BgvScheme(parameters);
  }

  /** The parameters. */
  public BgvParameters parameters() {
    return parameters;
  }

  /** Keys with which ciphertexts up to a degree can be relinearised. */
  public EvaluationKeys evaluationKeys(SecretKey secret, int degree) {
    return evaluationKeys(secret, degree, Seed.random());
  }

  /** The same from a seed that serves nothing else. */
  public EvaluationKeys evaluationKeys(SecretKey secret, int degree, Seed seed) {
    parameters.ring().checkKey(secret.parameters());
    return EvaluationKeys.generate(secret, degree, parameters.plaintextModulus(), seed);
  }

  /** An encryptor with a seed of its own. */
  public BgvEncryptor encryptor(SecretKey secret) {
    return encryptor(secret, Seed.random());
  }

  /**
   * An encryptor with a given seed: the same bytes again for the same messages; never for others.
   *
   * @param seed as secret as the key; the encryptor keeps a copy, until it is closed
   */
  public BgvEncryptor encryptor(SecretKey secret, Seed seed) {
    parameters.ring().checkKey(secret.parameters());
    return new BgvEncryptor(parameters, encoder, secret, seed);
  }

  /** A decryptor. */
  public BgvDecryptor decryptor(SecretKey secret) {
    parameters.ring().checkKey(secret.parameters());
    return new BgvDecryptor(parameters, encoder, secret);
  }

  /** An evaluator that cannot relinearise. */
  public BgvEvaluator evaluator() {
    return new BgvEvaluator(parameters, encoder, null);
  }

  /** An evaluator for dry runs, as if it had evaluation keys up to a degree; one for none. */
  public BgvEvaluator dryEvaluator(int degree) {
    return degree < 2
        ? evaluator()
        : evaluator(
            EvaluationKeys.hollow(parameters.ring(), degree, parameters.plaintextModulus()));
  }

  /** An evaluator with evaluation keys. */
  public BgvEvaluator evaluator(EvaluationKeys keys) {
    parameters.ring().checkKey(keys.parameters());
    return new BgvEvaluator(parameters, encoder, keys);
  }
}
