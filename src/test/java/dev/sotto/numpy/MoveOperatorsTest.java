package dev.sotto.numpy;

import static dev.sotto.numpy.Calls.counting;
import static dev.sotto.numpy.Calls.floats;
import static dev.sotto.numpy.Calls.integers;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class MoveOperatorsTest {
  private static Tensor slice(Tensor x, long start, long end, long axis, long step) {
    return Calls.of("Slice")
        .one(x, Tensor.vector(start), Tensor.vector(end), Tensor.vector(axis), Tensor.vector(step));
  }

  @Test
  void unsqueeze_withSeveralAxes_countsThemInTheResult() {
    Tensor x = counting(3, 4);
    Calls unsqueeze = Calls.of("Unsqueeze");
    assertEquals(Shape.of(1, 1, 3, 4), unsqueeze.one(x, Tensor.vector(0, 1)).shape());
    assertEquals(Shape.of(1, 3, 1, 4), unsqueeze.one(x, Tensor.vector(2, 0)).shape());
    assertEquals(Shape.of(3, 1, 4, 1), unsqueeze.one(x, Tensor.vector(-1, -3)).shape());
  }

  @Test
  void squeeze_withoutAxes_dropsEveryOne() {
    assertEquals(Shape.of(3, 4), Calls.of("Squeeze").one(counting(1, 3, 1, 4)).shape());
    assertThrows(
        IllegalArgumentException.class,
        () -> Calls.of("Squeeze").one(counting(1, 3), Tensor.vector(1)));
  }

  @Test
  void slice_fromTheEnd_isEmpty() {
    assertEquals(Shape.of(3, 0), slice(counting(3, 4), 4, 9, 1, 1).shape());
  }

  @Test
  void slice_withNegativeStep_runsBackward() {
    Tensor x = floats(0, 1, 2, 3);
    assertEquals(floats(3, 1), slice(x, 3, -9, 0, -2));
    assertEquals(floats(3, 2, 1, 0), slice(x, Long.MAX_VALUE, Long.MIN_VALUE, 0, -1));
    assertEquals(floats(2, 1), slice(x, -2, 0, 0, -1));
    assertEquals(Shape.of(2, 2), slice(counting(2, 4), 3, 0, 1, -2).shape());
  }

  @Test
  void flatten_atAnyAxis_givesTwoDimensions() {
    Tensor x = counting(2, 3, 4, 5);
    int[][] expected = {{1, 120}, {2, 60}, {6, 20}, {24, 5}, {120, 1}};
    for (int axis = 0; axis <= 4; axis++) {
      Tensor result = Calls.of("Flatten").with("axis", axis).one(x);
      assertArrayEquals(expected[axis], result.shape().dims());
    }
    assertArrayEquals(
        new int[] {24, 5}, Calls.of("Flatten").with("axis", -1).one(x).shape().dims());
  }

  @Test
  void pad_ofFourDimensions_placesTheTensor() {
    Tensor x = counting(1, 2, 2, 2);
    Tensor pads = Tensor.vector(0, 0, 1, 1, 0, 0, 0, 2);
    Tensor result = Calls.of("Pad").one(x, pads, Tensor.scalar(-1f));
    assertEquals(
        Tensor.of(
            Shape.of(1, 2, 3, 5),
            -1f,
            -1,
            -1,
            -1,
            -1,
            -1,
            0,
            1,
            -1,
            -1,
            -1,
            2,
            3,
            -1,
            -1,
            -1,
            -1,
            -1,
            -1,
            -1,
            -1,
            4,
            5,
            -1,
            -1,
            -1,
            6,
            7,
            -1,
            -1),
        result);
  }

  @Test
  void pad_modes_continueTheAxis() {
    Tensor x = floats(1, 2, 3);
    Tensor pads = Tensor.vector(2, 2);
    assertEquals(floats(3, 2, 1, 2, 3, 2, 1), Calls.of("Pad").with("mode", "reflect").one(x, pads));
    assertEquals(floats(1, 1, 1, 2, 3, 3, 3), Calls.of("Pad").with("mode", "edge").one(x, pads));
    assertEquals(floats(2, 3, 1, 2, 3, 1, 2), Calls.of("Pad").with("mode", "wrap").one(x, pads));
    assertEquals(floats(0, 0, 1, 2, 3, 0, 0), Calls.of("Pad").one(x, pads));
    assertEquals(floats(2), Calls.of("Pad").one(x, Tensor.vector(-1, -1)));
  }

  @Test
  void pad_withAxes_padsOnlyThose() {
    Tensor result =
        Calls.of("Pad").one(counting(2, 1), Tensor.vector(1, 0), null, Tensor.vector(-1));
    assertEquals(Tensor.of(Shape.of(2, 2), 0f, 0, 0, 1), result);
  }

  @Test
  void reshape_withZeroAndMinusOne_copiesAndInfers() {
    Tensor x = counting(2, 3, 4);
    assertEquals(Shape.of(2, 12), Calls.of("Reshape").one(x, Tensor.vector(0, -1)).shape());
    assertThrows(
        IllegalArgumentException.class, () -> Calls.of("Reshape").one(x, Tensor.vector(5, -1)));
    Tensor empty = Tensor.of(Shape.of(0, 3), new float[0]);
    assertEquals(
        Shape.of(3, 0),
        Calls.of("Reshape").with("allowzero", 1).one(empty, Tensor.vector(3, 0)).shape());
  }

  @Test
  void split_intoUnequalParts_makesTheLastSmaller() {
    Tensor[] parts = Calls.of("Split").with("num_outputs", 3).all(3, floats(0, 1, 2, 3, 4, 5, 6));
    assertEquals(floats(0, 1, 2), parts[0]);
    assertEquals(floats(3, 4, 5), parts[1]);
    assertEquals(floats(6), parts[2]);
  }

  @Test
  void dropout_forInference_isTheIdentityAndKeepsAll() {
    Tensor[] results = Calls.of("Dropout").all(2, floats(1, 2), Tensor.scalar(0.9f));
    assertEquals(floats(1, 2), results[0]);
    assertEquals(integers(ElementType.BOOL, 1, 1), results[1]);
  }

  @Test
  void spaceToDepth_undoesDepthToSpace() {
    Tensor x = counting(2, 8, 3, 5);
    Tensor there = Calls.of("DepthToSpace").with("blocksize", 2).one(x);
    assertEquals(Shape.of(2, 2, 6, 10), there.shape());
    assertEquals(x, Calls.of("SpaceToDepth").with("blocksize", 2).one(there));
  }

  @Test
  void gather_withScalarIndex_dropsTheAxis() {
    Tensor x = counting(2, 3);
    assertEquals(floats(2, 5), Calls.of("Gather").with("axis", 1).one(x, Tensor.scalar(-1L)));
    assertThrows(IllegalArgumentException.class, () -> Calls.of("Gather").one(x, Tensor.vector(2)));
  }

  @Test
  void gatherElements_andScatterElements_areInverse() {
    Tensor x = counting(3, 3);
    Tensor indices = Tensor.of(Shape.of(2, 3), 1L, 2, 0, 2, 0, 0);
    assertEquals(
        Tensor.of(Shape.of(2, 3), 3f, 7, 2, 6, 1, 2), Calls.of("GatherElements").one(x, indices));
    Tensor updates = Tensor.of(Shape.of(2, 3), 10f, 11, 12, 20, 21, 22);
    assertEquals(
        Tensor.of(Shape.of(3, 3), 0f, 21, 22, 10, 4, 5, 20, 11, 8),
        Calls.of("ScatterElements").one(x, indices, updates));
  }

  @Test
  void scatterNd_withAdd_addsRepeatedly() {
    Tensor indices = Tensor.of(Shape.of(3, 1), 1L, 1, 0);
    Tensor result =
        Calls.of("ScatterND").with("reduction", "add").one(floats(1, 1), indices, floats(5, 6, 7));
    assertEquals(floats(8, 12), result);
  }

  @Test
  void gatherNd_withBatch_gathersWithinEachBatch() {
    Tensor x = counting(2, 2, 2);
    Tensor indices = Tensor.of(Shape.of(2, 1), 1L, 0);
    assertEquals(
        Tensor.of(Shape.of(2, 2), 2f, 3, 4, 5),
        Calls.of("GatherND").with("batch_dims", 1).one(x, indices));
  }

  @Test
  void expand_withSmallerTarget_broadcastsBothWays() {
    assertEquals(
        Shape.of(2, 3), Calls.of("Expand").one(counting(2, 1), Tensor.vector(1, 3)).shape());
    assertEquals(Shape.of(2, 3), Calls.of("Expand").one(counting(2, 3), Tensor.vector(1)).shape());
  }

  @Test
  void reverseSequence_reversesOnlyTheLength() {
    Tensor x = Tensor.of(Shape.of(2, 3), 0f, 1, 2, 3, 4, 5);
    Tensor result =
        Calls.of("ReverseSequence")
            .with("time_axis", 1)
            .with("batch_axis", 0)
            .one(x, Tensor.vector(2, 3));
    assertEquals(Tensor.of(Shape.of(2, 3), 1f, 0, 2, 5, 4, 3), result);
  }

  @Test
  void compress_withoutAxis_worksOnTheFlatTensor() {
    Tensor x = counting(2, 2);
    assertEquals(floats(1, 2), Calls.of("Compress").one(x, integers(ElementType.BOOL, 0, 1, 1)));
    assertEquals(
        Tensor.of(Shape.of(1, 2), 2f, 3),
        Calls.of("Compress").with("axis", 0).one(x, integers(ElementType.BOOL, 0, 1)));
  }

  @Test
  void moves_onStrings_work() {
    Tensor x = Tensor.of(Shape.of(2, 2), "a", "b", "c", "d");
    assertEquals(Tensor.of(Shape.of(2, 2), "a", "c", "b", "d"), Calls.of("Transpose").one(x));
    assertEquals(
        "[c, d, c, d]", Arrays.toString(Calls.of("Gather").one(x, Tensor.vector(1, 1)).strings()));
  }
}
