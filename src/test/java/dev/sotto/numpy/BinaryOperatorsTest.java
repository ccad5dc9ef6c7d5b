package dev.sotto.numpy;

import static dev.sotto.numpy.Calls.floats;
import static dev.sotto.numpy.Calls.integers;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import org.junit.jupiter.api.Test;

class BinaryOperatorsTest {
  private static Tensor call(String type, Tensor a, Tensor b) {
    return Calls.of(type).one(a, b);
  }

  @Test
  void integerArithmetic_beyondTheType_wraps() {
    assertEquals(
        integers(ElementType.UINT8, 44),
        call("Add", integers(ElementType.UINT8, 200), integers(ElementType.UINT8, 100)));
    assertEquals(
        integers(ElementType.INT8, -56),
        call("Mul", integers(ElementType.INT8, 100), integers(ElementType.INT8, 2)));
    assertEquals(
        integers(ElementType.UINT32, 0xFFFFFFFFL),
        call("Sub", integers(ElementType.UINT32, 0), integers(ElementType.UINT32, 1)));
  }

  @Test
  void uint64_aboveLongRange_isUnsigned() {
    Tensor big = integers(ElementType.UINT64, -2);
    Tensor small = integers(ElementType.UINT64, 3);
    assertEquals(integers(ElementType.UINT64, 0x5555555555555554L), call("Div", big, small));
    assertEquals(integers(ElementType.UINT64, 2), call("Mod", big, small));
    assertEquals(big, call("Max", big, small));
    assertEquals(small, call("Min", big, small));
    assertEquals(integers(ElementType.BOOL, 1), call("Greater", big, small));
  }

  @Test
  void div_ofIntegers_truncatesTowardZero() {
    assertEquals(
        integers(ElementType.INT32, -3, 3),
        call("Div", integers(ElementType.INT32, -7, -7), integers(ElementType.INT32, 2, -2)));
  }

  @Test
  void mod_hasTheSignOfTheDivisor_andFmodThatOfTheDividend() {
    Tensor a = integers(ElementType.INT64, -4, 7, 5);
    Tensor b = integers(ElementType.INT64, 2, -3, 8);
    assertEquals(integers(ElementType.INT64, 0, -2, 5), call("Mod", a, b));
    assertEquals(
        floats(-0.5f, 0.5f),
        Calls.of("Mod").with("fmod", 1).one(floats(-2.5f, 2.5f), floats(2f, -2f)));
  }

  @Test
  void pow_ofMixedTypes_hasTheTypeOfTheBase() {
    assertEquals(
        integers(ElementType.INT32, 1, 8, 81),
        call("Pow", integers(ElementType.INT32, 1, 2, 3), floats(5, 3, 4)));
    assertEquals(floats(0.25f, 8), call("Pow", floats(2, 2), integers(ElementType.INT64, -2, 3)));
    assertEquals(
        integers(ElementType.UINT8, 0), call("Pow", integers(ElementType.UINT8, 2), floats(8)));
  }

  @Test
  void max_withNaN_isNaN() {
    assertEquals(
        floats(Float.NaN, 2),
        Calls.of("Max").one(floats(1, 2), floats(Float.NaN, 1), floats(3, 0)));
  }

  @Test
  void mean_ofThree_broadcasts() {
    Tensor result = Calls.of("Mean").one(floats(1, 2, 3), Tensor.scalar(3f), floats(2, 1, 0));
    assertEquals(floats(2, 2, 2), result);
  }

  @Test
  void prelu_withSlopePerChannel_scalesNegativesOnly() {
    Tensor x = Tensor.of(Shape.of(1, 2, 2), -1f, 2f, -3f, 4f);
    Tensor slope = Tensor.of(Shape.of(2, 1), 0.5f, 2f);
    assertEquals(Tensor.of(Shape.of(1, 2, 2), -0.5f, 2f, -6f, 4f), Calls.of("PRelu").one(x, slope));
  }

  @Test
  void bitShift_byWidthOrMore_isZero() {
    Calls left = Calls.of("BitShift").with("direction", "LEFT");
    assertEquals(
        integers(ElementType.UINT8, 4, 0, 0),
        left.one(integers(ElementType.UINT8, 1, 1, 1), integers(ElementType.UINT8, 2, 8, 70)));
  }

  @Test
  void operandsOfDifferentTypes_areRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> call("Add", floats(1), integers(ElementType.INT64, 1)));
  }

  @Test
  void shapesThatDoNotBroadcast_areRefusedByShape() {
    IllegalArgumentException refusal =
        assertThrows(
            IllegalArgumentException.class, () -> call("Add", floats(1, 2), floats(1, 2, 3)));
    assertEquals("shapes 2 and 3 do not broadcast", refusal.getMessage());
  }

  @Test
  void comparisonsWithNaN_areFalse() {
    Tensor nan = floats(Float.NaN);
    for (String type : new String[] {"Less", "Greater", "LessOrEqual", "GreaterOrEqual", "Equal"}) {
      assertEquals(integers(ElementType.BOOL, 0), call(type, nan, nan), type);
    }
  }

  @Test
  void equal_onStrings_comparesText() {
    assertEquals(
        integers(ElementType.BOOL, 1, 0),
        call("Equal", Tensor.of(Shape.of(2), "a", "b"), Tensor.of(Shape.of(1), "a")));
  }
}
