package dev.sotto.compiler.slots;

import dev.sotto.circuit.TreeSum;
import dev.sotto.problem.SottoException;
import dev.sotto.slots.BgvCiphertext;
import dev.sotto.slots.BgvEvaluator;
import dev.sotto.slots.SlotSums;
import dev.sotto.slots.SlotsError;
import dev.sotto.slots.ValueTable;
import dev.sotto.slots.ring.WeightedSums;
import java.util.List;

/** Exact integers. */
public final class BgvArithmetic implements BlockArithmetic<BgvCiphertext> {
  private final BgvEvaluator evaluator;

  /** Arithmetic with an evaluator. */
  public BgvArithmetic(BgvEvaluator evaluator) {
    this.evaluator = evaluator;
  }

  @Override
  public List<BgvCiphertext> weightedSums(
      List<BgvCiphertext> terms, WeightedSums sums, double weightScale, double bound) {
    checkUnit(weightScale);
    return evaluator.weightedSums(terms, sums);
  }

  @Override
  public SlotSums<BgvCiphertext> begin(WeightedSums sums) {
    return evaluator.begin(sums);
  }

  @Override
  public void addTerms(SlotSums<BgvCiphertext> begun, List<BgvCiphertext> terms) {
    evaluator.add(begun, terms);
  }

  @Override
  public List<BgvCiphertext> finish(
      SlotSums<BgvCiphertext> begun, double weightScale, double bound) {
    checkUnit(weightScale);
    return evaluator.finish(begun);
  }

  @Override
  public BgvCiphertext add(BgvCiphertext x, BgvCiphertext y) {
    return evaluator.add(x, y);
  }

  @Override
  public BgvCiphertext subtract(BgvCiphertext x, BgvCiphertext y) {
    return evaluator.subtract(x, y);
  }

  @Override
  public BgvCiphertext addConstant(BgvCiphertext x, double constant) {
    return evaluator.addConstant(x, (long) constant);
  }

  @Override
  public BgvCiphertext multiplyConstant(BgvCiphertext x, long factor) {
    return evaluator.multiplyConstant(x, factor);
  }

  @Override
  public BgvCiphertext multiply(BgvCiphertext x, BgvCiphertext y) {
    return evaluator.multiply(x, y);
  }

  @Override
  public int levelAfter(BgvCiphertext x, ValueTable table) {
    int level = evaluator.levelAfter(x, table);
    if (level < 0) {
      throw SottoException.of(
          SlotsError.NO_LEVEL_LEFT, "look up", "too few primes for the powers of a table.");
    }
    return level;
  }

  @Override
  public BgvCiphertext lookUp(BgvCiphertext x, ValueTable table, int level) {
    return evaluator.lookUp(x, table, level);
  }

  @Override
  public List<BgvCiphertext> trees(
      List<BgvCiphertext> bits, TreeSum trees, int[] outputs, int piece, int pieces) {
    return evaluator.evaluate(EncryptedTrees.sums(trees, outputs, bits, piece, pieces));
  }

  @Override
  public BgvCiphertext rescaledUnit(BgvCiphertext x, double factor) {
    checkUnit(factor);
    return x;
  }

  private static void checkUnit(double factor) {
    if (factor != 1) {
      throw new IllegalArgumentException("integers have one unit");
    }
  }

  @Override
  public double unit(BgvCiphertext x) {
    return 1;
  }

  @Override
  public BgvCiphertext bounded(BgvCiphertext x, double bound) {
    return x;
  }

  @Override
  public BgvCiphertext treated(BgvCiphertext x, Treatment treatment) {
    BgvCiphertext result = x;
    int drops = treatment.drops();
    if (treatment.relinearise() && x.degree() > 1) {
      result = drops > 0 ? evaluator.relineariseAndSwitch(x) : evaluator.relinearise(x);
      drops = Math.max(0, drops - 1);
    }
    for (; drops > 0; drops--) {
      result = evaluator.switchModulus(result);
    }
    return result;
  }

  @Override
  public int level(BgvCiphertext x) {
    return x.level();
  }

  @Override
  public int degree(BgvCiphertext x) {
    return x.degree();
  }

  @Override
  public BgvCiphertext atLevel(BgvCiphertext x, int level) {
    return level == x.level() ? x : evaluator.forgetPrimes(x, level);
  }

  @Override
  public BgvCiphertext smallest(BgvCiphertext x) {
    return evaluator.smallest(x);
  }
}
