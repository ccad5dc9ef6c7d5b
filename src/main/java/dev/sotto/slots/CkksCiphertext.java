package dev.sotto.slots;

/**
 * A block of encrypted real numbers, one in each slot. Not to be changed.
 *
 * <p>Its phase has the values {@link #scale}·(x + e): x is the number meant, of size at most {@link
 * #valueBound}, and e the error, of size at most {@link #errorBound}. Both bounds are public: they
 * follow from what was declared at encryption and from the operations since, not from the numbers.
 */
public final class CkksCiphertext extends SlotCiphertext {
  private final CkksParameters parameters;
  private final double scale;
  private final double valueBound;
  private final SlotError error;

  CkksCiphertext(
      CkksParameters parameters,
      RlweCiphertext rlwe,
      double scale,
      double valueBound,
      SlotError error) {
    super(rlwe);
    this.parameters = parameters;
    this.scale = scale;
    this.valueBound = valueBound;
    this.error = error;
  }

  /** What it was made with. */
  public CkksParameters parameters() {
    return parameters;
  }

  /** What the numbers are multiplied by. */
  public double scale() {
    return scale;
  }

  /** The largest size that a number may have. */
  public double valueBound() {
    return valueBound;
  }

  /**
   * The largest error of a slot, in the unit of the numbers, except with probability
   * 2<sup>−64</sup>: errors of operands add, at their worst. Roundings count as random.
   */
  public double errorBound() {
    return error.bound();
  }

  /**
   * An estimate of the error's standard deviation, in the unit of the numbers, where they reach
   * their bound: errors of operands are taken as independent. For planning; nothing is proved by
   * it.
   */
  public double errorDeviation() {
    return error.deviation();
  }

  /**
   * What {@link CkksDecryptor#decryptRounded} rounds to: the least power of two that is at least
   * twice {@link #errorBound}.
   */
  public double precision() {
    double twice = 2 * error.bound();
    double power = Math.scalb(1.0, Math.getExponent(twice));
    return power < twice ? 2 * power : power;
  }

  /** The logarithm (base 2) of a bound on the phase. */
  public double phaseBits() {
    return CkksEvaluator.phaseBits(scale, valueBound, error);
  }

  SlotError error() {
    return error;
  }
}
