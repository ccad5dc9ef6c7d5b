package dev.sotto.numpy.ml;

import dev.sotto.numpy.Operator;
import dev.sotto.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * LinearClassifier, LinearRegressor, and SVMClassifier and SVMRegressor with a linear kernel: raw
 * scores, and what follows them.
 */
final class LinearModelOperators {
  private LinearModelOperators() {}

  static void register(Map<String, Operator.Factory> operators) {
    for (String type :
        List.of("LinearClassifier", "LinearRegressor", "SVMClassifier", "SVMRegressor")) {
      operators.put(
          "ai.onnx.ml:" + type,
          node -> {
            LinearModel model = LinearModel.of(node);
            UnaryOperator<Tensor> scorer = model.scorer();
            ScoreFinish finish = ScoreFinish.of(node, model);
            return inputs -> finish.apply(scorer.apply(MlOperators.input(inputs, 0)));
          });
    }
  }
}
