package dev.sotto.numpy.ml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.numpy.OracleComparison;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TreeOperatorsTest {
  private static final String[] MODES = {
    "BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"
  };

  private static OracleComparison classifier(RandomTrees trees, boolean doubles) {
    return trees.write(
        OracleComparison.of("ai.onnx.ml", "TreeEnsembleClassifier", 3).outputs(2),
        "class",
        doubles);
  }

  private static OracleComparison regressor(RandomTrees trees, boolean doubles) {
    return trees.write(
        OracleComparison.of("ai.onnx.ml", "TreeEnsembleRegressor", 3).with("n_targets", 1),
        "target",
        doubles);
  }

  @ParameterizedTest
  @EnumSource(PostTransform.class)
  void classifier_severalClasses_agreesWithOnnxRuntime(PostTransform transform) throws Exception {
    Random random = new Random(51);
    for (int round = 0; round < 8; round++) {
      boolean positive = transform == PostTransform.PROBIT;
      RandomTrees trees =
          new RandomTrees(
              random, positive ? 2 : 5, 4, 6, new long[] {0, 1, 2}, positive, "BRANCH_LEQ");
      OracleComparison call =
          classifier(trees, false)
              .with("classlabels_int64s", new long[] {7, -1, 3})
              .with("post_transform", transform.name())
              .inputs(RandomTrees.rows(random, 17, 6, false));
      if (round % 2 == 1 && !positive) {
        call.with("base_values", new float[] {0.5f, -0.25f, 0.125f});
      }
      call.agrees(positive ? 1e-3 : 1e-5); // ONNX Runtime's PROBIT is coarse
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"NONE", "LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO"})
  void classifier_twoClassesOneScore_agreesWithOnnxRuntime(String transform) throws Exception {
    Random random = new Random(52);
    float[][] bases = {{}, {0.1f}};
    for (int round = 0; round < 24; round++) {
      RandomTrees trees =
          new RandomTrees(random, 4, 3, 5, new long[] {0}, round % 2 == 0, "BRANCH_LT");
      OracleComparison call =
          classifier(trees, false)
              .with("classlabels_strings", new String[] {"no", "yes"})
              .with("post_transform", transform)
              .inputs(RandomTrees.rows(random, 19, 5, false));
      float[] base = bases[round / 2 % 2];
      if (base.length > 0) {
        call.with("base_values", base);
      }
      call.agrees(1e-5);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"NONE", "LOGISTIC", "SOFTMAX"})
  void classifier_twoClassesTwoScores_agreesWithOnnxRuntime(String transform) throws Exception {
    Random random = new Random(53);
    for (int round = 0; round < 12; round++) {
      RandomTrees trees =
          new RandomTrees(random, 4, 3, 5, new long[] {0, 1}, round % 2 == 0, "BRANCH_LEQ");
      // Its labels do not follow from the scores: ONNX Runtime looks at the second score only.
      classifier(trees, false)
          .with("classlabels_int64s", new long[] {0, 1})
          .with("post_transform", transform)
          .inputs(RandomTrees.rows(random, 19, 5, false))
          .agreesFrom(1, 1e-5);
    }
  }

  @Test
  void classifier_twoClassesTwoScores_labelIsTheLargerScore() {
    Random random = new Random(56);
    Tensor[] answer =
        classifier(new RandomTrees(random, 4, 3, 5, new long[] {0, 1}, true, "BRANCH_LEQ"), false)
            .with("classlabels_int64s", new long[] {10, 20})
            .inputs(RandomTrees.rows(random, 40, 5, false))
            .answer();
    for (int row = 0; row < 40; row++) {
      float[] scores = answer[1].floats();
      long expected = scores[2 * row + 1] > scores[2 * row] ? 20 : 10;
      assertEquals(expected, answer[0].longs()[row], "row " + row);
    }
  }

  @Test
  void classifier_weightsOfTheSecondClassOnly_firstGetsTheRest() {
    Random random = new Random(57);
    Tensor[] answer =
        classifier(new RandomTrees(random, 4, 3, 5, new long[] {1}, true, "BRANCH_LEQ"), false)
            .with("classlabels_int64s", new long[] {10, 20})
            .inputs(RandomTrees.rows(random, 10, 5, false))
            .answer();
    for (int row = 0; row < 10; row++) {
      float second = answer[1].floats()[2 * row + 1];
      assertEquals(1 - second, answer[1].floats()[2 * row]);
      assertEquals(second > 0.5f ? 20 : 10, answer[0].longs()[row]);
    }
  }

  @Test
  void regressor_aggregationsModesAndMissingValues_agreesWithOnnxRuntime() throws Exception {
    Random random = new Random(54);
    for (String aggregation : new String[] {"SUM", "AVERAGE", "MIN", "MAX"}) {
      for (int targets = 1; targets <= 3; targets++) {
        long[] ids = java.util.stream.LongStream.range(0, targets).toArray();
        OracleComparison call =
            regressor(new RandomTrees(random, 6, 4, 5, ids, false, MODES), false)
                .with("n_targets", targets)
                .with("aggregate_function", aggregation)
                .inputs(RandomTrees.rows(random, 33, 5, true));
        if (targets != 2) {
          call.with("base_values", new float[targets]);
        }
        call.agrees(1e-5);
      }
    }
  }

  @Test
  void trees_doubleTensors_agreeWithOnnxRuntime() throws Exception {
    Random random = new Random(55);
    Tensor x = OracleComparison.as(ElementType.DOUBLE, RandomTrees.rows(random, 20, 5, false));
    regressor(new RandomTrees(random, 6, 4, 5, new long[] {0}, false, "BRANCH_LEQ"), true)
        .inputs(x)
        .agrees(1e-6);
    classifier(new RandomTrees(random, 6, 4, 5, new long[] {0, 1, 2}, false, "BRANCH_LEQ"), true)
        .with("classlabels_int64s", new long[] {0, 1, 2})
        .inputs(x)
        .agrees(1e-6);
  }

  /** The example of the specification: one tree of two nodes over doubles. */
  @Test
  void treeEnsemble_version5_agreesWithOnnxRuntime() throws Exception {
    OracleComparison call =
        OracleComparison.of("ai.onnx.ml", "TreeEnsemble", 5)
            .with("n_targets", 2)
            .with("tree_roots", new long[] {0})
            .with("nodes_featureids", new long[] {0, 0, 0})
            .with("nodes_splits", Tensor.of(Shape.of(3), 3.14, 1.2, 4.2))
            .with("nodes_modes", Tensor.of(ElementType.UINT8, Shape.of(3), new long[] {0, 0, 0}))
            .with("nodes_truenodeids", new long[] {1, 0, 1})
            .with("nodes_trueleafs", new long[] {0, 1, 1})
            .with("nodes_falsenodeids", new long[] {2, 2, 3})
            .with("nodes_falseleafs", new long[] {0, 1, 1})
            .with("leaf_targetids", new long[] {0, 1, 0, 1})
            .with("leaf_weights", Tensor.of(Shape.of(4), 5.23, 12.12, -12.23, 7.21))
            .inputs(Tensor.of(Shape.of(3, 2), 1.2, 3.4, -0.12, 1.66, 4.14, 1.77));
    call.agrees(1e-9);
    assertArrayEquals(new double[] {5.23, 0, 5.23, 0, 0, 12.12}, call.answer()[0].doubles());
  }

  @Test
  void treeEnsemble_setMembership_followsTheSets() {
    Tensor result =
        OracleComparison.of("ai.onnx.ml", "TreeEnsemble", 5)
            .with("n_targets", 4)
            .with("tree_roots", new long[] {0})
            .with("nodes_featureids", new long[] {0, 0, 0})
            .with("nodes_splits", RandomTrees.vector(11, 232344, Float.NaN))
            .with("nodes_modes", Tensor.of(ElementType.UINT8, Shape.of(3), new long[] {0, 6, 6}))
            .with(
                "membership_values",
                RandomTrees.vector(1.2f, 3.7f, 8, 9, Float.NaN, 12, 7, Float.NaN))
            .with("nodes_truenodeids", new long[] {1, 0, 1})
            .with("nodes_trueleafs", new long[] {0, 1, 1})
            .with("nodes_falsenodeids", new long[] {2, 2, 3})
            .with("nodes_falseleafs", new long[] {0, 1, 1})
            .with("leaf_targetids", new long[] {0, 1, 2, 3})
            .with("leaf_weights", RandomTrees.vector(1, 10, 1000, 100))
            .inputs(Tensor.of(Shape.of(6, 1), 1.2f, 3.4f, -0.12f, Float.NaN, 12, 7))
            .answer()[0];
    assertArrayEquals(
        new float[] {
          1, 0, 0, 0, 0, 0, 1000, 0, 0, 0, 1000, 0, 0, 0, 0, 100, 0, 10, 0, 0, 0, 0, 1000, 0
        },
        result.floats());
  }

  @Test
  void regressor_oneTargetLogistic_followsTheSpecification() {
    RandomTrees trees =
        new RandomTrees(new Random(1), 2, 2, 3, new long[] {0}, false, "BRANCH_LEQ");
    Tensor x = RandomTrees.rows(new Random(2), 4, 3, false);
    float[] raw = regressor(trees, false).inputs(x).answer()[0].floats();
    float[] logistic =
        regressor(trees, false).with("post_transform", "LOGISTIC").inputs(x).answer()[0].floats();
    for (int i = 0; i < raw.length; i++) {
      assertEquals(1 / (1 + Math.exp(-raw[i])), logistic[i], 1e-6);
    }
  }

  @Test
  void rawScores_parsedEnsemble_equalOperatorWithoutTransform() {
    OracleComparison call =
        regressor(new RandomTrees(new Random(3), 4, 3, 4, new long[] {0, 1}, false, MODES), false)
            .with("n_targets", 2);
    Tensor x = RandomTrees.rows(new Random(4), 9, 4, true);
    TreeEnsemble trees = TreeEnsemble.of(call.node());
    assertEquals(
        call.inputs(x).answer()[0], OracleComparison.as(ElementType.FLOAT, trees.rawScores(x)));
  }

  @Test
  void of_brokenTrees_refusedWithReason() {
    assertRefused("has no node 9", 9, 2, 1);
    assertRefused("reaches node 1 twice", 1, 1, 1);
    assertRefused("which is no leaf", 1, 2, 0);
  }

  private static void assertRefused(String reason, long whenTrue, long whenFalse, long leaf) {
    OracleComparison call =
        OracleComparison.of("ai.onnx.ml", "TreeEnsembleRegressor", 3)
            .with("nodes_treeids", new long[3])
            .with("nodes_nodeids", new long[] {0, 1, 2})
            .with("nodes_featureids", new long[3])
            .with("nodes_values", new float[3])
            .with("nodes_modes", new String[] {"BRANCH_LEQ", "LEAF", "LEAF"})
            .with("nodes_truenodeids", new long[] {whenTrue, 0, 0})
            .with("nodes_falsenodeids", new long[] {whenFalse, 0, 0})
            .with("target_treeids", new long[1])
            .with("target_nodeids", new long[] {leaf})
            .with("target_ids", new long[1])
            .with("target_weights", new float[1]);
    SottoException refused = assertThrows(SottoException.class, () -> TreeEnsemble.of(call.node()));
    assertTrue(refused.getMessage().contains(reason), refused.getMessage());
  }
}
