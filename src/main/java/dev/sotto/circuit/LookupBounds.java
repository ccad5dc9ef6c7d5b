package dev.sotto.circuit;

import java.util.Arrays;

/** Intervals of the results of lookups. */
final class LookupBounds {
  private LookupBounds() {}

  /**
   * The interval of each element: exact for affine lookups, which are monotone, and tables; the
   * lookup's range for others.
   */
  static Bounds of(Bounds x, Lookup lookup) {
    if (lookup instanceof TableLookup table) {
      Interval[] result = new Interval[x.size()];
      Arrays.setAll(result, i -> table.over(table.channelOf()[i], x.get(i)));
      return Bounds.of(result);
    }
    if (!(lookup instanceof AffineLookup affine)) {
      return Bounds.of(x.size(), lookup.range());
    }
    Interval[] result = new Interval[x.size()];
    Arrays.setAll(
        result,
        i -> {
          Interval in = x.get(i);
          double[] ends = affine.apply(affine.channelOf()[i], new double[] {in.lo(), in.hi()});
          return new Interval((long) Math.min(ends[0], ends[1]), (long) Math.max(ends[0], ends[1]));
        });
    return Bounds.of(result);
  }
}
