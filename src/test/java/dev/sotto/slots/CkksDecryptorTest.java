package dev.sotto.slots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.common.Seed;
import dev.sotto.slots.ring.RingType;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What leaves the owner of the key: rounded, or rounded and flooded. */
final class CkksDecryptorTest {
  private final Random random = new Random(3);
  private final CkksParameters parameters =
      new CkksParameters(
          RingParameters.generate(
              RingType.CONJUGATE_INVARIANT, 12, new int[] {50, 50}, new int[] {}),
          0x1p45);
  private final CkksScheme scheme = CkksScheme.of(parameters);
  private final double[] x = random.doubles(parameters.slots(), -2, 2).toArray();

  @Test
  void rounded_numbers_are_multiples_of_the_precision_and_within_it() {
    try (SecretKey key = SecretKey.generate(parameters.ring())) {
      CkksCiphertext c = scheme.encryptor(key).encrypt(x, 2);
      double step = c.precision();
      assertEquals(1, Math.scalb(step, -Math.getExponent(step)));
      assertTrue(step >= 2 * c.errorBound() && step < 4 * c.errorBound());
      double[] rounded = scheme.decryptor(key).decryptRounded(c);
      for (int i = 0; i < x.length; i++) {
        assertEquals(0, Math.IEEEremainder(rounded[i], step), 0.0);
        assertEquals(x[i], rounded[i], step);
      }
    }
  }

  /** The sign of a zero is a bit of the error. */
  @Test
  void rounded_zeros_have_no_sign() {
    try (SecretKey key = SecretKey.generate(parameters.ring())) {
      CkksCiphertext c = scheme.encryptor(key).encrypt(new double[] {0}, 2);
      for (double value : scheme.decryptor(key).decryptRounded(c)) {
        assertEquals(0L, Double.doubleToRawLongBits(value));
      }
    }
  }

  /** Two encryptions of the same numbers differ; rounded, all but those at the middle agree. */
  @Test
  void rounding_hides_most_of_the_error() {
    try (SecretKey key = SecretKey.generate(parameters.ring())) {
      CkksEncryptor encryptor = scheme.encryptor(key);
      CkksDecryptor decryptor = scheme.decryptor(key);
      CkksCiphertext a = encryptor.encrypt(x, 2);
      CkksCiphertext b = encryptor.encrypt(x, 2);
      assertFalse(Arrays.equals(decryptor.decrypt(a), decryptor.decrypt(b)));
      double[] first = decryptor.decryptRounded(a);
      double[] second = decryptor.decryptRounded(b);
      int differ = 0;
      for (int i = 0; i < x.length; i++) {
        differ += first[i] == second[i] ? 0 : 1;
      }
      assertTrue(differ < x.length / 8, differ + " of " + x.length);
    }
  }

  /** Variance within 3.3·√(2/n), 99.9 %: the noise is as wide as asked for, on the rounded grid. */
  @Test
  void flooded_numbers_have_noise_of_the_deviation_asked_for() {
    int bits = 20;
    try (SecretKey key = SecretKey.generate(parameters.ring())) {
      CkksCiphertext c = scheme.encryptor(key).encrypt(x, 2);
      CkksDecryptor decryptor = scheme.decryptor(key);
      double[] rounded = decryptor.decryptRounded(c);
      double[] flooded = decryptor.decryptFlooded(c, bits, Seed.of(new byte[Seed.LENGTH]));
      double deviation = Math.scalb(c.errorBound(), bits);
      double squares = 0;
      for (int i = 0; i < x.length; i++) {
        double noise = flooded[i] - rounded[i];
        assertEquals(0, Math.IEEEremainder(flooded[i], c.precision()), 0.0);
        squares += noise / deviation * noise / deviation;
      }
      assertEquals(1, squares / x.length, 3.3 * Math.sqrt(2.0 / x.length));
      assertFalse(
          Arrays.equals(decryptor.decryptFlooded(c, bits), decryptor.decryptFlooded(c, bits)));
      assertThrows(IllegalArgumentException.class, () -> decryptor.decryptFlooded(c, 45));
    }
  }

  /**
   * Beyond 2^53 a coefficient has no room in a double's mantissa for its error: so scaled, it fits.
   */
  @Test
  void scale_beyond_two_to_the_51_encrypts_and_decrypts() {
    try (SecretKey key = SecretKey.generate(parameters.ring())) {
      CkksCiphertext c = scheme.encryptor(key).encrypt(x, 2, 0x1p90, 1, 0);
      double[] values = scheme.decryptor(key).decrypt(c);
      for (int i = 0; i < x.length; i++) {
        assertEquals(x[i], values[i], c.errorBound());
      }
      assertTrue(c.errorBound() < 1e-13);
    }
  }
}
