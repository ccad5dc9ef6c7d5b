package dev.sotto.circuit;

import java.util.Arrays;

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
    Interval[] result = new Interval[lo.length];
    Arrays.setAll(result, i -> get(i).clamp(interval));
    return of(result);
  }

  Bounds linear(WeightedSum sum) {
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
    Interval[] result = new Interval[lo.length];
    Arrays.setAll(result, i -> square ? get(i).square() : get(i).times(other.get(i)));
    return of(result);
  }

  Bounds add(Bounds other) {
    Interval[] result = new Interval[lo.length];
    Arrays.setAll(result, i -> get(i).plus(other.get(i)));
    return of(result);
  }

  static Bounds move(java.util.List<Bounds> operands, Move move) {
    Interval[] joined =
        operands.stream()
            .flatMap(b -> java.util.stream.IntStream.range(0, b.size()).mapToObj(b::get))
            .toArray(Interval[]::new);
    Interval[] result = new Interval[move.size()];
    Arrays.setAll(
        result, i -> move.source()[i] < 0 ? Interval.of(move.fill()) : joined[move.source()[i]]);
    return of(result);
  }
}
