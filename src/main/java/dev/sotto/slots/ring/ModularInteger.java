package dev.sotto.slots.ring;

/**
 * Exact arithmetic modulo one number below 2^50, for constants and tests of primes; kernels have
 * their own.
 *
 * <p>Operands and results lie in [0, modulus).
 *
 * @param modulus 2 to 2^50 - 1
 */
public record ModularInteger(long modulus) {
  /** Deterministic for every number below 3.3e24 (Sorenson and Webster, 2015). */
  private static final int[] WITNESSES = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37};

  public ModularInteger {
    if (modulus < 2 || modulus >>> Modulus.MAXIMUM_BITS != 0) {
      throw new IllegalArgumentException("a modulus lies from 2 to 2^50 - 1, not at " + modulus);
    }
  }

  /** The residue in [0, modulus) of any number. */
  public long reduce(long value) {
    return Math.floorMod(value, modulus);
  }

  /** a + b. */
  public long add(long a, long b) {
    long sum = a + b;
    return sum >= modulus ? sum - modulus : sum;
  }

  /** a - b. */
  public long subtract(long a, long b) {
    long difference = a - b;
    return difference < 0 ? difference + modulus : difference;
  }

  /**
   * a · b.
   *
   * <p>The quotient in double is wrong by at most one, as it is below 2^50; the remainder is then
   * right modulo 2^64, and small.
   */
  public long multiply(long a, long b) {
    long quotient = (long) ((double) a * (double) b / (double) modulus);
    long remainder = a * b - quotient * modulus;
    if (remainder < 0) {
      return remainder + modulus;
    }
    return remainder >= modulus ? remainder - modulus : remainder;
  }

  /**
   * base to the power of an exponent.
   *
   * @param exponent not negative
   */
  public long power(long base, long exponent) {
    if (exponent < 0) {
      throw new IllegalArgumentException("an exponent is not negative: " + exponent);
    }
    long result = 1 % modulus;
    long square = base;
    for (long rest = exponent; rest != 0; rest >>>= 1) {
      if ((rest & 1) != 0) {
        result = multiply(result, square);
      }
      square = multiply(square, square);
    }
    return result;
  }

  /**
   * The inverse of a number, by Euclid's algorithm; the modulus need not be prime.
   *
   * @throws ArithmeticException when there is none
   */
  public long inverse(long value) {
    long high = modulus;
    long low = reduce(value);
    long highFactor = 0;
    long lowFactor = 1;
    while (low != 0) { // high = highFactor · value and low = lowFactor · value, modulo the modulus
      long quotient = high / low;
      long rest = high - quotient * low;
      high = low;
      low = rest;
      long restFactor = highFactor - quotient * lowFactor;
      highFactor = lowFactor;
      lowFactor = restFactor;
    }
    if (high != 1) {
      throw new ArithmeticException(value + " has no inverse modulo " + modulus);
    }
    return reduce(highFactor);
  }

  /** Whether the modulus is prime (Miller and Rabin, with bases that leave no doubt). */
  public boolean isPrime() {
    for (int witness : WITNESSES) {
      if (modulus % witness == 0) {
        return modulus == witness;
      }
    }
    int twos = Long.numberOfTrailingZeros(modulus - 1);
    for (int witness : WITNESSES) {
      long power = power(witness, (modulus - 1) >> twos);
      boolean composite = power != 1;
      for (int i = 0; composite && i < twos; i++) {
        composite = power != modulus - 1;
        power = multiply(power, power);
      }
      if (composite) {
        return false;
      }
    }
    return true;
  }
}
