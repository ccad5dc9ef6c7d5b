package dev.sotto.quantization;

import dev.sotto.numpy.Operator;
import dev.sotto.numpy.OperatorRegistry;
import dev.sotto.onnx.Node;
import dev.sotto.quantization.Decision.Branch;
import dev.sotto.quantization.Decision.Constant;
import dev.sotto.quantization.Decision.Feature;
import dev.sotto.quantization.Decision.Test;
import dev.sotto.quantization.InputEncoding.Relation;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What operators do to decision trees: they act on the leaves.
 *
 * <p>A leaf that is a feature may be compared with a constant, which gives a test, and may be
 * multiplied by 0 or 1, added to 0, or cast between floating types; nothing else. (NaN and infinity
 * times 0 are taken as 0: that is how a one-hot row selects.)
 */
final class SymbolicOperators {
  /** An element-wise operator on decision trees. */
  interface Elementwise {
    /**
     * Applies it.
     *
     * @throws IllegalArgumentException when a leaf is a feature that the operator cannot take
     */
    Decision apply(@Nullable Decision... operands);
  }

  private final Decisions decisions;

  SymbolicOperators(Decisions decisions) {
    this.decisions = decisions;
  }

  /** One of two trees by a third. */
  Decision where(Decision condition, Decision whenTrue, Decision whenFalse) {
    return decisions.walk(condition, c -> decisions.here(constant(c) != 0 ? whenTrue : whenFalse));
  }

  /** One of several trees by the number that a tree gives; negative numbers count from the end. */
  Decision select(Decision index, int count, IntFunction<Decision> choices) {
    return decisions.walk(
        index,
        leaf -> {
          double i = constant(leaf);
          int at = (int) (i < 0 ? i + count : i);
          if (at < 0 || at >= count) {
            throw new IllegalArgumentException("index " + i + " of " + count);
          }
          return decisions.here(choices.apply(at));
        });
  }

  private static double constant(Decision leaf) {
    if (leaf instanceof Constant constant) {
      return constant.value();
    }
    throw new IllegalArgumentException("a feature decides or is an index: " + leaf);
  }

  /** The different leaves of a tree, from left to right. */
  static Set<Decision> leaves(Decision tree) {
    Set<Decision> leaves = new LinkedHashSet<>();
    collect(tree, leaves);
    return leaves;
  }

  private static void collect(Decision tree, Set<Decision> leaves) {
    if (tree instanceof Branch branch) {
      collect(branch.whenTrue(), leaves);
      collect(branch.whenFalse(), leaves);
    } else {
      leaves.add(tree);
    }
  }

  /**
   * An element-wise operator of ONNX.
   *
   * @param types of its operands
   */
  Elementwise elementwise(Node node, List<ElementType> types) {
    Operator.Factory factory = OperatorRegistry.standard().find(node.type());
    Operator operator = Objects.requireNonNull(factory, node.type()).prepare(node);
    Map<List<@Nullable Decision>, Decision> known = new HashMap<>();
    return operands -> {
      UnaryOperator<@Nullable Decision[]> leaf =
          leaves -> {
            List<@Nullable Decision> key = new ArrayList<>(Arrays.asList(leaves));
            Decision result = known.get(key);
            if (result == null) {
              result = onLeaves(node, operator, types, leaves);
              known.put(key, result);
            }
            return new Decision[] {decisions.here(result)};
          };
      return descend(operands, 0, new Decision[operands.length], leaf);
    };
  }

  private Decision descend(
      @Nullable Decision[] operands,
      int at,
      @Nullable Decision[] leaves,
      UnaryOperator<@Nullable Decision[]> leaf) {
    if (at == operands.length) {
      return Objects.requireNonNull(leaf.apply(leaves)[0]);
    }
    Decision tree = operands[at];
    if (tree == null) {
      return descend(operands, at + 1, leaves, leaf);
    }
    return decisions.walk(
        tree,
        x -> {
          leaves[at] = x;
          return descend(operands, at + 1, leaves, leaf);
        });
  }

  private Decision onLeaves(
      Node node, Operator operator, List<ElementType> types, @Nullable Decision[] leaves) {
    if (Arrays.stream(leaves).anyMatch(Feature.class::isInstance)) {
      return onFeature(node, types, leaves);
    }
    @Nullable Tensor[] inputs = new Tensor[leaves.length];
    for (int k = 0; k < inputs.length; k++) {
      inputs[k] = leaves[k] == null ? null : scalar(types.get(k), constant(leaves[k]));
    }
    return new Constant(operator.apply(inputs)[0].getDouble(0));
  }

  private static Tensor scalar(ElementType type, double value) {
    Object data = Tensor.newStorage(type, 1);
    if (data instanceof float[] floats) {
      floats[0] = (float) value;
    } else if (data instanceof double[] doubles) {
      doubles[0] = value;
    } else {
      ((long[]) data)[0] = (long) value;
    }
    return Tensor.ofStorage(type, Shape.of(1), data);
  }

  private Decision onFeature(Node node, List<ElementType> types, @Nullable Decision[] leaves) {
    Decision x = Objects.requireNonNull(leaves[0]);
    Decision y = leaves.length > 1 ? leaves[1] : null;
    switch (node.type()) {
      case "Identity" -> {
        return x;
      }
      case "Cast" -> {
        boolean toWider =
            node.intAttribute("to", 0) == types.get(0).onnxNumber()
                || (types.get(0) == ElementType.FLOAT
                    && node.intAttribute("to", 0) == ElementType.DOUBLE.onnxNumber());
        if (toWider) {
          return x;
        }
      }
      case "Add", "Mul" -> {
        boolean swap = x instanceof Constant;
        Decision feature = swap ? Objects.requireNonNull(y) : x;
        double other = constant(Objects.requireNonNull(swap ? x : y));
        if (other == 0 && node.type().equals("Mul")) {
          return new Constant(0);
        }
        if (other == (node.type().equals("Mul") ? 1 : 0)) {
          return feature;
        }
      }
      case "Less", "LessOrEqual", "Greater", "GreaterOrEqual" -> {
        boolean swap = x instanceof Constant;
        Decision feature = swap ? Objects.requireNonNull(y) : x;
        double threshold = constant(Objects.requireNonNull(swap ? x : y));
        if (Double.isNaN(threshold)) {
          return new Constant(0);
        }
        boolean less = node.type().startsWith("Less") != swap;
        boolean orEqual = node.type().endsWith("OrEqual");
        Relation relation =
            less ? (orEqual ? Relation.LEQ : Relation.LT) : (orEqual ? Relation.GEQ : Relation.GT);
        return decisions.of(new Test(((Feature) feature).number(), relation, threshold));
      }
      default -> {}
    }
    throw new IllegalArgumentException(node.place() + " takes a feature");
  }
}
