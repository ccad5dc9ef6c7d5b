package dev.sotto.compiler.slots;

import dev.sotto.circuit.TreeSum;
import dev.sotto.slots.CkksCiphertext;
import dev.sotto.slots.CkksEvaluator;
import dev.sotto.slots.SlotSums;
import dev.sotto.slots.ValueTable;
import dev.sotto.slots.ring.WeightedSums;
import java.util.List;

/** Approximate numbers. */
public final class CkksArithmetic implements BlockArithmetic<CkksCiphertext> {
  private final CkksEvaluator evaluator;

  /** Arithmetic with an evaluator. */
  public CkksArithmetic(CkksEvaluator evaluator) {
    this.evaluator = evaluator;
  }

  @Override
  public List<CkksCiphertext> weightedSums(
      List<CkksCiphertext> terms, WeightedSums sums, double weightScale, double bound) {
    return evaluator.weightedSums(terms, sums, weightScale, bound);
  }

  @Override
  public SlotSums<CkksCiphertext> begin(WeightedSums sums) {
    return evaluator.begin(sums);
  }

  @Override
  public void addTerms(SlotSums<CkksCiphertext> begun, List<CkksCiphertext> terms) {
    evaluator.add(begun, terms);
  }

  @Override
  public List<CkksCiphertext> finish(
      SlotSums<CkksCiphertext> begun, double weightScale, double bound) {
    return evaluator.finish(begun, weightScale, bound);
  }

  @Override
  public CkksCiphertext add(CkksCiphertext x, CkksCiphertext y) {
    return evaluator.add(x, y);
  }

  @Override
  public CkksCiphertext subtract(CkksCiphertext x, CkksCiphertext y) {
    return evaluator.subtract(x, y);
  }

  @Override
  public CkksCiphertext addConstant(CkksCiphertext x, double constant) {
    return constant == 0 ? x : evaluator.addConstant(x, constant);
  }

  @Override
  public CkksCiphertext multiplyConstant(CkksCiphertext x, long factor) {
    return evaluator.multiplyConstant(x, factor);
  }

  @Override
  public CkksCiphertext multiply(CkksCiphertext x, CkksCiphertext y) {
    return evaluator.multiply(x, y);
  }

  @Override
  public int levelAfter(CkksCiphertext x, ValueTable table) {
    throw new IllegalArgumentException("tables are exact");
  }

  @Override
  public CkksCiphertext lookUp(CkksCiphertext x, ValueTable table, int level) {
    throw new IllegalArgumentException("tables are exact");
  }

  @Override
  public List<CkksCiphertext> trees(
      List<CkksCiphertext> bits, TreeSum trees, int[] outputs, int piece, int pieces) {
    throw new IllegalArgumentException("trees are exact");
  }

  @Override
  public CkksCiphertext rescaledUnit(CkksCiphertext x, double factor) {
    return factor == 1 ? x : evaluator.scaledBy(x, factor);
  }

  @Override
  public double unit(CkksCiphertext x) {
    return x.scale();
  }

  @Override
  public CkksCiphertext bounded(CkksCiphertext x, double bound) {
    return bound < x.valueBound() ? evaluator.bounded(x, bound) : x;
  }

  @Override
  public CkksCiphertext treated(CkksCiphertext x, Treatment treatment) {
    CkksCiphertext result = x;
    int drops = treatment.drops();
    if (treatment.relinearise() && x.degree() > 1) {
      result = drops > 0 ? evaluator.relineariseAndRescale(x) : evaluator.relinearise(x);
      drops = Math.max(0, drops - 1);
    }
    for (; drops > 0; drops--) {
      result = evaluator.rescale(result);
    }
    return result;
  }

  @Override
  public int level(CkksCiphertext x) {
    return x.level();
  }

  @Override
  public int degree(CkksCiphertext x) {
    return x.degree();
  }

  @Override
  public CkksCiphertext atLevel(CkksCiphertext x, int level) {
    return level == x.level() ? x : evaluator.forgetPrimes(x, level);
  }

  @Override
  public CkksCiphertext smallest(CkksCiphertext x) {
    return evaluator.smallest(x);
  }
}
