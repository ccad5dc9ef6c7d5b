package dev.sotto.compiler.slots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.circuit.AffineLookup;
import dev.sotto.circuit.Circuit;
import dev.sotto.circuit.CircuitBuilder;
import dev.sotto.circuit.CircuitNode;
import dev.sotto.circuit.ClearAlgebra;
import dev.sotto.circuit.IntegerTensor;
import dev.sotto.circuit.Interval;
import dev.sotto.circuit.Move;
import dev.sotto.compiler.RandomRows;
import dev.sotto.slots.ring.RingType;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class PlannerTest {
  private static final int SIZE = 8;
  private final RandomRows random = new RandomRows(31);
  private final IntegerTensor rows = random.between(30, SIZE, -100, 100);

  /** Two layers of squares, the second read together with the first: terms of unlike units. */
  private Circuit network(boolean joined) {
    CircuitBuilder builder = new CircuitBuilder();
    CircuitNode x = builder.input("x", SIZE, new Interval(-100, 100));
    CircuitNode y = halved(builder, builder.linear(x, random.dense(SIZE, SIZE, 100)), 2);
    CircuitNode square = halved(builder, builder.product(y, y), 8);
    CircuitNode z = halved(builder, builder.linear(square, random.dense(SIZE, SIZE, 30)), 8);
    CircuitNode second = halved(builder, builder.product(z, z), 16);
    CircuitNode read =
        joined
            ? builder.move(List.of(second, y), new Move(IntStream.range(0, 2 * SIZE).toArray(), 0))
            : second;
    return builder.build(List.of(builder.linear(read, random.dense(read.size(), 3, 100))));
  }

  private static CircuitNode halved(CircuitBuilder builder, CircuitNode x, int bits) {
    double[] slope = new double[x.size()];
    Arrays.fill(slope, Math.scalb(1.0, -bits));
    long bound = (x.proved().hull().bound() >> bits) + 1;
    return builder.lookup(
        x,
        new AffineLookup(
            slope,
            new double[x.size()],
            IntStream.range(0, x.size()).toArray(),
            new Interval(-bound, bound)));
  }

  private static double spread(Circuit circuit, IntegerTensor rows) {
    double[] values = circuit.evaluate(new ClearAlgebra(), List.of(rows)).get(0).toDoubles();
    return Arrays.stream(values).map(Math::abs).max().orElseThrow();
  }

  @ParameterizedTest
  @EnumSource(RingType.class)
  void dry_run_bounds_the_error_of_a_real_run(RingType type) {
    for (boolean joined : new boolean[] {false, true}) {
      Circuit circuit = network(joined);
      LayerWeights weights = new LayerWeights();
      double tolerance = spread(circuit, rows) / 4096;
      SlotsPlan plan = CkksPlanner.plan(circuit, weights, type, tolerance).orElseThrow();
      DryRun dry = DryRun.of(circuit, plan, weights);
      assertTrue(dry.deviation() <= tolerance);
      double[][] given = EncryptedCircuits.ckks(circuit, plan, rows, joined ? 2 : 1);
      IntegerTensor clear = circuit.evaluate(new ClearAlgebra(), List.of(rows)).get(0);
      // The clear circuit rounds where the encrypted one does not.
      double rounding = spread(circuit, rows) / 1000;
      double worst = 0;
      for (int i = 0; i < clear.size(); i++) {
        for (int row = 0; row < rows.rows(); row++) {
          worst = Math.max(worst, Math.abs(given[i][row] - clear.get(row, i)));
        }
      }
      assertTrue(
          worst <= Math.min(dry.error(), 10 * dry.deviation()) + rounding,
          worst + " of " + dry.error() + " and " + rounding + "\n" + circuit.print());
    }
  }

  @Test
  void plan_is_the_same_every_time() {
    Circuit circuit = network(true);
    double tolerance = spread(circuit, rows) / 4096;
    SlotsPlan plan =
        CkksPlanner.plan(circuit, new LayerWeights(), RingType.STANDARD, tolerance).orElseThrow();
    for (int i = 0; i < 3; i++) {
      assertEquals(
          plan,
          CkksPlanner.plan(circuit, new LayerWeights(), RingType.STANDARD, tolerance)
              .orElseThrow());
    }
  }

  @Test
  void what_is_repeated_is_counted_as_often_as_it_is_done() {
    CircuitBuilder builder = new CircuitBuilder();
    CircuitNode x = builder.input("x", SIZE, new Interval(-100, 100));
    Circuit once = builder.build(List.of(builder.product(x, x)));
    SlotsPlan plan = BgvPlanner.plan(once, new LayerWeights()).orElseThrow();
    DryRun dry = DryRun.of(once, plan, new LayerWeights());
    assertEquals(
        3L * SIZE * plan.ring().n() * plan.ring().primes().size(),
        dry.counts().of(dev.sotto.slots.ring.OperationCounts.Kind.PRODUCT));
  }

  @Test
  void deep_circuit_has_no_exact_plan() {
    CircuitBuilder builder = new CircuitBuilder();
    CircuitNode x = builder.input("x", SIZE, new Interval(-100, 100));
    CircuitNode y = x;
    for (int i = 0; i < 2; i++) {
      x = builder.product(x, x);
    }
    CircuitNode wide = builder.product(x, builder.linear(y, random.dense(SIZE, SIZE, 20_000)));
    assertTrue(wide.proved().hull().bits() > 50);
    assertTrue(BgvPlanner.plan(builder.build(List.of(wide)), new LayerWeights()).isEmpty());
  }
}
