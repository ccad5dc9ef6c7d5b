package dev.sotto.slots;

import dev.sotto.problem.SottoException;
import java.util.List;

/**
 * A polynomial in encrypted whole numbers, not yet computed: {@link BgvEvaluator#evaluate} does
 * that in one pass, with no ciphertext in between. Not to be changed; a part of several expressions
 * that are evaluated together is computed once.
 *
 * <p>All ciphertexts in it have one key and level, and those added one factor. Degrees add up in
 * products.
 */
public final class BgvExpression {
  private final BgvParameters parameters;
  private final RlweFormula formula;
  private final long factor;
  private final double noiseBits;

  private BgvExpression(
      BgvParameters parameters, RlweFormula formula, long factor, double noiseBits) {
    this.parameters = parameters;
    this.formula = formula;
    this.factor = factor;
    this.noiseBits = noiseBits;
  }

  /** A ciphertext as it is. */
  public static BgvExpression of(BgvCiphertext c) {
    return new BgvExpression(c.parameters(), RlweFormula.of(c.rlwe()), c.factor(), c.noiseBits());
  }

  /**
   * A choice in every slot, whenZero + bit · (whenOne − whenZero): a node of a tree.
   *
   * @param bit zero or one in every slot, its factor one
   */
  public static BgvExpression select(
      BgvExpression bit, BgvExpression whenOne, BgvExpression whenZero) {
    return whenZero.plus(bit.times(whenOne.minus(whenZero)));
  }

  /** The same where both are clear. */
  public static BgvExpression select(BgvExpression bit, long whenOne, long whenZero) {
    return bit.times(Math.subtractExact(whenOne, whenZero)).plus(whenZero);
  }

  /**
   * The sum.
   *
   * @param terms at least one
   */
  public static BgvExpression sum(List<BgvExpression> terms) {
    return terms.stream()
        .reduce(BgvExpression::plus)
        .orElseThrow(
            () ->
                SottoException.of(
                    SlotsError.EMPTY_BLOCK, "sum", "expected at least one term, got none."));
  }

  /** Slot by slot, this + other. */
  public BgvExpression plus(BgvExpression other) {
    checkSum(other);
    return new BgvExpression(
        parameters, formula.plus(other.formula), factor, RlweNoise.add(noiseBits, other.noiseBits));
  }

  /** Slot by slot, this − other. */
  public BgvExpression minus(BgvExpression other) {
    checkSum(other);
    return new BgvExpression(
        parameters,
        formula.minus(other.formula),
        factor,
        RlweNoise.add(noiseBits, other.noiseBits));
  }

  /** Slot by slot, this · other. */
  public BgvExpression times(BgvExpression other) {
    RlweEvaluator.checkParameters(parameters, other.parameters);
    return new BgvExpression(
        parameters,
        formula.times(other.formula),
        BgvNoise.multiplyFactors(parameters, factor, other.factor),
        noiseBits + other.noiseBits);
  }

  /** The same whole number added in every slot. */
  public BgvExpression plus(long number) {
    return new BgvExpression(
        parameters,
        formula.plus(BgvNoise.scaledConstant(parameters, number, factor)),
        factor,
        RlweNoise.add(noiseBits, BgvNoise.constant(parameters)));
  }

  /** Every slot multiplied by the same whole number. */
  public BgvExpression times(long number) {
    long centred = BgvNoise.scaledConstant(parameters, number, 1);
    return new BgvExpression(
        parameters, formula.times(centred), factor, noiseBits + BgvNoise.constantFactor(centred));
  }

  /** What its ciphertexts were made with. */
  public BgvParameters parameters() {
    return parameters;
  }

  /** The degree of the ciphertext that it will be. */
  public int degree() {
    return formula.degree();
  }

  /** The bound of the phase of the ciphertext that it will be: {@link BgvCiphertext#noiseBits}. */
  public double noiseBits() {
    return noiseBits;
  }

  long factor() {
    return factor;
  }

  RlweFormula formula() {
    return formula;
  }

  private void checkSum(BgvExpression other) {
    RlweEvaluator.checkParameters(parameters, other.parameters);
    BgvNoise.checkFactors(factor, other.factor);
  }
}
