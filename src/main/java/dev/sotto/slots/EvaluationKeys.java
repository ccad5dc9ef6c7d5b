package dev.sotto.slots;

import dev.sotto.common.Seed;
import dev.sotto.problem.SottoException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a server needs to relinearise: key-switching keys from s², s³, … to s. Holds no secret.
 *
 * <p>In memory a key takes 16 · digits · primes · N bytes; on the wire half of that, packed to its
 * bits, and a seed.
 */
public final class EvaluationKeys {
  private final RingParameters parameters;
  private final KeyId key;
  private final List<KeySwitchingKey> powers;

  private EvaluationKeys(RingParameters parameters, KeyId key, List<KeySwitchingKey> powers) {
    this.parameters = parameters;
    this.key = key;
    this.powers = List.copyOf(powers);
  }

  /** Keys read back, for the powers from two on. */
  static EvaluationKeys of(RingParameters parameters, KeyId key, List<KeySwitchingKey> powers) {
    return new EvaluationKeys(parameters, key, powers);
  }

  /** Keys without residues, for dry runs. */
  static EvaluationKeys hollow(RingParameters parameters, int degree, long errorScale) {
    List<KeySwitchingKey> powers = new ArrayList<>();
    for (int power = 2; power <= degree; power++) {
      powers.add(KeySwitchingKey.hollow(parameters, power, errorScale));
    }
    return new EvaluationKeys(parameters, KeyId.NONE, powers);
  }

  /**
   * New keys.
   *
   * @param degree the highest degree to be relinearised, at least two
   * @param errorScale t for integers modulo t, one for approximate numbers
   * @param seed strong, fresh, and not shared with ciphertexts
   */
  static EvaluationKeys generate(SecretKey secret, int degree, long errorScale, Seed seed) {
    RingParameters parameters = secret.parameters();
    if (degree < 2) {
      throw SottoException.of(
          SlotsError.PARAMETERS_INVALID, "", "expected a degree of 2 or more, got " + degree + ".");
    }
    if (parameters.ring().specialPrimes() == 0) {
      throw SottoException.of(
          SlotsError.PARAMETERS_INVALID,
          "",
          "special primes expected for relinearisation; " + parameters + " has none");
    }
    List<KeySwitchingKey> powers = new ArrayList<>();
    for (int power = 2; power <= degree; power++) {
      Seed publicSeed;
      try (Seed derived = seed.derive("public seed", power)) {
        publicSeed = Seed.of(derived.bytes());
      }
      try (Seed secretSeed = seed.derive("secret seed", power)) {
        powers.add(KeySwitchingKey.generate(secret, power, errorScale, publicSeed, secretSeed));
      }
    }
    return new EvaluationKeys(parameters, secret.id(), powers);
  }

  /** What the keys belong to. */
  public RingParameters parameters() {
    return parameters;
  }

  /** The key whose ciphertexts they relinearise. */
  public KeyId key() {
    return key;
  }

  /** The highest degree that can be relinearised. */
  public int degree() {
    return powers.size() + 1;
  }

  /** Bytes of memory. */
  public long bytes() {
    return powers.stream().mapToLong(KeySwitchingKey::bytes).sum();
  }

  List<KeySwitchingKey> powers() {
    return powers;
  }

  /** Refuses keys of the other scheme, or of other integers: their errors have another size. */
  void checkErrorScale(long expected) {
    for (KeySwitchingKey power : powers) {
      if (power.errorScale() != expected) {
        throw SottoException.of(
            SlotsError.WRONG_PARAMETERS,
            "",
            "evaluation keys with errors scaled by "
                + expected
                + " expected (1 in CKKS, t in BGV), not by "
                + power.errorScale());
      }
    }
  }

  /** The keys for a degree. */
  List<KeySwitchingKey> upTo(int degree) {
    if (degree > degree()) {
      throw SottoException.of(
          SlotsError.MISSING_KEY,
          "",
          "keys up to degree " + degree + " expected; these reach " + degree());
    }
    return powers.subList(0, degree - 1);
  }
}
