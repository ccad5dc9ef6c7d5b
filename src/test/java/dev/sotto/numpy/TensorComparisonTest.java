package dev.sotto.numpy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import org.junit.jupiter.api.Test;

class TensorComparisonTest {
  private final TensorComparison comparison = new TensorComparison(1e-3, 1e-7);

  @Test
  void difference_withinTolerance_isNone() {
    assertNull(
        comparison.difference(
            Calls.floats(1000.9f, 5e-8f, Float.NaN, Float.NEGATIVE_INFINITY),
            Calls.floats(1000f, 0f, Float.NaN, Float.NEGATIVE_INFINITY)));
  }

  @Test
  void difference_outsideTolerance_namesTheFirstElement() {
    assertEquals(
        "element 1 of FLOAT 3: expected 1000.0, got 1002.0",
        comparison.difference(Calls.floats(1, 1002, 7), Calls.floats(1, 1000, 8)));
    assertNotNull(comparison.difference(Calls.floats(2e-7f), Calls.floats(0)));
    assertNotNull(
        comparison.difference(Calls.floats(1e30f), Calls.floats(Float.POSITIVE_INFINITY)));
    assertNotNull(comparison.difference(Calls.floats(Float.NaN), Calls.floats(1)));
    assertNotNull(comparison.difference(Calls.floats(1), Calls.floats(Float.NaN)));
  }

  @Test
  void difference_ofTypeOrShape_isToldEvenWhenElementsAgree() {
    assertEquals(
        "expected INT64 1, got FLOAT 1", comparison.difference(Calls.floats(1), Tensor.vector(1)));
    assertEquals(
        "expected FLOAT 1x1, got FLOAT 1",
        comparison.difference(Calls.floats(1), Tensor.of(Shape.of(1, 1), 1f)));
  }

  @Test
  void difference_ofIntegersAndStrings_isExact() {
    assertNotNull(comparison.difference(Tensor.vector(100_001), Tensor.vector(100_000)));
    assertEquals(
        "element 0 of UINT64 1: expected 18446744073709551615, got 0",
        comparison.difference(
            Calls.integers(ElementType.UINT64, 0), Calls.integers(ElementType.UINT64, -1)));
    assertNotNull(comparison.difference(Tensor.of(Shape.of(1), "a"), Tensor.of(Shape.of(1), "b")));
  }
}
