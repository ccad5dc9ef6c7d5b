package dev.sotto.numpy.ml;

import dev.sotto.numpy.ml.TreeEnsemble.Aggregation;
import dev.sotto.numpy.ml.TreeEnsemble.Mode;
import dev.sotto.onnx.Node;
import dev.sotto.onnx.OnnxError;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a TreeEnsemble node (ai.onnx.ml 5), whose inner nodes and leaves are separate lists. */
final class CompactTreeReader {
  private final Node node;

  private CompactTreeReader(Node node) {
    this.node = node;
  }

  static TreeEnsemble read(Node node) {
    return new CompactTreeReader(node).read();
  }

  private TreeEnsemble read() {
    long[] features = longs("nodes_featureids");
    int inner = features.length;
    Tensor splits = tensor("nodes_splits");
    Tensor modeNumbers = tensor("nodes_modes");
    long[] leafTargets = longs("leaf_targetids");
    Tensor leafWeights = tensor("leaf_weights");
    int targetCount = Math.toIntExact(node.intAttribute("n_targets", 1));
    int leaves = leafTargets.length;
    require(
        splits.size() == inner && modeNumbers.size() == inner && leafWeights.size() == leaves,
        "the nodes_* or leaf_* attributes differ in length");
    Mode[] modes = new Mode[inner];
    for (int i = 0; i < inner; i++) {
      long mode = modeNumbers.getLong(i);
      require(mode >= 0 && mode < Mode.values().length, "node mode " + mode + " is not known");
      modes[i] = Mode.values()[(int) mode];
    }
    for (long target : leafTargets) {
      require(target >= 0 && target < targetCount, "leaf target " + target + " does not exist");
    }
    long @Nullable [] missing = node.intsAttribute("nodes_missing_value_tracks_true");
    boolean[] tracksTrue = new boolean[inner];
    for (int i = 0; missing != null && i < Math.min(inner, missing.length); i++) {
      tracksTrue[i] = missing[i] != 0;
    }
    int[] whenTrue = branches("nodes_truenodeids", "nodes_trueleafs", inner, leaves);
    int[] whenFalse = branches("nodes_falsenodeids", "nodes_falseleafs", inner, leaves);
    int[] roots = roots(inner);
    requireTrees(roots, whenTrue, whenFalse);
    int[] starts = new int[leaves + 1];
    Arrays.setAll(starts, i -> i);
    return new TreeEnsemble(
        roots,
        ints(features),
        splits.toDoubles(),
        modes,
        members(modes),
        tracksTrue,
        whenTrue,
        whenFalse,
        starts,
        ints(leafTargets),
        leafWeights.toDoubles(),
        new double[0],
        targetCount,
        numbered(Aggregation.values(), "aggregate_function", 1),
        numbered(PostTransform.values(), "post_transform", 0),
        null,
        splits.type() == ElementType.DOUBLE);
  }

  private int[] roots(int inner) {
    int[] roots = ints(longs("tree_roots"));
    for (int root : roots) {
      require(root >= 0 && root < inner, "tree root " + root + " does not exist");
    }
    return roots;
  }

  private int[] branches(String ids, String areLeaves, int inner, int leaves) {
    long[] numbers = longs(ids);
    long[] flags = longs(areLeaves);
    require(numbers.length == inner && flags.length == inner, ids + " differs in length");
    int[] references = new int[inner];
    for (int i = 0; i < inner; i++) {
      boolean leaf = flags[i] != 0;
      require(
          numbers[i] >= 0 && numbers[i] < (leaf ? leaves : inner),
          ids + " of node " + i + " leads to " + numbers[i]);
      references[i] = leaf ? ~(int) numbers[i] : (int) numbers[i];
    }
    return references;
  }

  /** With at most one parent for a node and none for a root, no walk from a root ever loops. */
  private void requireTrees(int[] roots, int[] whenTrue, int[] whenFalse) {
    boolean[] hasParent = new boolean[whenTrue.length];
    for (int[] branches : new int[][] {whenTrue, whenFalse}) {
      for (int child : branches) {
        require(child < 0 || !hasParent[child], "node " + child + " has two parents");
        if (child >= 0) {
          hasParent[child] = true;
        }
      }
    }
    for (int root : roots) {
      require(!hasParent[root], "tree root " + root + " has a parent");
    }
  }

  /** The sets of the MEMBER nodes, which the file holds one after the other, each ended by NaN. */
  private double @Nullable [][] members(Mode[] modes) {
    if (!Arrays.asList(modes).contains(Mode.MEMBER)) {
      return null;
    }
    List<double[]> sets = new ArrayList<>();
    double[] values = tensor("membership_values").toDoubles();
    for (int i = 0, from = 0; i < values.length; i++) {
      if (Double.isNaN(values[i])) {
        double[] set = Arrays.copyOfRange(values, from, i);
        Arrays.sort(set);
        sets.add(set);
        from = i + 1;
      }
    }
    double[][] members = new double[modes.length][];
    int next = 0;
    for (int i = 0; i < modes.length; i++) {
      members[i] = new double[0];
      if (modes[i] == Mode.MEMBER) {
        require(next < sets.size(), "membership_values has fewer sets than there are nodes");
        members[i] = sets.get(next++);
      }
    }
    return members;
  }

  private <T> T numbered(T[] values, String attribute, long otherwise) {
    long number = node.intAttribute(attribute, otherwise);
    require(number >= 0 && number < values.length, attribute + " " + number + " is not known");
    return values[(int) number];
  }

  private long[] longs(String attribute) {
    long @Nullable [] values = node.intsAttribute(attribute);
    require(values != null, "attribute " + attribute + " is missing");
    return java.util.Objects.requireNonNull(values);
  }

  private Tensor tensor(String attribute) {
    Tensor tensor = node.tensorAttribute(attribute);
    require(tensor != null, "attribute " + attribute + " is missing");
    return java.util.Objects.requireNonNull(tensor);
  }

  private static int[] ints(long[] values) {
    return Arrays.stream(values).mapToInt(Math::toIntExact).toArray();
  }

  private void require(boolean condition, String otherwise) {
    if (!condition) {
      throw SottoException.of(OnnxError.ATTRIBUTE, node.place(), otherwise + ".");
    }
  }
}
