package dev.sotto.slots.ring;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the strips of a layer: which sums are worked on together, over which terms. */
final class WeightStrips {
  /** What a strip costs beside its terms, in terms. */
  private static final int OVERHEAD = 8;

  /** Sums are alike if one adds at most one in so many terms to the others. */
  private static final int ALIKE = 8;

  private WeightStrips() {}

  /** Sums over the same terms. */
  private static final class Group {
    final BitSet terms;
    final List<Integer> sums = new ArrayList<>();

    Group(BitSet terms) {
      this.terms = terms;
    }

    static long cost(int terms, int sums) {
      return (long) (terms + OVERHEAD) * slots(sums);
    }

    long cost() {
      return cost(terms.cardinality(), sums.size());
    }

    /** The terms that another group would add to this one. */
    int growth(Group other) {
      BitSet more = (BitSet) other.terms.clone();
      more.andNot(terms);
      return more.cardinality();
    }

    /** Whether the two have nearly the same terms. */
    boolean isLike(Group other, int growth) {
      int union = terms.cardinality() + growth;
      int added = union - other.terms.cardinality();
      return growth <= union / ALIKE && added <= other.terms.cardinality() / 2;
    }

    /** What is gained by working on two groups as one. */
    long gain(Group other) {
      BitSet union = (BitSet) terms.clone();
      union.or(other.terms);
      return cost() + other.cost() - cost(union.cardinality(), sums.size() + other.sums.size());
    }

    void take(Group other) {
      terms.or(other.terms);
      sums.addAll(other.sums);
    }
  }

  /** Weights by what they are. */
  private record Content(double... weights) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Content that && Arrays.equals(weights, that.weights);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(weights);
    }
  }

  /** The strips of a layer, given each sum's terms (ascending) and their weights. */
  static List<WeightStrip> of(int terms, int[][] indices, int[][] weights) {
    List<WeightStrip> strips = new ArrayList<>();
    Map<Content, double[]> known = new HashMap<>();
    for (Group group : groups(indices)) {
      if (group.terms.isEmpty()) {
        group.terms.set(0);
      }
      int[] used = group.terms.stream().toArray();
      int[] starts = starts(terms, used);
      int[] places = Arrays.stream(used).map(k -> k % WeightedSums.BLOCK).toArray();
      int[] sums = group.sums.stream().mapToInt(Integer::intValue).sorted().toArray();
      for (int m = 0, height; m < sums.length; m += height) {
        height = height(sums.length - m);
        int[] some = Arrays.copyOfRange(sums, m, Math.min(sums.length, m + height));
        double[] packed = pack(some, height, used, indices, weights);
        packed = known.merge(new Content(packed), packed, (first, same) -> first);
        strips.add(new WeightStrip(height, some, places, starts, packed));
      }
    }
    return List.copyOf(strips);
  }

  private static List<Group> groups(int[][] indices) {
    Map<BitSet, Group> same = new LinkedHashMap<>();
    for (int m = 0; m < indices.length; m++) {
      BitSet terms = new BitSet();
      for (int k : indices[m]) {
        terms.set(k);
      }
      same.computeIfAbsent((BitSet) terms.clone(), key -> new Group(terms)).sums.add(m);
    }
    return joinedByGain(joinedIfAlike(List.copyOf(same.values())));
  }

  /** Sums that differ in a few weights that happen to be zero; fuller ones first. */
  private static List<Group> joinedIfAlike(List<Group> groups) {
    List<Group> sorted = new ArrayList<>(groups);
    sorted.sort(Comparator.comparingInt((Group group) -> group.terms.cardinality()).reversed());
    List<Group> joined = new ArrayList<>();
    for (Group group : sorted) {
      Group best = null;
      int least = Integer.MAX_VALUE;
      for (Group candidate : joined) {
        int growth = candidate.growth(group);
        if (growth < least && candidate.isLike(group, growth)) {
          least = growth;
          best = candidate;
        }
      }
      if (best == null) {
        joined.add(group);
      } else {
        best.take(group);
      }
    }
    return joined;
  }

  private static List<Group> joinedByGain(List<Group> groups) {
    List<Group> joined = new ArrayList<>();
    for (Group group : groups) {
      Group best = null;
      long most = 0;
      for (Group candidate : joined) {
        long gain = candidate.gain(group);
        if (gain > most) {
          most = gain;
          best = candidate;
        }
      }
      if (best == null) {
        joined.add(group);
      } else {
        best.take(group);
      }
    }
    return joined;
  }

  /** Sums held in registers over all strips of so many sums: an even number. */
  private static int slots(int sums) {
    return Math.max(WeightStrip.LOW, (sums + 1) / 2 * 2);
  }

  /** The height of the next strip of so many sums: low where high ones would not fill up. */
  private static int height(int sums) {
    return slots(sums) % WeightStrip.HIGH == 0 || slots(sums) > 2 * WeightStrip.LOW
        ? WeightStrip.HIGH
        : WeightStrip.LOW;
  }

  private static int[] starts(int terms, int[] used) {
    int blocks = (terms + WeightedSums.BLOCK - 1) / WeightedSums.BLOCK;
    int[] starts = new int[blocks + 1];
    int i = 0;
    for (int b = 0; b <= blocks; b++) {
      while (i < used.length && used[i] < b * WeightedSums.BLOCK) {
        i++;
      }
      starts[b] = i;
    }
    return starts;
  }

  private static double[] pack(
      int[] sums, int height, int[] used, int[][] indices, int[][] weights) {
    double[] packed = new double[used.length * height];
    for (int row = 0; row < sums.length; row++) {
      int[] own = indices[sums[row]];
      for (int i = 0; i < own.length; i++) {
        int place = Arrays.binarySearch(used, own[i]);
        packed[place * height + row] = weights[sums[row]][i];
      }
    }
    return packed;
  }
}
