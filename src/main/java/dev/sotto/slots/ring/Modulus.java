package dev.sotto.slots.ring;

import java.math.BigInteger;

/**
 * A prime below 2<sup>50</sup>, with what kernels need of it.
 *
 * <p>A residue is a whole number in a {@code double}. Kernels take residues of size at most p and
 * give residues of size at most p; {@link #centre} and {@link #canonical} give the one in (−p/2,
 * p/2] and in [0, p).
 *
 * @param value the prime
 * @param p the prime as a double
 * @param inverse 1/p, rounded
 */
public record Modulus(long value, double p, double inverse) {
  /** Primes lie below 2 to this power. */
  public static final int MAXIMUM_BITS = 50;

  /** The modulus of a prime. */
  public static Modulus of(long prime) {
    if (prime < 3 || prime >= 1L << MAXIMUM_BITS) {
      throw new IllegalArgumentException("a prime in [3, 2^50) expected, not " + prime);
    }
    return new Modulus(prime, prime, 1.0 / prime);
  }

  /** Bits of the prime. */
  public int bits() {
    return Long.SIZE - Long.numberOfLeadingZeros(value);
  }

  /** The residue of a whole number, in (−p/2, p/2]. */
  public double centre(long number) {
    long r = Math.floorMod(number, value);
    return r > value / 2 ? r - value : r;
  }

  /** The residue of a whole number, in (−p/2, p/2]. */
  public double centre(BigInteger number) {
    return centre(number.mod(BigInteger.valueOf(value)).longValue());
  }

  /** The number in [0, p) that a residue stands for. */
  public long canonical(double residue) {
    return Math.floorMod((long) residue, value);
  }

  /** The product of two residues, in [−p, p]. */
  public double multiply(double x, double y) {
    double high = x * y;
    double low = Math.fma(x, y, -high);
    double quotient = Math.rint(high * inverse);
    return reduce(Math.fma(-quotient, p, high) + low);
  }

  /** A residue of size at most p for a whole number of size below 2<sup>52</sup>. */
  public double reduce(double x) {
    return Math.fma(-Math.rint(x * inverse), p, x);
  }

  /** The multiplicative inverse, in (−p/2, p/2]. */
  public double inverse(double residue) {
    return centre(new ModularInteger(value).inverse(canonical(residue)));
  }
}
