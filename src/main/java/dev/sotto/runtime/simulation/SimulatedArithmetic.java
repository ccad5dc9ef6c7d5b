package dev.sotto.runtime.simulation;

import dev.sotto.circuit.TreeSum;
import dev.sotto.compiler.slots.CkksArithmetic;
import dev.sotto.compiler.slots.SlotArithmetic;
import dev.sotto.compiler.slots.SlotsPlan;
import dev.sotto.compiler.slots.Treatment;
import dev.sotto.slots.CkksCiphertext;
import dev.sotto.slots.CkksEvaluator;
import dev.sotto.slots.CkksParameters;
import dev.sotto.slots.CkksScheme;
import dev.sotto.slots.RingParameters;
import dev.sotto.slots.ValueTable;
import dev.sotto.slots.ring.OperationCounts;
import dev.sotto.slots.ring.RingType;
import dev.sotto.slots.ring.WeightedSums;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/**
 * Approximate numbers as they would come out of ciphertexts: real arithmetic, and normal noise
 * wherever a ciphertext meets some, of the deviation that the engine itself predicts for that step.
 * Scales, levels and refusals are those of the engine, which runs dry beside.
 *
 * <p>Noise then goes through the circuit as an encrypted one does: with the sizes that numbers
 * really have, and correlated where they come from one ciphertext. Dividing a ciphertext of degree
 * d leaves a rounding times the d-th power of the secret's value in that slot: large in some rows
 * for all ciphertexts, small in most, so rows draw such a value once.
 */
final class SimulatedArithmetic implements SlotArithmetic<SimulatedNumbers> {
  private final CkksEvaluator evaluator;
  private final CkksArithmetic shapes;
  private final RingParameters ring;
  private final double scale;
  private final SplittableRandom random;

  /** Of each row, the size of the secret's value, its mean square one. */
  private final double[] secret;

  SimulatedArithmetic(SlotsPlan plan, int rows, SplittableRandom random) {
    this.ring = plan.ring().dry(new OperationCounts());
    this.scale = plan.scale();
    this.evaluator =
        CkksScheme.of(new CkksParameters(ring, scale)).dryEvaluator(plan.relinearisedDegree());
    this.shapes = new CkksArithmetic(evaluator);
    this.random = random;
    this.secret = new double[rows];
    boolean complex = ring.type() == RingType.STANDARD;
    for (int i = 0; i < rows; i++) {
      double real = random.nextGaussian();
      double imaginary = random.nextGaussian();
      secret[i] = complex ? Math.hypot(real, imaginary) / Math.sqrt(2) : Math.abs(real);
    }
  }

  /** What encrypting numbers of this size at most gives; overwrites them. */
  SimulatedNumbers encrypted(double[] values, double bound) {
    CkksCiphertext shape = evaluator.hollow(bound, scale, ring.maximumLevel(), false);
    addNoise(values, shape.errorDeviation());
    return new SimulatedNumbers(shape, values);
  }

  private void addNoise(double[] values, double deviation) {
    for (int i = 0; i < values.length; i++) {
      values[i] += deviation * random.nextGaussian();
    }
  }

  /** Noise of this deviation over all rows, in proportion to a power of the secret's values. */
  private void addNoise(double[] values, double deviation, int power) {
    double meanSquare = 1;
    for (int k = 1; k <= power; k++) {
      meanSquare *= ring.type() == RingType.STANDARD ? k : 2 * k - 1;
    }
    double unit = deviation / Math.sqrt(meanSquare);
    for (int i = 0; i < values.length; i++) {
      values[i] += unit * Math.pow(secret[i], power) * random.nextGaussian();
    }
  }

  private static SimulatedNumbers map(
      CkksCiphertext shape, double[] x, DoubleUnaryOperator function) {
    double[] values = new double[x.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = function.applyAsDouble(x[i]);
    }
    return new SimulatedNumbers(shape, values);
  }

  private static SimulatedNumbers map(
      CkksCiphertext shape, double[] x, double[] y, DoubleBinaryOperator function) {
    double[] values = new double[x.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = function.applyAsDouble(x[i], y[i]);
    }
    return new SimulatedNumbers(shape, values);
  }

  @Override
  public List<SimulatedNumbers> weightedSums(
      List<SimulatedNumbers> terms, WeightedSums sums, double weightScale, double bound) {
    List<CkksCiphertext> results =
        shapes.weightedSums(
            terms.stream().map(SimulatedNumbers::shape).toList(), sums, weightScale, bound);
    List<SimulatedNumbers> out = new ArrayList<>(results.size());
    for (int m = 0; m < results.size(); m++) {
      double[] total = new double[terms.get(0).values().length];
      for (int k = 0; k < terms.size(); k++) {
        double weight = sums.weight(m, k) / weightScale;
        if (weight != 0) {
          double[] term = terms.get(k).values();
          for (int i = 0; i < total.length; i++) {
            total[i] += weight * term[i];
          }
        }
      }
      out.add(new SimulatedNumbers(results.get(m), total));
    }
    return out;
  }

  @Override
  public SimulatedNumbers add(SimulatedNumbers x, SimulatedNumbers y) {
    return map(shapes.add(x.shape(), y.shape()), x.values(), y.values(), Double::sum);
  }

  @Override
  public SimulatedNumbers subtract(SimulatedNumbers x, SimulatedNumbers y) {
    return map(shapes.subtract(x.shape(), y.shape()), x.values(), y.values(), (a, b) -> a - b);
  }

  @Override
  public SimulatedNumbers addConstant(SimulatedNumbers x, double constant) {
    double unit = x.shape().scale();
    double rounded = Math.rint(constant * unit) / unit;
    return map(shapes.addConstant(x.shape(), constant), x.values(), v -> v + rounded);
  }

  @Override
  public SimulatedNumbers multiplyConstant(SimulatedNumbers x, long factor) {
    return map(shapes.multiplyConstant(x.shape(), factor), x.values(), v -> v * factor);
  }

  @Override
  public SimulatedNumbers multiply(SimulatedNumbers x, SimulatedNumbers y) {
    return map(shapes.multiply(x.shape(), y.shape()), x.values(), y.values(), (a, b) -> a * b);
  }

  @Override
  public int levelAfter(SimulatedNumbers x, ValueTable table) {
    throw new IllegalArgumentException("tables are exact");
  }

  @Override
  public SimulatedNumbers lookUp(SimulatedNumbers x, ValueTable table, int level) {
    throw new IllegalArgumentException("tables are exact");
  }

  @Override
  public List<SimulatedNumbers> trees(
      List<SimulatedNumbers> bits, TreeSum trees, int[] outputs, int piece, int pieces) {
    throw new IllegalArgumentException("trees are exact");
  }

  @Override
  public SimulatedNumbers rescaledUnit(SimulatedNumbers x, double factor) {
    return factor == 1
        ? x
        : map(shapes.rescaledUnit(x.shape(), factor), x.values(), v -> v * factor);
  }

  @Override
  public double unit(SimulatedNumbers x) {
    return shapes.unit(x.shape());
  }

  @Override
  public SimulatedNumbers bounded(SimulatedNumbers x, double bound) {
    return new SimulatedNumbers(shapes.bounded(x.shape(), bound), x.values());
  }

  /** Errors of a step are independent of those before: their squares add. */
  @Override
  public SimulatedNumbers treated(SimulatedNumbers x, Treatment treatment) {
    CkksCiphertext shape = shapes.treated(x.shape(), treatment);
    double before = x.shape().errorDeviation();
    double after = shape.errorDeviation();
    if (!(after > before)) {
      return new SimulatedNumbers(shape, x.values());
    }
    double[] values = x.values().clone();
    int power = treatment.relinearise() ? 1 : x.shape().degree();
    addNoise(values, Math.sqrt((after - before) * (after + before)), power);
    return new SimulatedNumbers(shape, values);
  }

  @Override
  public int level(SimulatedNumbers x) {
    return shapes.level(x.shape());
  }

  @Override
  public int degree(SimulatedNumbers x) {
    return shapes.degree(x.shape());
  }

  @Override
  public SimulatedNumbers atLevel(SimulatedNumbers x, int level) {
    return new SimulatedNumbers(shapes.atLevel(x.shape(), level), x.values());
  }

  @Override
  public SimulatedNumbers smallest(SimulatedNumbers x) {
    return new SimulatedNumbers(shapes.smallest(x.shape()), x.values());
  }
}
