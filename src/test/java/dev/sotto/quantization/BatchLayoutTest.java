package dev.sotto.quantization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import org.junit.jupiter.api.Test;

class BatchLayoutTest {
  @Test
  void of_shapesForOneAndTwoRows_findsTheAxisThatGrows() {
    assertEquals(
        new BatchLayout(Shape.of(1, 3), 0), BatchLayout.of(Shape.of(1, 3), Shape.of(2, 3)));
    assertEquals(
        new BatchLayout(Shape.of(3, 1), 1), BatchLayout.of(Shape.of(3, 1), Shape.of(3, 2)));
    assertEquals(
        new BatchLayout(Shape.of(2, 4, 5), 1),
        BatchLayout.of(Shape.of(2, 4, 5), Shape.of(2, 8, 5)));
  }

  @Test
  void of_shapesWithoutOneGrowingAxis_isNull() {
    assertNull(BatchLayout.of(Shape.of(3), Shape.of(3)));
    assertNull(BatchLayout.of(Shape.of(1, 1), Shape.of(2, 2)));
    assertNull(BatchLayout.of(Shape.of(1, 3), Shape.of(3, 3)));
    assertNull(BatchLayout.of(Shape.of(3), Shape.of(2, 3)));
  }

  @Test
  void toRows_rowsInTheMiddleAxis_undoesToBatch() {
    BatchLayout layout = required(BatchLayout.of(Shape.of(2, 2, 2), Shape.of(2, 4, 2)));
    float[] rows = new float[3 * 8];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = i;
    }
    Tensor batch = layout.toBatch(rows, 3);
    assertEquals(Shape.of(2, 6, 2), batch.shape());
    assertEquals(3, layout.rows(batch));
    // Row 1 begins behind the two lines of row 0, in each of the two planes.
    assertEquals(8, batch.getDouble(4));
    assertEquals(12, batch.getDouble(12 + 4));
    assertArrayEquals(rows, layout.toRows(batch));
  }

  private static BatchLayout required(BatchLayout layout) {
    assertNotNull(layout);
    return layout;
  }
}
