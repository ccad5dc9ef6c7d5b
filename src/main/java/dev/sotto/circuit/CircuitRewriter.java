package dev.sotto.circuit;

import java.util.ArrayList;
import java.util.List;

/** Builds the circuit that a pass makes of another, node after node. */
final class CircuitRewriter {
  private final Circuit circuit;
  private final List<CircuitNode> nodes = new ArrayList<>();
  private final int[] newId;

  CircuitRewriter(Circuit circuit) {
    this.circuit = circuit;
    this.newId = new int[circuit.nodes().size()];
  }

  /** Ids in the new circuit of a node's operands. */
  List<Integer> operands(CircuitNode node) {
    return node.operands().stream().map(o -> newId[o]).toList();
  }

  /** A node of the new circuit. */
  CircuitNode get(int id) {
    return nodes.get(id);
  }

  /** The id of the node that was put last. */
  int last() {
    return nodes.size() - 1;
  }

  /** Keeps a node as it is. */
  void keep(CircuitNode node) {
    put(node, node.operation(), operands(node));
  }

  /** Puts another operation in a node's place, with ids of the new circuit as operands. */
  void put(CircuitNode node, Operation operation, List<Integer> operands) {
    newId[node.id()] = nodes.size();
    nodes.add(
        new CircuitNode(
            nodes.size(),
            node.name(),
            operation,
            operands,
            node.size(),
            node.proved(),
            node.calibrated()));
  }

  /** Lets a node of the new circuit stand for a node as well. */
  void replace(CircuitNode node, int id) {
    CircuitNode twin = nodes.get(id);
    newId[node.id()] = id;
    CircuitNode noted = twin.withProved(twin.proved().within(node.proved()));
    Interval calibrated = node.calibrated();
    nodes.set(
        id,
        twin.calibrated() == null && calibrated != null ? noted.withCalibrated(calibrated) : noted);
  }

  Circuit build() {
    return new Circuit(nodes, circuit.outputs().stream().map(o -> newId[o]).toList());
  }
}
