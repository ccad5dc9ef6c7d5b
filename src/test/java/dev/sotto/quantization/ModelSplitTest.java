package dev.sotto.quantization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.numpy.NumpyModule;
import dev.sotto.onnx.Node;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import dev.sotto.testing.LabelledRows;
import dev.sotto.testing.SharedMaterial;
import java.util.List;
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

  private static void assertSplitsTheSame(OnnxModel model, Tensor rows) {
    OnnxModel split = ModelSplit.rewrite(model);
    List<String> types = split.graph().nodes().stream().map(Node::type).toList();
    assertTrue(types.contains(ModelSplit.SCORES) || types.contains("Gemm"), types.toString());
    assertEquals(
        0,
        types.stream().filter(t -> Stream.of("Tree", "Linear", "SVM").anyMatch(
            kind -> t.startsWith("ai.onnx.ml:" + kind))).count());
    assertArrayEquals(NumpyModule.of(model).forward(rows), NumpyModule.of(split).forward(rows));
  }
}
