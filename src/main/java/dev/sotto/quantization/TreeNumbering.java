package dev.sotto.quantization;

import dev.sotto.circuit.TreeSum;
import dev.sotto.numpy.ml.TreeEnsemble;
import java.util.ArrayList;
import java.util.List;

/** Numbers the nodes and leaves of one tree and writes its leaves as integers. */
final class TreeNumbering {
  private final TreeEnsemble ensemble;
  private final ThresholdBits bits;
  private final double unit;
  private final List<Integer> bit = new ArrayList<>();
  private final List<Integer> whenSet = new ArrayList<>();
  private final List<Integer> whenClear = new ArrayList<>();
  private final List<Long> leaves = new ArrayList<>();

  /**
   * An empty tree.
   *
   * @param unit value of one step of the leaves
   */
  TreeNumbering(TreeEnsemble ensemble, ThresholdBits bits, double unit) {
    this.ensemble = ensemble;
    this.bits = bits;
    this.unit = unit;
  }

  /** The tree of a root. */
  TreeSum.Tree tree(int root) {
    add(root);
    return new TreeSum.Tree(
        ints(bit),
        ints(whenSet),
        ints(whenClear),
        leaves.stream().mapToLong(Long::longValue).toArray());
  }

  private static int[] ints(List<Integer> list) {
    return list.stream().mapToInt(Integer::intValue).toArray();
  }

  private int add(int reference) {
    if (reference < 0) {
      return addLeaf(~reference);
    }
    ThresholdBits.Reading reading = bits.reading(ensemble, reference);
    int node = bit.size();
    bit.add(reading.bit());
    whenSet.add(0);
    whenClear.add(0);
    int first = add(ensemble.trueBranches()[reference]);
    int second = add(ensemble.falseBranches()[reference]);
    whenSet.set(node, reading.negated() ? second : first);
    whenClear.set(node, reading.negated() ? first : second);
    return node;
  }

  private int addLeaf(int leaf) {
    int outputs = ensemble.targetCount();
    double[] sums = new double[outputs];
    for (int k = ensemble.leafStarts()[leaf]; k < ensemble.leafStarts()[leaf + 1]; k++) {
      sums[ensemble.targets()[k]] += ensemble.weights()[k];
    }
    int number = leaves.size() / outputs;
    for (double sum : sums) {
      leaves.add(Math.round(Math.rint(sum / unit)));
    }
    return -1 - number;
  }
}
