package dev.sotto.circuit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What the passes of {@link CircuitBuilder#build} merge, and what they leave. */
final class CircuitPassesTest {
  private static final Interval SMALL = new Interval(-9, 9);

  /** A program on one tensor, in any algebra. */
  private interface Program {
    <T> List<T> run(IntegerAlgebra<T> algebra, T x);
  }

  private static List<String> labels(Program program) {
    return built(program).nodes().stream().map(n -> n.operation().label()).toList();
  }

  private static Circuit built(Program program) {
    CircuitBuilder builder = new CircuitBuilder();
    Circuit circuit = builder.build(program.run(builder, builder.input("x", 4, SMALL)));
    IntegerTensor x = new RandomCircuits(8).rows(20, 4, SMALL);
    assertEquals(
        program.run(new ClearAlgebra(), x), circuit.evaluate(new ClearAlgebra(), List.of(x)));
    return circuit;
  }

  @Test
  void equal_lookups_of_one_tensor_are_one_lookup() {
    Program program =
        new Program() {
          @Override
          public <T> List<T> run(IntegerAlgebra<T> algebra, T x) {
            T one = algebra.lookup(x, AffineLookup.relu(4, 9));
            T two = algebra.lookup(x, AffineLookup.relu(4, 9));
            return List.of(algebra.add(one, two));
          }
        };
    assertEquals(List.of("input", "lookup", "add"), labels(program));
  }

  @Test
  void equal_function_lookups_with_equal_functions_are_one_lookup() {
    Program program =
        new Program() {
          @Override
          public <T> List<T> run(IntegerAlgebra<T> algebra, T x) {
            T one = algebra.lookup(x, new RandomCircuits(1).function(4, SMALL));
            T two = algebra.lookup(x, new RandomCircuits(1).function(4, SMALL));
            T other = algebra.lookup(x, new RandomCircuits(2).function(4, SMALL));
            return List.of(algebra.add(algebra.add(one, two), other));
          }
        };
    assertEquals(List.of("input", "lookup", "lookup", "add", "add"), labels(program));
  }

  @Test
  void equal_chains_and_swapped_sums_are_shared() {
    Program program =
        new Program() {
          @Override
          public <T> List<T> run(IntegerAlgebra<T> algebra, T x) {
            T a = algebra.linear(x, WeightedSum.dense(4, 4, new RandomCircuits(3).ints(16, -5, 5)));
            T b = algebra.linear(x, WeightedSum.dense(4, 4, new RandomCircuits(3).ints(16, -5, 5)));
            return List.of(algebra.add(a, x), algebra.add(x, b));
          }
        };
    Circuit circuit = built(program);
    assertEquals(3, circuit.nodes().size());
    assertEquals(List.of(2, 2), circuit.outputs());
  }

  @Test
  void shared_node_keeps_the_calibrated_interval_of_either() {
    CircuitBuilder builder = new CircuitBuilder();
    CircuitNode x = builder.input("x", 1, SMALL);
    CircuitNode one = builder.add(x, x);
    CircuitNode two = builder.calibrated(builder.add(x, x), new Interval(-3, 3));
    Circuit circuit = builder.build(List.of(one, two));
    assertEquals(new Interval(-3, 3), circuit.nodes().get(1).calibrated());
  }

  @Test
  void moves_of_moves_are_one_move() {
    Program program =
        new Program() {
          @Override
          public <T> List<T> run(IntegerAlgebra<T> algebra, T x) {
            T padded = algebra.move(List.of(x), new Move(new int[] {-1, 3, 2, 1, 0, -1}, 7));
            T part = algebra.move(List.of(padded, x), new Move(new int[] {0, 2, 6, 4, 9}, 0));
            return List.of(part);
          }
        };
    Circuit circuit = built(program);
    assertEquals(2, circuit.nodes().size());
    Move merged = ((Operation.Rearrange) circuit.nodes().get(1).operation()).move();
    assertArrayEquals(new int[] {-1, 2, 0, 0, 3}, merged.source());
    assertEquals(7, merged.fill());
  }

  @Test
  void move_and_its_inverse_vanish() {
    Program program =
        new Program() {
          @Override
          public <T> List<T> run(IntegerAlgebra<T> algebra, T x) {
            T turned = algebra.move(List.of(x), new Move(new int[] {1, 2, 3, 0}, 0));
            return List.of(algebra.move(List.of(turned), new Move(new int[] {3, 0, 1, 2}, 0)));
          }
        };
    assertEquals(List.of("input"), labels(program));
  }

  @Test
  void moves_with_different_fills_stay_two() {
    Program program =
        new Program() {
          @Override
          public <T> List<T> run(IntegerAlgebra<T> algebra, T x) {
            T padded = algebra.move(List.of(x), new Move(new int[] {-1, 3, 2, 1, 0}, 7));
            return List.of(algebra.move(List.of(padded), new Move(new int[] {0, 1, -1}, 8)));
          }
        };
    assertEquals(List.of("input", "move", "move"), labels(program));
  }

  @Test
  void factors_before_and_after_a_dense_layer_go_into_its_weights() {
    Program program =
        new Program() {
          @Override
          public <T> List<T> run(IntegerAlgebra<T> algebra, T x) {
            T before = algebra.scale(x, new Scaling(new long[] {1, -2, 3, 0}));
            WeightedSum dense = WeightedSum.dense(4, 2, new RandomCircuits(4).ints(8, -5, 5));
            T sums = algebra.linear(before, dense);
            T after = algebra.scale(sums, new Scaling(new long[] {10, -1}));
            return List.of(algebra.scale(after, new Scaling(new long[] {2, 2})));
          }
        };
    assertEquals(List.of("input", "linear"), labels(program));
  }

  @Test
  void factors_of_factors_are_multiplied() {
    Program program =
        new Program() {
          @Override
          public <T> List<T> run(IntegerAlgebra<T> algebra, T x) {
            T once = algebra.scale(x, new Scaling(new long[] {1, -2, 3, 0}));
            return List.of(algebra.scale(once, new Scaling(new long[] {5, 6, 7, 8})), once);
          }
        };
    Circuit circuit = built(program);
    assertEquals(
        new Operation.Scale(new Scaling(new long[] {5, -12, 21, 0})),
        circuit.nodes().get(circuit.outputs().get(0)).operation());
  }

  /** Each weight of a convolution meets several elements: only equal factors can go into it. */
  @Test
  void factors_that_differ_by_position_stay_apart_from_a_convolution() {
    WeightedSum convolution =
        new WeightedSum(
            1, 3, 2, 1, new int[] {0, 1, 1, 2, 2, 3}, new int[] {4, -3}, new int[] {3, 1, 1}, 0);
    Program different =
        new Program() {
          @Override
          public <T> List<T> run(IntegerAlgebra<T> algebra, T x) {
            return List.of(
                algebra.linear(
                    algebra.scale(x, new Scaling(new long[] {1, 2, 1, 1})), convolution));
          }
        };
    Program equal =
        new Program() {
          @Override
          public <T> List<T> run(IntegerAlgebra<T> algebra, T x) {
            return List.of(
                algebra.linear(
                    algebra.scale(x, new Scaling(new long[] {2, 2, 2, 2})), convolution));
          }
        };
    assertEquals(List.of("input", "scale", "linear"), labels(different));
    assertEquals(List.of("input", "linear"), labels(equal));
  }

  @Test
  void factors_before_a_padded_layer_with_padding_stay() {
    WeightedSum padded =
        new WeightedSum(1, 1, 2, 1, new int[] {0, -1}, new int[] {4, -3}, new int[] {1, 1, 1}, 5);
    WeightedSum mixed =
        new WeightedSum(1, 2, 1, 1, new int[] {0, -1}, new int[] {4}, new int[] {2, 1, 1}, 5);
    Program separate =
        new Program() {
          @Override
          public <T> List<T> run(IntegerAlgebra<T> algebra, T x) {
            T scaled = algebra.scale(x, new Scaling(new long[] {3, 1, 1, 1}));
            return List.of(algebra.linear(scaled, padded));
          }
        };
    Program together =
        new Program() {
          @Override
          public <T> List<T> run(IntegerAlgebra<T> algebra, T x) {
            T scaled = algebra.scale(x, new Scaling(new long[] {3, 1, 1, 1}));
            return List.of(algebra.linear(scaled, mixed));
          }
        };
    assertEquals(List.of("input", "linear"), labels(separate));
    assertEquals(List.of("input", "scale", "linear"), labels(together));
  }

  @Test
  void sums_that_others_use_or_calibration_watches_keep_their_weights() {
    WeightedSum dense = WeightedSum.dense(4, 4, new RandomCircuits(5).ints(16, -5, 5));
    Program used =
        new Program() {
          @Override
          public <T> List<T> run(IntegerAlgebra<T> algebra, T x) {
            T sums = algebra.linear(x, dense);
            T twice = algebra.scale(sums, new Scaling(new long[] {2, 2, 2, 2}));
            return List.of(algebra.product(twice, sums));
          }
        };
    Program watched =
        new Program() {
          @Override
          public <T> List<T> run(IntegerAlgebra<T> algebra, T x) {
            T sums = algebra.calibrated(algebra.linear(x, dense), new Interval(-1, 1));
            return List.of(algebra.scale(sums, new Scaling(new long[] {2, 2, 2, 2})));
          }
        };
    assertEquals(List.of("input", "linear", "scale", "product"), labels(used));
    assertEquals(List.of("input", "linear", "scale"), labels(watched));
  }
}
