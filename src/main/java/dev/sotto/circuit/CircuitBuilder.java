package dev.sotto.circuit;

import dev.sotto.problem.SottoException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Traces operations into a {@link Circuit} and proves the interval of every element on the way.
 *
 * <p>The tensors of this algebra are the nodes themselves.
 */
public final class CircuitBuilder implements IntegerAlgebra<CircuitNode> {
  private final List<CircuitNode> nodes = new ArrayList<>();
  private String name = "";
  private int inputs;

  /** An empty circuit. */
  public CircuitBuilder() {}

  /** Adds an input of {@code size} integers inside an interval. */
  public CircuitNode input(String inputName, int size, Interval interval) {
    enter(inputName);
    return append(new Operation.Input(inputs++), List.of(), () -> Bounds.of(size, interval));
  }

  /**
   * The circuit that gives these nodes, without nodes that none of them needs: moves and factors
   * are merged into their neighbours, equal nodes shared.
   */
  public Circuit build(List<CircuitNode> outputs) {
    List<Integer> ids = outputs.stream().map(CircuitNode::id).toList();
    Circuit circuit = DeadNodes.drop(new Circuit(nodes, ids));
    circuit = MergedScales.merge(circuit);
    circuit = MergedMoves.merge(circuit);
    return DeadNodes.drop(SharedNodes.share(circuit));
  }

  @Override
  public void enter(String newName) {
    name = newName;
  }

  private CircuitNode append(
      Operation operation, List<CircuitNode> operands, Supplier<Bounds> bounds) {
    Bounds proved;
    try {
      proved = bounds.get();
    } catch (ArithmeticException e) { // past 64 bits, or sums that double precision may not hold
      throw tooWide("values need more than 53 bits.");
    }
    Interval hull = proved.hull();
    if (hull.bound() > IntegerTensor.WIDE_BOUND) {
      throw tooWide("values lie in " + hull + ", " + hull.bits() + " bits; 53 are held.");
    }
    CircuitNode node =
        new CircuitNode(
            nodes.size(),
            name,
            operation,
            operands.stream().map(CircuitNode::id).toList(),
            proved.size(),
            proved,
            null);
    nodes.add(node);
    return node;
  }

  private SottoException tooWide(String detail) {
    return SottoException.of(
        CircuitError.TOO_WIDE, name.isEmpty() ? "" : "node '" + name + "'", detail);
  }

  @Override
  public CircuitNode calibrated(CircuitNode x, Interval interval) {
    CircuitNode noted = nodes.get(x.id()).withCalibrated(interval);
    nodes.set(x.id(), noted);
    return noted;
  }

  @Override
  public CircuitNode within(CircuitNode x, Interval proved) {
    return within(x, Bounds.of(x.size(), proved));
  }

  /** Notes an interval of every element, where operations alone prove less. */
  public CircuitNode within(CircuitNode x, Bounds bounds) {
    CircuitNode node = nodes.get(x.id());
    CircuitNode noted = node.withProved(node.proved().within(bounds));
    nodes.set(x.id(), noted);
    return noted;
  }

  @Override
  public CircuitNode linear(CircuitNode x, WeightedSum sum) {
    return append(new Operation.Linear(sum), List.of(x), () -> x.proved().linear(sum));
  }

  @Override
  public CircuitNode scale(CircuitNode x, Scaling scaling) {
    return append(new Operation.Scale(scaling), List.of(x), () -> x.proved().scale(scaling));
  }

  @Override
  public CircuitNode lookup(CircuitNode x, Lookup lookup) {
    return append(
        new Operation.Look(lookup), List.of(x), () -> LookupBounds.of(x.proved(), lookup));
  }

  @Override
  public CircuitNode product(CircuitNode x, CircuitNode y) {
    boolean square = x.id() == y.id();
    return append(
        new Operation.Product(), List.of(x, y), () -> x.proved().product(y.proved(), square));
  }

  @Override
  public CircuitNode add(CircuitNode x, CircuitNode y) {
    return append(new Operation.Add(), List.of(x, y), () -> x.proved().add(y.proved()));
  }

  @Override
  public CircuitNode move(List<CircuitNode> xs, Move move) {
    if (xs.size() == 1 && move.isIdentity(xs.get(0).size())) {
      return xs.get(0);
    }
    List<Bounds> bounds = xs.stream().map(CircuitNode::proved).toList();
    return append(new Operation.Rearrange(move), xs, () -> Bounds.move(bounds, move));
  }

  @Override
  public CircuitNode trees(CircuitNode bits, TreeSum trees) {
    return append(new Operation.Trees(trees), List.of(bits), () -> Bounds.of(trees.intervals()));
  }
}
