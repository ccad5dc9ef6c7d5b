package dev.sotto.circuit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Checks that the nodes of a circuit fit each other: places, sizes, sources. */
final class CircuitCheck {
  private final List<CircuitNode> nodes;
  private int inputs;

  private CircuitCheck(Circuit circuit) {
    this.nodes = circuit.nodes();
  }

  static void check(Circuit circuit) {
    CircuitCheck check = new CircuitCheck(circuit);
    for (int place = 0; place < circuit.nodes().size(); place++) {
      CircuitNode node = circuit.nodes().get(place);
      try {
        require(node.id() == place, "place " + place);
        check.check(node);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "node %d '%s': %s", node.id(), node.name(), e.getMessage()),
            e);
      }
    }
    require(check.inputs > 0, "a circuit without inputs");
    require(!circuit.outputs().isEmpty(), "a circuit without outputs");
    for (int output : circuit.outputs()) {
      require(output >= 0 && output < circuit.nodes().size(), "output " + output);
    }
  }

  private void check(CircuitNode node) {
    List<CircuitNode> operands = new ArrayList<>();
    for (int operand : node.operands()) {
      require(operand >= 0 && operand < node.id(), "operand " + operand);
      operands.add(nodes.get(operand));
    }
    require(node.size() > 0 && node.proved().size() == node.size(), "size " + node.size());
    if (node.operation() instanceof Operation.Input input) {
      require(operands.isEmpty() && input.position() == inputs, "position " + input.position());
      inputs++;
    } else {
      int size = size(node.operation(), operands);
      require(node.size() == size, "size " + node.size() + " instead of " + size);
    }
  }

  private static int size(Operation operation, List<CircuitNode> operands) {
    if (operation instanceof Operation.Rearrange rearrange) {
      int total = operands.stream().mapToInt(CircuitNode::size).reduce(0, Math::addExact);
      require(!operands.isEmpty(), "a move of nothing");
      requireWithin(rearrange.move().source(), -1, total, "source");
      return rearrange.move().size();
    }
    boolean binary = operation instanceof Operation.Product || operation instanceof Operation.Add;
    require(operands.size() == (binary ? 2 : 1), "number of operands " + operands.size());
    int size = operands.get(0).size();
    if (operation instanceof Operation.Linear linear) {
      requireWithin(linear.sum().sources(), -1, size, "source");
      return linear.sum().size();
    } else if (operation instanceof Operation.Scale scale) {
      require(scale.scaling().factors().length == size, "number of factors");
    } else if (operation instanceof Operation.Look look) {
      require(look.lookup().size() == size, "elements of a lookup");
    } else if (operation instanceof Operation.Trees trees) {
      trees.trees().trees().forEach(tree -> requireWithin(tree.bit(), 0, size, "bit"));
      return trees.trees().outputs();
    } else {
      require(operands.get(1).size() == size, "sizes of operands");
    }
    return size;
  }

  private static void requireWithin(int[] indices, int from, int to, String what) {
    for (int index : indices) {
      require(index >= from && index < to, what + " " + index);
    }
  }

  private static void require(boolean condition, String what) {
    if (!condition) {
      throw new IllegalArgumentException(what);
    }
  }
}
