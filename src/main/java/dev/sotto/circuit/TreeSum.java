package dev.sotto.circuit;

import java.util.List;

/**
 * An ensemble of binary trees over threshold bits: the sum over all trees of the leaf that the bits
 * lead to.
 *
 * <p>Clear evaluation walks from the root; encrypted evaluation computes {@code T(node) = T_right +
 * bit · (T_left − T_right)}. Leaves are rows of {@code outputs} integers.
 */
public final class TreeSum {
  /**
   * One tree, its inner nodes and leaves numbered apart.
   *
   * @param bit the bit that each inner node reads
   * @param whenSet child where the bit is 1: an inner node's number, or −1 − leaf
   * @param whenClear child where the bit is 0: an inner node's number, or −1 − leaf
   * @param leaves {@code leaf · outputs} integers
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Tree(int[] bit, int[] whenSet, int[] whenClear, long[] leaves) {
    /** The number of the root: inner node 0, or leaf 0 (as −1) when there is no inner node. */
    public int root() {
      return bit.length == 0 ? -1 : 0;
    }
  }

  private final List<Tree> trees;
  private final int outputs;
  private final Interval[] intervals;

  /** An ensemble of trees whose leaves hold {@code outputs} integers. */
  public TreeSum(List<Tree> trees, int outputs) {
    this.trees = List.copyOf(trees);
    this.outputs = outputs;
    this.intervals = sums();
  }

  /** The trees. */
  public List<Tree> trees() {
    return trees;
  }

  /** The number of integers in a leaf and in the result. */
  public int outputs() {
    return outputs;
  }

  /** The number of inner nodes of all trees. */
  public int nodes() {
    return trees.stream().mapToInt(t -> t.bit().length).sum();
  }

  /** For each output the interval of the sum. */
  public Interval[] intervals() {
    return intervals.clone();
  }

  private Interval[] sums() {
    Interval[] sums = new Interval[outputs];
    java.util.Arrays.fill(sums, Interval.of(0));
    for (Tree tree : trees) {
      int leaves = tree.leaves().length / outputs;
      for (int o = 0; o < outputs; o++) {
        Interval one = Interval.of(tree.leaves()[o]);
        for (int leaf = 1; leaf < leaves; leaf++) {
          one = one.union(Interval.of(tree.leaves()[leaf * outputs + o]));
        }
        sums[o] = sums[o].plus(one);
      }
    }
    return sums;
  }
}
