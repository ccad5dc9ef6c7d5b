package dev.sotto.compiler.slots;

/** How tensors of different units are brought to one, which costs bits of the modulus. */
final class Units {
  /** Units that differ less are one. */
  static final double SAME = 0x1p-40;

  /** Whole factors that stand for a quotient are of about this size, or the quotient itself. */
  private static final double BALANCE = 0x1p20;

  private Units() {}

  /**
   * By what the larger of two units is multiplied, so that {@code quotient} times as much is nearly
   * whole.
   *
   * @param quotient of the units, at least 1
   */
  static double balance(double quotient) {
    return quotient >= BALANCE ? 1 : Math.scalb(1.0, Math.getExponent(BALANCE / quotient) + 1);
  }
}
