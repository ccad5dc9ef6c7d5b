package dev.sotto.numpy.ml;

import static dev.sotto.numpy.OracleComparison.floats;
import static dev.sotto.numpy.OracleComparison.integers;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.numpy.OracleComparison;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FeatureOperatorsTest {
  private static OracleComparison call(String opType) {
    return OracleComparison.of("ai.onnx.ml", opType, 1);
  }

  @Test
  void scaler_commonAndPerFeature_agreesWithOnnxRuntime() throws Exception {
    Random random = new Random(71);
    Tensor x = floats(random, 5, 4);
    call("Scaler")
        .with("offset", floats(random, 4).floats())
        .with("scale", floats(random, 4).floats())
        .inputs(x)
        .agrees(1e-6);
    call("Scaler")
        .with("offset", new float[] {0.5f})
        .with("scale", new float[] {2f})
        .inputs(integers(random, ElementType.INT64, -9, 9, 5, 4))
        .agrees(1e-6);
  }

  @Test
  void normalizer_everyNorm_agreesWithOnnxRuntime() throws Exception {
    Random random = new Random(72);
    for (String norm : new String[] {"MAX", "L1", "L2"}) {
      call("Normalizer").with("norm", norm).inputs(floats(random, 6, 5)).agrees(1e-5);
      call("Normalizer").with("norm", norm).inputs(Tensor.of(Shape.of(1, 2), 0f, 0f)).agrees(0);
    }
  }

  @Test
  void imputer_missingValues_agreesWithOnnxRuntime() throws Exception {
    Random random = new Random(73);
    call("Imputer")
        .with("imputed_value_floats", new float[] {1, 2, 3})
        .with("replaced_value_float", Float.NaN)
        .inputs(RandomTrees.rows(random, 20, 3, true))
        .agrees(0);
    call("Imputer")
        .with("imputed_value_floats", new float[] {9})
        .with("replaced_value_float", 0.5f)
        .inputs(RandomTrees.rows(random, 20, 3, false))
        .agrees(0);
    call("Imputer")
        .with("imputed_value_int64s", new long[] {7, 8})
        .with("replaced_value_int64", -1)
        .inputs(integers(random, ElementType.INT64, -2, 1, 10, 2))
        .agrees(0);
  }

  @Test
  void binarizer_threshold_agreesWithOnnxRuntime() throws Exception {
    call("Binarizer")
        .with("threshold", 0.25f)
        .inputs(RandomTrees.rows(new Random(74), 10, 4, false))
        .agrees(0);
  }

  @Test
  void featureVectorizer_severalInputs_agreesWithOnnxRuntime() throws Exception {
    Random random = new Random(75);
    call("FeatureVectorizer")
        .with("inputdimensions", new long[] {2, 3})
        .inputs(floats(random, 4, 2), floats(random, 4, 3))
        .agrees(0);
  }

  @Test
  void arrayFeatureExtractor_anyRankAndType_agreesWithOnnxRuntime() throws Exception {
    Random random = new Random(76);
    Tensor positions = Tensor.of(Shape.of(1, 3), 2L, 0L, 2L);
    call("ArrayFeatureExtractor").inputs(floats(random, 4, 3), positions).agrees(0);
    call("ArrayFeatureExtractor").inputs(floats(random, 2, 4, 3), positions).agrees(0);
    call("ArrayFeatureExtractor")
        .inputs(Tensor.of(Shape.of(3), "a", "b", "c"), positions)
        .agrees(0);
  }

  @Test
  void zipMap_matrix_staysMatrix() {
    Tensor scores = floats(new Random(77), 4, 3);
    assertEquals(
        scores,
        call("ZipMap").with("classlabels_int64s", new long[] {0, 1, 2}).inputs(scores).answer()[0]);
  }
}
