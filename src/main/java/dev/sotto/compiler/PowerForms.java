package dev.sotto.compiler;

import dev.sotto.compiler.Terms.Part;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Computes polynomials with few products and few results, so that the next layer has few terms:
 *
 * <pre>
 *   degree 2   c·w²                       w = x + shift, which takes in the power below the highest
 *   degree 3   c·w·(w² + q)
 *   degree 4   c·(w² + q)² + r·w
 *   above      powers of w, but the one below the highest
 * </pre>
 *
 * <p>Elements whose shift or q would be far beyond their range, as polynomials of a lower degree
 * have it, keep lower powers beside: only their taps are paid for.
 */
final class PowerForms {
  /** Vertices lie so many half ranges outside at most: beyond, squares only waste bits. */
  static final double FARTHEST = 4;

  /** q may be so many times the largest square of w. */
  private static final double LARGEST_INNER = 4;

  private final RewriteSteps steps;
  private final Part base;
  private final int[] groups;
  private final int degree;
  private final int size;

  /** Per power and element, coefficients in w that are not yet computed. */
  private final double[][] left;

  private final double[] offset;
  private final List<Part> parts = new ArrayList<>();

  private PowerForms(RewriteSteps steps, Part base, double[] offset) {
    this.steps = steps;
    this.groups = groups(base.coefficients());
    this.base = base;
    this.degree = base.degree();
    this.size = offset.length;
    this.left = new double[degree + 1][size];
    this.offset = offset;
  }

  /**
   * Terms of first degree that have the same value.
   *
   * @param part of second degree or more
   * @param offset to which constants are added
   */
  static List<Part> of(RewriteSteps steps, Part part, double[] offset) {
    return new PowerForms(steps, part, offset).made();
  }

  /** For each element the first one with the same polynomial: they are treated alike. */
  private static int[] groups(double[][] coefficients) {
    Map<List<Double>, Integer> first = new HashMap<>();
    int[] groups = new int[coefficients[0].length];
    for (int i = 0; i < groups.length; i++) {
      int element = i;
      groups[i] =
          first.computeIfAbsent(
              Arrays.stream(coefficients).map(c -> c[element]).toList(), k -> element);
    }
    return groups;
  }

  private List<Part> made() {
    double[] shift = new double[size];
    boolean[] near = new boolean[size];
    centre(shift, near);
    double[] ones = new double[size];
    Arrays.fill(ones, 1);
    Part x = steps.levelled(Part.linear(base.node(), base.values(), ones), shift, groups);
    for (int i = 0; i < size; i++) {
      shift[i] = Math.rint(shift[i] / x.slope()[i]);
      expand(i, x.slope()[i], shift[i], near[i]);
    }
    Part w = steps.observed(steps.shifted(Part.linear(x.node(), x.values(), ones), shift));
    compute(w);
    return parts;
  }

  /** The powers of w, as parts. */
  private void compute(Part w) {
    if (degree == 2) {
      take(2, steps.multiplied(w, w));
    } else if (degree == 3) {
      Part square = steps.multiplied(w, w);
      double[] q = inner(1, 1, reach(w));
      take(3, steps.multiplied(w, plus(square, q)));
      take(2, square);
    } else if (degree == 4) {
      Part square = steps.multiplied(w, w);
      double[] q = inner(2, 2, reach(w));
      Part sum = plus(square, q);
      for (int i = 0; i < size; i++) {
        offset[i] -= left[4][i] * q[i] * q[i];
      }
      take(4, steps.multiplied(sum, sum));
      if (isLeft(3)) {
        take(3, steps.multiplied(square, w));
      }
      take(2, square);
    } else {
      powers(w);
    }
    take(1, w);
  }

  /** The largest size of w, by group. */
  private double[] reach(Part w) {
    double[] lo = new double[size];
    double[] hi = new double[size];
    range(w.values().toDoubles(), groups, lo, hi);
    double[] reach = new double[size];
    Arrays.setAll(reach, g -> Math.max(-lo[g], hi[g]));
    return reach;
  }

  /** Where values lie, by group. */
  private static void range(double[] values, int[] groups, double[] lo, double[] hi) {
    Arrays.fill(lo, Double.POSITIVE_INFINITY);
    Arrays.fill(hi, Double.NEGATIVE_INFINITY);
    for (int at = 0; at < values.length; at += groups.length) {
      widen(values, at, groups, lo, hi);
    }
  }

  private static void widen(double[] values, int at, int[] groups, double[] lo, double[] hi) {
    for (int i = 0; i < groups.length; i++) {
      int g = groups[i];
      double value = values[at + i];
      if (value < lo[g]) {
        lo[g] = value;
      }
      if (value > hi[g]) {
        hi[g] = value;
      }
    }
  }

  /** Shifts per element, and whether they take in a power: elements of one polynomial alike. */
  private void centre(double[] shift, boolean[] near) {
    double[] lo = new double[size];
    double[] hi = new double[size];
    range(base.values().toDoubles(), groups, lo, hi);
    for (int i = 0; i < size; i++) {
      double middle = (lo[groups[i]] + hi[groups[i]]) / 2;
      double half = Math.max(1, (hi[groups[i]] - lo[groups[i]]) / 2);
      double highest = base.coefficients()[degree - 1][i];
      double vertex = base.coefficients()[degree - 2][i] / (degree * highest);
      near[i] = Math.abs(vertex + middle) <= (FARTHEST + 1) * half;
      shift[i] = near[i] ? vertex : -middle;
    }
  }

  /** The polynomial of an element in w, where its integer is unit · (w − shift). */
  private void expand(int i, double unit, double shift, boolean near) {
    double[] p = new double[degree + 1];
    for (int k = 1; k <= degree; k++) {
      p[k] = base.coefficients()[k - 1][i];
    }
    double[] moved = PolynomialFit.composed(p, unit, -unit * shift);
    if (near) {
      moved[degree - 1] = 0; // but for the rounding of the shift
    }
    offset[i] += moved[0];
    for (int k = 1; k <= degree; k++) {
      left[k][i] = moved[k];
    }
  }

  /** q that takes in a lower power: its coefficient over {@code factor} times the highest. */
  private double[] inner(int power, int factor, double[] reach) {
    double[] q = new double[size];
    for (int i = 0; i < size; i++) {
      double each = left[power][i] / (factor * left[degree][i]);
      if (Math.abs(each) <= LARGEST_INNER * reach[groups[i]] * reach[groups[i]]) {
        q[i] = each;
        left[power][i] = 0;
      }
    }
    return q;
  }

  private Part plus(Part square, double[] q) {
    Part narrow = steps.narrowed(square);
    double[] shift = new double[size];
    Arrays.setAll(shift, i -> q[i] / narrow.slope()[i]);
    return steps.shifted(narrow, shift);
  }

  private void powers(Part w) {
    List<Part> made = new ArrayList<>(List.of(w)); // element k − 1 is the power k
    for (int k = 2; k <= degree; k++) {
      made.add(isNeeded(k) ? steps.multiplied(made.get((k + 1) / 2 - 1), made.get(k / 2 - 1)) : w);
    }
    for (int k = degree; k > 1; k--) {
      take(k, made.get(k - 1));
    }
  }

  /** Whether a power is read, or half of a higher one that is. */
  private boolean isNeeded(int power) {
    for (int k = power; k <= degree; k++) {
      boolean half = (k + 1) / 2 == power || k / 2 == power;
      if (k == power ? isLeft(k) : half && isNeeded(k)) {
        return true;
      }
    }
    return false;
  }

  private boolean isLeft(int power) {
    return Arrays.stream(left[power]).anyMatch(c -> c != 0);
  }

  /** What is left of a power, as a part. */
  private void take(int power, Part computed) {
    if (isLeft(power)) {
      double[] slope = new double[size];
      Arrays.setAll(slope, i -> left[power][i] * computed.slope()[i]);
      parts.add(Part.linear(computed.node(), computed.values(), slope));
    }
  }
}
