package dev.sotto.slots;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which powers of x a polynomial is computed from: Paterson and Stockmeyer's way in three stages,
 *
 * <pre>  p(x) = Σ_i Y^i · Σ_j X^j · Σ_l c_ijl · x^l,   X = x^low, Y = X^middle.  </pre>
 *
 * <p>Only powers are relinearised, about 3·∛degree of them. The inner sums are weighted sums of
 * ciphertexts of degree one, and the two outer ones products that stay unrelinearised: a result has
 * degree three.
 *
 * @param degree of the polynomial
 * @param low exponents of x in the inner sums lie below this
 * @param middle exponents of X lie below this
 * @param high exponents of Y lie below this
 * @param steps every power but the first, each the product of two before it; ascending
 * @param depth of the power that takes most products in a row
 */
public record TablePowers(int degree, int low, int middle, int high, List<Step> steps, int depth) {
  /** What relinearising at the levels of powers costs, in products at the lowest level. */
  private static final double RELINEARISATION = 8;

  /** What is left of the modulus when powers are done, in levels. */
  private static final int LAST_LEVELS = 4;

  /** The depth of a power that is not there. */
  private static final int NONE = Integer.MAX_VALUE;

  private static final int MOST_LOW = 64;
  private static final int MOST_MIDDLE = 32;

  /**
   * One power.
   *
   * @param exponent left + right
   * @param left exponent of a factor
   * @param right exponent of the other, not larger
   */
  public record Step(int exponent, int left, int right) {}

  /** The stages with the least work for a polynomial of this degree. */
  public static TablePowers of(int degree) {
    int[] best = {2, 1, 1};
    double least = Double.POSITIVE_INFINITY;
    for (int low = 2; low <= MOST_LOW; low++) {
      for (int middle = 1; middle <= MOST_MIDDLE; middle++) {
        int high = (degree + low * middle) / (low * middle);
        int fewer = high > 1 ? middle : (degree + low) / low;
        double work = work(low, fewer, high);
        if (work < least) {
          least = work;
          best = new int[] {low, fewer, high};
        }
      }
    }
    return of(degree, best[0], best[1], best[2]);
  }

  private static double work(int low, int middle, int high) {
    int depth =
        high > 1
            ? log(low) + log(middle) + log(high - 1)
            : middle > 1 ? log(low) + log(middle - 1) : log(low - 1);
    double powers = low - 2 + (middle - 1) + (high - 1);
    return powers * RELINEARISATION * (depth + 2.0 * LAST_LEVELS) / LAST_LEVELS / 2
        + (double) middle * high;
  }

  /** The least l with 2^l at least x. */
  private static int log(int x) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(1, x) - 1);
  }

  private static TablePowers of(int degree, int low, int middle, int high) {
    List<Integer> exponents = new ArrayList<>();
    for (int l = 2; l < low; l++) {
      exponents.add(l);
    }
    for (int j = 1; j < middle; j++) {
      exponents.add(low * j);
    }
    for (int i = 1; i < high; i++) {
      exponents.add(low * middle * i);
    }
    int[] depths = new int[degree + 2];
    Arrays.fill(depths, NONE);
    depths[1] = 0;
    List<Step> steps = new ArrayList<>();
    int depth = 0;
    for (int exponent : exponents) {
      if (exponent > degree) {
        break;
      }
      Step step = step(exponent, depths);
      steps.add(step);
      depths[exponent] = 1 + Math.max(depths[step.left], depths[step.right]);
      depth = Math.max(depth, depths[exponent]);
    }
    return new TablePowers(degree, low, middle, high, List.copyOf(steps), depth);
  }

  /** The two powers of least depth, the closest to one another, whose product this one is. */
  private static Step step(int exponent, int[] depths) {
    Step best = null;
    int least = NONE;
    for (int right = exponent / 2; right > 0; right--) {
      int deeper = Math.max(depths[exponent - right], depths[right]);
      if (deeper < least) {
        least = deeper;
        best = new Step(exponent, exponent - right, right);
      }
    }
    if (best == null) {
      throw new IllegalStateException("no two powers give x^" + exponent);
    }
    return best;
  }

  /** Products of two ciphertexts, of powers and of sums. */
  public int products() {
    int outer = 0;
    for (int i = 0; i < high; i++) {
      outer += terms(i) - 1 + (i > 0 ? 1 : 0);
    }
    return steps.size() + outer;
  }

  /** Ciphertexts that are relinearised. */
  public int relinearisations() {
    return steps.size();
  }

  /** The degree of the resulting ciphertext. */
  int resultDegree() {
    return 1 + (middle > 1 ? 1 : 0) + (high > 1 ? 1 : 0);
  }

  /** How many exponents of X the i-th power of Y meets. */
  int terms(int i) {
    return Math.min(middle, (degree - i * low * middle + low) / low);
  }
}
