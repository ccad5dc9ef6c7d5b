package dev.sotto.numpy;

import static dev.sotto.numpy.OracleComparison.as;
import static dev.sotto.numpy.OracleComparison.floats;
import static dev.sotto.numpy.OracleComparison.integers;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LinearOperatorsTest {
  @Test
  void gemm_randomShapesAndAttributes_agreesWithOnnxRuntime() throws Exception {
    Random random = new Random(1);
    for (int round = 0; round < 60; round++) {
      int m = 1 + random.nextInt(9);
      int k = 1 + random.nextInt(40);
      int n = 1 + random.nextInt(40);
      boolean transA = random.nextBoolean();
      boolean transB = random.nextBoolean();
      int[][] biases = {{n}, {1, n}, {m, 1}, {m, n}, {1}, {}, {1, 1}};
      Tensor a = transA ? floats(random, k, m) : floats(random, m, k);
      Tensor b = transB ? floats(random, n, k) : floats(random, k, n);
      Tensor c = floats(random, biases[random.nextInt(biases.length)]);
      ElementType type = random.nextInt(3) == 0 ? ElementType.DOUBLE : ElementType.FLOAT;
      OracleComparison.of("Gemm")
          .with("transA", transA ? 1 : 0)
          .with("transB", transB ? 1 : 0)
          .with("alpha", random.nextBoolean() ? 1f : 0.7f)
          .with("beta", random.nextBoolean() ? 1f : 0.3f)
          .inputs(as(type, a), as(type, b), random.nextInt(4) == 0 ? null : as(type, c))
          .agrees(1e-5);
    }
  }

  @Test
  void matMul_broadcastBatches_agreesWithOnnxRuntime() throws Exception {
    Random random = new Random(2);
    int[][][] shapes = {
      {{5}, {5}},
      {{5}, {5, 3}},
      {{4, 5}, {5}},
      {{4, 5}, {5, 3}},
      {{2, 4, 5}, {5, 3}},
      {{2, 4, 5}, {2, 5, 3}},
      {{3, 1, 4, 5}, {2, 5, 3}},
      {{4, 5}, {3, 2, 5, 6}},
      {{5}, {2, 5, 3}},
      {{3, 4, 5}, {5}},
      {{1, 4, 5}, {2, 5, 3}},
      {{2, 1, 4, 5}, {1, 5, 3}},
    };
    for (int[][] pair : shapes) {
      for (ElementType type : new ElementType[] {ElementType.FLOAT, ElementType.DOUBLE}) {
        OracleComparison.of("MatMul")
            .inputs(as(type, floats(random, pair[0])), as(type, floats(random, pair[1])))
            .agrees(1e-5);
      }
      OracleComparison.of("MatMul")
          .inputs(
              integers(random, ElementType.INT64, -100, 100, pair[0]),
              integers(random, ElementType.INT64, -100, 100, pair[1]))
          .agrees(0);
    }
  }

  @Test
  void matMulInteger_zeroPoints_agreesWithOnnxRuntime() throws Exception {
    Random random = new Random(3);
    Tensor a = integers(random, ElementType.UINT8, 0, 255, 4, 7);
    OracleComparison.of("MatMulInteger")
        .inputs(a, integers(random, ElementType.UINT8, 0, 255, 7, 5))
        .agrees(0);
    // Signed weights stay within 6 bits: wider ones saturate in ONNX Runtime without VNNI.
    OracleComparison.of("MatMulInteger")
        .inputs(
            a,
            integers(random, ElementType.INT8, -32, 31, 7, 5),
            Tensor.of(ElementType.UINT8, Shape.SCALAR, new long[] {128}),
            Tensor.of(ElementType.INT8, Shape.of(5), new long[] {1, -2, 3, 4, -128}))
        .constantsFrom(2)
        .agrees(0);
  }

  @Test
  void fusedMatMul_transposed_agreesWithOnnxRuntime() throws Exception {
    Random random = new Random(4);
    OracleComparison.of("com.microsoft", "FusedMatMul", 1)
        .with("alpha", 0.25f)
        .with("transB", 1)
        .inputs(floats(random, 2, 3, 4), floats(random, 2, 5, 4))
        .agrees(1e-5);
  }

  @Test
  void matMul_newWeightsObject_givesNewProduct() {
    Operator operator =
        OperatorRegistry.standard().find("MatMul").prepare(OracleComparison.of("MatMul").node());
    Tensor row = Tensor.of(Shape.of(1, 2), 1f, 2f);
    Tensor first = operator.apply(new Tensor[] {row, Tensor.of(Shape.of(2, 1), 1f, 1f)})[0];
    Tensor second = operator.apply(new Tensor[] {row, Tensor.of(Shape.of(2, 1), 10f, 10f)})[0];
    assertEquals(3f, first.floats()[0]);
    assertEquals(30f, second.floats()[0]);
  }

  @Test
  void matMul_innerDimensionsDiffer_refused() {
    OracleComparison product =
        OracleComparison.of("MatMul")
            .inputs(Tensor.of(Shape.of(1, 2), 1f, 2f), Tensor.of(Shape.of(3, 1), 1f, 1f, 1f));
    assertThrows(IllegalArgumentException.class, product::answer);
  }

  @Test
  void gemm_half_roundsOnceToHalf() throws Exception {
    Random random = new Random(5);
    Tensor[] sums = new Tensor[2];
    Tensor a = as(ElementType.FLOAT16, floats(random, 3, 8));
    Tensor b = as(ElementType.FLOAT16, floats(random, 8, 4));
    sums[0] = OracleComparison.of("Gemm").inputs(a, b).answer()[0];
    sums[1] =
        as(
            ElementType.FLOAT16,
            OracleComparison.of("Gemm")
                .inputs(as(ElementType.FLOAT, a), as(ElementType.FLOAT, b))
                .answer()[0]);
    assertEquals(sums[1], sums[0]);
  }
}
