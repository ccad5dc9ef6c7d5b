package dev.sotto.numpy.ml;

import dev.sotto.numpy.Operator;
import dev.sotto.tensor.Tensor;
import java.util.Map;

/**
 * The two halves of a tree model that is split for encryption: {@code dev.sotto:TreeScores}, with
 * the attributes of a TreeEnsembleRegressor, and {@link ScoreFinish}.
 */
final class SplitOperators {
  private SplitOperators() {}

  static void register(Map<String, Operator.Factory> operators) {
    operators.put(
        "dev.sotto:TreeScores",
        node -> {
          TreeEnsemble trees = TreeEnsemble.of(node);
          return inputs -> {
            Tensor scores = trees.rawScores(MlOperators.input(inputs, 0));
            return new Tensor[] {
              trees.inDouble() ? scores : Tensor.of(scores.shape(), scores.toFloats())
            };
          };
        });
    operators.put(
        ScoreFinish.TYPE,
        node -> {
          ScoreFinish finish = ScoreFinish.read(node);
          return inputs -> finish.apply(MlOperators.input(inputs, 0));
        });
  }
}
