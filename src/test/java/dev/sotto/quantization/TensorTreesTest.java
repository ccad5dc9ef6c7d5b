package dev.sotto.quantization;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.sotto.numpy.NumpyModule;
import dev.sotto.numpy.TensorComparison;
import dev.sotto.onnx.Graph;
import dev.sotto.onnx.Node;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import dev.sotto.testing.LabelledRows;
import dev.sotto.testing.OnnxRuntimeOracle;
import dev.sotto.testing.SharedMaterial;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TensorTreesTest {
  private static final TensorComparison ROUNDING = new TensorComparison(1e-6, 1e-6);

  @Test
  void hummingbirdTreeTraversal_becomesOneEnsemble_thatOnnxRuntimeScoresTheSame() throws Exception {
    OnnxModel model = model("onnx-exports/hummingbird-treetrav-forest-iris");
    OnnxModel trees = TensorTrees.rewrite(model);
    assertEquals(
        List.of("dev.sotto:TreeScores", "ArgMax"),
        trees.graph().nodes().stream().map(Node::type).toList());
    assertSameScores(
        model,
        trees,
        LabelledRows.test("onnx-exports/hummingbird-treetrav-forest-iris").features());
  }

  @Test
  void lightGbmAsTensors_becomesOneEnsemble_thatOnnxRuntimeScoresTheSame() throws Exception {
    OnnxModel model = model("onnx-models/lightgbm-classifier-as-tensors");
    OnnxModel trees = TensorTrees.rewrite(model);
    assertEquals(
        List.of("dev.sotto:TreeScores", "Softmax", "ArgMax"),
        trees.graph().nodes().stream().map(Node::type).toList());
    Random random = new Random(7);
    float[] wine = new float[500 * 13];
    float[] widest = {15, 6, 3.5f, 30, 160, 4, 5, 0.7f, 4, 13, 1.7f, 4, 1700};
    for (int i = 0; i < wine.length; i++) {
      wine[i] = random.nextFloat() * widest[i % 13];
    }
    assertSameScores(model, trees, Tensor.of(Shape.of(500, 13), wine));
  }

  @Test
  void graphWithoutDataDependentIndex_isTheSameObject() {
    OnnxModel model = model("onnx-exports/hummingbird-gemm-forest-cancer");
    assertSame(model, TensorTrees.rewrite(model));
  }

  private static OnnxModel model(String name) {
    return OnnxModel.read(SharedMaterial.require(name + "/model.onnx")).normalized();
  }

  private static void assertSameScores(OnnxModel model, OnnxModel trees, Tensor rows)
      throws Exception {
    Tensor[] expected = NumpyModule.of(model).forward(rows);
    List<Tensor> actual =
        OnnxRuntimeOracle.run(
            standard(trees).toBytes(), Map.of(model.graph().inputs().get(0).name(), rows));
    for (int i = 0; i < expected.length; i++) {
      assertNull(ROUNDING.difference(actual.get(i), expected[i]));
    }
  }

  /** The model with the ensemble under the name that ONNX Runtime knows. */
  private static OnnxModel standard(OnnxModel model) {
    List<Node> nodes = new ArrayList<>();
    for (Node node : model.graph().nodes()) {
      nodes.add(
          node.type().equals("dev.sotto:TreeScores")
              ? new Node(
                  node.name(),
                  "ai.onnx.ml",
                  "TreeEnsembleRegressor",
                  node.inputs(),
                  node.outputs(),
                  node.attributes())
              : node);
    }
    Graph graph = model.graph().with(nodes, model.graph().initializers());
    return new OnnxModel(graph, Map.of("", 21L, "ai.onnx.ml", 3L), 10, "", Map.of());
  }
}
