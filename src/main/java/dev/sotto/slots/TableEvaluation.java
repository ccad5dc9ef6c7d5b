package dev.sotto.slots;

import dev.sotto.slots.TableLevels.State;
import dev.sotto.slots.TablePowers.Step;
import dev.sotto.slots.ring.Modulus;
import dev.sotto.slots.ring.WeightedSums;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One table on one ciphertext: its powers, then sums and products of them at the lowest level.
 *
 * <p>Factors of ciphertexts, which differ by level, cost nothing: they go into the coefficients,
 * which are any numbers modulo t.
 */
final class TableEvaluation {
  private final BgvParameters parameters;
  private final BgvEvaluator evaluator;
  private final Modulus t;

  TableEvaluation(BgvParameters parameters, BgvEvaluator evaluator) {
    this.parameters = parameters;
    this.evaluator = evaluator;
    this.t = parameters.modulus();
  }

  /** The level of a result, at most; negative where there is none. */
  int level(BgvCiphertext x, ValueTable table) {
    return TableLevels.left(parameters, State.of(x), table.powers(t)) - 1;
  }

  /**
   * The values of a table.
   *
   * @param level of the result: {@link #level(BgvCiphertext, ValueTable)} or less
   */
  BgvCiphertext evaluate(BgvCiphertext x, ValueTable table, int level) {
    int[] coefficients = table.polynomial(t).coefficients();
    if (coefficients.length == 1) {
      BgvCiphertext zero = evaluator.multiplyConstant(evaluator.forgetPrimes(x, level), 0);
      return evaluator.addConstant(zero, coefficients[0]);
    }
    TablePowers powers = table.powers(t);
    Map<Integer, BgvCiphertext> made = powers(lowered(x, powers, level), powers);
    made.replaceAll((exponent, power) -> evaluator.forgetPrimes(power, level));
    List<BgvCiphertext> low = new ArrayList<>();
    long[] inverses = new long[Math.min(powers.low() - 1, powers.degree())];
    for (int l = 1; l <= inverses.length; l++) {
      inverses[l - 1] = inverse(power(made, l).factor());
      low.add(withFactor(power(made, l), 1)); // which the weights make up for
    }
    BgvCiphertext total = null;
    for (int i = 0; i < powers.high(); i++) {
      BgvExpression sum = sum(coefficients, powers, made, low, inverses, i);
      total = evaluator.evaluate(total == null ? sum : BgvExpression.of(total).plus(sum));
    }
    return Objects.requireNonNull(total);
  }

  /** As many primes forgotten as would be left over at the end. */
  private BgvCiphertext lowered(BgvCiphertext x, TablePowers powers, int level) {
    State state = State.of(x);
    int surplus = TableLevels.left(parameters, state, powers) - 1 - level;
    for (; surplus > 0; surplus--) {
      int limbs = state.limbs() - surplus;
      if (limbs < 1 || x.noiseBits() > RlweNoise.capacityBits(parameters.ring().ring(), limbs)) {
        continue;
      }
      State lower = new State(limbs, x.noiseBits(), x.degree());
      if (TableLevels.left(parameters, lower, powers) > level) {
        return evaluator.forgetPrimes(x, limbs - 1);
      }
    }
    return x;
  }

  private Map<Integer, BgvCiphertext> powers(BgvCiphertext x, TablePowers powers) {
    Map<Integer, BgvCiphertext> made = new HashMap<>();
    made.put(1, settled(x));
    for (Step step : powers.steps()) {
      BgvCiphertext left = power(made, step.left());
      BgvCiphertext right = power(made, step.right());
      int level = Math.min(left.level(), right.level());
      BgvCiphertext first = evaluator.forgetPrimes(left, level);
      BgvCiphertext second = left == right ? first : evaluator.forgetPrimes(right, level);
      made.put(step.exponent(), settled(evaluator.multiply(first, second)));
    }
    return made;
  }

  /** Degree one, and as many levels down as are worth it. */
  private BgvCiphertext settled(BgvCiphertext given) {
    BgvCiphertext x = switched(given);
    if (x.degree() > 1) {
      x =
          TableLevels.switchesToo(parameters, State.of(x))
              ? evaluator.relineariseAndSwitch(x)
              : evaluator.relinearise(x);
      x = switched(x);
    }
    return x;
  }

  private BgvCiphertext switched(BgvCiphertext given) {
    BgvCiphertext x = given;
    while (TableLevels.worthSwitching(parameters, State.of(x))) {
      x = evaluator.switchModulus(x);
    }
    return x;
  }

  /** Y^i · Σ_j X^j · Σ_l c_ijl · x^l, of factor one. */
  private BgvExpression sum(
      int[] coefficients,
      TablePowers powers,
      Map<Integer, BgvCiphertext> made,
      List<BgvCiphertext> low,
      long[] inverses,
      int i) {
    int terms = powers.terms(i);
    int from = i * powers.low() * powers.middle();
    int[][] weights = new int[terms][low.size()];
    long[] factors = new long[terms];
    for (int j = 0; j < terms; j++) {
      long outer = i == 0 ? 1 : power(made, from).factor();
      long factor = j == 0 ? outer : times(outer, power(made, j * powers.low()).factor());
      factors[j] = inverse(factor);
      int at = from + j * powers.low() + 1;
      for (int l = 0; l < low.size() && at + l < coefficients.length; l++) {
        weights[j][l] = (int) t.centre(times(times(factors[j], inverses[l]), coefficients[at + l]));
      }
    }
    List<BgvCiphertext> inner = evaluator.weightedSums(low, WeightedSums.of(weights));
    BgvExpression sum =
        BgvExpression.of(withFactor(inner.get(0), factors[0])).plus(coefficients[from]);
    for (int j = 1; j < terms; j++) {
      int exponent = j * powers.low();
      sum =
          sum.plus(
              BgvExpression.of(withFactor(inner.get(j), factors[j]))
                  .plus(coefficients[from + exponent])
                  .times(BgvExpression.of(power(made, exponent))));
    }
    return i == 0 ? sum : sum.times(BgvExpression.of(power(made, from)));
  }

  /** The same ciphertext, taken to stand for something else. */
  private BgvCiphertext withFactor(BgvCiphertext x, long factor) {
    return new BgvCiphertext(parameters, x.rlwe(), factor, x.noiseBits());
  }

  private static BgvCiphertext power(Map<Integer, BgvCiphertext> made, int exponent) {
    return Objects.requireNonNull(made.get(exponent));
  }

  private long inverse(long x) {
    return t.canonical(t.inverse(t.centre(x)));
  }

  private long times(long x, long y) {
    return t.canonical(t.multiply(t.centre(x), t.centre(y)));
  }
}
