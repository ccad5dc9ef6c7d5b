package dev.sotto.compiler.slots;

import dev.sotto.circuit.Circuit;
import dev.sotto.circuit.CircuitNode;
import dev.sotto.circuit.Operation;
import dev.sotto.circuit.TreeSum;
import dev.sotto.circuit.WeightedSum;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which inputs stay as they were sent until they are used, and which are unpacked at once.
 *
 * <p>Sums and trees take what was sent a stretch at a time, which spares memory and the way to it;
 * but they unpack it every time. So an input that few of them use, and nothing else, stays as it
 * was sent: any input of a dense layer or of trees, and few of those of a convolution.
 */
final class InputUses {
  /** Unpacking so often costs about what unpacking into memory once, and reading that, does. */
  private static final int FEW = 2;

  private static final int MANY = FEW + 1;

  private final List<CircuitNode> nodes;
  private final int threads;
  private final int[][] uses;

  private InputUses(Circuit circuit, int threads) {
    this.nodes = circuit.nodes();
    this.threads = threads;
    this.uses = new int[nodes.size()][];
    for (CircuitNode node : nodes) {
      uses[node.id()] = new int[node.size()];
    }
    circuit.outputs().forEach(id -> Arrays.fill(uses[id], MANY));
    for (int id = nodes.size() - 1; id >= 0; id--) { // whoever uses it comes later
      count(nodes.get(id));
    }
  }

  /** Those of a circuit that so many threads compute. */
  static InputUses of(Circuit circuit, int threads) {
    return new InputUses(circuit, threads);
  }

  /** Whether an element of an input stays as it was sent. */
  boolean stored(CircuitNode input, int element) {
    return uses[input.id()][element] <= FEW;
  }

  /**
   * One kind of ciphertext for every element of an input: stored where that stays as it was sent.
   */
  <C> List<C> each(CircuitNode input, C stored, C unpacked) {
    return IntStream.range(0, input.size())
        .mapToObj(element -> stored(input, element) ? stored : unpacked)
        .toList();
  }

  private void count(CircuitNode node) {
    Operation operation = node.operation();
    if (operation instanceof Operation.Linear linear) {
      countTerms(linear.sum(), uses[node.operands().get(0)]);
    } else if (operation instanceof Operation.Trees trees) {
      countBits(trees.trees(), uses[node.operands().get(0)]);
    } else if (operation instanceof Operation.Rearrange rearrange) {
      countMoved(node, rearrange.move().source());
    } else {
      node.operands().forEach(operand -> Arrays.fill(uses[operand], MANY));
    }
  }

  private void countTerms(WeightedSum sum, int[] uses) {
    int pieces = SlotsAlgebra.pieces(sum, threads);
    for (int group = 0; group < sum.groups(); group++) {
      for (int position = 0; position < sum.positions(); position++) {
        for (int tap : sum.present(group, position)) {
          uses[sum.source(group, position, tap)] += pieces;
        }
      }
    }
  }

  private void countBits(TreeSum trees, int[] uses) {
    int pieces = SlotsAlgebra.pieces(trees, threads);
    for (int bit = 0; bit < uses.length; bit++) {
      uses[bit] += pieces;
    }
  }

  private void countMoved(CircuitNode node, int[] source) {
    for (int i = 0; i < source.length; i++) {
      int from = source[i];
      for (int k = 0; k < node.operands().size() && from >= 0; k++) {
        int[] operand = uses[node.operands().get(k)];
        if (from < operand.length) {
          operand[from] += uses[node.id()][i];
        }
        from -= operand.length;
      }
    }
  }
}
