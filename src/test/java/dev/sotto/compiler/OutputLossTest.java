package dev.sotto.compiler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.circuit.CircuitBuilder;
import dev.sotto.circuit.IntegerTensor;
import dev.sotto.circuit.Interval;
import dev.sotto.quantization.QuantizedModule;
import dev.sotto.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class OutputLossTest {
  private static final int CLASSES = 4;
  private static final int BOUND = 1 << 20;
  private static final QuantizedModule.Output UNIT =
      new QuantizedModule.Output("y", 0, Shape.of(CLASSES), new double[] {1}, new double[] {0});

  /** Scores of unit deviation, in steps of a thousandth, and others beside them by an error. */
  private static OutputLoss loss(int rows, long seed, double error) {
    RandomRows random = new RandomRows(seed);
    double[] truth = whole(random.gaussian(rows * CLASSES), 1000);
    double[] given = whole(random.gaussian(rows * CLASSES), 1000 * error);
    Arrays.setAll(given, i -> given[i] + truth[i]);
    double[] slope = new double[CLASSES];
    Arrays.fill(slope, 1);
    Interval box = new Interval(-BOUND, BOUND);
    Terms.Part part =
        Terms.Part.linear(
            new CircuitBuilder().input("y", CLASSES, box),
            IntegerTensor.ofDoubles(rows, CLASSES, given, BOUND),
            slope);
    IntegerTensor model = IntegerTensor.ofDoubles(rows, CLASSES, truth, BOUND);
    return OutputLoss.of(new Terms(List.of(part), new double[CLASSES], model, false), UNIT, UNIT);
  }

  private static double[] whole(double[] values, double factor) {
    return Arrays.stream(values).map(v -> Math.rint(factor * v)).toArray();
  }

  @Test
  void hundreds_of_rows_expect_the_share_that_many_thousands_show() {
    double shown = loss(200_000, 1, 0.01).seen();
    for (int seed = 2; seed < 6; seed++) {
      double expected = loss(400, seed, 0.01).expected();
      assertTrue(Math.abs(expected - shown) < 0.5 * shown, expected + " of " + shown);
    }
  }

  @Test
  void equal_scores_lose_nothing() {
    assertEquals(OutputLoss.NONE, loss(400, 7, 0));
  }

  @Test
  void tail_of_the_normal_distribution() {
    assertEquals(0.5, OutputLoss.tail(0), 1e-7);
    assertEquals(0.158655254, OutputLoss.tail(1), 1e-7);
    assertEquals(0.001349898, OutputLoss.tail(3), 1e-7);
  }
}
