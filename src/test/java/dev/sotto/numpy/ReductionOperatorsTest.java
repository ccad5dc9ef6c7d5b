package dev.sotto.numpy;

import static dev.sotto.numpy.Calls.counting;
import static dev.sotto.numpy.Calls.floats;
import static dev.sotto.numpy.Calls.integers;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import org.junit.jupiter.api.Test;

class ReductionOperatorsTest {
  @Test
  void reduceSum_overAxesApart_keepsOrDropsThem() {
    Tensor x = counting(2, 3, 4);
    Tensor axes = Tensor.vector(0, -1);
    Tensor kept = Calls.of("ReduceSum").one(x, axes);
    assertEquals(Tensor.of(Shape.of(1, 3, 1), 60f, 92, 124), kept);
    assertEquals(floats(60, 92, 124), Calls.of("ReduceSum").with("keepdims", 0).one(x, axes));
  }

  @Test
  void reduceSum_withEmptyAxes_reducesAllOrNothing() {
    Tensor x = floats(1, 2);
    assertEquals(floats(3), Calls.of("ReduceSum").one(x, Tensor.vector()));
    assertEquals(x, Calls.of("ReduceSum").with("noop_with_empty_axes", 1).one(x, Tensor.vector()));
  }

  @Test
  void reduceSum_ofManyFloats_doesNotLoseTheSmall() {
    float[] values = new float[100_001];
    java.util.Arrays.fill(values, 1e-4f);
    values[0] = 1e4f;
    float sum = Calls.of("ReduceSum").one(floats(values)).floats()[0];
    assertEquals(1e4 + 10, sum, 1e-3);
  }

  @Test
  void reductions_overNothing_giveTheNeutralElement() {
    Tensor empty = Tensor.of(Shape.of(2, 0), new float[0]);
    Tensor axes = Tensor.vector(1);
    String[] types = {"ReduceSum", "ReduceProd", "ReduceMax", "ReduceMin", "ReduceLogSumExp"};
    float infinity = Float.POSITIVE_INFINITY;
    float[] expected = {0, 1, -infinity, infinity, -infinity};
    for (int i = 0; i < types.length; i++) {
      assertEquals(
          floats(expected[i], expected[i]),
          Calls.of(types[i]).with("keepdims", 0).one(empty, axes),
          types[i]);
    }
    Tensor none = Tensor.of(ElementType.INT8, Shape.of(0), new long[0]);
    assertEquals(integers(ElementType.INT8, -128), Calls.of("ReduceMax").one(none));
    assertEquals(integers(ElementType.INT8, 127), Calls.of("ReduceMin").one(none));
  }

  @Test
  void reduceMax_ofLargeLongs_isExact() {
    Tensor x = Tensor.vector(Long.MAX_VALUE - 1, Long.MAX_VALUE);
    assertEquals(Tensor.vector(Long.MAX_VALUE), Calls.of("ReduceMax").one(x));
    Tensor unsigned = integers(ElementType.UINT64, 5, -1);
    assertEquals(integers(ElementType.UINT64, -1), Calls.of("ReduceMax").one(unsigned));
    assertEquals(integers(ElementType.UINT64, 5), Calls.of("ReduceMin").one(unsigned));
  }

  @Test
  void reduceLogSumExp_ofLargeNumbers_doesNotOverflow() {
    float result = Calls.of("ReduceLogSumExp").one(floats(1000, 1000)).floats()[0];
    assertEquals(1000 + Math.log(2), result, 1e-4);
  }

  @Test
  void softmax_alongAnyAxis_sumsToOne() {
    Tensor x = counting(2, 3, 4);
    for (int axis = 0; axis < 3; axis++) {
      Tensor result = Calls.of("Softmax").with("axis", axis).one(x);
      Tensor sums = Calls.of("ReduceSum").with("keepdims", 0).one(result, Tensor.vector(axis));
      for (float sum : sums.floats()) {
        assertEquals(1, sum, 1e-6);
      }
    }
    assertEquals(floats(0.5f, 0.5f), Calls.of("Softmax").one(floats(1e30f, 1e30f)));
  }

  @Test
  void layerNormalization_overTwoAxes_hasMeanZeroAndScale() {
    Tensor x = counting(2, 2, 2);
    Tensor[] results =
        Calls.of("LayerNormalization")
            .with("axis", -2)
            .all(
                3,
                x,
                Tensor.of(Shape.of(2, 2), 1f, 1, 1, 2),
                Tensor.of(Shape.of(2, 2), new float[4]));
    double deviation = Math.sqrt(1.25 + 1e-5);
    assertArrayEquals(
        new float[] {
          (float) (-1.5 / deviation),
          (float) (-0.5 / deviation),
          (float) (0.5 / deviation),
          (float) (3 / deviation)
        },
        java.util.Arrays.copyOf(results[0].floats(), 4),
        1e-6f);
    assertEquals(Tensor.of(Shape.of(2, 1, 1), 1.5f, 5.5f), results[1]);
    assertEquals((float) (1 / deviation), results[2].floats()[0]);
  }

  @Test
  void argMax_ofTies_isTheFirstOrTheLast() {
    Tensor x = Tensor.of(Shape.of(2, 3), 3f, 1, 3, 2, 2, 1);
    assertEquals(
        Tensor.vector(0, 0), Calls.of("ArgMax").with("axis", 1).with("keepdims", 0).one(x));
    assertEquals(
        Tensor.vector(2, 1),
        Calls.of("ArgMax")
            .with("axis", -1)
            .with("keepdims", 0)
            .with("select_last_index", 1)
            .one(x));
  }

  @Test
  void topK_sortsAndPrefersTheFirstOfEquals() {
    Tensor x = Tensor.of(Shape.of(2, 4), 1f, 4, 4, 2, -1, -3, 0, -2);
    Tensor[] results = Calls.of("TopK").all(2, x, Tensor.vector(3));
    assertEquals(Tensor.of(Shape.of(2, 3), 4f, 4, 2, 0, -1, -2), results[0]);
    assertEquals(Tensor.of(Shape.of(2, 3), 1L, 2, 3, 2, 0, 3), results[1]);
    Tensor[] smallest =
        Calls.of("TopK").with("largest", 0).with("axis", 0).all(2, x, Tensor.vector(1));
    assertEquals(Tensor.of(Shape.of(1, 4), -1f, -3, 0, -2), smallest[0]);
    assertEquals(Tensor.of(Shape.of(1, 4), 1L, 1, 1, 1), smallest[1]);
  }

  @Test
  void oneHot_withNegativeAndForeignIndices_wrapsAndIgnores() {
    Tensor values = floats(2, 5);
    Tensor result = Calls.of("OneHot").one(Tensor.vector(0, -1, 7), Tensor.scalar(3L), values);
    assertEquals(Tensor.of(Shape.of(3, 3), 5f, 2, 2, 2, 2, 5, 2, 2, 2), result);
    Tensor first =
        Calls.of("OneHot").with("axis", 0).one(Tensor.vector(1, 0), Tensor.scalar(2L), values);
    assertEquals(Tensor.of(Shape.of(2, 2), 2f, 5, 5, 2), first);
  }

  @Test
  void cumSum_exclusiveAndReverse_shifts() {
    Tensor x = floats(1, 2, 3);
    Tensor axis = Tensor.scalar(0L);
    assertEquals(floats(1, 3, 6), Calls.of("CumSum").one(x, axis));
    assertEquals(
        floats(5, 3, 0), Calls.of("CumSum").with("exclusive", 1).with("reverse", 1).one(x, axis));
  }

  @Test
  void range_withNegativeStep_countsDown() {
    assertEquals(
        Tensor.vector(10, 7, 4),
        Calls.of("Range").one(Tensor.scalar(10L), Tensor.scalar(1L), Tensor.scalar(-3L)));
    assertEquals(
        floats(1, 1.5f),
        Calls.of("Range").one(Tensor.scalar(1f), Tensor.scalar(2f), Tensor.scalar(0.5f)));
    assertEquals(
        Shape.of(0),
        Calls.of("Range").one(Tensor.scalar(1L), Tensor.scalar(0L), Tensor.scalar(2L)).shape());
  }

  @Test
  void shape_withNegativeStartAndEnd_slices() {
    Tensor x = counting(2, 3, 4);
    assertEquals(Tensor.vector(4), Calls.of("Shape").with("start", -1).one(x));
    assertEquals(Tensor.vector(2, 3), Calls.of("Shape").with("end", -1).one(x));
    assertEquals(Tensor.vector(), Calls.of("Shape").with("start", 2).with("end", 1).one(x));
  }

  @Test
  void nonZero_listsCoordinatesByAxis() {
    Tensor x = Tensor.of(Shape.of(2, 2), 1f, 0, 1, 1);
    assertEquals(Tensor.of(Shape.of(2, 3), 0L, 1, 1, 0, 0, 1), Calls.of("NonZero").one(x));
  }

  @Test
  void trilu_keepsATriangle() {
    Tensor x = counting(2, 3);
    assertEquals(Tensor.of(Shape.of(2, 3), 0f, 1, 2, 0, 4, 5), Calls.of("Trilu").one(x));
    assertEquals(
        Tensor.of(Shape.of(2, 3), 0f, 0, 0, 3, 0, 0),
        Calls.of("Trilu").with("upper", 0).one(x, Tensor.scalar(-1L)));
  }
}
