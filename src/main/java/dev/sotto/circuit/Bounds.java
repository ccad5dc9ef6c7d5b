package dev.sotto.circuit;

import java.util.Arrays;
import java.util.List;

/**
 * An interval for every element of a row, proved by interval arithmetic.
 *
 * <p>Every operation takes the bounds of its operands and gives those of its result.
 */
public final class Bounds {
  private final long[] lo;
  private final long[] hi;

  private Bounds(long[] lo, long[] hi) {
    this.lo = lo;
    this.hi = hi;
  }

  /** The same interval for {@code size} elements. */
  public static Bounds of(int size, Interval interval) {
    long[] lo = new long[size];
    long[] hi = new long[size];
    Arrays.fill(lo, interval.lo());
    Arrays.fill(hi, interval.hi());
    return new Bounds(lo, hi);
  }

  /** One interval per element. */
  public static Bounds of(Interval[] intervals) {
    return new Bounds(
        Arrays.stream(intervals).mapToLong(Interval::lo).toArray(),
        Arrays.stream(intervals).mapToLong(Interval::hi).toArray());
  }

  /** The number of elements. */
  public int size() {
    return lo.length;
  }

  /** The interval of one element. */
  public Interval get(int index) {
    return new Interval(lo[index], hi[index]);
  }

  /** The smallest interval that holds every element. */
  public Interval hull() {
    long least = 0;
    long most = 0;
    for (int i = 0; i < lo.length; i++) {
      least = i == 0 ? lo[i] : Math.min(least, lo[i]);
      most = i == 0 ? hi[i] : Math.max(most, hi[i]);
    }
    return new Interval(least, most);
  }

  Bounds within(Interval interval) {
    return within(of(size(), interval));
  }

  Bounds within(Bounds other) {
    requireEqualSizes(other);
    Interval[] result = new Interval[lo.length];
    Arrays.setAll(result, i -> get(i).clamp(other.get(i)));
    return of(result);
  }

  Bounds linear(WeightedSum sum) {
    double partial = sum.norm() * Math.max(hull().bound(), Math.abs((double) sum.padding()));
    if (partial > IntegerTensor.WIDE_BOUND) {
      throw new ArithmeticException("partial sums may reach " + partial);
    }
    long[] newLo = new long[sum.size()];
    long[] newHi = new long[sum.size()];
    for (int g = 0; g < sum.groups(); g++) {
      for (int p = 0; p < sum.positions(); p++) {
        for (int k = 0; k < sum.taps(); k++) {
          int source = sum.source(g, p, k);
          long least = source < 0 ? sum.padding() : lo[source];
          long most = source < 0 ? sum.padding() : hi[source];
          for (int n = 0; n < sum.outputs(); n++) {
            long weight = sum.weight(g, k, n);
            int to = sum.target(g, p, n);
            newLo[to] += weight * (weight >= 0 ? least : most);
            newHi[to] += weight * (weight >= 0 ? most : least);
          }
        }
      }
    }
    return new Bounds(newLo, newHi);
  }

  Bounds scale(Scaling scaling) {
    Interval[] result = new Interval[lo.length];
    Arrays.setAll(result, i -> get(i).times(scaling.factors()[i]));
    return of(result);
  }

  Bounds product(Bounds other, boolean square) {
    requireEqualSizes(other);
    Interval[] result = new Interval[lo.length];
    Arrays.setAll(result, i -> square ? get(i).square() : get(i).times(other.get(i)));
    return of(result);
  }

  Bounds add(Bounds other) {
    requireEqualSizes(other);
    Interval[] result = new Interval[lo.length];
    Arrays.setAll(result, i -> get(i).plus(other.get(i)));
    return of(result);
  }

  static Bounds move(List<Bounds> operands, Move move) {
    int[] start = new int[operands.size() + 1];
    for (int i = 0; i < operands.size(); i++) {
      start[i + 1] = start[i] + operands.get(i).size();
    }
    long[] joinedLo = new long[start[operands.size()]];
    long[] joinedHi = new long[start[operands.size()]];
    for (int i = 0; i < operands.size(); i++) {
      Bounds operand = operands.get(i);
      System.arraycopy(operand.lo, 0, joinedLo, start[i], operand.size());
      System.arraycopy(operand.hi, 0, joinedHi, start[i], operand.size());
    }
    long[] newLo = new long[move.size()];
    long[] newHi = new long[move.size()];
    for (int i = 0; i < newLo.length; i++) {
      int source = move.source()[i];
      newLo[i] = source < 0 ? move.fill() : joinedLo[source];
      newHi[i] = source < 0 ? move.fill() : joinedHi[source];
    }
    return new Bounds(newLo, newHi);
  }

  private void requireEqualSizes(Bounds other) {
    if (size() != other.size()) {
      throw new IllegalArgumentException("sizes differ: " + size() + " and " + other.size());
    }
  }
}
