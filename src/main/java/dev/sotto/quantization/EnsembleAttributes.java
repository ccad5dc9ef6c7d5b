package dev.sotto.quantization;

import dev.sotto.numpy.ml.TreeEnsemble;
import dev.sotto.numpy.ml.TreeEnsemble.Mode;
import dev.sotto.onnx.Attribute;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes trees, node by node, as the attributes of a TreeEnsembleRegressor of ai.onnx.ml. */
final class EnsembleAttributes {
  private final boolean inDouble;
  private final List<Long> trees = new ArrayList<>();
  private final List<Long> ids = new ArrayList<>();
  private final List<Long> features = new ArrayList<>();
  private final List<String> modes = new ArrayList<>();
  private final List<Double> thresholds = new ArrayList<>();
  private final List<Long> missing = new ArrayList<>();
  private final List<Long> whenTrue = new ArrayList<>();
  private final List<Long> whenFalse = new ArrayList<>();
  private final List<Long> leafTrees = new ArrayList<>();
  private final List<Long> leafIds = new ArrayList<>();
  private final List<Long> targets = new ArrayList<>();
  private final List<Double> weights = new ArrayList<>();
  private long tree = -1;
  private long nextId;

  /**
   * No trees yet.
   *
   * @param inDouble whether thresholds and weights are doubles, and sums are kept in double
   */
  EnsembleAttributes(boolean inDouble) {
    this.inDouble = inDouble;
  }

  /** The trees of an ensemble whose weights are summed. */
  static Map<String, Attribute> of(TreeEnsemble ensemble) {
    EnsembleAttributes attributes = new EnsembleAttributes(ensemble.inDouble());
    for (int root : ensemble.roots()) {
      attributes.beginTree();
      attributes.add(ensemble, root);
    }
    return attributes.build(ensemble.targetCount());
  }

  private int add(TreeEnsemble ensemble, int reference) {
    if (reference < 0) {
      int leaf = addLeaf();
      for (int k = ensemble.leafStarts()[~reference]; k < ensemble.leafStarts()[-reference]; k++) {
        addWeight(leaf, ensemble.targets()[k], ensemble.weights()[k]);
      }
      return leaf;
    }
    int node =
        addNode(
            ensemble.features()[reference],
            ensemble.modes()[reference],
            ensemble.thresholds()[reference],
            ensemble.missingTracksTrue()[reference]);
    int first = add(ensemble, ensemble.trueBranches()[reference]);
    setBranches(node, first, add(ensemble, ensemble.falseBranches()[reference]));
    return node;
  }

  /** Begins a tree; its first node is the root. */
  void beginTree() {
    tree++;
    nextId = 0;
  }

  /** Adds an inner node and returns its place. */
  int addNode(int feature, Mode mode, double threshold, boolean missingTracksTrue) {
    return add(feature, "BRANCH_" + mode, threshold, missingTracksTrue);
  }

  /** Adds a leaf and returns its place. */
  int addLeaf() {
    return add(0, "LEAF", 0, false);
  }

  private int add(int feature, String mode, double threshold, boolean missingTracksTrue) {
    trees.add(tree);
    ids.add(nextId++);
    features.add((long) feature);
    modes.add(mode);
    thresholds.add(threshold);
    missing.add(missingTracksTrue ? 1L : 0L);
    whenTrue.add(0L);
    whenFalse.add(0L);
    return ids.size() - 1;
  }

  /** Says where an inner node leads. */
  void setBranches(int node, int placeWhenTrue, int placeWhenFalse) {
    whenTrue.set(node, ids.get(placeWhenTrue));
    whenFalse.set(node, ids.get(placeWhenFalse));
  }

  /** Adds what a leaf adds to a target. */
  void addWeight(int leaf, int target, double weight) {
    leafTrees.add(trees.get(leaf));
    leafIds.add(ids.get(leaf));
    targets.add((long) target);
    weights.add(weight);
  }

  /** The attributes. */
  Map<String, Attribute> build(int targetCount) {
    Map<String, Attribute> result = new LinkedHashMap<>();
    result.put("n_targets", new Attribute.IntValue(targetCount));
    result.put("nodes_treeids", ints(trees));
    result.put("nodes_nodeids", ints(ids));
    result.put("nodes_featureids", ints(features));
    result.put("nodes_modes", new Attribute.StringsValue(List.copyOf(modes)));
    putNumbers(result, "nodes_values", thresholds);
    result.put("nodes_missing_value_tracks_true", ints(missing));
    result.put("nodes_truenodeids", ints(whenTrue));
    result.put("nodes_falsenodeids", ints(whenFalse));
    result.put("target_treeids", ints(leafTrees));
    result.put("target_nodeids", ints(leafIds));
    result.put("target_ids", ints(targets));
    putNumbers(result, "target_weights", weights);
    return result;
  }

  private static Attribute ints(List<Long> list) {
    return new Attribute.IntsValue(list.stream().mapToLong(Long::longValue).toArray());
  }

  private void putNumbers(Map<String, Attribute> result, String name, List<Double> numbers) {
    double[] doubles = numbers.stream().mapToDouble(Double::doubleValue).toArray();
    Tensor tensor = Tensor.of(Shape.of(doubles.length), doubles);
    if (inDouble) {
      result.put(name + "_as_tensor", new Attribute.TensorValue(tensor));
    } else {
      result.put(name, new Attribute.FloatsValue(tensor.toFloats()));
    }
  }
}
