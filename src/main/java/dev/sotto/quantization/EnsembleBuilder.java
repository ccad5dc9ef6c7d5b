package dev.sotto.quantization;

import dev.sotto.numpy.ml.TreeEnsemble.Mode;
import dev.sotto.onnx.Attribute;
import dev.sotto.quantization.Decision.Branch;
import dev.sotto.quantization.Decision.Constant;
import dev.sotto.quantization.Decision.Test;
import dev.sotto.quantization.InputEncoding.Relation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/**
 * Writes decision trees with numbers in their leaves as an ensemble of {@code ai.onnx.ml}.
 *
 * <p>Trees that make the same tests become one tree whose leaves hold several numbers.
 */
final class EnsembleBuilder {
  /** Several elements decided by one tree, whose leaves are numbers of rows of {@code rows}. */
  private static final class Group {
    private final List<Integer> elements = new ArrayList<>();
    private final List<List<Double>> rows = new ArrayList<>();
    private final Map<List<Double>, Integer> numbers = new HashMap<>();
    private Decision tree = new Constant(0);

    private Constant leaf(List<Double> row) {
      return new Constant(
          numbers.computeIfAbsent(
              row,
              added -> {
                rows.add(added);
                return rows.size() - 1;
              }));
    }

    private List<Double> row(Decision leaf) {
      return rows.get((int) ((Constant) leaf).value());
    }
  }

  private final Decisions decisions;
  private final IntUnaryOperator features;
  private final int[] targets;
  private final EnsembleAttributes attributes = new EnsembleAttributes(true);

  private EnsembleBuilder(Decisions decisions, IntUnaryOperator features, int[] targets) {
    this.decisions = decisions;
    this.features = features;
    this.targets = targets;
  }

  /**
   * The attributes of an ensemble that adds up trees, in double as ReduceSum does.
   *
   * @param trees with numbers in their leaves
   * @param targets the target of each tree
   * @param count number of targets
   * @param features the column of each feature
   * @throws IllegalArgumentException when a leaf is not a number
   */
  static Map<String, Attribute> attributes(
      Decisions decisions, Decision[] trees, int[] targets, int count, IntUnaryOperator features) {
    EnsembleBuilder builder = new EnsembleBuilder(decisions, features, targets);
    for (Group group : builder.groups(trees)) {
      builder.attributes.beginTree();
      builder.write(group.tree, group);
    }
    return builder.attributes.build(count);
  }

  private List<Group> groups(Decision[] trees) {
    Map<Object, List<Group>> byRoot = new LinkedHashMap<>();
    for (int e = 0; e < trees.length; e++) {
      Object root = trees[e] instanceof Branch branch ? branch.test() : "";
      List<Group> groups = byRoot.computeIfAbsent(root, r -> new ArrayList<>());
      Decision tree = trees[e];
      boolean joined = false;
      for (int g = 0; g < groups.size() && !joined; g++) {
        joined = join(groups.get(g), e, tree);
      }
      if (!joined) {
        Group group = new Group();
        group.elements.add(e);
        group.tree = decisions.walk(tree, leaf -> group.leaf(List.of(number(leaf))));
        groups.add(group);
      }
    }
    return byRoot.values().stream().flatMap(List::stream).toList();
  }

  /** Adds an element to a group if that takes fewer tests than a tree of its own. */
  private boolean join(Group group, int element, Decision tree) {
    Decision both =
        decisions.walk(
            group.tree,
            x ->
                decisions.walk(
                    tree,
                    y -> {
                      List<Double> row = new ArrayList<>(group.row(x));
                      row.add(number(y));
                      return group.leaf(row);
                    }));
    boolean fewer = both.size() < group.tree.size() + tree.size() || tree.size() == 0;
    if (fewer) {
      group.elements.add(element);
      group.tree = both;
    }
    return fewer;
  }

  private static double number(Decision leaf) {
    if (leaf instanceof Constant constant) {
      return constant.value();
    }
    throw new IllegalArgumentException("not a number: " + leaf);
  }

  private int write(Decision at, Group group) {
    if (at instanceof Branch branch) {
      Test test = branch.test();
      int node =
          attributes.addNode(
              features.applyAsInt(test.feature()),
              Mode.valueOf(test.relation() == Relation.GEQ ? "GTE" : test.relation().name()),
              test.threshold(),
              false);
      int whenTrue = write(branch.whenTrue(), group);
      attributes.setBranches(node, whenTrue, write(branch.whenFalse(), group));
      return node;
    }
    int leaf = attributes.addLeaf();
    List<Double> row = group.row(at);
    for (int k = 0; k < group.elements.size(); k++) {
      attributes.addWeight(leaf, targets[group.elements.get(k)], row.get(k));
    }
    return leaf;
  }
}
