package dev.sotto.circuit;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The traced integer graph of one row: nodes in order of evaluation, each with its interval.
 *
 * <p>Immutable. Made by {@link CircuitBuilder}; evaluated by {@link #evaluate} over any algebra.
 */
public final class Circuit {
  private final List<CircuitNode> nodes;
  private final List<Integer> outputs;

  Circuit(List<CircuitNode> nodes, List<Integer> outputs) {
    this.nodes = List.copyOf(nodes);
    this.outputs = List.copyOf(outputs);
  }

  /**
   * A circuit of given nodes, as one that was stored.
   *
   * @throws IllegalArgumentException where nodes are not in order or do not fit each other
   */
  public static Circuit of(List<CircuitNode> nodes, List<Integer> outputs) {
    Circuit circuit = new Circuit(nodes, outputs);
    CircuitCheck.check(circuit);
    return circuit;
  }

  /** The nodes, operands before users. */
  public List<CircuitNode> nodes() {
    return nodes;
  }

  /** Ids of the nodes whose values are the results. */
  public List<Integer> outputs() {
    return outputs;
  }

  /** The number of inputs. */
  public int inputs() {
    return (int) nodes.stream().filter(n -> n.operation() instanceof Operation.Input).count();
  }

  /**
   * Runs the circuit over an algebra, dropping each value after its last use.
   *
   * @param algebra what computes
   * @param inputs one value per input of the circuit
   * @return one value per output
   */
  public <T> List<T> evaluate(IntegerAlgebra<T> algebra, List<T> inputs) {
    int[] lastUse = lastUses();
    List<@Nullable T> values = new ArrayList<>();
    for (CircuitNode node : nodes) {
      algebra.enter(node.name());
      Interval proved = node.proved().hull();
      algebra.expect(proved);
      T value = algebra.within(apply(algebra, node, values, inputs), proved);
      if (node.calibrated() != null) {
        value = algebra.calibrated(value, node.calibrated());
      }
      values.add(value);
      for (int operand : node.operands()) {
        if (lastUse[operand] == node.id()) {
          values.set(operand, null);
        }
      }
    }
    List<T> results = new ArrayList<>();
    for (int output : outputs) {
      results.add(require(values.get(output)));
    }
    return results;
  }

  private int[] lastUses() {
    int[] lastUse = new int[nodes.size()];
    for (CircuitNode node : nodes) {
      for (int operand : node.operands()) {
        lastUse[operand] = node.id();
      }
    }
    for (int output : outputs) {
      lastUse[output] = Integer.MAX_VALUE;
    }
    return lastUse;
  }

  private static <T> T apply(
      IntegerAlgebra<T> algebra, CircuitNode node, List<@Nullable T> values, List<T> inputs) {
    Operation operation = node.operation();
    if (operation instanceof Operation.Input input) {
      return inputs.get(input.position());
    }
    List<T> operands = new ArrayList<>();
    for (int operand : node.operands()) {
      operands.add(require(values.get(operand)));
    }
    if (operation instanceof Operation.Linear linear) {
      return algebra.linear(operands.get(0), linear.sum());
    } else if (operation instanceof Operation.Scale scale) {
      return algebra.scale(operands.get(0), scale.scaling());
    } else if (operation instanceof Operation.Look look) {
      return algebra.lookup(operands.get(0), look.lookup());
    } else if (operation instanceof Operation.Product) {
      return algebra.product(operands.get(0), operands.get(1));
    } else if (operation instanceof Operation.Add) {
      return algebra.add(operands.get(0), operands.get(1));
    } else if (operation instanceof Operation.Rearrange rearrange) {
      return algebra.move(operands, rearrange.move());
    }
    return algebra.trees(operands.get(0), ((Operation.Trees) operation).trees());
  }

  private static <T> T require(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("a value was dropped before its last use");
    }
    return value;
  }

  /** The widest interval of any node, in bits. */
  public int widestBits() {
    return nodes.stream().mapToInt(n -> n.proved().hull().bits()).max().orElse(0);
  }

  /** The circuit as text: one line per node with operation, size, intervals and origin. */
  public String print() {
    return CircuitPrinter.print(this);
  }
}
