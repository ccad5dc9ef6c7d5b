package dev.sotto.quantization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.numpy.NumpyModule;
import dev.sotto.onnx.Attribute;
import dev.sotto.onnx.Node;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import dev.sotto.testing.LabelledRows;
import dev.sotto.testing.SharedMaterial;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelSplitTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "benchmark-models/tree-cancer",
        "benchmark-models/forest-cancer",
        "benchmark-models/xgboost-cancer",
        "benchmark-models/logistic-cancer",
        "onnx-exports/skl-tree-iris",
        "onnx-exports/skl-forest-cancer",
        "onnx-exports/skl-forest-regressor-diabetes",
        "onnx-exports/skl-ridge-diabetes",
        "onnx-exports/skl-scaler-logistic-wine",
        "onnx-exports/xgboost-cancer"
      })
  void splitModel_testRows_scoresBitForBitLikeTheWhole(String name) {
    OnnxModel model = OnnxModel.read(SharedMaterial.require(name + "/model.onnx")).normalized();
    assertSplitsTheSame(model, LabelledRows.test(name).features());
  }

  @ParameterizedTest
  @CsvSource({"onnx-models/refuse-linear-classifier-zipmap, 784"})
  void splitModel_randomRows_scoresBitForBitLikeTheWhole(String name, int width) {
    OnnxModel model = OnnxModel.read(SharedMaterial.require(name + "/model.onnx")).normalized();
    Random random = new Random(11);
    float[] rows = new float[50 * width];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = random.nextFloat();
    }
    assertSplitsTheSame(model, Tensor.of(Shape.of(50, width), rows));
  }

  @ParameterizedTest
  @ValueSource(strings = {"NONE", "LOGISTIC", "SOFTMAX"})
  void splitEnsemble_anyComparisonAndNaN_scoresBitForBitLikeTheWhole(String transform) {
    Random random = new Random(3);
    Attribute post = new Attribute.StringValue(transform);
    Attribute two = new Attribute.IntsValue(new long[] {3, 8});
    Attribute three = new Attribute.IntsValue(new long[] {5, 1, 9});
    Attribute base = new Attribute.FloatsValue(new float[] {0.3f});
    Attribute average = new Attribute.StringValue("AVERAGE");
    for (int i = 0; i < 10; i++) {
      List<OnnxModel> models =
          List.of(
              RandomEnsembles.model(
                  random,
                  new int[] {1},
                  random::nextGaussian,
                  Map.of("classlabels_int64s", two, "post_transform", post)),
              RandomEnsembles.model(
                  random,
                  new int[] {0},
                  () -> random.nextDouble() / 7,
                  Map.of("classlabels_int64s", two, "post_transform", post, "base_values", base)),
              RandomEnsembles.model(
                  random,
                  new int[] {0, 1, 2},
                  random::nextGaussian,
                  Map.of("classlabels_int64s", three, "post_transform", post)),
              RandomEnsembles.model(
                  random,
                  new int[] {0, 1},
                  random::nextGaussian,
                  Map.of("aggregate_function", average, "base_values", base)));
      for (OnnxModel model : models) {
        assertSplitsTheSame(model, RandomEnsembles.rows(random, 40, true));
      }
    }
  }

  private static void assertSplitsTheSame(OnnxModel model, Tensor rows) {
    OnnxModel split = ModelSplit.rewrite(model);
    List<String> types = split.graph().nodes().stream().map(Node::type).toList();
    assertTrue(types.contains(ModelSplit.SCORES) || types.contains("Gemm"), types.toString());
    assertEquals(
        0,
        types.stream()
            .filter(
                t ->
                    Stream.of("Tree", "Linear", "SVM")
                        .anyMatch(kind -> t.startsWith("ai.onnx.ml:" + kind)))
            .count());
    assertArrayEquals(NumpyModule.of(model).forward(rows), NumpyModule.of(split).forward(rows));
  }
}
