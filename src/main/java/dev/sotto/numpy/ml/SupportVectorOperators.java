package dev.sotto.numpy.ml;

import dev.sotto.numpy.Operator;
import dev.sotto.onnx.Node;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.Map;
import java.util.function.UnaryOperator;

/** SVMClassifier and SVMRegressor with a linear kernel. */
final class SupportVectorOperators {
  private SupportVectorOperators() {}

  static void register(Map<String, Operator.Factory> operators) {
    operators.put("ai.onnx.ml:SVMClassifier", SupportVectorOperators::classifier);
    operators.put("ai.onnx.ml:SVMRegressor", SupportVectorOperators::regressor);
  }

  private static Operator regressor(Node node) {
    LinearModel model = LinearModel.of(node);
    Operator scores = LinearModelOperators.regressor(model);
    if (node.intAttribute("one_class", 0) == 0) {
      return scores;
    }
    return inputs -> {
      Tensor result = scores.apply(inputs)[0];
      float[] sides = new float[result.size()];
      for (int i = 0; i < sides.length; i++) {
        sides[i] = result.floats()[i] > 0 ? 1 : -1;
      }
      return new Tensor[] {Tensor.of(result.shape(), sides)};
    };
  }

  private static Operator classifier(Node node) {
    LinearModel model = LinearModel.of(node);
    ClassLabels labels = java.util.Objects.requireNonNull(model.labels());
    UnaryOperator<Tensor> scorer = model.scorer();
    if (model.convention() == LinearModel.Convention.PER_TARGET) {
      return inputs -> {
        Tensor scores = scorer.apply(MlOperators.input(inputs, 0));
        Tensor chosen = labels.at(LinearModelOperators.largest(scores.floats(), labels.size()));
        for (int from = 0; from < scores.size(); from += labels.size()) {
          model.postTransform().apply(scores.floats(), from, labels.size());
        }
        return new Tensor[] {chosen, scores};
      };
    }
    float[] slopes = node.floatsAttribute("prob_a");
    float[] offsets = node.floatsAttribute("prob_b");
    PairwiseCoupling coupling =
        slopes == null || offsets == null || slopes.length == 0
            ? null
            : new PairwiseCoupling(labels.size(), slopes, offsets);
    boolean positive = true;
    for (float coefficient : LinearModel.required(node, "coefficients")) {
      positive &= coefficient >= 0;
    }
    boolean allPositive = positive;
    return inputs -> {
      Tensor pairs = scorer.apply(MlOperators.input(inputs, 0));
      Tensor chosen = labels.at(votes(pairs.floats(), labels.size()));
      Tensor scores =
          coupling != null
              ? coupling.probabilities(pairs)
              : (labels.size() == 2 ? twoScores(pairs, model, allPositive) : transformed(pairs, model));
      return new Tensor[] {chosen, scores};
    };
  }

  private static Tensor transformed(Tensor pairs, LinearModel model) {
    for (int from = 0; from < pairs.size(); from += model.targetCount()) {
      model.postTransform().apply(pairs.floats(), from, model.targetCount());
    }
    return pairs;
  }

  private static Tensor twoScores(Tensor pairs, LinearModel model, boolean allPositive) {
    float[] scores = new float[2 * pairs.size()];
    for (int i = 0; i < pairs.size(); i++) {
      BinaryScores.write(pairs.floats()[i], model.postTransform(), allPositive, scores, 2 * i);
    }
    return Tensor.of(Shape.of(pairs.size(), 2), scores);
  }

  /** For each row, the class with the most votes, the first of several. */
  private static int[] votes(float[] pairs, int classes) {
    int perRow = classes * (classes - 1) / 2;
    int[] winners = new int[pairs.length / perRow];
    for (int row = 0; row < winners.length; row++) {
      float[] votes = new float[classes];
      int pair = row * perRow;
      for (int i = 0; i < classes; i++) {
        for (int j = i + 1; j < classes; j++) {
          votes[pairs[pair++] > 0 ? i : j]++;
        }
      }
      winners[row] = LinearModelOperators.largest(votes, classes)[0];
    }
    return winners;
  }
}
