package dev.sotto.circuit;

import java.util.ArrayList;
import java.util.List;

/** Drops nodes that no output needs; inputs stay. */
final class DeadNodes {
  private DeadNodes() {}

  static Circuit drop(Circuit circuit) {
    List<CircuitNode> nodes = circuit.nodes();
    boolean[] live = new boolean[nodes.size()];
    circuit.outputs().forEach(id -> live[id] = true);
    for (int id = nodes.size() - 1; id >= 0; id--) {
      live[id] |= nodes.get(id).operation() instanceof Operation.Input;
      if (live[id]) {
        nodes.get(id).operands().forEach(operand -> live[operand] = true);
      }
    }
    int[] newId = new int[nodes.size()];
    List<CircuitNode> kept = new ArrayList<>();
    for (CircuitNode node : nodes) {
      if (live[node.id()]) {
        newId[node.id()] = kept.size();
        kept.add(
            new CircuitNode(
                kept.size(),
                node.name(),
                node.operation(),
                node.operands().stream().map(o -> newId[o]).toList(),
                node.size(),
                node.proved(),
                node.calibrated()));
      }
    }
    return new Circuit(kept, circuit.outputs().stream().map(o -> newId[o]).toList());
  }
}
