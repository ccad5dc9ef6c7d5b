package dev.sotto.quantization;

import dev.sotto.onnx.Attribute;
import dev.sotto.onnx.Graph;
import dev.sotto.onnx.Node;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.onnx.ValueType;
import dev.sotto.onnx.ValueType.Dimension;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleSupplier;

/** Models of one random tree ensemble, with every kind of comparison and NaN branch. */
final class RandomEnsembles {
  static final int FEATURES = 4;

  private static final List<String> MODES =
      List.of("BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ");

  private final Random random;
  private final Map<String, List<Long>> longs = new HashMap<>();
  private final List<String> modes = new ArrayList<>();
  private final List<Double> thresholds = new ArrayList<>();
  private final List<Double> weights = new ArrayList<>();

  private RandomEnsembles(Random random) {
    this.random = random;
  }

  /**
   * A model of one ensemble.
   *
   * @param targets classes or targets that every leaf writes
   * @param weight draws a weight of a leaf
   * @param more other attributes, such as class labels, which make a classifier
   */
  static OnnxModel model(
      Random random, int[] targets, DoubleSupplier weight, Map<String, Attribute> more) {
    RandomEnsembles ensemble = new RandomEnsembles(random);
    boolean classifier = more.containsKey("classlabels_int64s");
    String kind = classifier ? "class" : "target";
    for (int tree = 0; tree < 7; tree++) {
      ensemble.grow(tree, new long[1], 4, kind, targets, weight);
    }
    Map<String, Attribute> attributes = new LinkedHashMap<>(more);
    ensemble.longs.forEach(
        (name, list) ->
            attributes.put(
                name, new Attribute.IntsValue(list.stream().mapToLong(Long::longValue).toArray())));
    attributes.put("nodes_modes", new Attribute.StringsValue(ensemble.modes));
    attributes.put("nodes_values", floats(ensemble.thresholds));
    attributes.put(kind + "_weights", floats(ensemble.weights));
    if (!classifier) {
      attributes.put("n_targets", new Attribute.IntValue(targets.length));
    }
    return of(
        new Node(
            "trees",
            "ai.onnx.ml",
            classifier ? "TreeEnsembleClassifier" : "TreeEnsembleRegressor",
            List.of("x"),
            classifier ? List.of("label", "scores") : List.of("scores"),
            attributes));
  }

  /** A model of nodes from {@code x} to the outputs of the last. */
  static OnnxModel of(Node... nodes) {
    ValueType rows =
        new ValueType.TensorType(
            1, true, List.of(new Dimension(-1, "batch"), new Dimension(FEATURES, "")));
    List<Graph.Value> outputs =
        nodes[nodes.length - 1].outputs().stream()
            .map(name -> new Graph.Value(name, new ValueType.OtherType("")))
            .toList();
    Graph graph =
        new Graph(
            "ensemble",
            List.of(nodes),
            List.of(new Graph.Value("x", rows)),
            outputs,
            Map.of("mix", Tensor.of(Shape.of(FEATURES, FEATURES), mix())),
            Map.of());
    return new OnnxModel(graph, Map.of("", 21L, "ai.onnx.ml", 3L), 10, "", Map.of());
  }

  private static float[] mix() {
    float[] mix = new float[FEATURES * FEATURES];
    for (int i = 0; i < mix.length; i++) {
      mix[i] = i % 3 - 0.5f;
    }
    return mix;
  }

  private static Attribute floats(List<Double> list) {
    float[] array = new float[list.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = (float) (double) list.get(i);
    }
    return new Attribute.FloatsValue(array);
  }

  private void put(String name, long value) {
    longs.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
  }

  private long grow(
      long tree, long[] next, int depth, String kind, int[] targets, DoubleSupplier weight) {
    long id = next[0]++;
    boolean leaf = depth == 0 || (id > 0 && random.nextInt(5) == 0);
    put("nodes_treeids", tree);
    put("nodes_nodeids", id);
    put("nodes_featureids", random.nextInt(FEATURES));
    put("nodes_missing_value_tracks_true", leaf ? 0 : random.nextInt(2));
    put("nodes_truenodeids", 0);
    put("nodes_falsenodeids", 0);
    modes.add(leaf ? "LEAF" : MODES.get(random.nextInt(MODES.size())));
    thresholds.add(leaf ? 0 : random.nextInt(9) / 4.0 - 1);
    if (leaf) {
      for (int target : targets) {
        put(kind + "_treeids", tree);
        put(kind + "_nodeids", id);
        put(kind + "_ids", target);
        weights.add(weight.getAsDouble());
      }
      return id;
    }
    int place = longs.get("nodes_nodeids").size() - 1;
    long whenTrue = grow(tree, next, depth - 1, kind, targets, weight);
    longs.get("nodes_truenodeids").set(place, whenTrue);
    long whenFalse = grow(tree, next, depth - 1, kind, targets, weight);
    longs.get("nodes_falsenodeids").set(place, whenFalse);
    return id;
  }

  /** Rows on the grid of the thresholds, with NaN if wanted. */
  static Tensor rows(Random random, int count, boolean missing) {
    float[] x = new float[count * FEATURES];
    for (int i = 0; i < x.length; i++) {
      x[i] = missing && random.nextInt(6) == 0 ? Float.NaN : random.nextInt(13) / 4f - 1.5f;
    }
    return Tensor.of(Shape.of(count, FEATURES), x);
  }
}
