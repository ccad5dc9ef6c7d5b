package dev.sotto.numpy.ml;

import static dev.sotto.numpy.OracleComparison.integers;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.numpy.OracleComparison;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CategoryOperatorsTest {
  private static final Tensor WORDS = Tensor.of(Shape.of(2, 2), "b", "x", "a", "b");
  private static final Tensor NUMBERS = Tensor.of(Shape.of(3), 2L, 9L, 1L);

  private static OracleComparison call(String opType, int opset) {
    return OracleComparison.of("ai.onnx.ml", opType, opset);
  }

  @Test
  void labelEncoder_everyPairOfTypes_agreesWithOnnxRuntime() throws Exception {
    Object[] keys = {new String[] {"a", "b"}, new long[] {1, 2}, new float[] {1.5f, 2.5f}};
    Object[] values = {new String[] {"p", "q"}, new long[] {10, 20}, new float[] {0.1f, 0.2f}};
    Tensor[] inputs = {WORDS, NUMBERS, RandomTrees.vector(2.5f, 1.5f, 7)};
    String[] names = {"strings", "int64s", "floats"};
    for (int k = 0; k < 3; k++) {
      for (int v = 0; v < 3; v++) {
        call("LabelEncoder", 2)
            .with("keys_" + names[k], keys[k])
            .with("values_" + names[v], values[v])
            .with("default_string", "other")
            .with("default_int64", -7)
            .with("default_float", 0.5f)
            .inputs(inputs[k])
            .agrees(0);
      }
    }
  }

  @Test
  void labelEncoder_tensorAttributes_agreesWithOnnxRuntime() throws Exception {
    call("LabelEncoder", 4)
        .with("keys_tensor", Tensor.of(Shape.of(2), 1.0, 2.0))
        .with("values_tensor", Tensor.of(Shape.of(2), 0.25, 0.5))
        .with("default_tensor", Tensor.of(Shape.of(1), -1.0))
        .inputs(Tensor.of(Shape.of(3), 2.0, 1.0, 3.0))
        .agrees(0);
    call("LabelEncoder", 4)
        .with("keys_tensor", Tensor.of(Shape.of(2), "a", "b"))
        .with("values_tensor", Tensor.of(ElementType.INT16, Shape.of(2), new long[] {5, 6}))
        .with("default_tensor", Tensor.of(ElementType.INT16, Shape.of(1), new long[] {42}))
        .inputs(WORDS)
        .agrees(0);
  }

  @Test
  void labelEncoder_version1_agreesWithOnnxRuntime() throws Exception {
    call("LabelEncoder", 1)
        .with("classes_strings", new String[] {"a", "b", "c"})
        .inputs(WORDS)
        .agrees(0);
    call("LabelEncoder", 1)
        .with("classes_strings", new String[] {"a", "b", "c"})
        .with("default_string", "none")
        .inputs(NUMBERS)
        .agrees(0);
  }

  @Test
  void categoryMapper_bothDirections_agreesWithOnnxRuntime() throws Exception {
    call("CategoryMapper", 1)
        .with("cats_strings", new String[] {"a", "b"})
        .with("cats_int64s", new long[] {1, 2})
        .inputs(WORDS)
        .agrees(0);
    call("CategoryMapper", 1)
        .with("cats_strings", new String[] {"a", "b"})
        .with("cats_int64s", new long[] {1, 2})
        .inputs(NUMBERS)
        .agrees(0);
  }

  @Test
  void oneHotEncoder_stringsAndNumbers_agreesWithOnnxRuntime() throws Exception {
    call("OneHotEncoder", 1).with("cats_strings", new String[] {"a", "b"}).inputs(WORDS).agrees(0);
    call("OneHotEncoder", 1)
        .with("cats_int64s", new long[] {1, 2, 5})
        .inputs(integers(new Random(81), ElementType.INT64, 0, 6, 3, 2))
        .agrees(0);
    call("OneHotEncoder", 1)
        .with("cats_int64s", new long[] {1, 2})
        .inputs(Tensor.of(Shape.of(2, 1), 1f, 3f))
        .agrees(0);
  }

  @Test
  void oneHotEncoder_unknownWithoutZeros_refused() {
    OracleComparison call =
        call("OneHotEncoder", 1)
            .with("zeros", 0)
            .with("cats_strings", new String[] {"a", "b"})
            .inputs(WORDS);
    assertThrows(IllegalArgumentException.class, call::answer);
  }

  @Test
  void labelEncoder_notANumber_isAKeyLikeAnyOther() {
    Tensor result =
        call("LabelEncoder", 2)
            .with("keys_floats", new float[] {1, Float.NaN})
            .with("values_int64s", new long[] {10, 20})
            .inputs(RandomTrees.vector(Float.NaN, 1, 3))
            .answer()[0];
    assertArrayEquals(new long[] {20, 10, -1}, result.longs());
  }

  @Test
  void labelEncoder_repeatedKey_takesTheFirstValue() {
    Tensor result =
        call("LabelEncoder", 2)
            .with("keys_int64s", new long[] {1, 1})
            .with("values_int64s", new long[] {10, 20})
            .inputs(Tensor.vector(1))
            .answer()[0];
    assertArrayEquals(new long[] {10}, result.longs());
  }
}
