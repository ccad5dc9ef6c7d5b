package dev.sotto.quantization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.sotto.numpy.NumpyModule;
import dev.sotto.onnx.Node;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import dev.sotto.testing.LabelledRows;
import dev.sotto.testing.SharedMaterial;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TensorTreesTest {
  @Test
  void hummingbirdTreeTraversal_becomesOneEnsemble_thatScoresTheSame() {
    OnnxModel model = model("onnx-exports/hummingbird-treetrav-forest-iris");
    OnnxModel trees = TensorTrees.rewrite(model);
    assertEquals(
        List.of("dev.sotto:TreeScores", "Cast", "ArgMax"),
        trees.graph().nodes().stream().map(Node::type).toList());
    assertSameScores(
        model,
        trees,
        LabelledRows.test("onnx-exports/hummingbird-treetrav-forest-iris").features());
  }

  @Test
  void hummingbirdMatrixProducts_becomeOneEnsemble_thatScoresTheSame() {
    String folder = "onnx-exports/hummingbird-gemm-forest-cancer";
    OnnxModel model = model(folder);
    OnnxModel trees = TensorTrees.rewrite(model);
    assertEquals(
        List.of("dev.sotto:TreeScores", "Reshape", "Transpose", "Cast", "Transpose", "ArgMax"),
        trees.graph().nodes().stream().map(Node::type).toList());
    assertSameScores(model, trees, LabelledRows.test(folder).features());
    assertSameScores(model, trees, LabelledRows.calibration(folder));
  }

  @Test
  void lightGbmAsTensors_becomesOneEnsemble_thatScoresTheSame() {
    OnnxModel model = model("onnx-models/lightgbm-classifier-as-tensors");
    OnnxModel trees = TensorTrees.rewrite(model);
    assertEquals(
        List.of("dev.sotto:TreeScores", "Cast", "Softmax", "ArgMax"),
        trees.graph().nodes().stream().map(Node::type).toList());
    assertSameScores(model, trees, wines());
  }

  @Test
  void lightGbmAsTensors_quantized_decidesLikeTheFloatModel() {
    OnnxModel model = model("onnx-models/lightgbm-classifier-as-tensors");
    NumpyModule prepared = NumpyModule.of(ModelPreparation.prepare(model));
    QuantizedModule module =
        QuantizedModule.quantize(
            model,
            Calibrator.calibrate(prepared, wines()),
            QuantizationOptions.of(BitWidths.of(6)));
    assertEquals(NumpyModule.of(model).forward(wines())[0], module.forward(wines())[0]);
  }

  @Test
  void graphWithoutDataDependentIndex_isTheSameObject() {
    OnnxModel model = model("onnx-exports/torch-mlp-digits-dynamo");
    assertSame(model, TensorTrees.rewrite(model));
  }

  /** Random rows in the ranges of the wine data. */
  private static Tensor wines() {
    Random random = new Random(7);
    float[] wine = new float[500 * 13];
    float[] widest = {15, 6, 3.5f, 30, 160, 4, 5, 0.7f, 4, 13, 1.7f, 4, 1700};
    for (int i = 0; i < wine.length; i++) {
      wine[i] = random.nextFloat() * widest[i % 13];
    }
    return Tensor.of(Shape.of(500, 13), wine);
  }

  private static OnnxModel model(String name) {
    return OnnxModel.read(SharedMaterial.require(name + "/model.onnx")).normalized();
  }

  private static void assertSameScores(OnnxModel model, OnnxModel trees, Tensor rows) {
    assertArrayEquals(NumpyModule.of(model).forward(rows), NumpyModule.of(trees).forward(rows));
  }
}
