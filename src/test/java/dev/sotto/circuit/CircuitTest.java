package dev.sotto.circuit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.problem.SottoException;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** A traced circuit says what the traced operations do. */
final class CircuitTest {

  @Property(tries = 400)
  void evaluate_equals_the_traced_program(@ForAll long seed) {
    RandomCircuits made = new RandomCircuits(seed);
    int size = made.between(1, 6);
    int rows = made.between(1, 5);
    Interval first = new Interval(-7, 8);
    Interval second = new Interval(0, 3);
    CircuitBuilder builder = new CircuitBuilder();
    List<CircuitNode> nodes =
        List.of(builder.input("x", size, first), builder.input("y", size, second));
    Circuit circuit = builder.build(RandomCircuits.program(seed, builder, nodes, size));
    List<IntegerTensor> inputs =
        List.of(made.rows(rows, size, first), made.rows(rows, size, second));
    assertEquals(
        RandomCircuits.program(seed, new ClearAlgebra(), inputs, size),
        circuit.evaluate(new ClearAlgebra(), inputs));
  }

  @Property(tries = 300)
  void proved_intervals_hold_every_value(@ForAll long seed) {
    RandomCircuits made = new RandomCircuits(seed);
    int size = made.between(1, 6);
    Interval first = new Interval(-7, 8);
    Interval second = new Interval(0, 3);
    CircuitBuilder builder = new CircuitBuilder();
    List<CircuitNode> nodes =
        List.of(builder.input("x", size, first), builder.input("y", size, second));
    Circuit circuit = builder.build(RandomCircuits.program(seed, builder, nodes, size));
    List<IntegerTensor> inputs = List.of(made.rows(30, size, first), made.rows(30, size, second));
    List<IntegerTensor> results = circuit.evaluate(new ClearAlgebra(), inputs);
    for (int o = 0; o < results.size(); o++) {
      assertInside(results.get(o), circuit.nodes().get(circuit.outputs().get(o)).proved());
    }
  }

  @Property(tries = 200)
  void proved_intervals_of_sums_products_and_trees_hold_every_value(@ForAll long seed) {
    RandomCircuits made = new RandomCircuits(seed);
    int size = made.between(1, 6);
    Interval interval = new Interval(-made.between(0, 50), made.between(0, 50));
    IntegerTensor x = made.rows(30, size, interval);
    IntegerTensor bits = made.rows(30, size, new Interval(0, 1));
    WeightedSum sum = made.sum(size, 1000);
    TreeSum trees = made.trees(size);
    CircuitBuilder builder = new CircuitBuilder();
    CircuitNode traced = builder.input("x", size, interval);
    CircuitNode tracedBits = builder.input("bits", size, new Interval(0, 1));
    ClearAlgebra clear = new ClearAlgebra();
    assertInside(clear.linear(x, sum), builder.linear(traced, sum).proved());
    assertInside(clear.product(x, x), builder.product(traced, traced).proved());
    assertInside(clear.trees(bits, trees), builder.trees(tracedBits, trees).proved());
    for (Lookup lookup : List.of(made.affine(size), made.function(size, interval))) {
      assertInside(clear.lookup(x, lookup), builder.lookup(traced, lookup).proved());
    }
  }

  private static void assertInside(IntegerTensor values, Bounds bounds) {
    for (int row = 0; row < values.rows(); row++) {
      for (int i = 0; i < values.size(); i++) {
        long value = values.get(row, i);
        Interval interval = bounds.get(i);
        assertTrue(
            value >= interval.lo() && value <= interval.hi(), () -> value + " not in " + interval);
      }
    }
  }

  @Example
  void proved_interval_of_square_has_no_negative_values() {
    CircuitBuilder builder = new CircuitBuilder();
    CircuitNode x = builder.input("x", 1, new Interval(-3, 2));
    CircuitNode y = builder.input("y", 1, new Interval(-3, 2));
    assertEquals(new Interval(0, 9), builder.product(x, x).proved().hull());
    assertEquals(new Interval(-6, 9), builder.product(x, y).proved().hull());
  }

  @Example
  void build_drops_nodes_that_no_output_needs_and_keeps_inputs() {
    CircuitBuilder builder = new CircuitBuilder();
    CircuitNode x = builder.input("x", 2, new Interval(0, 3));
    builder.input("unused", 2, new Interval(0, 3));
    builder.add(x, x);
    CircuitNode y = builder.product(x, x);
    Circuit circuit = builder.build(List.of(y));
    assertEquals(
        List.of("input", "input", "product"),
        circuit.nodes().stream().map(n -> n.operation().label()).toList());
    assertEquals(2, circuit.inputs());
    assertEquals(List.of(2), circuit.outputs());
  }

  @Example
  void trace_past_53_bits_is_refused_with_the_node_named() {
    List<java.util.function.UnaryOperator<CircuitNode>> past =
        List.of(
            x -> BUILDER.product(x, x),
            x -> BUILDER.product(BUILDER.scale(x, factor(4)), BUILDER.scale(x, factor(-4))),
            x -> BUILDER.scale(x, factor(Integer.MAX_VALUE)),
            x -> BUILDER.linear(x, WeightedSum.dense(1, 1, new int[] {Integer.MIN_VALUE})),
            x -> BUILDER.add(BUILDER.scale(x, factor(8)), BUILDER.scale(x, factor(9))));
    for (var operation : past) {
      CircuitNode x = BUILDER.input("x", 1, new Interval(-(1L << 49), 1L << 49));
      BUILDER.enter("wide");
      SottoException e = assertThrows(SottoException.class, () -> operation.apply(x));
      assertEquals("SOTTO-CIRCUIT-001", e.problems().get(0).code().code());
      assertTrue(e.getMessage().contains("node 'wide'"), e.getMessage());
    }
  }

  private static final CircuitBuilder BUILDER = new CircuitBuilder();

  private static Scaling factor(long factor) {
    return new Scaling(new long[] {factor});
  }

  @Example
  void print_gives_one_line_per_node_and_the_outputs() {
    CircuitBuilder builder = new CircuitBuilder();
    CircuitNode x = builder.input("pixels", 2, new Interval(0, 15));
    builder.enter("fc");
    CircuitNode y = builder.linear(x, WeightedSum.dense(2, 3, new int[] {1, 2, 3, -4, 5, 6}));
    y = builder.calibrated(y, new Interval(-40, 90));
    builder.enter("relu");
    Circuit circuit = builder.build(List.of(builder.lookup(y, AffineLookup.relu(3, 31))));
    String[] lines = circuit.print().split("\n");
    assertEquals(4, lines.length);
    assertArrayEquals(
        new String[] {
          "%0 = input() 2 x 0..15 4 bits # pixels",
          "%1 = linear(%0) 3 x -60..135 9 bits seen -40..90 2 taps, 3 outputs # fc",
          "%2 = lookup(%1) 3 x 0..31 5 bits affine, 1 channel # relu",
          "output %2"
        },
        java.util.Arrays.stream(lines).map(line -> line.replaceAll(" +", " ")).toArray());
  }
}
