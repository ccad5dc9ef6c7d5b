package dev.sotto.compiler.slots;

import dev.sotto.slots.SlotCiphertext;
import dev.sotto.slots.ring.WeightedSums;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One call of the engine, noted before there is a block to do it on.
 *
 * @param <C> a ciphertext
 */
final class Task<C extends SlotCiphertext> {
  /**
   * The call.
   *
   * @param <C> a ciphertext
   */
  interface Call<C extends SlotCiphertext> {
    List<C> of(BlockArithmetic<C> arithmetic, List<C> operands);
  }

  /**
   * Weighted sums, whose terms are taken block by block.
   *
   * @param weights the sums
   * @param weightScale the weights stand for this much less
   * @param bound no sum is larger in size
   */
  record Sums(WeightedSums weights, double weightScale, double bound) {}

  /** Its place among all tasks. */
  final int id;

  /** What it reads. */
  final List<Element<C>> operands;

  /** What it does with them; null for sums, and for an input, which has no operands. */
  final @Nullable Call<C> call;

  /** The sums, where it is some. */
  final @Nullable Sums sums;

  /** Of an input, its place among all; else −1. */
  final int input;

  /** The longest way to it from an input: tasks of one depth do not need one another. */
  final int depth;

  /** What it makes. */
  final List<Element<C>> results = new ArrayList<>();

  private Task(
      int id, List<Element<C>> operands, @Nullable Call<C> call, @Nullable Sums sums, int input) {
    this.id = id;
    this.operands = List.copyOf(operands);
    this.call = call;
    this.sums = sums;
    this.input = input;
    this.depth = 1 + operands.stream().mapToInt(operand -> operand.maker.depth).max().orElse(0);
  }

  static <C extends SlotCiphertext> Task<C> input(int id, int place) {
    return new Task<>(id, List.of(), null, null, place);
  }

  static <C extends SlotCiphertext> Task<C> of(int id, List<Element<C>> operands, Call<C> call) {
    return new Task<>(id, operands, call, null, -1);
  }

  static <C extends SlotCiphertext> Task<C> of(int id, List<Element<C>> operands, Sums sums) {
    return new Task<>(id, operands, null, sums, -1);
  }

  /** In how many portions its operands are taken. */
  int blocks() {
    return sums == null ? 1 : sums.weights.blocks();
  }

  /** One portion of its operands. */
  List<Element<C>> operands(int block) {
    if (sums == null) {
      return operands;
    }
    int from = 0;
    for (int b = 0; b < block; b++) {
      from += sums.weights.terms(b);
    }
    return operands.subList(from, from + sums.weights.terms(block));
  }

  /** Whether it makes one number of another: then it can follow at once. */
  boolean isUnary() {
    return call != null
        && results.size() == 1
        && operands.stream().allMatch(operand -> operand == operands.get(0));
  }
}
