package dev.sotto.numpy.ml;

import dev.sotto.numpy.OracleComparison;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random forests written as the attributes of ai.onnx.ml tree operators. */
final class RandomTrees {
  private final Random random;
  private final List<long[]> nodes = new ArrayList<>();
  private final List<String> modes = new ArrayList<>();
  private final List<Float> values = new ArrayList<>();
  private final List<long[]> leaves = new ArrayList<>();
  private final List<Float> weights = new ArrayList<>();
  private final String[] usedModes;
  private final int features;
  private final long[] targetIds;
  private final boolean positive;

  /**
   * Grows trees.
   *
   * @param targetIds the targets that every leaf writes
   * @param positive whether weights are probabilities
   */
  RandomTrees(
      Random random,
      int trees,
      int depth,
      int features,
      long[] targetIds,
      boolean positive,
      String... usedModes) {
    this.random = random;
    this.features = features;
    this.targetIds = targetIds;
    this.positive = positive;
    this.usedModes = usedModes;
    for (int tree = 0; tree < trees; tree++) {
      grow(tree, 0, depth);
    }
  }

  /** Adds a subtree and returns the number of the next free node of the tree. */
  private long grow(int tree, long id, int depth) {
    int at = nodes.size();
    if (depth == 0 || (id > 0 && random.nextInt(4) == 0)) {
      nodes.add(new long[] {tree, id, 0, 0, 0, 0});
      modes.add("LEAF");
      values.add(0f);
      for (long target : targetIds) {
        leaves.add(new long[] {tree, id, target});
        weights.add(positive ? random.nextFloat() / 4 : (float) random.nextGaussian());
      }
      return id + 1;
    }
    nodes.add(new long[6]);
    modes.add(usedModes[random.nextInt(usedModes.length)]);
    values.add(random.nextInt(9) / 4f - 1);
    long falseId = grow(tree, id + 1, depth - 1);
    long next = grow(tree, falseId, depth - 1);
    nodes.set(
        at, new long[] {tree, id, random.nextInt(features), id + 1, falseId, random.nextInt(2)});
    return next;
  }

  private static long[] column(List<long[]> rows, int column) {
    return rows.stream().mapToLong(row -> row[column]).toArray();
  }

  private static float[] floats(List<Float> values) {
    float[] result = new float[values.size()];
    for (int i = 0; i < result.length; i++) {
      result[i] = values.get(i);
    }
    return result;
  }

  /** Adds the attributes to a call, with leaves under the given prefix. */
  OracleComparison write(OracleComparison call, String kind, boolean asDoubles) {
    call.with("nodes_treeids", column(nodes, 0))
        .with("nodes_nodeids", column(nodes, 1))
        .with("nodes_featureids", column(nodes, 2))
        .with("nodes_truenodeids", column(nodes, 3))
        .with("nodes_falsenodeids", column(nodes, 4))
        .with("nodes_missing_value_tracks_true", column(nodes, 5))
        .with("nodes_modes", modes.toArray(new String[0]))
        .with(kind + "_treeids", column(leaves, 0))
        .with(kind + "_nodeids", column(leaves, 1))
        .with(kind + "_ids", column(leaves, 2));
    numbers(call, "nodes_values", floats(values), asDoubles);
    numbers(call, kind + "_weights", floats(weights), asDoubles);
    return call;
  }

  /** A FLOATS attribute, or the double tensor in its place. */
  static void numbers(OracleComparison call, String name, float[] values, boolean asDoubles) {
    if (asDoubles) {
      call.with(name + "_as_tensor", OracleComparison.as(ElementType.DOUBLE, vector(values)));
    } else {
      call.with(name, values);
    }
  }

  static Tensor vector(float... values) {
    return Tensor.of(Shape.of(values.length), values);
  }

  /** Rows on the grid of the thresholds, some with NaN. */
  static Tensor rows(Random random, int count, int features, boolean missing) {
    float[] x = new float[count * features];
    for (int i = 0; i < x.length; i++) {
      x[i] = missing && random.nextInt(6) == 0 ? Float.NaN : random.nextInt(13) / 4f - 1.5f;
    }
    return Tensor.of(Shape.of(count, features), x);
  }
}
