package dev.sotto.slots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.problem.SottoException;
import dev.sotto.slots.ring.OperationCounts;
import dev.sotto.slots.ring.RingType;
import dev.sotto.slots.ring.WeightedSums;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What CKKS does not do, and what it says then: expected and actual. */
final class CkksRefusalTest {
  private final CkksParameters parameters =
      new CkksParameters(
          RingParameters.generate(RingType.STANDARD, 12, new int[] {36, 34}, new int[] {36}),
          0x1p30);
  private final CkksScheme scheme = CkksScheme.of(parameters);
  private final SecretKey key = SecretKey.generate(parameters.ring());
  private final CkksEncryptor encryptor = scheme.encryptor(key);
  private final CkksDecryptor decryptor = scheme.decryptor(key);
  private final CkksEvaluator evaluator = scheme.evaluator();
  private final double[] x = {0.5, -1, 0.25};

  @AfterEach
  void wipe() {
    key.close();
  }

  private static void assertRefused(SlotsError code, Executable work, String... said) {
    SottoException e = assertThrows(SottoException.class, work);
    assertEquals(code, e.problems().get(0).code());
    for (String part : said) {
      assertTrue(e.getMessage().contains(part), e.getMessage());
    }
  }

  @Test
  void values_that_are_no_numbers_or_beyond_the_bound_are_refused_by_slot() {
    assertRefused(
        SlotsError.VALUE_OUT_OF_RANGE,
        () -> encryptor.encrypt(new double[] {1, 2, Double.NaN}, 3),
        "value 2",
        "at most 3.0",
        "NaN");
    assertRefused(
        SlotsError.VALUE_OUT_OF_RANGE,
        () -> encryptor.encrypt(new double[] {1, Double.NEGATIVE_INFINITY}, 3),
        "value 1",
        "-Infinity");
    assertRefused(
        SlotsError.VALUE_OUT_OF_RANGE,
        () -> encryptor.encrypt(new double[] {3.001}, 3),
        "value 0",
        "3.001");
    assertRefused(SlotsError.VALUE_OUT_OF_RANGE, () -> encryptor.encrypt(x, Double.NaN), "NaN");
    CkksCiphertext a = encryptor.encrypt(x, 1);
    assertRefused(
        SlotsError.VALUE_OUT_OF_RANGE,
        () -> evaluator.multiply(a, new double[] {1, Double.POSITIVE_INFINITY}),
        "value 1",
        "Infinity");
    assertRefused(SlotsError.VALUE_OUT_OF_RANGE, () -> evaluator.addConstant(a, Double.NaN), "NaN");
    assertRefused(SlotsError.VALUE_OUT_OF_RANGE, () -> evaluator.scaledBy(a, 0), "positive", "0.0");
    assertRefused(
        SlotsError.VALUE_OUT_OF_RANGE, () -> evaluator.multiplyConstant(a, 0.5, 0x1p70), "2^62");
  }

  @Test
  void empty_blocks_and_too_many_values_are_refused() {
    assertRefused(
        SlotsError.EMPTY_BLOCK, () -> encryptor.encrypt(new double[0], 1), "at least one");
    assertRefused(
        SlotsError.TOO_MANY_VALUES,
        () -> encryptor.encrypt(new double[2049], 1),
        "at most 2048",
        "2049");
    WeightedSums sums = WeightedSums.of(new int[][] {{1, 2}});
    assertRefused(
        SlotsError.EMPTY_BLOCK, () -> evaluator.weightedSums(List.of(), sums), "2 cipher");
    assertRefused(
        SlotsError.TOO_MANY_VALUES,
        () -> evaluator.weightedSums(List.of(encryptor.encrypt(x, 1)), sums),
        "2 ciphertexts",
        "not 1");
  }

  @Test
  void operands_that_do_not_go_together_are_refused() {
    CkksCiphertext a = encryptor.encrypt(x, 1);
    CkksCiphertext half = encryptor.encrypt(x, 1, 0x1p29, 1, 7);
    CkksCiphertext low = evaluator.forgetPrimes(a, 0);
    assertRefused(
        SlotsError.MIXED_SCALES,
        () -> evaluator.add(a, half),
        Double.toString(0x1p30),
        Double.toString(0x1p29));
    assertRefused(
        SlotsError.MIXED_SCALES,
        () -> evaluator.weightedSums(List.of(a, half), WeightedSums.of(new int[][] {{1, 2}})));
    assertRefused(SlotsError.MIXED_LEVELS, () -> evaluator.subtract(a, low), "1 and 0");
    try (SecretKey other = SecretKey.generate(parameters.ring())) {
      CkksCiphertext foreign = scheme.encryptor(other).encrypt(x, 1);
      assertRefused(
          SlotsError.WRONG_KEY, () -> evaluator.add(a, foreign), key.id().hex(), other.id().hex());
      assertRefused(SlotsError.WRONG_KEY, () -> decryptor.decrypt(foreign), other.id().hex());
      CkksEvaluator relineariser = scheme.evaluator(scheme.evaluationKeys(other, 2));
      CkksCiphertext square = evaluator.square(a);
      assertRefused(SlotsError.WRONG_KEY, () -> relineariser.relinearise(square), other.id().hex());
    }
    CkksScheme finer = CkksScheme.of(new CkksParameters(parameters.ring(), 0x1p31));
    assertRefused(SlotsError.WRONG_PARAMETERS, () -> finer.evaluator().square(a), "2.147483648E9");
    assertRefused(SlotsError.WRONG_PARAMETERS, () -> finer.decryptor(key).decrypt(a));
  }

  @Test
  void missing_and_foreign_keys_are_refused() {
    CkksCiphertext square = evaluator.square(encryptor.encrypt(x, 1));
    assertRefused(SlotsError.MISSING_KEY, () -> evaluator.relinearise(square), "has none");
    CkksEvaluator relineariser = scheme.evaluator(scheme.evaluationKeys(key, 2));
    CkksCiphertext small = encryptor.encrypt(x, 1, 0x1p20, 1, 8);
    assertRefused(
        SlotsError.MISSING_KEY,
        () -> relineariser.relinearise(evaluator.multiply(small, evaluator.square(small))),
        "degree 3",
        "reach 2");
    RingParameters other =
        RingParameters.generate(RingType.STANDARD, 12, new int[] {36}, new int[] {36});
    try (SecretKey foreign = SecretKey.generate(other)) {
      assertRefused(SlotsError.WRONG_PARAMETERS, () -> scheme.encryptor(foreign), "1 + 1 primes");
    }
    EvaluationKeys integers =
        BgvScheme.of(new BgvParameters(parameters.ring(), 65537)).evaluationKeys(key, 2);
    assertRefused(SlotsError.WRONG_PARAMETERS, () -> scheme.evaluator(integers), "65537");
  }

  @Test
  void overflow_is_refused_before_it_happens() {
    CkksCiphertext a = encryptor.encrypt(x, 1);
    CkksCiphertext square = evaluator.square(a);
    assertRefused(
        SlotsError.NOISE_EXHAUSTED, () -> evaluator.multiply(square, a), "68.0 bits", "90.0");
    assertRefused(
        SlotsError.NOISE_EXHAUSTED, () -> evaluator.forgetPrimes(square, 0), "34.0 bits", "60.0");
    assertRefused(SlotsError.NOISE_EXHAUSTED, () -> encryptor.encrypt(x, 0x1p39), "encrypt", "69");
    assertRefused(SlotsError.NOISE_EXHAUSTED, () -> evaluator.addConstant(a, 1e300));
    assertRefused(
        SlotsError.NOISE_EXHAUSTED, () -> evaluator.multiplyConstant(a, Long.MAX_VALUE), "93.0");
    assertRefused(
        SlotsError.NO_LEVEL_LEFT,
        () -> evaluator.rescale(evaluator.forgetPrimes(a, 0)),
        "level 1 or more",
        "level 0");
    assertRefused(
        SlotsError.NO_LEVEL_LEFT, () -> encryptor.encrypt(x, 1, 2, 9), "from 0 to 1", "2");
  }

  @Test
  void error_larger_than_the_numbers_is_refused() {
    CkksCiphertext a = encryptor.encrypt(x, 1);
    assertRefused(SlotsError.PRECISION_LOST, () -> evaluator.rescale(a), "rescale", "1.00");
    assertRefused(SlotsError.PRECISION_LOST, () -> encryptor.encrypt(x, 1, 16, 1, 9), "encrypt");
    assertRefused(SlotsError.PRECISION_LOST, () -> decryptor.decryptFlooded(a, 40), "40 bits");
  }

  /** A ciphertext that lies about its bound, as a bug or an attacker may: the phase tells. */
  @Test
  void overflow_that_happened_is_seen_at_decryption() {
    CkksCiphertext a = encryptor.encrypt(x, 1);
    RlweEvaluator rlwe = RlweEvaluator.create(parameters.ring(), null, null);
    RlweCiphertext body = rlwe.multiplyInteger(a.rlwe(), 1L << 45);
    CkksCiphertext forged = new CkksCiphertext(parameters, body, a.scale(), 1, a.error());
    assertRefused(SlotsError.NOISE_EXHAUSTED, () -> decryptor.decrypt(forged), "a quarter");
    RlweCiphertext altered = rlwe.addConstant(a.rlwe(), parameters.ring().primes().get(0) / 2);
    CkksCiphertext changed = new CkksCiphertext(parameters, altered, a.scale(), 1, a.error());
    assertRefused(SlotsError.NOISE_EXHAUSTED, () -> decryptor.decrypt(changed), "a quarter");
  }

  @Test
  void only_dry_runs_go_on_where_numbers_overflow_and_they_say_so() {
    assertThrows(IllegalStateException.class, evaluator::lenient);
    CkksScheme dry =
        CkksScheme.of(new CkksParameters(parameters.ring().dry(new OperationCounts()), 0x1p30));
    CkksEvaluator strict = dry.evaluator();
    CkksCiphertext a = strict.hollow(1, 0x1p30, 1, false);
    assertRefused(SlotsError.NOISE_EXHAUSTED, () -> strict.multiplyConstant(a, 1L << 45));
    CkksEvaluator lenient = dry.evaluator().lenient();
    CkksCiphertext sum = lenient.add(a, a);
    assertFalse(lenient.wouldRefuse());
    assertEquals(strict.add(a, a).errorBound(), sum.errorBound());
    assertEquals(1, lenient.multiplyConstant(sum, 1L << 45).level());
    assertTrue(lenient.wouldRefuse());
  }

  @Test
  void parameters_with_a_scale_that_does_not_fit_are_refused() {
    RingParameters ring = parameters.ring();
    for (double scale : new double[] {1, Double.NaN, 0x1p69, Double.POSITIVE_INFINITY, -4}) {
      assertRefused(
          SlotsError.PARAMETERS_INVALID,
          () -> new CkksParameters(ring, scale),
          "from 2 to 2^6",
          Double.toString(scale));
    }
  }
}
