package dev.sotto.compiler.slots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.circuit.Circuit;
import dev.sotto.circuit.CircuitBuilder;
import dev.sotto.circuit.CircuitNode;
import dev.sotto.circuit.ClearAlgebra;
import dev.sotto.circuit.IntegerTensor;
import dev.sotto.circuit.Interval;
import dev.sotto.circuit.WeightedSum;
import dev.sotto.compiler.RandomRows;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Blocks are computed in little memory, and come out right. */
final class BlockProgramTest {
  /** More terms than are taken at a time, twice. */
  private static final int INPUTS = 600;

  private static Circuit dense(RandomRows random) {
    CircuitBuilder builder = new CircuitBuilder();
    CircuitNode x = builder.input("x", INPUTS, new Interval(-1, 1));
    int[] weights = IntStream.range(0, INPUTS * 3).map(i -> random.next(-3, 3)).toArray();
    CircuitNode sums = builder.linear(x, WeightedSum.dense(INPUTS, 3, weights));
    return builder.build(List.of(builder.product(sums, sums), sums));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void layer_whose_terms_come_in_portions_gives_the_clear_integers(int threads) {
    RandomRows random = new RandomRows(7);
    Circuit circuit = dense(random);
    IntegerTensor rows = random.between(20, INPUTS, -1, 1);
    SlotsPlan plan = BgvPlanner.plan(circuit, new LayerWeights()).orElseThrow();
    double[][] given = EncryptedCircuits.bgv(circuit, plan, rows, threads);
    int column = 0;
    for (IntegerTensor output : circuit.evaluate(new ClearAlgebra(), List.of(rows))) {
      for (int i = 0; i < output.size(); i++, column++) {
        for (int row = 0; row < rows.rows(); row++) {
          assertEquals(output.get(row, i), (long) given[column][row]);
        }
      }
    }
  }

  private static long ciphertext(SlotsPlan plan) {
    return 2L * plan.ring().n() * plan.ring().primes().size() * Double.BYTES;
  }

  /** What a dense layer needs when it needs most, in ciphertexts. */
  private static double peak(int threads) {
    Circuit circuit = dense(new RandomRows(7));
    LayerWeights weights = new LayerWeights();
    SlotsPlan plan = BgvPlanner.plan(circuit, weights).orElseThrow();
    return BlockProgram.peakBytes(circuit, plan, weights, threads) / (double) ciphertext(plan);
  }

  @Test
  void wide_layer_needs_a_portion_of_its_inputs_at_a_time() {
    double peak = peak(3);
    assertTrue(peak > 256 && peak < 280, peak + " ciphertexts");
  }

  @Test
  void inputs_that_stay_as_they_were_sent_take_no_memory() {
    double peak = peak(1);
    assertTrue(peak >= 6 && peak < 12, peak + " ciphertexts");
  }

  /** Squares of a convolution of 3 taps, convolved again: a window of them is enough. */
  @Test
  void layers_of_a_convolution_are_never_in_memory_as_a_whole() {
    int width = 200;
    CircuitBuilder builder = new CircuitBuilder();
    CircuitNode x = builder.input("x", width, new Interval(-1, 1));
    CircuitNode first = builder.linear(x, convolution(width - 2));
    CircuitNode second = builder.linear(builder.product(first, first), convolution(width - 4));
    int[] ones = IntStream.range(0, width - 4).map(i -> 1).toArray();
    CircuitNode total = builder.linear(second, WeightedSum.dense(width - 4, 1, ones));
    Circuit circuit = builder.build(List.of(builder.product(total, total)));
    LayerWeights weights = new LayerWeights();
    SlotsPlan plan = BgvPlanner.plan(circuit, weights).orElseThrow();
    long second3 = (width - 4) * ciphertext(plan) * 3 / 2;
    long peak = BlockProgram.peakBytes(circuit, plan, weights, 1);
    assertTrue(peak > second3 && peak < second3 + 20 * ciphertext(plan), peak + " bytes");
  }

  static WeightedSum convolution(int positions) {
    int[] source = IntStream.range(0, positions * 3).map(i -> i / 3 + i % 3).toArray();
    return new WeightedSum(
        1, positions, 3, 1, source, new int[] {1, -2, 1}, new int[] {positions, 1, 1}, 0);
  }
}
