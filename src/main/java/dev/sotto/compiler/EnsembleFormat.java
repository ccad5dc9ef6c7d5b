package dev.sotto.compiler;

import static dev.sotto.compiler.StoredFields.indices;
import static dev.sotto.compiler.StoredFields.ints;
import static dev.sotto.compiler.StoredFields.list;
import static dev.sotto.compiler.StoredFields.longs;
import static dev.sotto.compiler.StoredFields.require;
import static dev.sotto.compiler.StoredFields.requireWithin;

import dev.sotto.circuit.TreeSum;
import dev.sotto.compiler.proto.CompiledCircuitProto;
import java.util.List;

/** Ensembles of trees in {@code compiled_circuit.proto}. */
final class EnsembleFormat {
  private EnsembleFormat() {}

  static CompiledCircuitProto.Trees write(TreeSum trees) {
    CompiledCircuitProto.Trees.Builder out =
        CompiledCircuitProto.Trees.newBuilder().setOutputs(trees.outputs());
    for (TreeSum.Tree tree : trees.trees()) {
      out.addTrees(
          CompiledCircuitProto.Tree.newBuilder()
              .addAllBit(list(tree.bit()))
              .setWhenSet(indices(tree.whenSet()))
              .setWhenClear(indices(tree.whenClear()))
              .addAllLeaves(list(tree.leaves())));
    }
    return out.build();
  }

  static TreeSum read(CompiledCircuitProto.Trees in) {
    int outputs = in.getOutputs();
    require(outputs > 0, "outputs of trees");
    List<TreeSum.Tree> trees = in.getTreesList().stream().map(t -> tree(t, outputs)).toList();
    require(!trees.isEmpty(), "number of trees");
    return new TreeSum(trees, outputs);
  }

  private static TreeSum.Tree tree(CompiledCircuitProto.Tree in, int outputs) {
    TreeSum.Tree tree =
        new TreeSum.Tree(
            ints(in.getBitList()),
            indices(in.getWhenSet()),
            indices(in.getWhenClear()),
            longs(in.getLeavesList()));
    int nodes = tree.bit().length;
    int leaves = tree.leaves().length / outputs;
    require(
        leaves > 0
            && tree.leaves().length % outputs == 0
            && tree.whenSet().length == nodes
            && tree.whenClear().length == nodes,
        "lengths of a tree");
    requireWithin(tree.whenSet(), -leaves, nodes, "child");
    requireWithin(tree.whenClear(), -leaves, nodes, "child");
    requireEnd(tree);
    return tree;
  }

  /** Checks that every walk ends at a leaf: nodes can be taken away parents first. */
  private static void requireEnd(TreeSum.Tree tree) {
    int nodes = tree.bit().length;
    int[] parents = new int[nodes];
    for (int node = 0; node < nodes; node++) {
      count(parents, tree.whenSet()[node], 1);
      count(parents, tree.whenClear()[node], 1);
    }
    int[] ready = new int[nodes];
    int end = 0;
    for (int node = 0; node < nodes; node++) {
      if (parents[node] == 0) {
        ready[end++] = node;
      }
    }
    for (int at = 0; at < end; at++) {
      for (int child : new int[] {tree.whenSet()[ready[at]], tree.whenClear()[ready[at]]}) {
        if (child >= 0 && count(parents, child, -1) == 0) {
          ready[end++] = child;
        }
      }
    }
    require(end == nodes, "a tree that does not end");
  }

  private static int count(int[] parents, int child, int change) {
    if (child < 0) {
      return -1;
    }
    parents[child] += change;
    return parents[child];
  }
}
