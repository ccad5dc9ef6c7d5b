package dev.sotto.slots;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.problem.SottoException;
import dev.sotto.slots.ring.RingType;
import dev.sotto.slots.ring.RnsRing;
import dev.sotto.slots.ring.WeightedSums;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Phases measured with the secret key, against their bounds. */
final class BgvNoiseTest {
  private static final long T = 65537;
  private static final int RUNS = 4;

  private final Random random = new Random(4);
  private final BgvParameters parameters = parameters(13, new int[] {45, 45, 45}, new int[] {45});
  private final BgvScheme scheme = BgvScheme.of(parameters);
  private final SecretKey key = SecretKey.of(parameters.ring(), SlotsSeeds.seed(1));
  private final BgvEncryptor encryptor = scheme.encryptor(key, SlotsSeeds.seed(2));
  private final BgvEvaluator evaluator =
      scheme.evaluator(scheme.evaluationKeys(key, 3, SlotsSeeds.seed(3)));
  private final PhaseMeter meter = new PhaseMeter(key);

  @AfterEach
  void close() {
    encryptor.close();
    key.close();
  }

  private static BgvParameters parameters(int logN, int[] primes, int[] special) {
    return new BgvParameters(RingParameters.generate(RingType.STANDARD, logN, primes, special), T);
  }

  private long[] values() {
    return random.longs(parameters.slots(), -(T / 2), T / 2 + 1).toArray();
  }

  /** The bound holds, and is at most so many bits above what is measured. */
  private void assertBounded(String what, BgvCiphertext c, double looseness) {
    double measured = meter.embeddingBits(c.rlwe());
    assertTrue(measured <= c.noiseBits(), what + ": " + measured + " bits beyond " + c.noiseBits());
    assertTrue(
        measured >= c.noiseBits() - looseness,
        what + ": " + measured + " bits, far from " + c.noiseBits());
  }

  @Test
  void every_operation_keeps_the_phase_within_its_bound() {
    for (int run = 0; run < RUNS; run++) {
      BgvCiphertext x = encryptor.encrypt(values());
      BgvCiphertext y = encryptor.encrypt(values());
      long[] clear = values();
      assertBounded("fresh", x, 4.5);
      assertBounded("sum", evaluator.add(x, y), 5);
      assertBounded("difference", evaluator.subtract(x, y), 5);
      assertBounded("constant added", evaluator.addConstant(x, -30000), 5);
      assertBounded("clear values added", evaluator.add(x, clear), 5.5);
      assertBounded("constant factor", evaluator.multiplyConstant(x, 12345), 4.5);
      assertBounded("clear factors", evaluator.multiply(x, clear), 11);
      assertBounded(
          "weighted sum",
          evaluator.weightedSums(List.of(x, y), WeightedSums.of(new int[][] {{100, -77}})).get(0),
          5.5);
      BgvCiphertext square = evaluator.multiply(x, y);
      BgvCiphertext cube = evaluator.multiply(square, y);
      assertBounded("product of two", square, 9);
      assertBounded("product of three", cube, 13);
      assertBounded("relinearised", evaluator.relinearise(square), 9);
      assertBounded("relinearised cube", evaluator.relinearise(cube), 13);
      assertBounded("relinearised, switched", evaluator.relineariseAndSwitch(square), 10);
      assertBounded("switched", evaluator.switchModulus(x), 7);
      assertBounded("switched square", evaluator.switchModulus(square), 14);
      assertBounded("forgotten primes", evaluator.forgetPrimes(x, 0), 4.5);
      assertBounded("smallest", evaluator.smallest(cube), 24);
      assertBounded(
          "choice",
          evaluator.evaluate(
              BgvExpression.select(BgvExpression.of(x), BgvExpression.of(y), BgvExpression.of(x))),
          10);
    }
  }

  @Test
  void worst_messages_keep_the_phase_within_its_bound() {
    long[] same = new long[parameters.slots()];
    Arrays.fill(same, T / 2);
    long[] geometric = worstMessage();
    for (long[] values : List.of(same, geometric)) {
      BgvCiphertext x = encryptor.encrypt(values);
      assertBounded("fresh", x, 9);
      assertBounded("cube", evaluator.multiply(evaluator.multiply(x, x), x), 27);
      assertBounded("clear", evaluator.multiply(x, values), 18);
    }
    double worst = meter.embeddingBits(encryptor.encrypt(geometric).rlwe());
    assertTrue(worst > BgvNoise.message(parameters) - 1.5, worst + " bits: not the worst message");
  }

  /** All coefficients (t − 1)/2: the values of a message of nearly the largest size there is. */
  private long[] worstMessage() {
    double[] coefficients = new double[parameters.slots()];
    Arrays.fill(coefficients, (T - 1) / 2.0);
    return BgvEncoder.create(parameters).decode(coefficients, 1);
  }

  @Test
  void fresh_error_has_the_deviation_that_security_rests_on() {
    int ciphertexts = 30;
    double sum = 0;
    int n = parameters.slots();
    for (int i = 0; i < ciphertexts; i++) {
      for (BigInteger c : meter.coefficients(encryptor.encrypt(0).rlwe())) {
        BigInteger[] error = c.divideAndRemainder(BigInteger.valueOf(T));
        assertEquals(BigInteger.ZERO, error[1]);
        sum += Math.pow(error[0].doubleValue(), 2);
      }
    }
    double samples = (double) ciphertexts * n;
    double variance = sum / samples;
    double expected = RlweNoise.ERROR_DEVIATION * RlweNoise.ERROR_DEVIATION;
    double interval = 2.576 * expected * Math.sqrt(2 / samples);
    assertEquals(expected, variance, interval);
    assertTrue(variance - interval > 3.19 * 3.19, "deviation of " + Math.sqrt(variance));
  }

  @Test
  void switching_the_modulus_adds_the_rounding_of_the_formula() {
    RnsRing ring = parameters.ring().ring();
    double rounding = Math.sqrt((double) (T * T + 1) / 12);
    double secret = Math.sqrt(2.0 / 3 * ring.n());
    BgvCiphertext x = encryptor.encrypt(values());
    BgvCiphertext square = evaluator.multiply(x, x);
    BigInteger last = BigInteger.valueOf(ring.modulus(2).value());
    assertDeviation(rounding * (1 + secret), x, evaluator::switchModulus, last, BigInteger.ONE);
    // The deviation of s² is √2 times the square of that of s.
    assertDeviation(
        rounding * (1 + secret + Math.sqrt(2) * secret * secret),
        square,
        evaluator::switchModulus,
        last,
        BigInteger.ONE);
  }

  @Test
  void relinearising_adds_the_noise_of_the_formula() {
    // Special primes smaller than a digit: what key switching adds exceeds the rounding by far.
    BgvParameters small = parameters(13, new int[] {50, 50, 50}, new int[] {30});
    BgvScheme other = BgvScheme.of(small);
    try (SecretKey otherKey = SecretKey.of(small.ring(), SlotsSeeds.seed(7));
        BgvEncryptor otherEncryptor = other.encryptor(otherKey, SlotsSeeds.seed(8))) {
      BgvEvaluator relinearising =
          other.evaluator(other.evaluationKeys(otherKey, 2, SlotsSeeds.seed(9)));
      BgvCiphertext x = otherEncryptor.encrypt(values());
      BgvCiphertext square = relinearising.multiply(x, x);
      BgvCiphertext relinearised = relinearising.relinearise(square);
      PhaseMeter otherMeter = new PhaseMeter(otherKey);
      double[] added =
          difference(
              otherMeter.coefficients(square.rlwe()),
              otherMeter.coefficients(relinearised.rlwe()),
              BigInteger.ONE);
      double n = small.slots();
      double formula =
          Math.pow(
                  2,
                  RlweNoise.keySwitching(small.ring().ring(), 3, 1, T)
                      - RlweNoise.specialBits(small.ring().ring()))
              / (RlweNoise.TAIL * RlweNoise.TAIL * Math.sqrt(n));
      double ratio = PhaseMeter.deviation(added) / formula;
      assertTrue(ratio > 1 / 3.0 && ratio < 1.2, "ratio " + ratio);
      assertTrue(otherMeter.embeddingBits(relinearised.rlwe()) <= relinearised.noiseBits());
    }
  }

  /** The phase after an operation, times a divisor, less the phase before: against a deviation. */
  private void assertDeviation(
      double expected,
      BgvCiphertext before,
      UnaryOperator<BgvCiphertext> operation,
      BigInteger divisor,
      BigInteger multiplier) {
    double[] added =
        difference(
            meter.coefficients(before.rlwe()),
            meter.coefficients(operation.apply(before).rlwe()),
            divisor);
    double ratio = PhaseMeter.deviation(added) / expected;
    assertTrue(ratio > 1 / 3.0 && ratio < 1.2, "ratio " + ratio);
  }

  private static double[] difference(BigInteger[] before, BigInteger[] after, BigInteger divisor) {
    double[] added = new double[before.length];
    for (int i = 0; i < added.length; i++) {
      added[i] =
          new BigDecimal(after[i].multiply(divisor).subtract(before[i]))
              .divide(new BigDecimal(divisor), MathContext.DECIMAL64)
              .doubleValue();
    }
    return added;
  }

  @Test
  void circuit_that_just_fits_is_accepted_and_one_more_product_refused() {
    BgvDecryptor decryptor = scheme.decryptor(key);
    long[] ones = new long[parameters.slots()];
    Arrays.fill(ones, 1);
    BgvCiphertext x = encryptor.encrypt(ones);
    BgvCiphertext power = x;
    while (power.noiseBits() + x.noiseBits() <= power.capacityBits()) {
      power = evaluator.multiply(power, x);
    }
    assertEquals(4, power.degree(), "four fresh factors of 28.9 bits fit 135 bits less two");
    assertArrayEquals(ones, decryptor.decrypt(power));
    BgvCiphertext last = power;
    SottoException refused = assertThrows(SottoException.class, () -> evaluator.multiply(last, x));
    assertEquals(SlotsError.NOISE_EXHAUSTED, refused.problems().get(0).code());
    long most = (long) Math.pow(2, last.capacityBits() - last.noiseBits());
    assertDoesNotThrow(() -> evaluator.multiplyConstant(last, Math.min(most, T / 2)));
  }

  @Test
  void tail_is_the_one_that_the_failure_probability_needs() {
    double directions = 16;
    double pairs = 1 << (SecurityTable.MAXIMUM_LOG_N - 1);
    double cosine = Math.cos(Math.PI / directions);
    double exponent = RlweNoise.TAIL * RlweNoise.TAIL * cosine * cosine;
    assertTrue(Math.log(directions * pairs) - exponent < -94 * Math.log(2));
    double real = Math.log(4 * pairs) - RlweNoise.TAIL * RlweNoise.TAIL;
    assertTrue(real < -100 * Math.log(2));
  }
}
