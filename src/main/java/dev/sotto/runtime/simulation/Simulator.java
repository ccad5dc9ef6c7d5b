package dev.sotto.runtime.simulation;

import dev.sotto.circuit.Circuit;
import dev.sotto.circuit.CircuitNode;
import dev.sotto.circuit.ClearAlgebra;
import dev.sotto.circuit.IntegerTensor;
import dev.sotto.circuit.Interval;
import dev.sotto.circuit.Operation;
import dev.sotto.compiler.CompiledCircuit;
import dev.sotto.compiler.slots.DryRun;
import dev.sotto.compiler.slots.Lanes;
import dev.sotto.compiler.slots.LayerWeights;
import dev.sotto.compiler.slots.SlotsAlgebra;
import dev.sotto.compiler.slots.SlotsPlan;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Runs compiled circuits on clear rows as if they were encrypted: exact circuits exactly,
 * approximate ones with the noise that is predicted for every step. Safe for several threads.
 */
public final class Simulator {
  /** Rows at a time: numbers of a layer stay within a few megabytes. */
  private static final int BATCH = 1024;

  private final Circuit circuit;
  private final SlotsPlan plan;
  private final LayerWeights weights = new LayerWeights();

  private Simulator(Circuit circuit, SlotsPlan plan) {
    this.circuit = circuit;
    this.plan = plan;
  }

  /** The simulator of a compiled model. */
  public static Simulator of(CompiledCircuit compiled) {
    return of(compiled.circuit(), compiled.plan());
  }

  /** The simulator of a circuit and how it runs. */
  public static Simulator of(Circuit circuit, SlotsPlan plan) {
    return new Simulator(circuit, plan);
  }

  /**
   * Simulates.
   *
   * @param encoded rows as the client encodes them, one tensor per input of the circuit
   * @param seed of the noise: the same rows and seed give the same results
   * @throws dev.sotto.problem.SottoException where an encrypted run would refuse
   */
  public Simulation run(List<IntegerTensor> encoded, long seed) {
    int rows = encoded.get(0).rows();
    SplittableRandom random = new SplittableRandom(seed);
    List<double[]> results = new ArrayList<>();
    for (int output : circuit.outputs()) {
      results.add(new double[Math.multiplyExact(rows, circuit.nodes().get(output).size())]);
    }
    Map<String, Long> outside = new LinkedHashMap<>();
    long rowsOutside = 0;
    for (int from = 0; from < rows; from += BATCH) {
      int first = from;
      int count = Math.min(BATCH, rows - from);
      Map<String, BitSet> marked =
          plan.scheme() == SlotsPlan.Scheme.BGV
              ? exact(encoded, first, count, results)
              : approximate(encoded, first, count, results, random);
      BitSet any = new BitSet();
      marked.forEach((node, left) -> outside.merge(node, (long) left.cardinality(), Long::sum));
      marked.values().forEach(any::or);
      rowsOutside += any.cardinality();
    }
    List<IntegerTensor> tensors = new ArrayList<>();
    for (double[] values : results) {
      int size = rows == 0 ? 0 : values.length / rows;
      tensors.add(IntegerTensor.ofDoubles(rows, size, values, IntegerTensor.WIDE_BOUND));
    }
    return new Simulation(tensors, outside, rowsOutside);
  }

  private Map<String, BitSet> exact(
      List<IntegerTensor> encoded, int from, int count, List<double[]> results) {
    RangeWatch<IntegerTensor> watch = new RangeWatch<>(new ClearAlgebra(), Simulator::markRows);
    List<IntegerTensor> inputs = new ArrayList<>();
    for (IntegerTensor x : encoded) {
      double[] values = new double[count * x.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = x.get(from + i / x.size(), i % x.size());
      }
      inputs.add(IntegerTensor.ofDoubles(count, x.size(), values, x.bound()).narrowed());
    }
    List<IntegerTensor> outputs = circuit.evaluate(watch, inputs);
    for (int o = 0; o < outputs.size(); o++) {
      IntegerTensor output = outputs.get(o);
      System.arraycopy(
          output.toDoubles(), 0, results.get(o), from * output.size(), count * output.size());
    }
    return watch.outside();
  }

  private Map<String, BitSet> approximate(
      List<IntegerTensor> encoded,
      int from,
      int count,
      List<double[]> results,
      SplittableRandom random) {
    SimulatedArithmetic arithmetic = new SimulatedArithmetic(plan, count, random);
    RangeWatch<List<SimulatedNumbers>> watch =
        new RangeWatch<>(
            new SlotsAlgebra<>(Lanes.one(arithmetic), weights, plan.treatments()),
            Simulator::markColumns);
    List<List<SimulatedNumbers>> inputs = new ArrayList<>();
    for (CircuitNode node : circuit.nodes()) {
      if (node.operation() instanceof Operation.Input input) {
        IntegerTensor x = encoded.get(input.position());
        List<SimulatedNumbers> columns = new ArrayList<>();
        for (int i = 0; i < x.size(); i++) {
          double[] values = new double[count];
          for (int row = 0; row < count; row++) {
            values[row] = x.get(from + row, i);
          }
          columns.add(arithmetic.encrypted(values, DryRun.inputBound(node)));
        }
        inputs.add(columns);
      }
    }
    List<List<SimulatedNumbers>> outputs = circuit.evaluate(watch, inputs);
    for (int o = 0; o < outputs.size(); o++) {
      List<SimulatedNumbers> output = outputs.get(o);
      for (int i = 0; i < output.size(); i++) {
        double[] values = output.get(i).values();
        for (int row = 0; row < count; row++) {
          results.get(o)[(from + row) * output.size() + i] = values[row];
        }
      }
    }
    return watch.outside();
  }

  private static void markRows(IntegerTensor x, Interval interval, BitSet rows) {
    double[] values = x.toDoubles();
    for (int i = 0; i < values.length; i++) {
      if (values[i] < interval.lo() || values[i] > interval.hi()) {
        rows.set(i / x.size());
      }
    }
  }

  /** A number on the border stays inside, whatever its noise. */
  private static void markColumns(List<SimulatedNumbers> x, Interval interval, BitSet rows) {
    for (SimulatedNumbers column : x) {
      double[] values = column.values();
      for (int row = 0; row < values.length; row++) {
        if (values[row] < interval.lo() - 0.5 || values[row] > interval.hi() + 0.5) {
          rows.set(row);
        }
      }
    }
  }
}
