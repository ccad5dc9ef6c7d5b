package dev.sotto.quantization;

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
  private final List<Long> treeIds = new ArrayList<>();
  private final List<Long> nodeIds = new ArrayList<>();
  private final List<Long> featureIds = new ArrayList<>();
  private final List<String> modes = new ArrayList<>();
  private final List<Float> values = new ArrayList<>();
  private final List<Long> trueIds = new ArrayList<>();
  private final List<Long> falseIds = new ArrayList<>();
  private final List<Long> leafTrees = new ArrayList<>();
  private final List<Long> leafNodes = new ArrayList<>();
  private final List<Long> leafTargets = new ArrayList<>();
  private final List<Float> leafWeights = new ArrayList<>();

  private EnsembleBuilder(Decisions decisions, IntUnaryOperator features) {
    this.decisions = decisions;
    this.features = features;
  }

  /**
   * The attributes of an ensemble that adds up trees.
   *
   * @param trees with numbers in their leaves
   * @param targets the target of each tree
   * @param count number of targets
   * @param features the column of each feature
   * @throws IllegalArgumentException when a leaf is not a float
   */
  static Map<String, Attribute> attributes(
      Decisions decisions, Decision[] trees, int[] targets, int count, IntUnaryOperator features) {
    EnsembleBuilder builder = new EnsembleBuilder(decisions, features);
    long tree = 0;
    for (Group group : builder.groups(trees)) {
      builder.write(tree++, group, targets);
    }
    return builder.attributes(count);
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
    if (leaf instanceof Constant constant
        && (double) (float) constant.value() == constant.value()) {
      return constant.value();
    }
    throw new IllegalArgumentException("not a float: " + leaf);
  }

  private void write(long tree, Group group, int[] targets) {
    long[] next = {0};
    writeNode(tree, group.tree, group, targets, next);
  }

  private long writeNode(long tree, Decision at, Group group, int[] targets, long[] next) {
    long id = next[0]++;
    int place = treeIds.size();
    treeIds.add(tree);
    nodeIds.add(id);
    trueIds.add(0L);
    falseIds.add(0L);
    if (at instanceof Branch branch) {
      Test test = branch.test();
      featureIds.add((long) features.applyAsInt(test.feature()));
      modes.add("BRANCH_" + mode(test.relation()));
      values.add(threshold(test));
      trueIds.set(place, writeNode(tree, branch.whenTrue(), group, targets, next));
      falseIds.set(place, writeNode(tree, branch.whenFalse(), group, targets, next));
      return id;
    }
    featureIds.add(0L);
    modes.add("LEAF");
    values.add(0f);
    List<Double> row = group.row(at);
    for (int k = 0; k < group.elements.size(); k++) {
      leafTrees.add(tree);
      leafNodes.add(id);
      leafTargets.add((long) targets[group.elements.get(k)]);
      leafWeights.add((float) (double) row.get(k));
    }
    return id;
  }

  private static String mode(Relation relation) {
    return switch (relation) {
      case GEQ -> "GTE";
      default -> relation.name();
    };
  }

  /** The float that cuts floats where the threshold does. */
  private static float threshold(Test test) {
    float near = (float) test.threshold();
    boolean down = test.relation() == Relation.LEQ || test.relation() == Relation.GT;
    if (down && near > test.threshold()) {
      return Math.nextDown(near);
    }
    return !down && near < test.threshold() ? Math.nextUp(near) : near;
  }

  private Map<String, Attribute> attributes(int targets) {
    Map<String, Attribute> result = new LinkedHashMap<>();
    result.put("n_targets", new Attribute.IntValue(targets));
    result.put("nodes_treeids", ints(treeIds));
    result.put("nodes_nodeids", ints(nodeIds));
    result.put("nodes_featureids", ints(featureIds));
    result.put("nodes_modes", new Attribute.StringsValue(List.copyOf(modes)));
    result.put("nodes_values", floats(values));
    result.put("nodes_truenodeids", ints(trueIds));
    result.put("nodes_falsenodeids", ints(falseIds));
    result.put("target_treeids", ints(leafTrees));
    result.put("target_nodeids", ints(leafNodes));
    result.put("target_ids", ints(leafTargets));
    result.put("target_weights", floats(leafWeights));
    return result;
  }

  private static Attribute ints(List<Long> list) {
    return new Attribute.IntsValue(list.stream().mapToLong(Long::longValue).toArray());
  }

  private static Attribute floats(List<Float> list) {
    float[] array = new float[list.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = list.get(i);
    }
    return new Attribute.FloatsValue(array);
  }
}
