package dev.sotto.compiler;

import java.util.Map;

/**
 * How a circuit is rewritten.
 *
 * @param degree of polynomials, one to seven
 * @param degreeOf degrees of single nodes, by ONNX name
 * @param weightBits bits of weights that take in coefficients
 * @param workingBits integers are narrowed to so many bits before and after products; zero: never,
 *     for exact arithmetic
 * @param refit whether layers behind polynomials are corrected
 * @param calibratedBounds whether layers' results are taken to stay within twice the range that
 *     calibration saw
 */
record RewriteOptions(
    int degree,
    Map<String, Integer> degreeOf,
    int weightBits,
    int workingBits,
    boolean refit,
    boolean calibratedBounds) {
  int degree(String node) {
    return degreeOf.getOrDefault(node, degree);
  }

  int weightLimit() {
    return (1 << (weightBits - 1)) - 1;
  }

  /** Whether integers stay exact. */
  boolean isExact() {
    return workingBits == 0;
  }
}
