package dev.sotto.numpy.ml;

import dev.sotto.numpy.Operator;
import dev.sotto.onnx.Node;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.Map;
import java.util.function.UnaryOperator;

/** LinearClassifier and LinearRegressor. */
final class LinearModelOperators {
  private LinearModelOperators() {}

  static void register(Map<String, Operator.Factory> operators) {
    operators.put("ai.onnx.ml:LinearClassifier", LinearModelOperators::classifier);
    operators.put("ai.onnx.ml:LinearRegressor", node -> regressor(LinearModel.of(node)));
  }

  /** Scores with their post transform. */
  static Operator regressor(LinearModel model) {
    UnaryOperator<Tensor> scorer = model.scorer();
    return inputs -> {
      Tensor scores = scorer.apply(MlOperators.input(inputs, 0));
      transform(model, scores.floats());
      return new Tensor[] {scores};
    };
  }

  private static void transform(LinearModel model, float[] scores) {
    for (int from = 0; from < scores.length; from += model.targetCount()) {
      model.postTransform().apply(scores, from, model.targetCount());
    }
  }

  private static Operator classifier(Node node) {
    LinearModel model = LinearModel.of(node);
    ClassLabels labels = java.util.Objects.requireNonNull(model.labels());
    UnaryOperator<Tensor> scorer = model.scorer();
    return inputs -> {
      Tensor scores = scorer.apply(MlOperators.input(inputs, 0));
      return model.convention() == LinearModel.Convention.BINARY
          ? binary(model, labels, scores.floats())
          : perClass(model, labels, scores);
    };
  }

  private static Tensor[] perClass(LinearModel model, ClassLabels labels, Tensor scores) {
    Tensor chosen = labels.at(largest(scores.floats(), model.targetCount()));
    transform(model, scores.floats());
    return new Tensor[] {chosen, scores};
  }

  private static Tensor[] binary(LinearModel model, ClassLabels labels, float[] margins) {
    int[] classes = new int[margins.length];
    float[] scores = new float[2 * margins.length];
    for (int i = 0; i < margins.length; i++) {
      classes[i] = margins[i] > 0 ? labels.size() - 1 : 0;
      BinaryScores.COMPLEMENT.write(margins[i], model.postTransform(), scores, 2 * i);
    }
    return new Tensor[] {labels.at(classes), Tensor.of(Shape.of(margins.length, 2), scores)};
  }

  /** For each row, the position of the first largest score. */
  static int[] largest(float[] scores, int count) {
    int[] positions = new int[scores.length / count];
    for (int row = 0; row < positions.length; row++) {
      for (int i = 1; i < count; i++) {
        if (scores[row * count + i] > scores[row * count + positions[row]]) {
          positions[row] = i;
        }
      }
    }
    return positions;
  }
}
