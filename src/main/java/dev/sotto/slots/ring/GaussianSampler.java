package dev.sotto.slots.ring;

import dev.sotto.common.RandomStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Samples of the rounded Gaussian of deviation 3.2: the errors of encryptions and keys.
 *
 * <p>By inversion: one word of the stream is a sign and a number u below 2^63, and the magnitude is
 * how many thresholds round(2^63 · P(|x| ≤ k)), k = 0, 1, …, are at most u. Every sample is
 * compared with every threshold, so that nothing a clock or a cache can see depends on it, and the
 * comparisons of many samples go side by side in vector registers. Each probability is right to
 * 2^-63.
 */
public final class GaussianSampler {
  /** The standard deviation before rounding. */
  public static final double SIGMA = 3.2;

  /** The largest magnitude of a sample: that of 30 has a probability below 2^-64. */
  public static final int MAXIMUM = 29;

  private static final int BATCH = 256;
  private static final BigDecimal PI =
      new BigDecimal(
          "3.14159265358979323846264338327950288419716939937510"
              + "58209749445923078164062862089986280348253421170680");
  private static final MathContext DIGITS = new MathContext(100);

  /** Bits of what the series is summed in. */
  private static final int FRACTION = 320;

  /** 2z / √π for k = 0: that of k is 2k + 1 times as much. */
  private static final BigDecimal TWICE_FIRST =
      BigDecimal.ONE
          .divide(
              BigDecimal.valueOf(2).multiply(BigDecimal.valueOf(SIGMA).pow(2)).multiply(PI), DIGITS)
          .sqrt(DIGITS);

  private static final int STEP = 6;
  private static final long[] THRESHOLDS = thresholds();

  private GaussianSampler() {}

  /** Fills an array with samples as integers. */
  public static void fill(RandomStream stream, int[] dst) {
    long[] words = new long[BATCH];
    long[] samples = new long[BATCH];
    for (int at = 0; at < dst.length; at += BATCH) {
      int count = Math.min(BATCH, dst.length - at);
      sample(stream, words, samples, count);
      for (int i = 0; i < count; i++) {
        dst[at + i] = (int) samples[i];
      }
    }
    Arrays.fill(words, 0);
    Arrays.fill(samples, 0);
  }

  /** Fills {@code n} elements of an array with samples as doubles: the same samples. */
  public static void fill(RandomStream stream, double[] dst, int at, int n) {
    Objects.checkFromIndexSize(at, n, dst.length);
    long[] words = new long[BATCH];
    long[] samples = new long[BATCH];
    for (int done = 0; done < n; done += BATCH) {
      int count = Math.min(BATCH, n - done);
      sample(stream, words, samples, count);
      for (int i = 0; i < count; i++) {
        dst[at + done + i] = samples[i];
      }
    }
    Arrays.fill(words, 0);
    Arrays.fill(samples, 0);
  }

  private static void sample(RandomStream stream, long[] words, long[] samples, int count) {
    stream.fill(words, 0, count);
    magnitudes(words, samples, count);
    for (int i = 0; i < count; i++) {
      long sign = words[i] >> 63;
      samples[i] = (samples[i] ^ sign) - sign;
    }
  }

  /** Counts the thresholds that are at most the low 63 bits of each word, six at a time. */
  private static void magnitudes(long[] words, long[] counts, int count) {
    Arrays.fill(counts, 0, count, 0);
    for (int k = 0; k < THRESHOLDS.length; k += STEP) {
      long a = THRESHOLDS[k];
      long b = THRESHOLDS[k + 1];
      long c = THRESHOLDS[k + 2];
      long d = THRESHOLDS[k + 3];
      long e = THRESHOLDS[k + 4];
      long f = THRESHOLDS[k + 5];
      for (int i = 0; i < count; i++) {
        long u = ~words[i] | Long.MIN_VALUE; // -1 - u: a sum with a threshold is negative below it
        counts[i] +=
            ((a + u) >>> 63)
                + ((b + u) >>> 63)
                + ((c + u) >>> 63)
                + ((d + u) >>> 63)
                + ((e + u) >>> 63)
                + ((f + u) >>> 63);
      }
    }
  }

  /** The thresholds below 2^63, and 2^63, which no u reaches, in the places that are left. */
  private static long[] thresholds() {
    BigInteger one = BigInteger.ONE.shiftLeft(63);
    List<Long> below = new ArrayList<>();
    BigInteger next = threshold(0);
    for (int k = 1; next.compareTo(one) < 0; k++) {
      below.add(next.longValueExact());
      next = threshold(k);
    }
    long[] padded = new long[(below.size() + STEP) / STEP * STEP];
    Arrays.setAll(padded, k -> k < below.size() ? below.get(k) : Long.MIN_VALUE);
    return padded;
  }

  private static BigInteger threshold(int k) {
    return probabilityWithin(k)
        .multiply(new BigDecimal(BigInteger.ONE.shiftLeft(63)))
        .setScale(0, RoundingMode.HALF_EVEN)
        .toBigIntegerExact();
  }

  /**
   * P(|x| ≤ k) of the rounded Gaussian: erf(z) for z = (k + 1/2) / (σ √2), by its Taylor series 2z
   * / √π · Σ (-z²)^n / (n! (2n + 1)), summed in units of 2^-{@value #FRACTION}. Terms reach 10^18,
   * so that of 96 digits more than 70 are right.
   */
  static BigDecimal probabilityWithin(int k) {
    long tenths = Math.round(10 * SIGMA);
    // z² = 25 (2k + 1)² / (2 · (10 σ)²)
    BigInteger numerator = BigInteger.valueOf(25 * (2L * k + 1) * (2L * k + 1));
    long denominator = 2 * tenths * tenths;
    BigInteger power = BigInteger.ONE.shiftLeft(FRACTION); // (-z²)^n / n!
    BigInteger sum = power;
    for (long n = 1; power.signum() != 0; n++) {
      power = power.negate().multiply(numerator).divide(BigInteger.valueOf(denominator * n));
      sum = sum.add(power.divide(BigInteger.valueOf(2 * n + 1)));
    }
    return TWICE_FIRST
        .multiply(BigDecimal.valueOf(2L * k + 1))
        .multiply(new BigDecimal(sum))
        .divide(new BigDecimal(BigInteger.ONE.shiftLeft(FRACTION)), DIGITS);
  }
}
