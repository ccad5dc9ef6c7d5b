package dev.sotto.compiler.slots;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.circuit.Circuit;
import dev.sotto.circuit.CircuitBuilder;
import dev.sotto.circuit.CircuitNode;
import dev.sotto.circuit.ClearAlgebra;
import dev.sotto.circuit.IntegerTensor;
import dev.sotto.circuit.Interval;
import dev.sotto.circuit.Move;
import dev.sotto.circuit.Scaling;
import dev.sotto.circuit.TreeSum;
import dev.sotto.circuit.WeightedSum;
import dev.sotto.compiler.RandomRows;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Encrypted equals clear, bit for bit, for random circuits in BGV. */
final class SlotsAlgebraTest {
  private static final int SIZE = 6;

  private static void assertSame(Circuit circuit, IntegerTensor rows, int threads) {
    SlotsPlan plan = BgvPlanner.plan(circuit, new LayerWeights()).orElseThrow();
    double[][] given = EncryptedCircuits.bgv(circuit, plan, rows, threads);
    int column = 0;
    for (IntegerTensor output : circuit.evaluate(new ClearAlgebra(), List.of(rows))) {
      for (int i = 0; i < output.size(); i++, column++) {
        for (int row = 0; row < rows.rows(); row++) {
          assertEquals(output.get(row, i), (long) given[column][row], circuit.print());
        }
      }
    }
  }

  /** Steps of every kind but products, then one product, then steps again. */
  @ParameterizedTest
  @CsvSource({"1, 1", "2, 2", "3, 1", "4, 2", "5, 1", "6, 2", "7, 1", "8, 2"})
  void random_circuit_gives_the_clear_integers(long seed, int threads) {
    RandomRows random = new RandomRows(seed);
    CircuitBuilder builder = new CircuitBuilder();
    List<CircuitNode> made = new ArrayList<>();
    made.add(builder.input("x", SIZE, new Interval(-20, 20)));
    for (int step = 0; step < 7; step++) {
      builder.enter("step " + step);
      CircuitNode x = made.get(random.next(0, made.size() - 1));
      CircuitNode y = made.get(random.next(0, made.size() - 1));
      made.add(step == 3 ? builder.product(x, y) : step(builder, random, x, y));
    }
    Circuit circuit = builder.build(made.subList(made.size() - 2, made.size()));
    assertSame(circuit, random.between(40, SIZE, -20, 20), threads);
  }

  private static CircuitNode step(
      CircuitBuilder builder, RandomRows random, CircuitNode x, CircuitNode y) {
    return switch (random.next(0, 4)) {
      case 0 -> builder.add(x, y);
      case 1 ->
          builder.scale(
              x,
              new Scaling(IntStream.range(0, SIZE).mapToLong(i -> random.next(-3, 3)).toArray()));
      case 2 ->
          builder.move(
              List.of(x, y),
              new Move(
                  IntStream.range(0, SIZE).map(i -> random.next(-1, 2 * SIZE - 1)).toArray(),
                  random.next(-5, 5)));
      default -> builder.linear(x, sum(random));
    };
  }

  /** Two groups at three positions, with padding. */
  private static WeightedSum sum(RandomRows random) {
    return new WeightedSum(
        2,
        3,
        4,
        1,
        IntStream.range(0, 24).map(i -> random.next(-1, SIZE - 1)).toArray(),
        IntStream.range(0, 8).map(i -> random.next(-3, 3)).toArray(),
        new int[] {1, 2, 1},
        random.next(-2, 2));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 2", "3, 3", "4, 1", "5, 2", "6, 1"})
  void random_trees_give_the_clear_sums(long seed, int threads) {
    RandomRows random = new RandomRows(seed);
    int outputs = random.next(1, 3);
    List<TreeSum.Tree> trees = new ArrayList<>();
    for (int t = random.next(1, 5); t > 0; t--) {
      trees.add(tree(random, outputs));
    }
    CircuitBuilder builder = new CircuitBuilder();
    CircuitNode bits = builder.input("bits", SIZE, new Interval(0, 1));
    Circuit circuit = builder.build(List.of(builder.trees(bits, new TreeSum(trees, outputs))));
    assertSame(circuit, random.between(64, SIZE, 0, 1), threads);
  }

  /**
   * A tree whose inner nodes hang below one another at random; with two outputs that sum to one.
   */
  private static TreeSum.Tree tree(RandomRows random, int outputs) {
    int nodes = random.next(0, 6);
    int[] bit = new int[nodes];
    int[] set = new int[nodes];
    int[] clear = new int[nodes];
    int next = 1;
    int leaves = 0;
    for (int node = 0; node < nodes; node++) {
      bit[node] = random.next(0, SIZE - 1);
      boolean must = next == node + 1;
      set[node] = next < nodes && (must || random.next(0, 1) == 0) ? next++ : -1 - leaves++;
      clear[node] = next < nodes && random.next(0, 1) == 0 ? next++ : -1 - leaves++;
    }
    long[] values = new long[Math.max(1, leaves) * outputs];
    for (int i = 0; i < values.length; i++) {
      boolean mirrored = outputs == 2 && i % 2 == 1;
      values[i] = mirrored ? 1000 - values[i - 1] : random.next(-1000, 1000);
    }
    return new TreeSum.Tree(bit, set, clear, values);
  }
}
