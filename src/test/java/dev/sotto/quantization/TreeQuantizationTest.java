package dev.sotto.quantization;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.circuit.ClearAlgebra;
import dev.sotto.numpy.NumpyModule;
import dev.sotto.onnx.Attribute;
import dev.sotto.onnx.Node;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.Tensor;
import dev.sotto.testing.LabelledRows;
import dev.sotto.testing.SharedMaterial;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TreeQuantizationTest {
  private static final QuantizationOptions SIX_BITS = QuantizationOptions.of(BitWidths.of(6));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "benchmark-models/tree-cancer",
        "benchmark-models/forest-cancer",
        "benchmark-models/xgboost-cancer",
        "onnx-exports/skl-tree-iris",
        "onnx-exports/skl-forest-cancer",
        "onnx-exports/xgboost-cancer",
        "onnx-exports/hummingbird-treetrav-forest-iris",
        "onnx-exports/hummingbird-gemm-forest-cancer"
      })
  void classifier_modelThresholds_decidesEveryTestRowLikeTheFloatModel(String name) {
    OnnxModel model = OnnxModel.read(SharedMaterial.require(name + "/model.onnx"));
    LabelledRows test = LabelledRows.test(name);
    Tensor[] whole = NumpyModule.of(model.normalized()).forward(test.features());
    Tensor[] integer = quantize(model, name, SIX_BITS).forward(test.features());
    assertEquals(whole[0].shape(), integer[0].shape());
    assertEquals(0, differences(whole[0].toDoubles(), integer[0].toDoubles(), 0));
    assertEquals(whole[1].shape(), integer[1].shape());
    assertEquals(0, differences(whole[1].toDoubles(), integer[1].toDoubles(), 1e-5));
  }

  @Test
  void regressor_modelThresholds_losesLessThanATenThousandthOfR2() {
    String name = "onnx-exports/skl-forest-regressor-diabetes";
    OnnxModel model = OnnxModel.read(SharedMaterial.require(name + "/model.onnx"));
    LabelledRows test = LabelledRows.test(name);
    double whole = r2(NumpyModule.of(model.normalized()).forward(test.features())[0], test);
    double integer = r2(quantize(model, name, SIX_BITS).forward(test.features())[0], test);
    assertEquals(whole, integer, 1e-4);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "benchmark-models/forest-cancer",
        "benchmark-models/xgboost-cancer",
        "onnx-exports/skl-forest-cancer"
      })
  void classifier_uniformThresholdsOfEightBits_decidesNearlyAllRowsLikeTheFloatModel(String name) {
    OnnxModel model = OnnxModel.read(SharedMaterial.require(name + "/model.onnx"));
    LabelledRows test = LabelledRows.test(name);
    Tensor whole = NumpyModule.of(model.normalized()).forward(test.features())[0];
    QuantizedModule module = quantize(model, name, SIX_BITS.withThresholds(Thresholds.uniform(8)));
    Tensor integer = module.forward(test.features())[0];
    assertTrue(differences(whole.toDoubles(), integer.toDoubles(), 0) <= 0.03 * whole.size());
    InputEncoding.Bits bits = (InputEncoding.Bits) module.encodings().get(0);
    for (long count : bits.thresholdsByFeature()) {
      assertTrue(count == 0 || count % 257 == 0, "the client learns where thresholds lie");
    }
  }

  @Test
  void circuit_ofForest_agreesWithTheModule() {
    String name = "benchmark-models/forest-cancer";
    OnnxModel model = OnnxModel.read(SharedMaterial.require(name + "/model.onnx"));
    QuantizedModule module = quantize(model, name, SIX_BITS);
    QuantizedModule.EncodedRows rows = module.quantizeInput(LabelledRows.test(name).features());
    double[] circuit =
        module.circuit().evaluate(new ClearAlgebra(), rows.integers()).get(0).toDoubles();
    double[] direct = module.quantizedForward(rows.integers()).get(0).toDoubles();
    assertEquals(0, differences(circuit, direct, 0));
  }

  @Test
  void unit_dyadicWeights_isThePowerOfTwoThatLosesNothing() {
    assertEquals(0.25, TreeHandler.unit(new double[] {1.5, -0.25, 3}, 20));
    assertEquals(2, TreeHandler.unit(new double[] {2, 6, 0}, 20));
    assertEquals(0.1 / 7, TreeHandler.unit(new double[] {0.1, -0.03}, 4));
    assertEquals(1, TreeHandler.unit(new double[] {0, 0}, 20));
  }

  @Test
  void ensembleOfWholeWeights_anyComparisonAndNaN_losesNothing() {
    Random random = new Random(5);
    for (int i = 0; i < 30; i++) {
      OnnxModel model =
          RandomEnsembles.model(
              random, new int[] {0, 1}, () -> random.nextInt(200) / 8.0 - 10, Map.of());
      QuantizedModule module = quantize(model, RandomEnsembles.rows(random, 50, false), SIX_BITS);
      Tensor rows = RandomEnsembles.rows(random, 60, true);
      assertEquals(NumpyModule.of(model).forward(rows)[0], module.forward(rows)[0]);
    }
  }

  @Test
  void ensembleOfLargestLeaves_isRefusedByName() {
    Random random = new Random(5);
    OnnxModel model =
        RandomEnsembles.model(
            random,
            new int[] {0},
            random::nextGaussian,
            Map.of("aggregate_function", new Attribute.StringValue("MAX")));
    assertRefused("node 'trees' (ai.onnx.ml:TreeEnsembleRegressor)", model);
  }

  @Test
  void ensembleOverMixedFeatures_isRefusedByName() {
    Random random = new Random(5);
    Node trees =
        RandomEnsembles.model(random, new int[] {0}, random::nextGaussian, Map.of())
            .graph()
            .nodes()
            .get(0)
            .withInputs(List.of("y"));
    Node mix = Node.of("mix", "MatMul", List.of("x", "mix"), List.of("y"), Map.of());
    assertRefused("node 'trees' (dev.sotto:TreeScores)", RandomEnsembles.of(mix, trees));
  }

  private static void assertRefused(String where, OnnxModel model) {
    Tensor rows = RandomEnsembles.rows(new Random(1), 20, false);
    SottoException refusal =
        assertThrows(SottoException.class, () -> quantize(model, rows, SIX_BITS));
    assertEquals(QuantizationError.NOT_ENCRYPTABLE, refusal.problems().get(0).code());
    assertEquals(where, refusal.problems().get(0).where());
  }

  private static QuantizedModule quantize(
      OnnxModel model, Tensor rows, QuantizationOptions options) {
    NumpyModule module = NumpyModule.of(ModelPreparation.prepare(model));
    return QuantizedModule.quantize(model, Calibrator.calibrate(module, rows), options);
  }

  private static QuantizedModule quantize(
      OnnxModel model, String name, QuantizationOptions options) {
    return quantize(model, LabelledRows.calibration(name), options);
  }

  private static int differences(double[] expected, double[] actual, double tolerance) {
    int count = 0;
    for (int i = 0; i < expected.length; i++) {
      count += Math.abs(expected[i] - actual[i]) <= tolerance ? 0 : 1;
    }
    return count;
  }

  private static double r2(Tensor predictions, LabelledRows rows) {
    double mean = 0;
    for (double label : rows.labels()) {
      mean += label / rows.labels().length;
    }
    double rest = 0;
    double all = 0;
    for (int i = 0; i < rows.labels().length; i++) {
      rest += Math.pow(rows.labels()[i] - predictions.getDouble(i), 2);
      all += Math.pow(rows.labels()[i] - mean, 2);
    }
    return 1 - rest / all;
  }
}
