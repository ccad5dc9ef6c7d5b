package dev.sotto.compiler.slots;

import dev.sotto.circuit.TreeSum;
import dev.sotto.slots.ValueTable;
import dev.sotto.slots.ring.WeightedSums;
import java.util.List;

/**
 * What a scheme does with ciphertexts of whole blocks, in the numbers of the circuit. For one
 * thread.
 *
 * @param <C> a ciphertext: one number for every row of a block
 */
public interface SlotArithmetic<C> {
  /**
   * Weighted sums of terms of one degree and level.
   *
   * @param weightScale the weights stand for this much less
   * @param bound no sum is larger in size
   */
  List<C> weightedSums(List<C> terms, WeightedSums sums, double weightScale, double bound);

  /** x + y, of one level and scale. */
  C add(C x, C y);

  /** x − y, of one level and scale. */
  C subtract(C x, C y);

  /** x + constant. */
  C addConstant(C x, double constant);

  /** factor · x. */
  C multiplyConstant(C x, long factor);

  /** x · y, unrelinearised, of one level. */
  C multiply(C x, C y);

  /** The level that the values of a table would have, at most; refused where none is left. */
  int levelAfter(C x, ValueTable table);

  /** The values of a table, where the scheme is exact, at a level that is there for them. */
  C lookUp(C x, ValueTable table, int level);

  /** Sums of every {@code pieces}-th tree from {@code piece} on, one for each output asked for. */
  List<C> trees(List<C> bits, TreeSum trees, int[] outputs, int piece, int pieces);

  /** factor · x without any work, where the scheme can: a change of unit. */
  C rescaledUnit(C x, double factor);

  /** The unit of a ciphertext: 1 for exact integers. Sums need one unit. */
  double unit(C x);

  /** Notes that no number is larger in size than {@code bound}. */
  C bounded(C x, double bound);

  /** Back to degree one, and down some levels. */
  C treated(C x, Treatment treatment);

  /** The level, as {@link #atLevel} takes it. */
  int level(C x);

  /** The degree. */
  int degree(C x);

  /** The same numbers at a lower level. */
  C atLevel(C x, int level);

  /** The same numbers, as small as they can be sent. */
  C smallest(C x);
}
