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
        return new Tensor[] {chosen, transformed(scores, model.postTransform())};
      };
    }
    float[] slopes = node.floatsAttribute("prob_a");
    float[] offsets = node.floatsAttribute("prob_b");
    PairwiseCoupling coupling =
        slopes == null || offsets == null || slopes.length == 0
            ? null
            : new PairwiseCoupling(labels.size(), slopes, offsets);
    return inputs -> {
      Tensor pairs = scorer.apply(MlOperators.input(inputs, 0));
      Tensor chosen = labels.at(votes(pairs.floats(), labels.size()));
      if (coupling == null && labels.size() == 2) {
        return new Tensor[] {chosen, twoScores(pairs, model)};
      }
      Tensor scores = coupling == null ? pairs : coupling.probabilities(pairs);
      return new Tensor[] {chosen, transformed(scores, model.postTransform())};
    };
  }

  private static Tensor transformed(Tensor scores, PostTransform transform) {
    int width = scores.shape().dim(1);
    for (int from = 0; from < scores.size(); from += width) {
      transform.apply(scores.floats(), from, width);
    }
    return scores;
  }

  private static Tensor twoScores(Tensor margins, LinearModel model) {
    PostTransform transform = model.postTransform();
    BinaryScores pair =
        transform == PostTransform.NONE ? BinaryScores.NEGATIVE : BinaryScores.COMPLEMENT;
    float[] scores = new float[2 * margins.size()];
    for (int i = 0; i < margins.size(); i++) {
      pair.write(margins.floats()[i], transform, scores, 2 * i);
    }
    return Tensor.of(Shape.of(margins.size(), 2), scores);
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
