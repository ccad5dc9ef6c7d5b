package dev.sotto.circuit;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Computes what is computed twice only once: nodes with equal operations and operands become one.
 *
 * <p>A lookup that two layers apply to the same tensor is then one lookup.
 */
final class SharedNodes {
  private record Work(Operation operation, List<Integer> operands) {}

  private SharedNodes() {}

  static Circuit share(Circuit circuit) {
    CircuitRewriter rewriter = new CircuitRewriter(circuit);
    Map<Work, Integer> known = new HashMap<>();
    for (CircuitNode node : circuit.nodes()) {
      Work work = new Work(node.operation(), sorted(node.operation(), rewriter.operands(node)));
      Integer twin = known.get(work);
      if (twin == null) {
        rewriter.keep(node);
        known.put(work, rewriter.last());
      } else {
        rewriter.replace(node, twin);
      }
    }
    return rewriter.build();
  }

  private static List<Integer> sorted(Operation operation, List<Integer> operands) {
    boolean commutes = operation instanceof Operation.Add || operation instanceof Operation.Product;
    return commutes ? operands.stream().sorted().toList() : operands;
  }
}
