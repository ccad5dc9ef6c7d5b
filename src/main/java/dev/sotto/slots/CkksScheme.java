package dev.sotto.slots;

import dev.sotto.common.Seed;

/**
 * CKKS: approximate arithmetic on encrypted real numbers, N/2 of them in a ciphertext, N in the
 * conjugate-invariant ring.
 *
 * <p>Cheon, Kim, Kim, Song 2017, in RNS. Immutable: hands out encryptors, evaluators and
 * decryptors, one for each thread.
 */
public final class CkksScheme {
  private final CkksParameters parameters;
  private final CkksEncoder encoder;

  private CkksScheme(CkksParameters parameters) {
    this.parameters = parameters;
    this.encoder = CkksEncoder.create(parameters);
  }

  /** The scheme with these parameters. */
  public static CkksScheme of(CkksParameters parameters) {
    return new CkksScheme(parameters);
  }

  /** The parameters. */
  public CkksParameters parameters() {
    return parameters;
  }

  /** Keys with which ciphertexts up to a degree can be relinearised. */
  public EvaluationKeys evaluationKeys(SecretKey secret, int degree) {
    return evaluationKeys(secret, degree, Seed.random());
  }

  /** The same from a seed that serves nothing else. */
  public EvaluationKeys evaluationKeys(SecretKey secret, int degree, Seed seed) {
    parameters.ring().checkKey(secret.parameters());
    return EvaluationKeys.generate(secret, degree, 1, seed);
  }

  /** An encryptor with a seed of its own. */
  public CkksEncryptor encryptor(SecretKey secret) {
    return encryptor(secret, Seed.random());
  }

  /**
   * An encryptor with a given seed: the same bytes again for the same messages; never for others.
   */
  public CkksEncryptor encryptor(SecretKey secret, Seed seed) {
    parameters.ring().checkKey(secret.parameters());
    return new CkksEncryptor(parameters, encoder, secret, seed);
  }

  /** A decryptor. */
  public CkksDecryptor decryptor(SecretKey secret) {
    parameters.ring().checkKey(secret.parameters());
    return new CkksDecryptor(parameters, encoder, secret);
  }

  /** An evaluator that cannot relinearise. */
  public CkksEvaluator evaluator() {
    return new CkksEvaluator(parameters, encoder, null);
  }

  /** An evaluator for dry runs, as if it had evaluation keys up to a degree; one for none. */
  public CkksEvaluator dryEvaluator(int degree) {
    return degree < 2
        ? evaluator()
        : evaluator(EvaluationKeys.hollow(parameters.ring(), degree, 1));
  }

  /** An evaluator with evaluation keys. */
  public CkksEvaluator evaluator(EvaluationKeys keys) {
    parameters.ring().checkKey(keys.parameters());
    return new CkksEvaluator(parameters, encoder, keys);
  }
}
