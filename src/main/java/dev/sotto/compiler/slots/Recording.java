package dev.sotto.compiler.slots;

import dev.sotto.circuit.TreeSum;
import dev.sotto.slots.SlotCiphertext;
import dev.sotto.slots.ValueTable;
import dev.sotto.slots.ring.WeightedSums;
import java.util.List;

/**
 * Notes what is asked for instead of doing it: a circuit evaluated over it leaves the tasks of a
 * {@link BlockProgram}. Levels, degrees and units are those of a dry run.
 *
 * @param <C> a ciphertext
 */
final class Recording<C extends SlotCiphertext> implements SlotArithmetic<Element<C>> {
  private final SlotArithmetic<C> dry;
  private int tasks;
  private int elements;

  /** A recording; {@code dry} works on ciphertexts without content. */
  Recording(SlotArithmetic<C> dry) {
    this.dry = dry;
  }

  /** The number of elements so far. */
  int elements() {
    return elements;
  }

  /** The number of tasks so far. */
  int tasks() {
    return tasks;
  }

  /** An input. */
  Element<C> input(int place, C hollow) {
    return results(Task.input(tasks++, place), List.of(hollow)).get(0);
  }

  private List<Element<C>> results(Task<C> task, List<C> hollow) {
    for (C each : hollow) {
      task.results.add(new Element<>(each, task, elements++));
    }
    return task.results;
  }

  private interface Unary<C> {
    C of(SlotArithmetic<C> arithmetic, C x);
  }

  private interface Binary<C> {
    C of(SlotArithmetic<C> arithmetic, C x, C y);
  }

  /** Nothing is noted of what does nothing. */
  private Element<C> unary(Element<C> x, Unary<C> operation) {
    C hollow = operation.of(dry, x.hollow);
    if (hollow == x.hollow) {
      return x;
    }
    Task<C> task =
        Task.of(
            tasks++,
            List.of(x),
            (arithmetic, operands) -> List.of(operation.of(arithmetic, operands.get(0))));
    return results(task, List.of(hollow)).get(0);
  }

  private Element<C> binary(Element<C> x, Element<C> y, Binary<C> operation) {
    Task<C> task =
        Task.of(
            tasks++,
            List.of(x, y),
            (arithmetic, operands) ->
                List.of(operation.of(arithmetic, operands.get(0), operands.get(1))));
    return results(task, List.of(operation.of(dry, x.hollow, y.hollow))).get(0);
  }

  private static <C extends SlotCiphertext> List<C> hollow(List<Element<C>> elements) {
    return elements.stream().map(element -> element.hollow).toList();
  }

  @Override
  public List<Element<C>> weightedSums(
      List<Element<C>> terms, WeightedSums sums, double weightScale, double bound) {
    Task<C> task = Task.of(tasks++, terms, new Task.Sums(sums, weightScale, bound));
    return results(task, dry.weightedSums(hollow(terms), sums, weightScale, bound));
  }

  @Override
  public List<Element<C>> trees(
      List<Element<C>> bits, TreeSum trees, int[] outputs, int piece, int pieces) {
    Task<C> task =
        Task.of(
            tasks++,
            bits,
            (arithmetic, operands) -> arithmetic.trees(operands, trees, outputs, piece, pieces));
    return results(task, dry.trees(hollow(bits), trees, outputs, piece, pieces));
  }

  @Override
  public Element<C> add(Element<C> x, Element<C> y) {
    return binary(x, y, SlotArithmetic::add);
  }

  @Override
  public Element<C> subtract(Element<C> x, Element<C> y) {
    return binary(x, y, SlotArithmetic::subtract);
  }

  @Override
  public Element<C> multiply(Element<C> x, Element<C> y) {
    return binary(x, y, SlotArithmetic::multiply);
  }

  @Override
  public Element<C> addConstant(Element<C> x, double constant) {
    return unary(x, (arithmetic, c) -> arithmetic.addConstant(c, constant));
  }

  @Override
  public Element<C> multiplyConstant(Element<C> x, long factor) {
    return unary(x, (arithmetic, c) -> arithmetic.multiplyConstant(c, factor));
  }

  @Override
  public Element<C> rescaledUnit(Element<C> x, double factor) {
    return unary(x, (arithmetic, c) -> arithmetic.rescaledUnit(c, factor));
  }

  @Override
  public Element<C> bounded(Element<C> x, double bound) {
    return unary(x, (arithmetic, c) -> arithmetic.bounded(c, bound));
  }

  @Override
  public Element<C> treated(Element<C> x, Treatment treatment) {
    return unary(x, (arithmetic, c) -> arithmetic.treated(c, treatment));
  }

  @Override
  public Element<C> atLevel(Element<C> x, int level) {
    return unary(x, (arithmetic, c) -> arithmetic.atLevel(c, level));
  }

  @Override
  public Element<C> smallest(Element<C> x) {
    return unary(x, SlotArithmetic::smallest);
  }

  @Override
  public Element<C> lookUp(Element<C> x, ValueTable table, int level) {
    return unary(x, (arithmetic, c) -> arithmetic.lookUp(c, table, level));
  }

  @Override
  public int levelAfter(Element<C> x, ValueTable table) {
    return dry.levelAfter(x.hollow, table);
  }

  @Override
  public double unit(Element<C> x) {
    return dry.unit(x.hollow);
  }

  @Override
  public int level(Element<C> x) {
    return dry.level(x.hollow);
  }

  @Override
  public int degree(Element<C> x) {
    return dry.degree(x.hollow);
  }
}
