package dev.sotto.compiler.slots;

/** Bits as real numbers. */
final class RlweBits {
  private RlweBits() {}

  static double log2(double x) {
    return Math.log(x) / Math.log(2);
  }
}
