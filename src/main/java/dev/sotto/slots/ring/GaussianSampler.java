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
   * P(|x| ≤ k) of the rounded Gaussian: erf(z) for z = (k + 1/2) / (σ √2), by its Taylor series
   * sqrt(4 z² / π) · Σ (-z²)^n / (n! (2n + 1)). Terms reach 10^18, so that of 100 digits 80 remain.
   */
  static BigDecimal probabilityWithin(int k) {
    MathContext digits = new MathContext(100);
    BigDecimal bound = BigDecimal.valueOf(10L * k + 5, 1);
    BigDecimal sigma = BigDecimal.valueOf(SIGMA);
    BigDecimal square =
        bound.multiply(bound).divide(sigma.multiply(sigma).multiply(BigDecimal.valueOf(2)), digits);
    BigDecimal power = BigDecimal.ONE; // (-z²)^n / n!
    BigDecimal sum = BigDecimal.ONE;
    for (int n = 1; power.abs().compareTo(new BigDecimal("1e-80")) > 0; n++) {
      power = power.multiply(square).negate().divide(BigDecimal.valueOf(n), digits);
      sum = sum.add(power.divide(BigDecimal.valueOf(2L * n + 1), digits), digits);
    }
    return BigDecimal.valueOf(4).multiply(square).divide(PI, digits).sqrt(digits).multiply(sum);
  }
}
