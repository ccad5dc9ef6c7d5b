package dev.sotto.slots;

import dev.sotto.problem.SottoException;
import dev.sotto.slots.ring.Modulus;
import dev.sotto.slots.ring.RingKernels;
import dev.sotto.slots.ring.RnsPolynomial;
import dev.sotto.slots.ring.RnsRing;
import java.util.Locale;

/** Computes phases: Σ c<sub>k</sub>·s<sup>k</sup>, as coefficients. */
final class RlweDecryptor {
  private final SecretKey secret;

  private RlweDecryptor(SecretKey secret) {
    this.secret = secret;
  }

  static RlweDecryptor create(SecretKey secret) {
    return new RlweDecryptor(secret);
  }

  /**
   * The phase of a ciphertext modulo some of its primes.
   *
   * @param limbs at most as many as the ciphertext has
   * @return coefficients
   */
  RnsPolynomial phase(RlweCiphertext c, int limbs) {
    if (!c.key().equals(secret.id())) {
      throw SottoException.of(
          SlotsError.WRONG_KEY,
          "",
          "the ciphertext belongs to key " + c.key() + ", not to " + secret.id());
    }
    RnsRing ring = secret.parameters().ring();
    RingKernels kernels = ring.kernels();
    RnsPolynomial phase = c.part(0).copy(limbs);
    for (int k = 1; k <= c.degree(); k++) {
      RnsPolynomial s = secret.power(k);
      for (int i = 0; i < limbs; i++) {
        int at = phase.at(i);
        kernels.multiplyAdd(
            phase.residues(),
            at,
            c.part(k).residues(),
            at,
            s.residues(),
            at,
            ring.n(),
            ring.modulus(i));
      }
    }
    ring.inverse(phase);
    return phase;
  }

  /**
   * Refuses a phase with a coefficient beyond a quarter of the modulus: of what is no valid
   * ciphertext of this key, half of all coefficients are.
   *
   * @param digits the phase after {@link dev.sotto.slots.ring.BaseConversion#prepare}
   * @param quotients what that gave
   */
  static void checkInside(RnsPolynomial digits, Modulus[] primes, double[] quotients) {
    double worst = 0;
    for (int i = 0; i < digits.n(); i++) {
      double fraction = -quotients[i];
      for (int j = 0; j < primes.length; j++) {
        fraction += digits.residues()[digits.at(j) + i] * primes[j].inverse();
      }
      worst = Math.max(worst, Math.abs(fraction));
    }
    checkInside(worst);
  }

  /**
   * Refuses a phase beyond a quarter of the modulus.
   *
   * @param worst the largest size of a coefficient, as a fraction of the modulus
   */
  static void checkInside(double worst) {
    if (!(worst <= 0.25 + 1e-9)) {
      throw SottoException.of(
          SlotsError.NOISE_EXHAUSTED,
          "",
          String.format(
              Locale.ROOT,
              "a phase within a quarter of the modulus expected, not at %.3f of it",
              worst));
    }
  }
}
