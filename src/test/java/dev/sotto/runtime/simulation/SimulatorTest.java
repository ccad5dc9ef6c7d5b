package dev.sotto.runtime.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.circuit.AffineLookup;
import dev.sotto.circuit.Circuit;
import dev.sotto.circuit.CircuitBuilder;
import dev.sotto.circuit.CircuitNode;
import dev.sotto.circuit.ClearAlgebra;
import dev.sotto.circuit.IntegerTensor;
import dev.sotto.circuit.Interval;
import dev.sotto.circuit.Operation;
import dev.sotto.circuit.WeightedSum;
import dev.sotto.compiler.slots.BgvPlanner;
import dev.sotto.compiler.slots.CkksArithmetic;
import dev.sotto.compiler.slots.CkksPlanner;
import dev.sotto.compiler.slots.DryRun;
import dev.sotto.compiler.slots.Lanes;
import dev.sotto.compiler.slots.LayerWeights;
import dev.sotto.compiler.slots.SlotsAlgebra;
import dev.sotto.compiler.slots.SlotsPlan;
import dev.sotto.slots.CkksCiphertext;
import dev.sotto.slots.CkksDecryptor;
import dev.sotto.slots.CkksEncryptor;
import dev.sotto.slots.CkksEvaluator;
import dev.sotto.slots.CkksParameters;
import dev.sotto.slots.CkksScheme;
import dev.sotto.slots.SecretKey;
import dev.sotto.slots.ring.RingType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class SimulatorTest {
  private static final int FEATURES = 6;
  private static final Interval BOX = new Interval(-15, 16);
  private static final Interval SEEN = new Interval(-120, 120);

  /** Two squares between three layers; the first layer notes an interval. */
  private static Circuit network(Random random) {
    CircuitBuilder builder = new CircuitBuilder();
    CircuitNode x = builder.input("x", FEATURES, BOX);
    builder.enter("first");
    CircuitNode hidden = builder.linear(x, dense(random, FEATURES, 5));
    builder.enter("act");
    hidden = builder.calibrated(shifted(builder, hidden, 17), SEEN);
    hidden = builder.product(hidden, hidden);
    builder.enter("second");
    hidden = builder.linear(hidden, dense(random, 5, 4));
    hidden = builder.product(hidden, hidden);
    builder.enter("last");
    return builder.build(List.of(builder.linear(hidden, dense(random, 4, 3))));
  }

  private static CircuitNode shifted(CircuitBuilder builder, CircuitNode x, double offset) {
    long most = (long) x.proved().hull().bound() + (long) offset + 1;
    return builder.lookup(
        x,
        new AffineLookup(
            new double[] {1}, new double[] {offset}, new int[x.size()], new Interval(-most, most)));
  }

  private static WeightedSum dense(Random random, int taps, int outputs) {
    return WeightedSum.dense(taps, outputs, random.ints((long) taps * outputs, -5, 6).toArray());
  }

  private static IntegerTensor rows(Random random, int count) {
    return IntegerTensor.of(
        count, FEATURES, random.longs((long) count * FEATURES, BOX.lo(), BOX.hi() + 1).toArray());
  }

  @ParameterizedTest
  @EnumSource(RingType.class)
  void approximate_results_err_as_encrypted_ones_do(RingType type) {
    Random random = new Random(11);
    Circuit circuit = network(random);
    double tolerance = circuit.nodes().get(circuit.outputs().get(0)).proved().hull().bound() / 1e5;
    SlotsPlan plan = CkksPlanner.plan(circuit, new LayerWeights(), type, tolerance).orElseThrow();
    assertTrue(
        plan.treatments().values().stream().anyMatch(t -> t.drops() > 0), "something rescales");
    IntegerTensor rows = rows(random, plan.rows());
    double[] clear = circuit.evaluate(new ClearAlgebra(), List.of(rows)).get(0).toDoubles();
    double[] simulated =
        errors(Simulator.of(circuit, plan).run(List.of(rows), 5).results().get(0), clear);
    double[] encrypted = errors(encrypted(circuit, plan, rows), clear);
    assertEquals(1, deviation(simulated) / deviation(encrypted), 0.15);
    assertEquals(1, quantile(simulated, 0.5) / quantile(encrypted, 0.5), 0.2);
    assertEquals(1, quantile(simulated, 0.99) / quantile(encrypted, 0.99), 0.2);
    assertTrue(Math.abs(mean(simulated)) < 0.1 * deviation(simulated));
    assertTrue(
        deviation(simulated) < DryRun.of(circuit, plan, new LayerWeights()).deviation() * 1.1);
  }

  private static IntegerTensor encrypted(Circuit circuit, SlotsPlan plan, IntegerTensor rows) {
    CkksScheme scheme = CkksScheme.of(new CkksParameters(plan.ring(), plan.scale()));
    SecretKey key = SecretKey.generate(plan.ring());
    CkksEncryptor encryptor = scheme.encryptor(key);
    CkksDecryptor decryptor = scheme.decryptor(key);
    CkksEvaluator evaluator =
        plan.needsKeys()
            ? scheme.evaluator(scheme.evaluationKeys(key, plan.relinearisedDegree()))
            : scheme.evaluator();
    List<CkksCiphertext> inputs = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      double[] column = new double[rows.rows()];
      for (int row = 0; row < column.length; row++) {
        column[row] = rows.get(row, i);
      }
      inputs.add(encryptor.encrypt(column, DryRun.inputBound(circuit.nodes().get(0))));
    }
    List<CkksCiphertext> outputs =
        circuit
            .evaluate(
                new SlotsAlgebra<>(
                    Lanes.one(new CkksArithmetic(evaluator)),
                    new LayerWeights(),
                    plan.treatments()),
                List.of(inputs))
            .get(0);
    double[] values = new double[rows.rows() * outputs.size()];
    for (int i = 0; i < outputs.size(); i++) {
      double[] column = decryptor.decrypt(outputs.get(i));
      for (int row = 0; row < rows.rows(); row++) {
        values[row * outputs.size() + i] = column[row];
      }
    }
    return IntegerTensor.ofDoubles(rows.rows(), outputs.size(), values, IntegerTensor.WIDE_BOUND);
  }

  private static double[] errors(IntegerTensor results, double[] clear) {
    double[] errors = results.toDoubles().clone();
    Arrays.setAll(errors, i -> errors[i] - clear[i]);
    return errors;
  }

  private static double mean(double[] x) {
    return Arrays.stream(x).average().orElseThrow();
  }

  private static double deviation(double[] x) {
    return Math.sqrt(Arrays.stream(x).map(v -> v * v).average().orElseThrow());
  }

  private static double quantile(double[] x, double share) {
    double[] sizes = Arrays.stream(x).map(Math::abs).sorted().toArray();
    return sizes[(int) (share * sizes.length)];
  }

  @Test
  void exact_circuit_gives_clear_results() {
    Random random = new Random(12);
    CircuitBuilder builder = new CircuitBuilder();
    CircuitNode x = builder.input("x", FEATURES, BOX);
    CircuitNode hidden = builder.linear(x, dense(random, FEATURES, 5));
    Circuit circuit = builder.build(List.of(builder.product(hidden, hidden)));
    SlotsPlan plan = BgvPlanner.plan(circuit, new LayerWeights()).orElseThrow();
    IntegerTensor rows = rows(random, 1500);
    Simulation simulation = Simulator.of(circuit, plan).run(List.of(rows), 1);
    assertEquals(circuit.evaluate(new ClearAlgebra(), List.of(rows)), simulation.results());
    assertEquals(0, simulation.rowsOutside());
  }

  @Test
  void seed_decides_the_noise() {
    Random random = new Random(13);
    Circuit circuit = network(random);
    SlotsPlan plan =
        CkksPlanner.plan(circuit, new LayerWeights(), RingType.STANDARD, 1e6).orElseThrow();
    List<IntegerTensor> rows = List.of(rows(random, 20));
    Simulator simulator = Simulator.of(circuit, plan);
    double[] first = simulator.run(rows, 7).results().get(0).toDoubles();
    double[] again = simulator.run(rows, 7).results().get(0).toDoubles();
    double[] other = simulator.run(rows, 8).results().get(0).toDoubles();
    assertTrue(Arrays.equals(first, again));
    assertNotEquals(first[0], other[0]);
  }

  @Test
  void rows_outside_a_fitted_interval_are_counted_once_each() {
    Random random = new Random(14);
    Circuit circuit = network(random);
    SlotsPlan plan =
        CkksPlanner.plan(circuit, new LayerWeights(), RingType.STANDARD, 1e6).orElseThrow();
    IntegerTensor rows = rows(random, 3000);
    CircuitNode seen =
        circuit.nodes().stream().filter(n -> n.calibrated() != null).findFirst().orElseThrow();
    CircuitBuilder builder = new CircuitBuilder();
    CircuitNode x = builder.input("x", FEATURES, BOX);
    CircuitNode first =
        builder.linear(x, ((Operation.Linear) circuit.nodes().get(1).operation()).sum());
    Circuit part = builder.build(List.of(shifted(builder, first, 17)));
    IntegerTensor inner = part.evaluate(new ClearAlgebra(), List.of(rows)).get(0);
    long expected = 0;
    for (int row = 0; row < inner.rows(); row++) {
      boolean outside = false;
      for (int i = 0; i < inner.size(); i++) {
        outside |= Math.abs(inner.get(row, i)) > SEEN.hi();
      }
      expected += outside ? 1 : 0;
    }
    Simulation simulation = Simulator.of(circuit, plan).run(List.of(rows), 3);
    assertTrue(expected > 0 && expected < inner.rows(), expected + " rows");
    assertEquals(expected, simulation.rowsOutside());
    assertEquals(Map.of(seen.name(), simulation.rowsOutside()), simulation.outside());
  }
}
