package dev.sotto.slots.ring;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Primes that are 1 modulo the order of a ring's roots of unity, and those roots. */
public final class NttPrimes {
  private static final int CERTAINTY = 100;

  private NttPrimes() {}

  /** The largest primes below 2<sup>bits</sup> that are 1 modulo {@code step}, descending. */
  public static List<Long> below(int bits, long step, int count, Set<Long> excluded) {
    List<Long> found = new ArrayList<>();
    for (long p = (1L << bits) - step + 1; found.size() < count; p -= step) {
      if (p < 1L << (bits - 1)) {
        throw new IllegalArgumentException(
            "fewer than " + count + " primes of " + bits + " bits are 1 modulo " + step);
      }
      if (!excluded.contains(p) && BigInteger.valueOf(p).isProbablePrime(CERTAINTY)) {
        found.add(p);
      }
    }
    return found;
  }

  /** A primitive root of unity of an order that is a power of two: of the smallest base that gives one. */
  public static long primitiveRoot(long prime, long order) {
    BigInteger p = BigInteger.valueOf(prime);
    BigInteger exponent = BigInteger.valueOf((prime - 1) / order);
    for (long base = 2; ; base++) {
      BigInteger root = BigInteger.valueOf(base).modPow(exponent, p);
      if (root.modPow(BigInteger.valueOf(order / 2), p).equals(p.subtract(BigInteger.ONE))) {
        return root.longValue();
      }
    }
  }
}
