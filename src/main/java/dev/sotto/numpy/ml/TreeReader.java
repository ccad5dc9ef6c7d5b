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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the node lists of TreeEnsembleClassifier and TreeEnsembleRegressor. */
final class TreeReader {
  private final Node node;
  private final boolean classifier;
  private final long[] treeIds;
  private final long[] nodeIds;
  private final List<String> modeNames;
  private final Map<Long, Map<Long, Integer>> positions = new HashMap<>();
  private final int[] references;

  private TreeReader(Node node) {
    this.node = node;
    classifier = node.opType().equals("TreeEnsembleClassifier");
    treeIds = longs("nodes_treeids");
    nodeIds = longs("nodes_nodeids");
    List<String> names = node.stringsAttribute("nodes_modes");
    modeNames = names == null ? List.of() : names;
    if (treeIds.length != nodeIds.length || modeNames.size() != nodeIds.length) {
      throw refused("nodes_treeids, nodes_nodeids and nodes_modes differ in length");
    }
    references = new int[treeIds.length];
    int inner = 0;
    int leaves = 0;
    for (int i = 0; i < treeIds.length; i++) {
      Map<Long, Integer> tree = positions.computeIfAbsent(treeIds[i], id -> new HashMap<>());
      if (tree.put(nodeIds[i], i) != null) {
        throw refused("tree " + treeIds[i] + " has two nodes " + nodeIds[i]);
      }
      references[i] = modeNames.get(i).equals("LEAF") ? ~leaves++ : inner++;
    }
  }

  static TreeEnsemble read(Node node) {
    return new TreeReader(node).read();
  }

  private TreeEnsemble read() {
    int inner = (int) Arrays.stream(references).filter(reference -> reference >= 0).count();
    int[] features = new int[inner];
    double[] thresholds = new double[inner];
    Mode[] modes = new Mode[inner];
    boolean[] missing = new boolean[inner];
    int[] whenTrue = new int[inner];
    int[] whenFalse = new int[inner];
    boolean[] isChild = new boolean[references.length];
    long[] featureIds = longs("nodes_featureids");
    double[] values = numbers("nodes_values");
    long[] trueIds = longs("nodes_truenodeids");
    long[] falseIds = longs("nodes_falsenodeids");
    long[] tracksTrue = node.intsAttribute("nodes_missing_value_tracks_true");
    requireLength(featureIds.length, values.length, trueIds.length, falseIds.length);
    for (int i = 0; i < references.length; i++) {
      int at = references[i];
      if (at >= 0) {
        features[at] = Math.toIntExact(featureIds[i]);
        thresholds[at] = values[i];
        modes[at] = mode(modeNames.get(i));
        missing[at] = tracksTrue != null && i < tracksTrue.length && tracksTrue[i] != 0;
        whenTrue[at] = child(i, trueIds[i], isChild);
        whenFalse[at] = child(i, falseIds[i], isChild);
      }
    }
    return withLeaves(roots(isChild), features, thresholds, modes, missing, whenTrue, whenFalse);
  }

  private void requireLength(int... lengths) {
    for (int length : lengths) {
      if (length != references.length) {
        throw refused("the nodes_* attributes differ in length");
      }
    }
  }

  private int child(int parent, long id, boolean[] isChild) {
    int position = position(treeIds[parent], id);
    if (isChild[position] || position == parent) {
      throw refused("tree " + treeIds[parent] + " reaches node " + id + " twice");
    }
    isChild[position] = true;
    return references[position];
  }

  private int position(long tree, long id) {
    Integer position = positions.getOrDefault(tree, Map.of()).get(id);
    if (position == null) {
      throw refused("tree " + tree + " has no node " + id);
    }
    return position;
  }

  /** The one node of each tree that is no child, in the order of the trees in the file. */
  private int[] roots(boolean[] isChild) {
    List<Integer> roots = new ArrayList<>();
    Map<Long, Integer> seen = new HashMap<>();
    for (int i = 0; i < isChild.length; i++) {
      if (!isChild[i]) {
        if (seen.put(treeIds[i], i) != null) {
          throw refused("tree " + treeIds[i] + " has two roots");
        }
        roots.add(references[i]);
      }
    }
    if (seen.size() != positions.size()) {
      throw refused("a tree has no root: its nodes form a cycle");
    }
    return roots.stream().mapToInt(Integer::intValue).toArray();
  }

  private TreeEnsemble withLeaves(
      int[] roots,
      int[] features,
      double[] thresholds,
      Mode[] modes,
      boolean[] missing,
      int[] whenTrue,
      int[] whenFalse) {
    String kind = classifier ? "class" : "target";
    long[] leafTrees = longs(kind + "_treeids");
    long[] leafNodes = longs(kind + "_nodeids");
    long[] ids = longs(kind + "_ids");
    double[] weights = numbers(kind + "_weights");
    if (leafTrees.length != ids.length
        || leafNodes.length != ids.length
        || weights.length != ids.length) {
      throw refused("the " + kind + "_* attributes differ in length");
    }
    ClassLabels labels =
        classifier ? ClassLabels.of(node, "classlabels_int64s", "classlabels_strings") : null;
    boolean oneScore =
        labels != null && labels.size() == 2 && Arrays.stream(ids).distinct().count() == 1;
    int targetCount =
        labels == null
            ? Math.toIntExact(node.intAttribute("n_targets", 1))
            : (oneScore ? 1 : labels.size());
    LeafEntries entries = new LeafEntries(references.length - features.length);
    for (int i = 0; i < ids.length; i++) {
      int reference = references[position(leafTrees[i], leafNodes[i])];
      long id = oneScore ? 0 : ids[i];
      if (reference >= 0 || id < 0 || id >= targetCount) {
        throw refused(
            "weight "
                + i
                + " belongs to target "
                + ids[i]
                + " of node "
                + leafNodes[i]
                + ", which is no leaf or no target");
      }
      entries.add(~reference, (int) id, weights[i]);
    }
    return new TreeEnsemble(
        roots,
        features,
        thresholds,
        modes,
        null,
        missing,
        whenTrue,
        whenFalse,
        entries.starts(),
        entries.targets(),
        entries.weights(),
        node.has("base_values") || node.has("base_values_as_tensor")
            ? numbers("base_values")
            : new double[0],
        targetCount,
        classifier ? Aggregation.SUM : aggregation(),
        PostTransform.of(node),
        labels,
        isDouble());
  }

  private boolean isDouble() {
    Tensor values = node.tensorAttribute("nodes_values_as_tensor");
    return values != null && values.type() == ElementType.DOUBLE;
  }

  private Aggregation aggregation() {
    String name = node.stringAttribute("aggregate_function", "SUM");
    for (Aggregation aggregation : Aggregation.values()) {
      if (aggregation.name().equals(name)) {
        return aggregation;
      }
    }
    throw refused("aggregate_function " + name + " is not known");
  }

  private Mode mode(String name) {
    return switch (name) {
      case "BRANCH_LEQ" -> Mode.LEQ;
      case "BRANCH_LT" -> Mode.LT;
      case "BRANCH_GTE" -> Mode.GTE;
      case "BRANCH_GT" -> Mode.GT;
      case "BRANCH_EQ" -> Mode.EQ;
      case "BRANCH_NEQ" -> Mode.NEQ;
      default -> throw refused("node mode " + name + " is not known");
    };
  }

  private long[] longs(String attribute) {
    long @Nullable [] values = node.intsAttribute(attribute);
    return values == null ? new long[0] : values;
  }

  /** Floats, or the double tensor that stands in their place. */
  private double[] numbers(String attribute) {
    Tensor tensor = node.tensorAttribute(attribute + "_as_tensor");
    if (tensor != null) {
      return tensor.toDoubles();
    }
    float @Nullable [] floats = node.floatsAttribute(attribute);
    double[] values = new double[floats == null ? 0 : floats.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = java.util.Objects.requireNonNull(floats)[i];
    }
    return values;
  }

  private SottoException refused(String detail) {
    return SottoException.of(OnnxError.ATTRIBUTE, node.place(), detail + ".");
  }
}
