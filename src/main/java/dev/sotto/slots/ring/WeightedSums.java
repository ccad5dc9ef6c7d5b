package dev.sotto.slots.ring;

import java.util.Arrays;
import java.util.List;

/**
 * A linear layer with whole-number weights, ready for the kernels: many sums of the same terms.
 *
 * <p>Shape (sums, terms). Weights have size below 2<sup>26</sup>. Made once per layer: sums that
 * use about the same terms are worked on together and no others, so that a convolution written as
 * one large matrix of mostly zeros costs its windows only. Immutable; kernels take a {@link
 * Workspace} beside it.
 */
public final class WeightedSums {
  /** Weights have a size below 2 to this power. */
  public static final int WEIGHT_BITS = 26;

  /** Terms whose residues are packed at a time. */
  static final int BLOCK = 256;

  /** Residues packed at a time at most, of all terms of a block. */
  static final int PACKED = BLOCK * 256;

  /** Columns worked on at a time; kernels want a multiple of it. */
  public static final int COLUMNS = 64;

  private final int terms;
  private final int[][] indices;
  private final int[][] weights;
  private final List<WeightStrip> strips;
  private volatile Plan[] plans = {};

  private WeightedSums(int terms, int[][] indices, int[][] weights) {
    this.terms = terms;
    this.indices = indices;
    this.weights = weights;
    this.strips = WeightStrips.of(terms, indices, weights);
  }

  /**
   * The layer with these weights; zeros are dropped.
   *
   * @param weights one row per sum, one column per term; at least one of each
   */
  public static WeightedSums of(int[][] weights) {
    int sums = weights.length;
    int terms = sums == 0 ? 0 : weights[0].length;
    int[][] indices = new int[sums][];
    int[][] kept = new int[sums][];
    for (int m = 0; m < sums; m++) {
      int[] row = weights[m];
      if (row.length != terms) {
        throw new IllegalArgumentException(
            "rows of " + terms + " weights expected; row " + m + " has " + row.length);
      }
      int count = 0;
      for (int weight : row) {
        count += weight != 0 ? 1 : 0;
      }
      indices[m] = new int[count];
      kept[m] = new int[count];
      for (int k = 0, i = 0; k < terms; k++) {
        if (row[k] != 0) {
          indices[m][i] = k;
          kept[m][i++] = row[k];
        }
      }
    }
    return sparse(terms, indices, kept);
  }

  /**
   * The layer whose sums use these terms.
   *
   * @param terms the number of terms
   * @param indices for each sum its terms, ascending
   * @param weights for each sum the weights of those
   */
  public static WeightedSums sparse(int terms, int[][] indices, int[][] weights) {
    if (terms < 1 || indices.length < 1) {
      throw new IllegalArgumentException("at least one sum of one term expected");
    }
    if (indices.length != weights.length) {
      throw new IllegalArgumentException(
          "weights of " + indices.length + " sums expected, not of " + weights.length);
    }
    int[][] ownIndices = new int[indices.length][];
    int[][] ownWeights = new int[indices.length][];
    for (int m = 0; m < indices.length; m++) {
      check(terms, m, indices[m], weights[m]);
      ownIndices[m] = indices[m].clone();
      ownWeights[m] = weights[m].clone();
    }
    return new WeightedSums(terms, ownIndices, ownWeights);
  }

  private static void check(int terms, int sum, int[] indices, int[] weights) {
    if (indices.length != weights.length) {
      throw new IllegalArgumentException(
          "as many weights as terms expected in sum "
              + sum
              + ": "
              + indices.length
              + " terms, "
              + weights.length
              + " weights");
    }
    int last = -1;
    for (int i = 0; i < indices.length; i++) {
      if (indices[i] <= last || indices[i] >= terms) {
        throw new IllegalArgumentException(
            "ascending terms below "
                + terms
                + " expected in sum "
                + sum
                + ": "
                + indices[i]
                + " after "
                + last);
      }
      last = indices[i];
      if (Math.abs((long) weights[i]) >= 1L << WEIGHT_BITS) {
        throw new IllegalArgumentException(
            "weights below 2^" + WEIGHT_BITS + " in size expected, not " + weights[i]);
      }
    }
  }

  /** The number of sums. */
  public int sums() {
    return indices.length;
  }

  /** The number of terms. */
  public int terms() {
    return terms;
  }

  /** The weight of a term in a sum. */
  public int weight(int sum, int term) {
    int place = Arrays.binarySearch(indices[sum], term);
    return place < 0 ? 0 : weights[sum][place];
  }

  /** The sum of the sizes of a sum's weights. */
  public double absoluteWeights(int sum) {
    double total = 0;
    for (int weight : weights[sum]) {
      total += Math.abs(weight);
    }
    return total;
  }

  /** The sum of the sizes of a sum's weights, each times that of its term. */
  public double absoluteWeights(int sum, double[] sizes) {
    double total = 0;
    for (int i = 0; i < indices[sum].length; i++) {
      total += Math.abs((double) weights[sum][i]) * sizes[indices[sum][i]];
    }
    return total;
  }

  /** The square root of the sum of squares of a sum's weights, each times that of its term. */
  public double rootSquares(int sum, double[] sizes) {
    double total = 0;
    for (int i = 0; i < indices[sum].length; i++) {
      double size = weights[sum][i] * sizes[indices[sum][i]];
      total += size * size;
    }
    return Math.sqrt(total);
  }

  /** The strips the sums are worked on in. */
  List<WeightStrip> strips() {
    return strips;
  }

  /** The number of blocks in which terms are taken. */
  public int blocks() {
    return (terms + BLOCK - 1) / BLOCK;
  }

  /** The number of terms in a block: as many in all but the last. */
  public int terms(int block) {
    return Math.min(BLOCK, terms - block * BLOCK);
  }

  /** How to work modulo a prime: found once. */
  Plan plan(Modulus q) {
    for (Plan plan : plans) {
      if (plan.prime == q.value()) {
        return plan;
      }
    }
    return makePlan(q);
  }

  private synchronized Plan makePlan(Modulus q) {
    for (Plan plan : plans) {
      if (plan.prime == q.value()) {
        return plan;
      }
    }
    Plan plan = Plan.choose(strips, q);
    Plan[] longer = Arrays.copyOf(plans, plans.length + 1);
    longer[plans.length] = plan;
    plans = longer;
    return plan;
  }

  /**
   * Undivided residues, reduced after some terms, or halves of 25 bits, joined after all of them.
   *
   * <p>Every partial sum stays within 2<sup>53</sup>: a stretch of terms is as long as the weights
   * themselves allow.
   */
  static final class Plan {
    /** Halves of a residue: x = high · 2<sup>25</sup> + low. */
    static final double RADIX = 1 << 25;

    /** What reducing costs beside one multiply-add, about; it is done once per stretch. */
    private static final double REDUCTION = 6;

    /**
     * Sizes of weights that halves, of size at most 2<sup>25</sup>, can take: low ones with room.
     */
    private static final long SPLIT_BUDGET = (1L << 28) - 1;

    private final long prime;
    private final boolean split;
    private final int[] stretches;
    private final double work;

    private Plan(long prime, boolean split, int[] stretches, double work) {
      this.prime = prime;
      this.split = split;
      this.work = work;
      this.stretches = stretches;
    }

    private static Plan choose(List<WeightStrip> strips, Modulus q) {
      long half = q.value() / 2 + 1;
      long budget = ((1L << 53) - 1) / half - 1;
      int[] direct = new int[strips.size()];
      double directCost = 0;
      double splitCost = 0;
      for (int s = 0; s < direct.length; s++) {
        WeightStrip strip = strips.get(s);
        direct[s] = strip.stretch(budget);
        double work = (double) strip.terms.length * strip.height;
        // Without room for a single term this is infinite.
        directCost += work * (1 + REDUCTION / Math.min(direct[s], BLOCK));
        splitCost += work * 2;
      }
      if (directCost <= splitCost) {
        return new Plan(q.value(), false, direct, directCost);
      }
      int[] stretches = new int[strips.size()];
      for (int s = 0; s < stretches.length; s++) {
        stretches[s] = strips.get(s).stretch(SPLIT_BUDGET);
      }
      return new Plan(q.value(), true, stretches, splitCost);
    }

    /** Multiply-adds for one column of residues, reductions included. */
    double work() {
      return work;
    }

    /** Whether residues are split in halves. */
    boolean split() {
      return split;
    }

    /** The number of terms of a strip after which its sums must be reduced. */
    int stretch(int strip) {
      return stretches[strip];
    }
  }

  /** Scratch memory of the kernels, a megabyte: one per thread, for any layers. */
  public static final class Workspace {
    /** Packed residues of a block of terms, or twice as many halves. */
    final double[] panels = new double[2 * PACKED];

    /** Sums of a strip. */
    final double[] tile = new double[2 * WeightStrip.HIGH * COLUMNS];
  }
}
