package dev.sotto.slots;

import dev.sotto.problem.SottoException;
import dev.sotto.slots.ring.Modulus;
import dev.sotto.slots.ring.RnsPolynomial;
import dev.sotto.slots.ring.RnsRing;
import dev.sotto.slots.ring.WeightedSums;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Computes on encrypted whole numbers modulo t; no secret is needed. For one thread.
 *
 * <p>Every result carries a bound of its phase; an operation whose result would no longer decrypt
 * is refused (SOTTO-SLOTS-007). Operands belong to one key, level and, in sums, factor.
 */
public final class BgvEvaluator {
  private final BgvParameters parameters;
  private final BgvEncoder encoder;
  private final RlweEvaluator rlwe;
  private final Modulus t;

  BgvEvaluator(BgvParameters parameters, BgvEncoder encoder, @Nullable EvaluationKeys keys) {
    this.parameters = parameters;
    this.encoder = encoder;
    this.rlwe = RlweEvaluator.create(parameters.ring(), parameters.plaintextModulus(), keys);
    this.t = parameters.modulus();
  }

  /**
   * A fresh ciphertext without content, where the parameters are {@link RingParameters#dry}.
   *
   * @param stored whether it stays as it was sent until it is used
   */
  public BgvCiphertext hollow(int level, boolean stored) {
    return new BgvCiphertext(
        parameters,
        RlweCiphertext.hollow(parameters.ring(), level + 1, stored),
        1,
        BgvNoise.fresh(parameters));
  }

  /** Slot by slot, x + y. */
  public BgvCiphertext add(BgvCiphertext x, BgvCiphertext y) {
    checkFactors(x, y);
    return result(
        rlwe.add(x.rlwe(), y.rlwe()),
        x.factor(),
        RlweNoise.add(x.noiseBits(), y.noiseBits()),
        "add");
  }

  /** Slot by slot, x − y. */
  public BgvCiphertext subtract(BgvCiphertext x, BgvCiphertext y) {
    checkFactors(x, y);
    return result(
        rlwe.subtract(x.rlwe(), y.rlwe()),
        x.factor(),
        RlweNoise.add(x.noiseBits(), y.noiseBits()),
        "subtract");
  }

  /**
   * Adds the same whole number to every slot; costs a fraction of {@link #add(BgvCiphertext,
   * long[])}.
   */
  public BgvCiphertext addConstant(BgvCiphertext x, long constant) {
    check(x);
    return result(
        rlwe.addConstant(x.rlwe(), BgvNoise.scaledConstant(parameters, constant, x.factor())),
        x.factor(),
        RlweNoise.add(x.noiseBits(), BgvNoise.constant(parameters)),
        "add a constant");
  }

  /** Adds clear values, one to each slot. */
  public BgvCiphertext add(BgvCiphertext x, long[] values) {
    check(x);
    return result(
        rlwe.addPlain(x.rlwe(), plain(values, x.factor(), x.rlwe().limbs())),
        x.factor(),
        RlweNoise.add(x.noiseBits(), BgvNoise.message(parameters)),
        "add clear values");
  }

  /** The value of an expression: one pass over its ciphertexts, nothing stored between. */
  public BgvCiphertext evaluate(BgvExpression expression) {
    return evaluate(List.of(expression)).get(0);
  }

  /**
   * The values of expressions over ciphertexts of one level, in one pass; what they share is
   * computed once. Only results must keep within the modulus.
   */
  public List<BgvCiphertext> evaluate(List<BgvExpression> expressions) {
    RlweFormula[] formulas = new RlweFormula[expressions.size()];
    for (int m = 0; m < formulas.length; m++) {
      BgvExpression expression = expressions.get(m);
      RlweEvaluator.checkParameters(parameters, expression.parameters());
      formulas[m] = expression.formula();
      BgvCiphertext.checkCapacity(
          parameters, formulas[m].input().limbs(), expression.noiseBits(), "expression " + m);
    }
    if (formulas.length == 0) {
      throw SottoException.of(SlotsError.EMPTY_BLOCK, "", "expected an expression, got none.");
    }
    RlweCiphertext[] values = rlwe.evaluate(formulas);
    List<BgvCiphertext> out = new ArrayList<>(values.length);
    for (int m = 0; m < values.length; m++) {
      BgvExpression expression = expressions.get(m);
      out.add(
          new BgvCiphertext(parameters, values[m], expression.factor(), expression.noiseBits()));
    }
    return out;
  }

  /** Multiplies every slot by the same whole number, at the price of its bits. */
  public BgvCiphertext multiplyConstant(BgvCiphertext x, long constant) {
    check(x);
    long centred = BgvNoise.scaledConstant(parameters, constant, 1);
    return result(
        rlwe.multiplyInteger(x.rlwe(), centred),
        x.factor(),
        x.noiseBits() + BgvNoise.constantFactor(centred),
        "multiply by a constant");
  }

  /** Multiplies by clear values, one for each slot. */
  public BgvCiphertext multiply(BgvCiphertext x, long[] values) {
    check(x);
    return result(
        rlwe.multiplyPlain(x.rlwe(), plain(values, 1, x.rlwe().limbs())),
        x.factor(),
        x.noiseBits() + BgvNoise.message(parameters),
        "multiply by clear values");
  }

  /** Slot by slot, x · y; degrees add up. */
  public BgvCiphertext multiply(BgvCiphertext x, BgvCiphertext y) {
    check(x);
    check(y);
    return result(
        rlwe.multiply(x.rlwe(), y.rlwe()),
        BgvNoise.multiplyFactors(parameters, x.factor(), y.factor()),
        x.noiseBits() + y.noiseBits(),
        "multiply");
  }

  /**
   * A linear layer: weighted sums of ciphertexts of one level, degree and factor.
   *
   * @param terms as many as each sum has
   */
  public List<BgvCiphertext> weightedSums(List<BgvCiphertext> terms, WeightedSums sums) {
    RlweEvaluator.checkTerms(terms.size(), sums);
    SlotSums<BgvCiphertext> begun = begin(sums);
    for (int block = 0, at = 0; block < sums.blocks(); block++) {
      add(begun, terms.subList(at, at += sums.terms(block)));
    }
    return finish(begun);
  }

  /** Weighted sums whose terms are still to come. */
  public SlotSums<BgvCiphertext> begin(WeightedSums sums) {
    return new SlotSums<>(sums);
  }

  /** Adds the next block of terms: as many as {@link WeightedSums#terms(int)} says. */
  public void add(SlotSums<BgvCiphertext> begun, List<BgvCiphertext> terms) {
    List<double[]> each = new ArrayList<>(terms.size());
    BgvCiphertext first = begun.firstOr(terms.get(0));
    for (BgvCiphertext term : terms) {
      checkFactors(first, term);
      each.add(new double[] {term.noiseBits()});
    }
    begun.add(rlwe, terms, each);
  }

  /** The sums, once all terms are added. */
  public List<BgvCiphertext> finish(SlotSums<BgvCiphertext> begun) {
    WeightedSums sums = begun.sums();
    double[] shares = begun.known(0);
    double most = Math.max(0, Arrays.stream(shares).max().orElse(0));
    Arrays.setAll(shares, k -> Math.pow(2, shares[k] - most));
    BgvCiphertext first = begun.first();
    RlweCiphertext[] results = begun.results();
    List<BgvCiphertext> out = new ArrayList<>(results.length);
    for (int m = 0; m < results.length; m++) {
      double noise = BgvNoise.weightedSum(most, shares, sums, m);
      BgvCiphertext.checkCapacity(parameters, first.rlwe().limbs(), noise, "weighted sum " + m);
      out.add(new BgvCiphertext(parameters, results[m], first.factor(), noise));
    }
    return out;
  }

  /**
   * The values of a table, slot by slot: what the numbers in the table's range have there. Needs
   * evaluation keys, and is of degree three at most.
   *
   * @param level of the result: {@link #levelAfter} or less
   */
  public BgvCiphertext lookUp(BgvCiphertext x, ValueTable table, int level) {
    check(x);
    return new TableEvaluation(parameters, this).evaluate(x, table, level);
  }

  /** The highest level that the values of a table can have; negative where levels run out. */
  public int levelAfter(BgvCiphertext x, ValueTable table) {
    check(x);
    return new TableEvaluation(parameters, this).level(x, table);
  }

  /** Back to degree one, with the evaluation keys. */
  public BgvCiphertext relinearise(BgvCiphertext x) {
    check(x);
    if (x.degree() < 2) {
      return x;
    }
    return result(
        rlwe.relinearise(x.rlwe(), false),
        x.factor(),
        BgvNoise.relinearised(parameters, x.noiseBits(), x.rlwe().limbs(), x.degree(), 0),
        "relinearise");
  }

  /** Back to degree one and one level down, cheaper than one after the other. */
  public BgvCiphertext relineariseAndSwitch(BgvCiphertext x) {
    check(x);
    if (x.degree() < 2) {
      return switchModulus(x);
    }
    int limbs = x.rlwe().limbs();
    RlweCiphertext out = rlwe.relinearise(x.rlwe(), true);
    return result(
        out,
        switched(x),
        BgvNoise.relinearised(parameters, x.noiseBits(), limbs, x.degree(), lastBits(limbs)),
        "relinearise and switch the modulus");
  }

  /** One level down: divides the phase, noise and all, by the last prime; values stay. */
  public BgvCiphertext switchModulus(BgvCiphertext x) {
    check(x);
    int limbs = x.rlwe().limbs();
    RlweCiphertext out = rlwe.dropLast(x.rlwe());
    return result(
        out,
        switched(x),
        BgvNoise.divided(parameters, x.noiseBits(), lastBits(limbs), x.degree()),
        "switch the modulus");
  }

  /**
   * The same values with another factor, so that they can be added to others that have it; costs up
   * to the bits of t.
   *
   * @param factor of size at most t, not a multiple of it
   */
  public BgvCiphertext withFactor(BgvCiphertext x, long factor) {
    check(x);
    if (t.canonical(factor) == 0) {
      throw SottoException.of(
          SlotsError.VALUE_OUT_OF_RANGE, "", "expected a factor that is not zero modulo t.");
    }
    long by =
        BgvNoise.scaledConstant(parameters, factor, t.canonical(t.inverse(t.centre(x.factor()))));
    return result(
        rlwe.multiplyInteger(x.rlwe(), by),
        t.canonical(t.centre(factor)),
        x.noiseBits() + BgvNoise.constantFactor(by),
        "change the factor");
  }

  /** Forgets primes without dividing; the bound must fit what is left. */
  public BgvCiphertext forgetPrimes(BgvCiphertext x, int level) {
    check(x);
    return result(rlwe.forget(x.rlwe(), level + 1), x.factor(), x.noiseBits(), "forget primes");
  }

  /** The same values at the lowest level that still decrypts: what is worth sending. */
  public BgvCiphertext smallest(BgvCiphertext x) {
    check(x);
    RnsRing ring = parameters.ring().ring();
    BgvCiphertext best = x;
    while (true) {
      int limbs = RlweNoise.limbsFor(ring, best.noiseBits(), best.rlwe().limbs());
      if (limbs <= best.level()) {
        best = forgetPrimes(best, limbs - 1);
      }
      double after = BgvNoise.divided(parameters, best.noiseBits(), lastBits(limbs), best.degree());
      if (limbs == 1 || after > RlweNoise.capacityBits(ring, limbs - 1)) {
        return best;
      }
      best = switchModulus(best);
    }
  }

  private double lastBits(int limbs) {
    return RlweNoise.lastBits(parameters.ring().ring(), limbs);
  }

  private long switched(BgvCiphertext x) {
    long last = parameters.ring().ring().modulus(x.rlwe().limbs() - 1).value();
    return t.canonical(t.multiply(t.centre(x.factor()), t.inverse(t.centre(last))));
  }

  private RnsPolynomial plain(long[] values, long factor, int limbs) {
    RnsRing ring = parameters.ring().ring();
    double[] coefficients = new double[ring.n()];
    encoder.encode(values, factor, coefficients);
    return rlwe.plain(coefficients, limbs);
  }

  private void check(BgvCiphertext x) {
    RlweEvaluator.checkParameters(parameters, x.parameters());
  }

  private void checkFactors(BgvCiphertext x, BgvCiphertext y) {
    check(x);
    check(y);
    BgvNoise.checkFactors(x.factor(), y.factor());
  }

  private BgvCiphertext result(
      RlweCiphertext rlwe, long factor, double noiseBits, String operation) {
    return BgvCiphertext.checked(parameters, rlwe, factor, noiseBits, operation);
  }
}
