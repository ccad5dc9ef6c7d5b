package dev.sotto.slots.ring;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Primes p that are 1 modulo a step, a power of two, and their roots of unity of that order; the
 * step of a ring is {@link RingType#rootOrder}.
 *
 * <p>Everything here is a function of its arguments alone: two machines find the same primes and
 * roots.
 */
public final class NttPrimes {
  private NttPrimes() {}

  /**
   * The largest primes of so many bits, descending.
   *
   * @param bits 2 to 50: primes lie between 2^(bits - 1) and 2^bits
   * @param step a power of two
   * @param excluded primes already in use
   * @throws IllegalArgumentException when there are fewer than {@code count}
   */
  public static List<Long> below(int bits, long step, int count, Set<Long> excluded) {
    requireBits(bits, Modulus.MAXIMUM_BITS);
    requirePowerOfTwo(step, "step");
    List<Long> primes = new ArrayList<>();
    long top = 1L << bits;
    for (long p = top - step + 1; p > top >> 1 && primes.size() < count; p -= step) {
      accept(p, excluded, primes);
    }
    return requireEnough(primes, count, "between 2^" + (bits - 1) + " and 2^" + bits, step);
  }

  /**
   * The primes nearest to a power of two, above or below it, the nearest first: rescaling by them
   * keeps a scale of 2^bits where it was, nearly.
   *
   * @param bits 2 to 49: primes lie between a half and one and a half times 2^bits
   * @param step a power of two
   * @param excluded primes already in use
   * @throws IllegalArgumentException when there are fewer than {@code count}
   */
  public static List<Long> nearest(int bits, long step, int count, Set<Long> excluded) {
    requireBits(bits, Modulus.MAXIMUM_BITS - 1);
    requirePowerOfTwo(step, "step");
    List<Long> primes = new ArrayList<>();
    long centre = 1L << bits;
    long distance = step;
    for (; distance < centre >> 1 && primes.size() < count; distance += step) {
      accept(centre - distance + 1, excluded, primes);
      accept(centre + distance + 1, excluded, primes);
    }
    return requireEnough(primes, count, "near 2^" + bits, step);
  }

  /**
   * The smallest prime from 2^bits on: a modulus of plaintexts whose every integer below 2^bits
   * fits.
   *
   * @param bits 1 to 49
   * @param step a power of two
   * @return 65537 for 16 bits and every step up to 65536
   * @throws IllegalArgumentException when there is none below 2^50
   */
  public static long plaintextModulus(int bits, long step) {
    if (bits < 1 || bits >= Modulus.MAXIMUM_BITS) {
      throw new IllegalArgumentException("expected 1 to 49 bits, got " + bits);
    }
    requirePowerOfTwo(step, "step");
    long first = ((1L << bits) + step - 1) / step * step + 1;
    for (long p = first; p >>> Modulus.MAXIMUM_BITS == 0; p += step) {
      if (new ModularInteger(p).isPrime()) {
        return p;
      }
    }
    throw new IllegalArgumentException(
        "no prime between 2^" + bits + " and 2^50 is 1 modulo " + step + "; lower one of the two");
  }

  /**
   * A number whose powers are all the {@code order}-th roots of unity modulo a prime: that of the
   * smallest base, 2 or more, that gives one.
   *
   * @param order a power of two that divides p - 1
   */
  public static long primitiveRoot(long p, long order) {
    requirePowerOfTwo(order, "order");
    if ((p - 1) % order != 0) {
      throw new IllegalArgumentException(
          "modulo " + p + " there are no roots of unity of order " + order);
    }
    ModularInteger mod = new ModularInteger(p);
    if (order == 1) {
      return 1;
    }
    for (long base = 2; base < p; base++) {
      long root = mod.power(base, (p - 1) / order);
      if (mod.power(root, order / 2) == p - 1) {
        return root;
      }
    }
    throw new IllegalArgumentException(p + " is not prime");
  }

  private static void accept(long candidate, Set<Long> excluded, List<Long> primes) {
    if (!excluded.contains(candidate) && new ModularInteger(candidate).isPrime()) {
      primes.add(candidate);
    }
  }

  private static void requireBits(int bits, int maximum) {
    if (bits < 2 || bits > maximum) {
      throw new IllegalArgumentException(
          "expected primes of 2 to " + maximum + " bits, got " + bits);
    }
  }

  private static void requirePowerOfTwo(long value, String name) {
    if (Long.bitCount(value) != 1 || value < 0) {
      throw new IllegalArgumentException("expected a power of two as " + name + ", got " + value);
    }
  }

  private static List<Long> requireEnough(List<Long> primes, int count, String where, long step) {
    if (primes.size() < count) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "expected %d primes %s that are 1 modulo %d, found %d; ask for more bits",
              count,
              where,
              step,
              primes.size()));
    }
    return List.copyOf(primes.subList(0, count));
  }
}
