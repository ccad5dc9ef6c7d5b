package dev.sotto.slots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.common.Seed;
import dev.sotto.slots.ring.GaussianSampler;
import dev.sotto.slots.ring.RingType;
import dev.sotto.slots.ring.RnsPolynomial;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Errors from both sides: never beyond their bound, and as large as they are said to be.
 *
 * <p>A measured deviation is one over 2,048 slots or more, where it is right to 5 % (99.9 %, were
 * the slots independent); the rest of the tolerance is for what {@link SlotError} leaves out: how
 * the powers of one secret are spread over the slots.
 */
final class CkksErrorTest {
  private static final double FACTOR = 1.3;
  private final Random random = new Random(12);

  /** Numbers as large as their bound, so that estimates of products are of what is there. */
  private double[] signs(int n, double size) {
    return random.doubles(n).map(x -> x < 0.5 ? -size : size).toArray();
  }

  private static void assertError(double[] difference, SlotError error) {
    double squares = 0;
    double worst = 0;
    for (double d : difference) {
      squares += d * d;
      worst = Math.max(worst, Math.abs(d));
    }
    double measured = Math.sqrt(squares / difference.length);
    String message = "measured " + measured + " of " + error;
    assertTrue(measured < FACTOR * error.deviation(), message);
    assertTrue(measured > error.deviation() / FACTOR, message);
    assertTrue(worst < error.bound(), message);
  }

  private static double[] minus(double[] x, double[] y) {
    double[] difference = x.clone();
    for (int i = 0; i < x.length; i++) {
      difference[i] -= y[i];
    }
    return difference;
  }

  private static CkksScheme scheme(RingType type, double scale, int... bits) {
    return CkksScheme.of(
        new CkksParameters(RingParameters.generate(type, 12, bits, new int[] {30}), scale));
  }

  @ParameterizedTest
  @EnumSource(RingType.class)
  void fresh_and_product_errors_are_as_stated(RingType type) {
    CkksScheme scheme = scheme(type, 0x1p30, 38, 38);
    CkksEvaluator evaluator = scheme.evaluator();
    try (SecretKey key = SecretKey.generate(scheme.parameters().ring())) {
      CkksEncryptor encryptor = scheme.encryptor(key);
      CkksDecryptor decryptor = scheme.decryptor(key);
      int slots = scheme.parameters().slots();
      double[] x = signs(slots, 3);
      double[] y = signs(slots, 0.5);
      CkksCiphertext a = encryptor.encrypt(x, 3);
      CkksCiphertext b = encryptor.encrypt(y, 0.5);
      assertError(minus(decryptor.decrypt(a), x), a.error());
      double[] product = new double[slots];
      double[] square = new double[slots];
      for (int i = 0; i < slots; i++) {
        product[i] = x[i] * y[i];
        square[i] = x[i] * x[i];
      }
      CkksCiphertext ab = evaluator.multiply(a, b);
      assertError(minus(decryptor.decrypt(ab), product), ab.error());
      CkksCiphertext aa = evaluator.square(a);
      assertError(minus(decryptor.decrypt(aa), square), aa.error());
      CkksCiphertext ay = evaluator.multiply(a, y, 1 << 12);
      assertError(minus(decryptor.decrypt(ay), product), ay.error());
    }
  }

  /** The difference that a step makes, where the step's own error is far above double precision. */
  @ParameterizedTest
  @EnumSource(RingType.class)
  void rescaling_and_relinearising_add_what_is_stated(RingType type) {
    CkksScheme scheme = scheme(type, 0x1p20, 38, 30);
    try (SecretKey key = SecretKey.generate(scheme.parameters().ring())) {
      CkksEvaluator evaluator = scheme.evaluator(scheme.evaluationKeys(key, 3));
      CkksEncryptor encryptor = scheme.encryptor(key);
      CkksDecryptor decryptor = scheme.decryptor(key);
      int slots = scheme.parameters().slots();
      CkksCiphertext a = encryptor.encrypt(signs(slots, 1), 1, 0x1p50, 1, 7);
      assertStep(decryptor, a, evaluator.rescale(a), SlotError.NONE);
      CkksCiphertext b = encryptor.encrypt(signs(slots, 1), 1);
      CkksCiphertext c = encryptor.encrypt(signs(slots, 1), 1, 0x1p32, 1, 9);
      CkksCiphertext square = evaluator.square(b);
      CkksCiphertext cube = evaluator.multiply(square, b);
      CkksCiphertext wide = evaluator.square(c);
      assertStep(decryptor, wide, evaluator.rescale(wide), SlotError.NONE);
      assertStep(decryptor, wide, evaluator.relineariseAndRescale(wide), switching(wide));
      assertStep(decryptor, square, evaluator.relinearise(square), switching(square));
      assertStep(decryptor, cube, evaluator.relinearise(cube), switching(cube));
    }
  }

  private static SlotError switching(CkksCiphertext c) {
    return SlotError.keySwitching(
        c.parameters().ring().ring(), c.level() + 1, c.degree(), c.scale());
  }

  /** A division, and what came before it. */
  private static void assertStep(
      CkksDecryptor decryptor, CkksCiphertext before, CkksCiphertext after, SlotError added) {
    SlotError division =
        SlotError.division(before.parameters().ring().ring(), after.degree(), after.scale());
    assertError(minus(decryptor.decrypt(after), decryptor.decrypt(before)), added.plus(division));
  }

  /**
   * The secret key takes the error out of fresh ciphertexts, with and without a message: its
   * variance is that of the rounded Gaussian, not less. Of n samples it has a relative error of
   * √(2/n), 2.58 of which make 99 %; a rounded message's own part is known, and taken off first.
   */
  @ParameterizedTest
  @EnumSource(RingType.class)
  void fresh_noise_has_the_deviation_that_security_rests_on(RingType type) {
    CkksParameters parameters = scheme(type, 0x1p30, 38, 38).parameters();
    int n = parameters.ring().n();
    int blocks = 16;
    CkksScheme scheme = CkksScheme.of(parameters);
    try (SecretKey key = SecretKey.of(parameters.ring(), Seed.of(new byte[Seed.LENGTH]))) {
      CkksEncryptor encryptor =
          scheme.encryptor(key, Seed.of(new byte[Seed.LENGTH]).derive("e", 1));
      RlweDecryptor decryptor = RlweDecryptor.create(key);
      CkksEncoder encoder = CkksEncoder.create(parameters);
      double squares = 0;
      for (int block = 0; block < blocks; block++) {
        double[] x = block % 2 == 0 ? new double[1] : signs(parameters.slots(), 1);
        CkksCiphertext c = encryptor.encrypt(x, 1);
        RnsPolynomial phase = decryptor.phase(c.rlwe(), 1);
        double[] message = new double[n];
        encoder.encode(x, 1, c.scale(), new double[parameters.slots()], message);
        for (int i = 0; i < n; i++) {
          double error = phase.residues()[i] - message[i];
          error -=
              Math.rint(error / parameters.ring().primes().get(0))
                  * parameters.ring().primes().get(0);
          assertTrue(Math.abs(error) <= GaussianSampler.MAXIMUM);
          squares += error * error;
        }
      }
      double expected = RlweNoise.ERROR_DEVIATION * RlweNoise.ERROR_DEVIATION;
      double variance = squares / (n * blocks);
      assertEquals(expected, variance, expected * 2.58 * Math.sqrt(2.0 / (n * blocks)));
      assertTrue(variance > GaussianSampler.SIGMA * GaussianSampler.SIGMA * 0.99);
    }
  }
}
