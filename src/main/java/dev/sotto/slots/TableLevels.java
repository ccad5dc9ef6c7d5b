package dev.sotto.slots;

import dev.sotto.slots.TablePowers.Step;
import dev.sotto.slots.ring.RnsRing;

/**
 * When the modulus is switched on the way to the powers of a table, in numbers alone: how many
 * primes are left at the end is known before anything is computed.
 */
final class TableLevels {
  /** What switching must gain on ciphertexts of degree one, as a part of the prime's bits. */
  private static final double WORTH = 0.5;

  /** The same at higher degrees, which lose more by it. */
  private static final double WORTH_BEFORE = 0.9;

  private TableLevels() {}

  /**
   * What is known of a ciphertext.
   *
   * @param limbs primes in use
   * @param noise bound of the phase, bits
   * @param degree one when relinearised
   */
  record State(int limbs, double noise, int degree) {
    static State of(BgvCiphertext x) {
      return new State(x.level() + 1, x.noiseBits(), x.degree());
    }
  }

  /** Whether dividing by the last prime gains most of its bits. */
  static boolean worthSwitching(BgvParameters parameters, State x) {
    if (x.limbs < 2) {
      return false;
    }
    double bits = RlweNoise.lastBits(parameters.ring().ring(), x.limbs);
    double after = BgvNoise.divided(parameters, x.noise, bits, x.degree);
    return x.noise - after >= bits * (x.degree == 1 ? WORTH : WORTH_BEFORE);
  }

  private static State switched(BgvParameters parameters, State x) {
    double bits = RlweNoise.lastBits(parameters.ring().ring(), x.limbs);
    return new State(x.limbs - 1, BgvNoise.divided(parameters, x.noise, bits, x.degree), x.degree);
  }

  private static State relinearised(BgvParameters parameters, State x, boolean drop) {
    double bits = drop ? RlweNoise.lastBits(parameters.ring().ring(), x.limbs) : 0;
    return new State(
        x.limbs - (drop ? 1 : 0),
        BgvNoise.relinearised(parameters, x.noise, x.limbs, x.degree, bits),
        1);
  }

  /** Degree one, and as many levels down as are worth it. */
  static State settled(BgvParameters parameters, State given) {
    State x = given;
    while (worthSwitching(parameters, x)) {
      x = switched(parameters, x);
    }
    if (x.degree > 1) {
      State both = x.limbs > 1 ? relinearised(parameters, x, true) : x;
      x = gains(parameters, x, both) ? both : relinearised(parameters, x, false);
      while (worthSwitching(parameters, x)) {
        x = switched(parameters, x);
      }
    }
    return x;
  }

  /** Whether relinearising and switching at once gains enough to switch. */
  static boolean gains(BgvParameters parameters, State before, State after) {
    return before.limbs > 1
        && before.noise - after.noise
            >= WORTH * RlweNoise.lastBits(parameters.ring().ring(), before.limbs);
  }

  /** Whether to switch while relinearising. */
  static boolean switchesToo(BgvParameters parameters, State x) {
    return x.limbs > 1 && gains(parameters, x, relinearised(parameters, x, true));
  }

  /** Primes left when all powers are there; zero where they run out. */
  static int left(BgvParameters parameters, State given, TablePowers powers) {
    RnsRing ring = parameters.ring().ring();
    State[] states = new State[powers.degree() + 2];
    State x = settled(parameters, given);
    states[1] = x;
    int least = x.limbs;
    for (Step step : powers.steps()) {
      State left = states[step.left()];
      State right = states[step.right()];
      State product = new State(Math.min(left.limbs, right.limbs), left.noise + right.noise, 2);
      if (product.noise > RlweNoise.capacityBits(ring, product.limbs)) {
        return 0;
      }
      State power = settled(parameters, product);
      states[step.exponent()] = power;
      least = Math.min(least, power.limbs);
    }
    return least;
  }
}
