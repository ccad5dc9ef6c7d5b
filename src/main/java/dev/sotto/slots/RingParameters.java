package dev.sotto.slots;

import dev.sotto.problem.Problem;
import dev.sotto.problem.SottoException;
import dev.sotto.slots.ring.ModularInteger;
import dev.sotto.slots.ring.Modulus;
import dev.sotto.slots.ring.NttPrimes;
import dev.sotto.slots.ring.OperationCounts;
import dev.sotto.slots.ring.RingType;
import dev.sotto.slots.ring.RnsRing;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A ring and its primes: what keys and ciphertexts of both schemes are made under.
 *
 * <p>Ciphertexts live modulo the product Q of the primes, and lose the last of them level by level;
 * special primes, of product P, serve key switching alone and may be absent where nothing is
 * relinearised. There are no parameters with less than 128 bits of security: see {@link
 * SecurityTable}. Values of equal content are equal, and so are their bytes and hashes.
 */
public final class RingParameters {
  private final RingType type;
  private final int logN;
  private final List<Long> primes;
  private final List<Long> specialPrimes;
  private final byte[] hash;
  private volatile @Nullable RnsRing ring;

  private RingParameters(RingType type, int logN, List<Long> primes, List<Long> specialPrimes) {
    this.type = type;
    this.logN = logN;
    this.primes = primes;
    this.specialPrimes = specialPrimes;
    this.hash = sha256(toBytes());
  }

  /**
   * Parameters of given primes.
   *
   * @param logN log2 N, 11 to 15
   * @param primes one or more, each below 2^50 and 1 modulo the order of the ring's roots; the
   *     first is the last to go
   * @param specialPrimes as {@code primes}, none or more; no prime is there twice
   * @throws SottoException with every problem, {@link SlotsError#PARAMETERS_UNSAFE} when the
   *     product of all primes is too large for N
   */
  public static RingParameters of(
      RingType type, int logN, List<Long> primes, List<Long> specialPrimes) {
    List<Problem> problems = problems(type, logN, primes, specialPrimes);
    if (!problems.isEmpty()) {
      throw new SottoException(problems);
    }
    return new RingParameters(type, logN, List.copyOf(primes), List.copyOf(specialPrimes));
  }

  /**
   * Parameters with the largest primes of given sizes, the same on every machine.
   *
   * @param logN log2 N, 11 to 15
   * @param primeBits bits of each prime, in order; at most 50, at least one prime
   * @param specialBits bits of each special prime; may be empty
   * @throws SottoException as {@link #of}, and when there are too few primes of a size
   */
  public static RingParameters generate(
      RingType type, int logN, int[] primeBits, int[] specialBits) {
    SecurityTable.maximumLogQp(logN);
    Set<Long> used = new HashSet<>();
    List<Long> primes = generate(type.rootOrder(logN), primeBits, used);
    return of(type, logN, primes, generate(type.rootOrder(logN), specialBits, used));
  }

  private static List<Long> generate(long step, int[] bits, Set<Long> used) {
    List<Long> primes = new ArrayList<>();
    for (int size : bits) {
      try {
        long prime = NttPrimes.below(size, step, 1, used).get(0);
        used.add(prime);
        primes.add(prime);
      } catch (IllegalArgumentException e) {
        throw SottoException.of(
            SlotsError.PARAMETERS_INVALID,
            "primes of " + Arrays.toString(bits) + " bits",
            e.getMessage() + ".",
            e);
      }
    }
    return primes;
  }

  private static List<Problem> problems(
      RingType type, int logN, List<Long> primes, List<Long> specialPrimes) {
    List<Problem> problems = new ArrayList<>();
    if (!SecurityTable.covers(logN)) {
      problems.add(invalid("", SecurityTable.unknownRing(logN)));
      return problems;
    }
    if (primes.isEmpty()) {
      problems.add(invalid("", "expected at least one prime for ciphertexts, got none."));
    }
    BigInteger product = BigInteger.ONE;
    Set<Long> seen = new HashSet<>();
    for (long prime : Stream.of(primes, specialPrimes).flatMap(List::stream).toList()) {
      String complaint = complaint(prime, type.rootOrder(logN), seen);
      if (complaint != null) {
        problems.add(invalid("prime " + prime, complaint));
      }
      product = product.multiply(BigInteger.valueOf(prime));
    }
    if (problems.isEmpty() && !SecurityTable.allows(logN, product)) {
      problems.add(
          Problem.of(
              SlotsError.PARAMETERS_UNSAFE,
              "N = " + (1 << logN),
              String.format(
                  Locale.ROOT,
                  "expected primes whose product is at most 2^%d, special primes included, got 2^%.2f.",
                  SecurityTable.maximumLogQp(logN),
                  Math.ceil(logarithm(product) * 100) / 100)));
    }
    return problems;
  }

  private static @Nullable String complaint(long prime, long step, Set<Long> seen) {
    if (prime < 3 || prime >>> Modulus.MAXIMUM_BITS != 0) {
      return "expected a prime from 3 to 2^50.";
    }
    if (prime % step != 1) {
      return "expected a prime that is 1 modulo " + step + ", got " + prime % step + ".";
    }
    if (!new ModularInteger(prime).isPrime()) {
      return "expected a prime, got a product.";
    }
    return seen.add(prime) ? null : "expected each prime once, got it twice.";
  }

  private static double logarithm(BigInteger number) {
    int shift = Math.max(0, number.bitLength() - Long.SIZE);
    return Math.log(number.shiftRight(shift).doubleValue()) / Math.log(2) + shift;
  }

  private static Problem invalid(String where, String detail) {
    return Problem.of(SlotsError.PARAMETERS_INVALID, where, detail);
  }

  /** Which ring. */
  public RingType type() {
    return type;
  }

  /** log2 N. */
  public int logN() {
    return logN;
  }

  /** N, the number of coefficients. */
  public int n() {
    return 1 << logN;
  }

  /** How many integers modulo a prime a plaintext of BGV holds: N. */
  public int integerSlots() {
    return n();
  }

  /** How many real numbers a plaintext of CKKS holds: N/2, in the conjugate-invariant ring N. */
  public int realSlots() {
    return type == RingType.STANDARD ? n() / 2 : n();
  }

  /** The primes of ciphertexts, from the one that stays to the one that goes first. */
  public List<Long> primes() {
    return primes;
  }

  /** The primes of key switching; may be empty. */
  public List<Long> specialPrimes() {
    return specialPrimes;
  }

  /** The level of a fresh ciphertext: how many primes it can lose. */
  public int maximumLevel() {
    return primes.size() - 1;
  }

  /** log2 of the product of all primes. */
  public double logQp() {
    return logarithm(
        Stream.of(primes, specialPrimes)
            .flatMap(List::stream)
            .map(BigInteger::valueOf)
            .reduce(BigInteger.ONE, BigInteger::multiply));
  }

  /** The ring with its tables, made when first asked for. */
  public RnsRing ring() {
    RnsRing made = ring;
    if (made == null) {
      synchronized (this) {
        made = ring;
        if (made == null) {
          made = RnsRing.create(type, logN, primes, specialPrimes);
          ring = made;
        }
      }
    }
    return made;
  }

  /**
   * Equal parameters on which nothing is computed and everything counted: evaluators of schemes
   * with them run dry, on {@link BgvEvaluator#hollow} and {@link CkksEvaluator#hollow}, and tell
   * noise, levels and cost before there is a key.
   */
  public RingParameters dry(OperationCounts counts) {
    RingParameters dry = new RingParameters(type, logN, primes, specialPrimes);
    dry.ring = RnsRing.hollow(type, logN, primes, specialPrimes, counts);
    return dry;
  }

  /** Refuses a key of other parameters. */
  void checkKey(RingParameters other) {
    if (!other.equals(this)) {
      throw SottoException.of(
          SlotsError.WRONG_PARAMETERS, "", "a key of " + this + " expected, not of " + other);
    }
  }

  /** SHA-256 of {@link #toBytes}: the name of the parameters in keys and ciphertexts. */
  public byte[] hash() {
    return hash.clone();
  }

  /** The bytes of these parameters; equal parameters have equal bytes, in every release. */
  public byte[] toBytes() {
    return RingParametersFormat.write(this);
  }

  /**
   * The parameters of bytes that {@link #toBytes} wrote, checked as {@link #of} does.
   *
   * @throws SottoException for anything else, one byte too many included
   */
  public static RingParameters parse(byte[] bytes) {
    return RingParametersFormat.read(bytes);
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256; this one failed", e);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other == this
        || (other instanceof RingParameters that
            && type == that.type
            && logN == that.logN
            && primes.equals(that.primes)
            && specialPrimes.equals(that.specialPrimes));
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(hash);
  }

  /** For example {@code N = 8192, 3 + 1 primes, log QP 199.9}. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%sN = %d, %d + %d primes, log QP %.1f",
        type == RingType.STANDARD ? "" : "conjugate-invariant, ",
        n(),
        primes.size(),
        specialPrimes.size(),
        logQp());
  }
}
