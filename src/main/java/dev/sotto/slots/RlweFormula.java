package dev.sotto.slots;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Sums and products of ciphertexts of one key and level, not yet computed. Not to be changed; a
 * formula may be a part of several others, and is then computed once.
 */
final class RlweFormula {
  /** What a formula is, of its operands. */
  enum Operation {
    INPUT,
    ADD,
    SUBTRACT,
    MULTIPLY,
    ADD_CONSTANT,
    MULTIPLY_CONSTANT
  }

  private final Operation operation;
  private final RlweCiphertext input;
  private final @Nullable RlweFormula left;
  private final @Nullable RlweFormula right;
  private final long constant;
  private final int degree;

  private RlweFormula(
      Operation operation,
      RlweCiphertext input,
      @Nullable RlweFormula left,
      @Nullable RlweFormula right,
      long constant,
      int degree) {
    this.operation = operation;
    this.input = input;
    this.left = left;
    this.right = right;
    this.constant = constant;
    this.degree = degree;
  }

  /** A ciphertext as it is. */
  static RlweFormula of(RlweCiphertext c) {
    return new RlweFormula(Operation.INPUT, c, null, null, 0, c.degree());
  }

  RlweFormula plus(RlweFormula other) {
    return with(Operation.ADD, other, Math.max(degree, other.degree));
  }

  RlweFormula minus(RlweFormula other) {
    return with(Operation.SUBTRACT, other, Math.max(degree, other.degree));
  }

  RlweFormula times(RlweFormula other) {
    return with(Operation.MULTIPLY, other, degree + other.degree);
  }

  /** Plus a whole number in the constant coefficient, of size below 2<sup>51</sup>. */
  RlweFormula plus(long number) {
    return new RlweFormula(Operation.ADD_CONSTANT, input, this, null, number, degree);
  }

  /** Times a whole number. */
  RlweFormula times(long number) {
    return new RlweFormula(Operation.MULTIPLY_CONSTANT, input, this, null, number, degree);
  }

  private RlweFormula with(Operation binary, RlweFormula other, int resultDegree) {
    RlweEvaluator.checkTogether(input, other.input);
    return new RlweFormula(binary, input, this, other, 0, resultDegree);
  }

  Operation operation() {
    return operation;
  }

  /** The ciphertext itself; of a formula made of others, one of those it is made of. */
  RlweCiphertext input() {
    return input;
  }

  RlweFormula left() {
    return Objects.requireNonNull(left);
  }

  RlweFormula right() {
    return Objects.requireNonNull(right);
  }

  /** How many operands it has: none, {@link #left}, or both. */
  int operands() {
    return left == null ? 0 : right == null ? 1 : 2;
  }

  long constant() {
    return constant;
  }

  /** The degree of its value. */
  int degree() {
    return degree;
  }
}
