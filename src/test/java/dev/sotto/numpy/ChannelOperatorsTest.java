package dev.sotto.numpy;

import static dev.sotto.numpy.OracleComparison.as;
import static dev.sotto.numpy.OracleComparison.floats;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.problem.SottoException;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Elementwise;
import dev.sotto.tensor.Tensor;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChannelOperatorsTest {
  @Test
  void batchNormalization_anyRank_agreesWithOnnxRuntime() throws Exception {
    Random random = new Random(31);
    for (int[] shape : new int[][] {{4, 3}, {4, 3, 5}, {2, 3, 5, 4}, {2, 3, 2, 3, 2}}) {
      Tensor variance = Elementwise.map(floats(random, 3), v -> v * v);
      OracleComparison.of("BatchNormalization")
          .with("epsilon", 1e-3f)
          .inputs(
              floats(random, shape),
              floats(random, 3),
              floats(random, 3),
              floats(random, 3),
              variance)
          .agrees(1e-5);
    }
  }

  @Test
  void batchNormalization_training_refused() {
    assertThrows(
        SottoException.class,
        () -> OracleComparison.of("BatchNormalization").with("training_mode", 1).answer());
  }

  @Test
  void localResponseNormalization_oddAndEvenSizes_agreesWithDefinition() throws Exception {
    Random random = new Random(32);
    Tensor x = floats(random, 2, 7, 3, 2);
    OracleComparison.of("LRN").with("size", 3).with("alpha", 0.2f).inputs(x).agrees(1e-5);
    OracleComparison.of("LRN").with("size", 5).with("bias", 2f).inputs(x).agrees(1e-5);
    OracleComparison.assertClose(
        as(ElementType.DOUBLE, OracleComparison.of("LRN").with("size", 4).inputs(x).answer()[0]),
        OracleComparison.of("LRN").with("size", 4).inputs(as(ElementType.DOUBLE, x)).answer()[0],
        1e-5,
        "float and double");
  }
}
