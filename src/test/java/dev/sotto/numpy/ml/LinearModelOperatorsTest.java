package dev.sotto.numpy.ml;

import static dev.sotto.numpy.OracleComparison.floats;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.numpy.OracleComparison;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.Tensor;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinearModelOperatorsTest {
  private static OracleComparison call(String opType) {
    return OracleComparison.of("ai.onnx.ml", opType, 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"NONE", "LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO"})
  void linearClassifier_anyClasses_agreesWithOnnxRuntime(String transform) throws Exception {
    Random random = new Random(61);
    for (int classes = 1; classes <= 4; classes++) {
      OracleComparison call =
          call("LinearClassifier")
              .outputs(2)
              .with("post_transform", transform)
              .with("coefficients", floats(random, classes, 5).floats())
              .with("intercepts", floats(random, classes).floats())
              .inputs(floats(random, 13, 5));
      int labels = Math.max(2, classes);
      if (classes % 2 == 0) {
        call.with("classlabels_ints", java.util.stream.LongStream.range(3, 3 + labels).toArray());
      } else {
        String[] names = new String[labels];
        java.util.Arrays.setAll(names, i -> "class " + i);
        call.with("classlabels_strings", names);
      }
      call.agrees(1e-5);
    }
  }

  @Test
  void linearRegressor_severalTargets_agreesWithOnnxRuntime() throws Exception {
    Random random = new Random(62);
    for (int targets = 1; targets <= 3; targets++) {
      call("LinearRegressor")
          .with("targets", targets)
          .with("coefficients", floats(random, targets, 6).floats())
          .with("intercepts", floats(random, targets).floats())
          .inputs(floats(random, 11, 6))
          .agrees(1e-5);
    }
  }

  @Test
  void linearModel_parsed_hasScoresPerTarget() {
    LinearModel model =
        LinearModel.of(
            call("LinearRegressor")
                .with("targets", 2)
                .with("coefficients", new float[] {1, 2, 3, 4})
                .with("intercepts", new float[] {10, 20})
                .node());
    Tensor scores = model.rawScores(RandomTrees.vector(1, 1));
    assertEquals(13f, scores.floats()[0]);
    assertEquals(27f, scores.floats()[1]);
    assertEquals(LinearModel.Convention.PER_TARGET, model.convention());
  }

  private static OracleComparison supportVectors(Random random, int classes, boolean positive) {
    long[] perClass = new long[classes];
    int supports = 0;
    for (int c = 0; c < classes; c++) {
      perClass[c] = 1 + random.nextInt(3);
      supports += (int) perClass[c];
    }
    float[] coefficients = floats(random, classes - 1, supports).floats();
    if (positive) {
      for (int i = 0; i < coefficients.length; i++) {
        coefficients[i] = Math.abs(coefficients[i]);
      }
    }
    return call("SVMClassifier")
        .outputs(2)
        .with("kernel_type", "LINEAR")
        .with("kernel_params", new float[] {0, 0, 3})
        .with("vectors_per_class", perClass)
        .with("support_vectors", floats(random, supports, 4).floats())
        .with("coefficients", coefficients)
        .with("rho", floats(random, classes * (classes - 1) / 2).floats())
        .with("classlabels_ints", java.util.stream.LongStream.range(0, classes).toArray())
        .inputs(floats(random, 15, 4));
  }

  @Test
  void svmClassifier_linearKernel_agreesWithOnnxRuntime() throws Exception {
    Random random = new Random(63);
    for (int classes = 2; classes <= 4; classes++) {
      supportVectors(random, classes, false).agrees(1e-4);
      supportVectors(random, classes, true).agrees(1e-4);
      supportVectors(random, classes, false).with("post_transform", "LOGISTIC").agrees(1e-4);
      supportVectors(random, classes, false).with("post_transform", "SOFTMAX").agrees(1e-4);
    }
  }

  @Test
  void svmClassifier_probabilities_agreeWithOnnxRuntime() throws Exception {
    Random random = new Random(64);
    for (int classes = 2; classes <= 4; classes++) {
      int pairs = classes * (classes - 1) / 2;
      supportVectors(random, classes, false)
          .with("prob_a", floats(random, pairs).floats())
          .with("prob_b", floats(random, pairs).floats())
          .agrees(1e-3);
    }
  }

  @Test
  void svmClassifier_withoutVectors_agreesWithOnnxRuntime() throws Exception {
    Random random = new Random(65);
    for (int classes = 3; classes <= 4; classes++) {
      call("SVMClassifier")
          .outputs(2)
          .with("coefficients", floats(random, classes, 4).floats())
          .with("kernel_params", new float[] {0, 0, 3})
          .with("rho", new float[] {0.25f})
          .with("classlabels_ints", java.util.stream.LongStream.range(0, classes).toArray())
          .inputs(floats(random, 15, 4))
          .agrees(1e-4);
    }
  }

  @Test
  void svmRegressor_linearKernel_agreesWithOnnxRuntime() throws Exception {
    Random random = new Random(66);
    for (int oneClass = 0; oneClass < 2; oneClass++) {
      call("SVMRegressor")
          .with("kernel_type", "LINEAR")
          .with("kernel_params", new float[] {0, 0, 3})
          .with("n_supports", 3)
          .with("one_class", oneClass)
          .with("support_vectors", floats(random, 3, 5).floats())
          .with("coefficients", floats(random, 3).floats())
          .with("rho", new float[] {0.5f})
          .inputs(floats(random, 12, 5))
          .agrees(1e-4);
    }
  }

  @Test
  void svm_otherKernel_refusedByName() {
    SottoException refused =
        assertThrows(
            SottoException.class,
            () -> LinearModel.of(call("SVMRegressor").with("kernel_type", "RBF").node()));
    assertTrue(refused.getMessage().contains("RBF"), refused.getMessage());
  }
}
