package dev.sotto.compiler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.circuit.CircuitBuilder;
import dev.sotto.circuit.ClearAlgebra;
import dev.sotto.circuit.IntegerTensor;
import dev.sotto.circuit.Interval;
import dev.sotto.circuit.WeightedSum;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LayerFoldTest {
  private static final int SIZE = 10;
  private final RandomRows random = new RandomRows(21);
  private final CircuitBuilder builder = new CircuitBuilder();

  private Terms.Part part(int bound, double slope) {
    IntegerTensor values = random.between(200, SIZE, -bound, bound);
    double[] slopes = new double[SIZE];
    Arrays.setAll(slopes, i -> slope * (1 + i));
    return Terms.Part.linear(builder.input("x", SIZE, new Interval(-bound, bound)), values, slopes);
  }

  private static Terms terms(Terms.Part... parts) {
    double[] offset = new double[SIZE];
    Arrays.setAll(offset, i -> 0.5 * i);
    return new Terms(List.of(parts), offset, parts[0].values(), false);
  }

  private static double worst(WeightedSum sum, Terms x, LayerFold fold) {
    double[] inputs = x.values();
    IntegerTensor joined = joined(x);
    double[] integers = new ClearAlgebra().linear(joined, fold.sum()).toDoubles();
    double worst = 0;
    for (int row = 0; row < x.rows(); row++) {
      for (int n = 0; n < sum.outputs(); n++) {
        double wanted = 0;
        for (int k = 0; k < SIZE; k++) {
          wanted += sum.weight(0, k, n) * inputs[row * SIZE + k];
        }
        int at = row * sum.outputs() + n;
        double given = fold.slope()[n] * integers[at] + fold.offset()[n];
        worst = Math.max(worst, Math.abs(given - wanted));
      }
    }
    return worst;
  }

  private static IntegerTensor joined(Terms x) {
    int width = SIZE * x.parts().size();
    double[] all = new double[x.rows() * width];
    for (int p = 0; p < x.parts().size(); p++) {
      double[] values = x.parts().get(p).values().toDoubles();
      for (int row = 0; row < x.rows(); row++) {
        System.arraycopy(values, row * SIZE, all, row * width + p * SIZE, SIZE);
      }
    }
    return IntegerTensor.ofDoubles(x.rows(), width, all, 1e6);
  }

  @Test
  void slopes_and_offsets_move_into_weights_and_offsets() {
    WeightedSum sum = random.dense(SIZE, 3, 100);
    Terms x = terms(part(1000, 0.01));
    LayerFold fold = LayerFold.of(sum, x, WeightRefit.none(sum, 1), 2047, false, 4096);
    assertTrue(worst(sum, x, fold) < 2e-3 * 100 * SIZE * 0.01 * 1000 * SIZE / 2);
  }

  @Test
  void parts_of_small_and_of_large_integers_are_equally_precise() {
    WeightedSum sum = random.dense(SIZE, 3, 100);
    Terms x = terms(part(1000, 0.01), part(1_000_000, 1e-5));
    LayerFold fold = LayerFold.of(sum, x, WeightRefit.none(sum, 2), 2047, false, 4096);
    assertTrue(worst(sum, x, fold) < 2e-3 * 100 * SIZE * 0.01 * 1000 * SIZE);
    assertEquals(2 * SIZE, fold.sum().taps());
  }

  @Test
  void taps_without_weight_are_left_out() {
    WeightedSum sum = random.dense(SIZE, 3, 100);
    Terms.Part second = part(1000, 0);
    second.slope()[4] = 0.25;
    LayerFold fold =
        LayerFold.of(
            sum, terms(part(1000, 0.01), second), WeightRefit.none(sum, 2), 2047, false, 4096);
    assertEquals(SIZE + 1, fold.sum().taps());
    assertEquals(SIZE + 4, fold.sum().source(0, 0, SIZE));
  }

  @Test
  void one_slope_for_all_results_where_it_is_asked_for() {
    WeightedSum sum = random.dense(SIZE, 3, 100);
    LayerFold fold =
        LayerFold.of(sum, terms(part(1000, 0.01)), WeightRefit.none(sum, 1), 2047, true, 4096);
    assertEquals(1, Arrays.stream(fold.slope()).distinct().count());
  }
}
