package dev.sotto.compiler.slots;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.circuit.Circuit;
import dev.sotto.circuit.CircuitBuilder;
import dev.sotto.circuit.CircuitNode;
import dev.sotto.circuit.Interval;
import dev.sotto.circuit.Move;
import dev.sotto.circuit.Operation;
import dev.sotto.circuit.WeightedSum;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What stays as it was sent is unpacked twice at most. */
final class InputUsesTest {
  private static final int WIDTH = 6;

  private final CircuitBuilder builder = new CircuitBuilder();
  private final CircuitNode x = builder.input("x", WIDTH, new Interval(-1, 1));

  private static WeightedSum dense(int taps, int outputs) {
    int[] ones = new int[taps * outputs];
    Arrays.fill(ones, 1);
    return WeightedSum.dense(taps, outputs, ones);
  }

  /** One character for each element: stored or unpacked. */
  private static String stored(Circuit circuit, int threads) {
    InputUses uses = InputUses.of(circuit, threads);
    CircuitNode input =
        circuit.nodes().stream()
            .filter(node -> node.operation() instanceof Operation.Input)
            .findFirst()
            .orElseThrow();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < input.size(); i++) {
      text.append(uses.stored(input, i) ? 's' : 'u');
    }
    return text.toString();
  }

  @Test
  void inputs_of_a_dense_layer_stay_for_few_threads() {
    Circuit circuit = builder.build(List.of(builder.linear(x, dense(WIDTH, 8))));
    assertEquals("ssssss", stored(circuit, 1));
    assertEquals("ssssss", stored(circuit, 2));
    assertEquals("uuuuuu", stored(circuit, 3));
  }

  @Test
  void convolution_unpacks_what_three_windows_read() {
    int[] windows = {0, 1, 2, 1, 2, 3, 2, 3, 4, 3, 4, 5};
    WeightedSum sum = BlockProgramTest.convolution(WIDTH - 2);
    assertEquals(Arrays.toString(windows), Arrays.toString(sum.sources()));
    Circuit circuit = builder.build(List.of(builder.linear(x, sum)));
    assertEquals("ssuuss", stored(circuit, 1));
  }

  @Test
  void two_layers_read_an_input_twice_and_three_unpack_it() {
    CircuitNode first = builder.linear(x, dense(WIDTH, 1));
    CircuitNode second = builder.linear(x, dense(WIDTH, 2));
    assertEquals("ssssss", stored(builder.build(List.of(first, second)), 1));
    CircuitNode third = builder.linear(x, dense(WIDTH, 3));
    assertEquals("uuuuuu", stored(builder.build(List.of(first, second, third)), 1));
  }

  @Test
  void moved_inputs_count_where_they_come_from() {
    int[] reversed = IntStream.range(0, 3).map(i -> 5 - i).toArray();
    CircuitNode half = builder.move(List.of(x), new Move(reversed, 0));
    CircuitNode other = builder.linear(builder.product(half, half), dense(3, 1));
    assertEquals("sssuuu", stored(builder.build(List.of(other)), 1));
  }

  @Test
  void inputs_that_are_results_are_unpacked() {
    assertEquals("uuuuuu", stored(builder.build(List.of(x)), 1));
  }
}
