package dev.sotto.slots;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.common.Seed;
import dev.sotto.problem.SottoException;
import dev.sotto.slots.ring.RingType;
import dev.sotto.slots.ring.RnsPolynomial;
import dev.sotto.slots.ring.WeightedSums;
import java.io.Serializable;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is not meant to be done is refused, with a code and both sides of the story. */
final class BgvMisuseTest {
  private static final long T = 65537;

  private final BgvParameters parameters = parameters(T, 36, 36, 36);
  private final BgvScheme scheme = BgvScheme.of(parameters);
  private final SecretKey key = SecretKey.of(parameters.ring(), SlotsSeeds.seed(1));
  private final SecretKey otherKey = SecretKey.of(parameters.ring(), SlotsSeeds.seed(2));
  private final BgvEncryptor encryptor = scheme.encryptor(key, SlotsSeeds.seed(3));
  private final BgvDecryptor decryptor = scheme.decryptor(key);
  private final BgvEvaluator evaluator =
      scheme.evaluator(scheme.evaluationKeys(key, 2, SlotsSeeds.seed(4)));
  private final BgvCiphertext x = encryptor.encrypt(1, 2, 3);

  private static BgvParameters parameters(long t, int... primes) {
    return new BgvParameters(
        RingParameters.generate(RingType.STANDARD, 13, primes, new int[] {36}), t);
  }

  @AfterEach
  void close() {
    key.close();
    otherKey.close();
    encryptor.close();
  }

  private static void assertRefused(SlotsError code, Executable action, String... parts) {
    SottoException refused = assertThrows(SottoException.class, action);
    assertEquals(code, refused.problems().get(0).code(), refused.getMessage());
    for (String part : parts) {
      assertTrue(
          refused.getMessage().contains(part),
          "'" + part + "' expected in: " + refused.getMessage());
    }
  }

  @Test
  void another_key_is_refused() {
    BgvCiphertext other;
    try (BgvEncryptor others = scheme.encryptor(otherKey, SlotsSeeds.seed(5))) {
      other = others.encrypt(1);
    }
    String[] both = {key.id().hex(), otherKey.id().hex()};
    assertRefused(SlotsError.WRONG_KEY, () -> decryptor.decrypt(other), both);
    assertRefused(SlotsError.WRONG_KEY, () -> evaluator.add(x, other), both);
    assertRefused(SlotsError.WRONG_KEY, () -> evaluator.multiply(x, other), both);
    assertRefused(
        SlotsError.WRONG_KEY, () -> BgvExpression.of(x).times(BgvExpression.of(other)), both);
    assertRefused(
        SlotsError.WRONG_KEY,
        () -> evaluator.evaluate(List.of(BgvExpression.of(x), BgvExpression.of(other))),
        both);
    assertRefused(
        SlotsError.WRONG_KEY, () -> evaluator.relinearise(evaluator.multiply(other, other)), both);
  }

  @Test
  void other_parameters_are_refused() {
    BgvParameters wide = parameters(T, 36, 36);
    BgvParameters other = parameters(114689, 36, 36, 36);
    for (BgvParameters p : List.of(wide, other)) {
      BgvEvaluator evaluatorOfOther = BgvScheme.of(p).evaluator();
      assertRefused(SlotsError.WRONG_PARAMETERS, () -> evaluatorOfOther.add(x, x), "expected");
      assertRefused(
          SlotsError.WRONG_PARAMETERS, () -> evaluatorOfOther.evaluate(BgvExpression.of(x)));
    }
    assertRefused(
        SlotsError.WRONG_PARAMETERS,
        () -> BgvScheme.of(other).decryptor(key).decrypt(x),
        "65537",
        "114689");
    assertRefused(SlotsError.WRONG_PARAMETERS, () -> BgvScheme.of(wide).decryptor(key));
    assertRefused(
        SlotsError.WRONG_PARAMETERS, () -> BgvScheme.of(wide).encryptor(key, SlotsSeeds.seed(6)));
    EvaluationKeys keys = scheme.evaluationKeys(key, 2, SlotsSeeds.seed(7));
    assertRefused(
        SlotsError.WRONG_PARAMETERS, () -> BgvScheme.of(other).evaluator(keys), "65537", "114689");
    EvaluationKeys approximate = EvaluationKeys.generate(key, 2, 1, SlotsSeeds.seed(8));
    assertRefused(SlotsError.WRONG_PARAMETERS, () -> scheme.evaluator(approximate), "by 1");
  }

  @Test
  void levels_and_factors_do_not_mix() {
    BgvCiphertext switched = evaluator.switchModulus(x);
    BgvCiphertext forgotten = evaluator.forgetPrimes(x, 1);
    assertRefused(SlotsError.MIXED_LEVELS, () -> evaluator.multiply(x, switched), "2", "1");
    assertRefused(SlotsError.MIXED_LEVELS, () -> evaluator.add(x, forgotten), "2", "1");
    assertRefused(
        SlotsError.MIXED_SCALES, () -> evaluator.add(forgotten, switched), "" + switched.factor());
    assertRefused(
        SlotsError.MIXED_SCALES,
        () -> BgvExpression.of(forgotten).minus(BgvExpression.of(switched)));
    assertRefused(
        SlotsError.MIXED_LEVELS,
        () -> evaluator.weightedSums(List.of(x, forgotten), WeightedSums.of(new int[][] {{1, 1}})));
    assertArrayEquals(
        new long[] {2, 4, 6},
        first(3, decryptor.decrypt(evaluator.add(forgotten, evaluator.withFactor(switched, 1)))));
  }

  private static long[] first(int n, long[] values) {
    return Arrays.copyOf(values, n);
  }

  @Test
  void what_does_not_fit_a_block_is_refused() {
    assertRefused(SlotsError.EMPTY_BLOCK, () -> encryptor.encrypt());
    assertRefused(
        SlotsError.TOO_MANY_VALUES,
        () -> encryptor.encrypt(new long[parameters.slots() + 1]),
        "8192",
        "8193");
    assertRefused(
        SlotsError.VALUE_OUT_OF_RANGE, () -> encryptor.encrypt(0, 32769), "value 1", "32769");
    assertRefused(SlotsError.VALUE_OUT_OF_RANGE, () -> evaluator.add(x, new long[] {-32769}));
    assertRefused(SlotsError.EMPTY_BLOCK, () -> evaluator.multiply(x, new long[0]));
    assertRefused(
        SlotsError.EMPTY_BLOCK,
        () -> evaluator.weightedSums(List.of(), WeightedSums.of(new int[][] {{1}})));
    assertRefused(
        SlotsError.TOO_MANY_VALUES,
        () -> evaluator.weightedSums(List.of(x, x), WeightedSums.of(new int[][] {{1}})),
        "1",
        "2");
    assertRefused(
        SlotsError.DEGREE_TOO_HIGH,
        () ->
            evaluator.weightedSums(
                List.of(x, evaluator.multiply(x, x)), WeightedSums.of(new int[][] {{1, 1}})),
        "1",
        "2");
    assertRefused(SlotsError.EMPTY_BLOCK, () -> evaluator.evaluate(List.of()));
    assertRefused(SlotsError.EMPTY_BLOCK, () -> BgvExpression.sum(List.of()));
    assertRefused(
        SlotsError.NO_LEVEL_LEFT, () -> encryptor.encrypt(new long[] {1}, 3, 0), "2", "3");
    assertRefused(SlotsError.NO_LEVEL_LEFT, () -> evaluator.forgetPrimes(x, -1));
    assertRefused(SlotsError.NO_LEVEL_LEFT, () -> evaluator.forgetPrimes(x, 3));
    assertRefused(
        SlotsError.NO_LEVEL_LEFT, () -> evaluator.switchModulus(evaluator.smallest(x)), "level");
    assertThrows(IllegalArgumentException.class, () -> encryptor.encrypt(new long[] {1}, 0, -1));
  }

  @Test
  void level_too_low_for_any_message_is_refused() {
    BgvParameters low =
        new BgvParameters(
            RingParameters.generate(RingType.STANDARD, 13, new int[] {42, 42}, new int[] {}),
            1099511922689L);
    BgvScheme big = BgvScheme.of(low);
    try (SecretKey secret = SecretKey.of(low.ring(), SlotsSeeds.seed(1));
        BgvEncryptor encrypting = big.encryptor(secret, SlotsSeeds.seed(2))) {
      assertEquals(7, big.decryptor(secret).decrypt(encrypting.encrypt(7))[0]);
      assertRefused(
          SlotsError.NOISE_EXHAUSTED, () -> encrypting.encrypt(new long[] {7}, 0, 0), "bits");
      assertRefused(
          SlotsError.NOISE_EXHAUSTED, () -> big.evaluator().forgetPrimes(encrypting.encrypt(7), 0));
    }
  }

  @Test
  void relinearising_without_the_key_for_it_is_refused() {
    BgvCiphertext square = evaluator.multiply(x, x);
    BgvCiphertext cube = evaluator.multiply(square, x);
    assertRefused(SlotsError.MISSING_KEY, () -> scheme.evaluator().relinearise(square));
    assertRefused(SlotsError.MISSING_KEY, () -> evaluator.relinearise(cube), "3", "2");
    assertRefused(
        SlotsError.PARAMETERS_INVALID,
        () -> scheme.evaluationKeys(key, 1, SlotsSeeds.seed(9)),
        "1");
    RingParameters none =
        RingParameters.generate(RingType.STANDARD, 12, new int[] {36}, new int[] {});
    try (SecretKey secret = SecretKey.of(none, SlotsSeeds.seed(1))) {
      assertRefused(
          SlotsError.PARAMETERS_INVALID,
          () ->
              BgvScheme.of(new BgvParameters(none, T))
                  .evaluationKeys(secret, 2, SlotsSeeds.seed(2)),
          "special");
    }
  }

  @Test
  void altered_ciphertext_is_refused() {
    BgvCiphertext product = evaluator.multiply(x, x);
    for (BgvCiphertext good : List.of(x, product)) {
      for (int part = 0; part <= good.degree(); part++) {
        RnsPolynomial[] parts = parts(good);
        double[] residues = parts[part].residues();
        residues[5] += residues[5] > 0 ? -1 : 1;
        assertRefused(
            SlotsError.NOISE_EXHAUSTED, () -> decryptor.decrypt(with(good, parts)), "quarter");
      }
    }
    RnsPolynomial[] swapped = parts(x);
    swapped[1] = encryptor.encrypt(1, 2, 3).rlwe().part(1);
    assertRefused(SlotsError.NOISE_EXHAUSTED, () -> decryptor.decrypt(with(x, swapped)));
  }

  @Test
  void ciphertext_of_another_key_under_a_false_name_is_refused() {
    try (BgvEncryptor others = scheme.encryptor(otherKey, SlotsSeeds.seed(5))) {
      RnsPolynomial[] parts = parts(others.encrypt(1, 2, 3));
      assertRefused(SlotsError.NOISE_EXHAUSTED, () -> decryptor.decrypt(with(x, parts)));
    }
  }

  private static RnsPolynomial[] parts(BgvCiphertext c) {
    RnsPolynomial[] parts = new RnsPolynomial[c.degree() + 1];
    Arrays.setAll(parts, k -> c.rlwe().part(k).copy());
    return parts;
  }

  private BgvCiphertext with(BgvCiphertext c, RnsPolynomial... parts) {
    return new BgvCiphertext(
        parameters,
        RlweCiphertext.of(parameters.ring(), key.id(), parts),
        c.factor(),
        c.noiseBits());
  }

  @ParameterizedTest
  @ValueSource(longs = {2, 65536, 65539, -1, 0, 1, 1L << 37, 65537L * 65537})
  void plaintext_modulus_that_does_not_fit_is_refused(long t) {
    assertRefused(SlotsError.PARAMETERS_INVALID, () -> parameters(t, 36, 36), "" + t);
  }

  @Test
  void plaintext_modulus_among_the_primes_is_refused() {
    for (long prime : parameters.ring().specialPrimes()) {
      assertRefused(
          SlotsError.PARAMETERS_INVALID, () -> new BgvParameters(parameters.ring(), prime));
    }
    RingParameters real =
        RingParameters.generate(RingType.CONJUGATE_INVARIANT, 12, new int[] {36}, new int[] {});
    assertRefused(SlotsError.PARAMETERS_INVALID, () -> new BgvParameters(real, T), "standard");
  }

  @Test
  void closed_key_is_refused() {
    SecretKey closed = SecretKey.of(parameters.ring(), SlotsSeeds.seed(1));
    BgvDecryptor late = scheme.decryptor(closed);
    BgvEncryptor lateEncryptor = scheme.encryptor(closed, SlotsSeeds.seed(12));
    Seed seed = closed.seed();
    closed.close();
    closed.close();
    assertTrue(seed.isDestroyed());
    String id = closed.id().hex();
    for (Executable action :
        List.<Executable>of(() -> late.decrypt(x), () -> lateEncryptor.encrypt(1), closed::seed)) {
      IllegalStateException refused = assertThrows(IllegalStateException.class, action);
      assertTrue(refused.getMessage().contains(id), refused.getMessage());
    }
    encryptor.close();
    assertThrows(IllegalStateException.class, () -> encryptor.encrypt(1));
  }

  @Test
  void nothing_secret_is_printed_or_serialised() {
    String secret = HexFormat.of().formatHex(SlotsSeeds.seed(1).bytes());
    String errors = HexFormat.of().formatHex(SlotsSeeds.seed(3).bytes());
    for (Object o :
        List.of(
            key,
            key.seed(),
            key.id(),
            encryptor,
            decryptor,
            scheme,
            x,
            evaluator,
            scheme.evaluationKeys(key, 2, SlotsSeeds.seed(4)))) {
      assertFalse(o.toString().contains(secret) || o.toString().contains(errors));
      assertFalse(o instanceof Serializable && o != key.id(), o.getClass() + " is serializable");
      assertTrue(o.toString().length() < 100, o.getClass() + " prints more than a name: " + o);
    }
  }

  @Test
  void encryptions_with_and_without_an_index_never_share_a_mask() {
    BgvCiphertext next = encryptor.encrypt(5);
    for (int index = 0; index < 4; index++) {
      RnsPolynomial mask = encryptor.encrypt(new long[] {5}, 2, index).rlwe().part(1);
      for (BgvCiphertext c : List.of(x, next)) {
        assertFalse(Arrays.equals(mask.residues(), c.rlwe().part(1).residues()));
      }
    }
  }
}
