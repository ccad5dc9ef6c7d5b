package dev.sotto.compiler;

import dev.sotto.circuit.Circuit;
import dev.sotto.circuit.CircuitNode;
import dev.sotto.circuit.ClearAlgebra;
import dev.sotto.circuit.IntegerTensor;
import dev.sotto.circuit.Interval;
import dev.sotto.compiler.slots.DryRun;
import dev.sotto.quantization.InputEncoding;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Synthetic rows whose results are known. Every block of approximate numbers carries them: a row
 * that leaves the modulus spoils all rows of its block, and these show it.
 *
 * <p>The same for every block and every compilation of one circuit. They tell nothing of any row.
 *
 * @param inputs one tensor per encoding, all with the same number of rows
 * @param results one tensor per output, as the clear circuit computes it
 * @param tolerance by how much an encrypted result may be off, in integers of the circuit: many
 *     deviations of its error, or the bound where that is less, and what rounding changes in the
 *     clear run
 */
public record Canaries(List<IntegerTensor> inputs, List<IntegerTensor> results, double tolerance) {
  /** No rows: exact blocks need none, as no row touches another. */
  public static final Canaries NONE = new Canaries(List.of(), List.of(), 0);

  private static final int ROWS = 4;
  private static final double DEVIATIONS = 64;

  /** What whole numbers in a clear run may change of a result. */
  private static final double ROUNDED = 1.0 / 512;

  private static final long SEED = 0x536f74746f2e4321L;

  /** How often a row is drawn towards the middle of its box until it stays inside all bounds. */
  private static final int SHRINKINGS = 12;

  /** Whether there are any. */
  public boolean isEmpty() {
    return inputs.isEmpty();
  }

  /** How many rows of a block they take. */
  public int rows() {
    return isEmpty() ? 0 : inputs.get(0).rows();
  }

  /**
   * Rows of the box that encodings clip to: half of them corners of it, half inside.
   *
   * @param dry the errors of results
   */
  static Canaries of(Circuit circuit, List<InputEncoding> encodings, DryRun dry) {
    SplittableRandom random = new SplittableRandom(SEED);
    List<double[][]> directions = new ArrayList<>();
    for (int row = 0; row < ROWS; row++) {
      double[][] direction = new double[encodings.size()][];
      for (int e = 0; e < direction.length; e++) {
        direction[e] = new double[encodings.get(e).size()];
        for (int i = 0; i < direction[e].length; i++) {
          boolean corner = row < ROWS / 2;
          direction[e][i] = corner ? random.nextInt(2) * 2 - 1 : random.nextDouble(-1, 1);
        }
      }
      directions.add(direction);
    }
    double[] reach = new double[ROWS];
    for (int row = 0; row < ROWS; row++) {
      reach[row] = 1;
      for (int s = 0; s < SHRINKINGS; s++) {
        List<double[][]> one = directions.subList(row, row + 1);
        if (isInside(circuit, rows(encodings, one, new double[] {reach[row]}))) {
          break;
        }
        reach[row] /= 2;
      }
    }
    List<IntegerTensor> inputs = rows(encodings, directions, reach);
    List<IntegerTensor> results = circuit.evaluate(new ClearAlgebra(), inputs);
    return new Canaries(inputs, results, tolerance(circuit, dry, results));
  }

  /**
   * Far beyond any error, far below what a block gives that left its modulus, which is more than
   * any result. Clear runs round to whole numbers in every node, encrypted ones do not, and later
   * layers magnify that: by a small part of the results.
   */
  private static double tolerance(Circuit circuit, DryRun dry, List<IntegerTensor> results) {
    double largest = 0;
    for (IntegerTensor result : results) {
      for (long value : result.toLongs()) {
        largest = Math.max(largest, (double) Math.abs(value));
      }
    }
    return Math.min(dry.error(), DEVIATIONS * dry.deviation())
        + circuit.nodes().size()
        + largest * ROUNDED;
  }

  private static List<IntegerTensor> rows(
      List<InputEncoding> encodings, List<double[][]> directions, double[] reach) {
    List<IntegerTensor> inputs = new ArrayList<>();
    for (int e = 0; e < encodings.size(); e++) {
      int size = encodings.get(e).size();
      long[] values = new long[directions.size() * size];
      for (int at = 0; at < values.length; at++) {
        int row = at / size;
        Interval range = range(encodings.get(e), at % size);
        double middle = (range.lo() + range.hi()) / 2.0;
        double half = (range.hi() - range.lo()) / 2.0;
        values[at] = Math.round(middle + reach[row] * directions.get(row)[e][at % size] * half);
      }
      inputs.add(IntegerTensor.of(directions.size(), size, values));
    }
    return inputs;
  }

  private static Interval range(InputEncoding encoding, int element) {
    return encoding instanceof InputEncoding.Uniform uniform
        ? uniform.quantizer(element).range()
        : encoding.range();
  }

  /** Whether every integer of every node is where the plan assumes it. */
  private static boolean isInside(Circuit circuit, List<IntegerTensor> inputs) {
    List<CircuitNode> nodes = circuit.nodes();
    List<Integer> all = IntStream.range(0, nodes.size()).boxed().toList();
    List<IntegerTensor> values = Circuit.of(nodes, all).evaluate(new ClearAlgebra(), inputs);
    for (CircuitNode node : nodes) {
      Interval hull = node.proved().hull();
      for (long value : values.get(node.id()).toLongs()) {
        if (value < hull.lo() || value > hull.hi()) {
          return false;
        }
      }
    }
    return true;
  }
}
