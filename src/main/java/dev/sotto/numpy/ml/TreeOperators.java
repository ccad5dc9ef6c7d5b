package dev.sotto.numpy.ml;

import dev.sotto.numpy.Operator;
import dev.sotto.onnx.Node;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.Map;

/** TreeEnsembleClassifier, TreeEnsembleRegressor, TreeEnsemble. */
final class TreeOperators {
  private TreeOperators() {}

  static void register(Map<String, Operator.Factory> operators) {
    operators.put("ai.onnx.ml:TreeEnsembleClassifier", TreeOperators::classifier);
    operators.put("ai.onnx.ml:TreeEnsembleRegressor", node -> regressor(node, false));
    operators.put("ai.onnx.ml:TreeEnsemble", node -> regressor(node, true));
  }

  private static Operator regressor(Node node, boolean inDouble) {
    TreeEnsemble trees = TreeEnsemble.of(node);
    return inputs -> {
      Rows rows = Rows.of(MlOperators.input(inputs, 0), trees.featureCount());
      double[] sums = new double[rows.count() * trees.targetCount()];
      trees.sum(rows, sums, new boolean[sums.length]);
      addBaseValues(trees, sums);
      Shape shape = Shape.of(rows.count(), trees.targetCount());
      boolean doubles = inDouble && rows.tensor().type() == ElementType.DOUBLE;
      if (doubles && trees.postTransform() == PostTransform.NONE) {
        return new Tensor[] {Tensor.of(shape, sums)};
      }
      Tensor scores = Tensor.of(shape, transformed(trees, sums));
      return new Tensor[] {doubles ? Tensor.of(shape, scores.toDoubles()) : scores};
    };
  }

  private static void addBaseValues(TreeEnsemble trees, double[] sums) {
    double[] base = trees.baseValues();
    for (int i = 0; base.length > 0 && i < sums.length; i++) {
      int target = i % trees.targetCount();
      sums[i] = trees.settle(sums[i] + base[base.length == 1 ? 0 : target]);
    }
  }

  private static float[] transformed(TreeEnsemble trees, double[] sums) {
    float[] scores = floats(sums);
    for (int from = 0; from < scores.length; from += trees.targetCount()) {
      trees.postTransform().apply(scores, from, trees.targetCount());
    }
    return scores;
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  private static Operator classifier(Node node) {
    TreeEnsemble trees = TreeEnsemble.of(node);
    ClassLabels labels = java.util.Objects.requireNonNull(trees.labels());
    boolean probabilities = trees.weightsAreProbabilities();
    return inputs -> {
      Rows rows = Rows.of(MlOperators.input(inputs, 0), trees.featureCount());
      double[] sums = new double[rows.count() * trees.targetCount()];
      boolean[] reached = new boolean[sums.length];
      trees.sum(rows, sums, reached);
      return trees.isBinary()
          ? binary(trees, labels, sums, probabilities)
          : multiclass(trees, labels, sums, reached);
    };
  }

  /** One score per row: it belongs to the second class, the first gets the rest. */
  private static Tensor[] binary(
      TreeEnsemble trees, ClassLabels labels, double[] sums, boolean probabilities) {
    double[] base = trees.baseValues();
    double offset = base.length == 0 ? 0 : base[base.length - 1];
    BinaryScores pair = probabilities ? BinaryScores.COMPLEMENT : BinaryScores.NEGATIVE;
    int[] classes = new int[sums.length];
    float[] scores = new float[2 * sums.length];
    for (int i = 0; i < sums.length; i++) {
      float score = (float) trees.settle(sums[i] + offset);
      classes[i] = score > (probabilities ? 0.5f : 0) ? 1 : 0;
      pair.write(score, trees.postTransform(), scores, 2 * i);
    }
    return new Tensor[] {labels.at(classes), Tensor.of(Shape.of(sums.length, 2), scores)};
  }

  private static Tensor[] multiclass(
      TreeEnsemble trees, ClassLabels labels, double[] sums, boolean[] reached) {
    int count = trees.targetCount();
    if (trees.baseValues().length > 0) {
      java.util.Arrays.fill(reached, true);
    }
    addBaseValues(trees, sums);
    int[] classes = new int[sums.length / count];
    for (int row = 0; row < classes.length; row++) {
      int best = -1;
      for (int c = 0; c < count; c++) {
        int at = row * count + c;
        if (reached[at] && (best < 0 || sums[at] > sums[row * count + best])) {
          best = c;
        }
      }
      classes[row] = Math.max(0, best);
    }
    return new Tensor[] {
      labels.at(classes), Tensor.of(Shape.of(classes.length, count), transformed(trees, sums))
    };
  }
}
