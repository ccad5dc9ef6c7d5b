package dev.sotto.compiler.slots;

import dev.sotto.circuit.TreeSum;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sums of trees over encrypted threshold bits: T(node) = T(clear) + bit · (T(set) − T(clear)), clear
 * numbers as far up as they go, all trees added before anything is sent.
 *
 * <p>An output whose leaves are a whole multiple of another's plus a constant, in every tree, is not
 * computed twice: of two classes, one.
 */
final class EncryptedTrees<C> {
  private final Lanes<C> lanes;
  private final List<C> bits;
  private final TreeSum trees;

  EncryptedTrees(Lanes<C> lanes, List<C> bits, TreeSum trees) {
    this.lanes = lanes;
    this.bits = bits;
    this.trees = trees;
  }

  /** A number of every row: clear, encrypted, or both added. */
  private record Value<C>(double clear, @Nullable C encrypted) {}

  /** One sum for each output. */
  List<C> sums() {
    List<@Nullable C> results = new ArrayList<>();
    for (int output = 0; output < trees.outputs(); output++) {
      C like = null;
      for (int earlier = 0; earlier < output && like == null; earlier++) {
        C computed = results.get(earlier);
        if (computed != null && isMirror(earlier, output)) {
          like = mirrored(computed, earlier, output);
        }
      }
      results.add(like == null ? sum(output) : like);
    }
    return results;
  }

  /** Whether the two outputs add up to one constant in every leaf of a tree. */
  private boolean isMirror(int first, int second) {
    return trees.trees().stream().allMatch(tree -> mirror(tree, first, second) != null);
  }

  private @Nullable Long mirror(TreeSum.Tree tree, int first, int second) {
    int outputs = trees.outputs();
    long constant = tree.leaves()[first] + tree.leaves()[second];
    for (int at = 0; at < tree.leaves().length; at += outputs) {
      if (tree.leaves()[at + first] + tree.leaves()[at + second] != constant) {
        return null;
      }
    }
    return constant;
  }

  private C mirrored(C computed, int first, int second) {
    long constant =
        trees.trees().stream()
            .mapToLong(
                tree -> java.util.Objects.requireNonNull(mirror(tree, first, second)))
            .sum();
    SlotArithmetic<C> arithmetic = lanes.first();
    return arithmetic.addConstant(arithmetic.multiplyConstant(computed, -1), constant);
  }

  private C sum(int output) {
    int pieces = Math.min(lanes.count(), trees.trees().size());
    List<@Nullable Value<C>> partial =
        new ArrayList<>(java.util.Collections.nCopies(pieces, null));
    lanes.each(
        pieces,
        (arithmetic, piece) -> {
          Value<C> total = new Value<>(0, null);
          for (int t = piece; t < trees.trees().size(); t += pieces) {
            TreeSum.Tree tree = trees.trees().get(t);
            total = add(arithmetic, total, value(arithmetic, tree, tree.root(), output));
          }
          partial.set(piece, total);
        });
    Value<C> total = new Value<>(0, null);
    for (Value<C> part : partial) {
      total = add(lanes.first(), total, java.util.Objects.requireNonNull(part));
    }
    C encrypted = total.encrypted;
    if (encrypted == null) {
      encrypted = lanes.first().multiplyConstant(bits.get(0), 0);
    }
    return total.clear == 0 ? encrypted : lanes.first().addConstant(encrypted, total.clear);
  }

  private Value<C> value(SlotArithmetic<C> arithmetic, TreeSum.Tree tree, int node, int output) {
    if (node < 0) {
      return new Value<>(tree.leaves()[(-1 - node) * trees.outputs() + output], null);
    }
    Value<C> set = value(arithmetic, tree, tree.whenSet()[node], output);
    Value<C> clear = value(arithmetic, tree, tree.whenClear()[node], output);
    C bit = bits.get(tree.bit()[node]);
    double step = set.clear - clear.clear;
    C difference = minus(arithmetic, set.encrypted, clear.encrypted);
    C product;
    if (difference == null) {
      if (step == 0) {
        return clear;
      }
      product = arithmetic.multiplyConstant(bit, (long) step);
    } else {
      product =
          arithmetic.multiply(
              bit, step == 0 ? difference : arithmetic.addConstant(difference, step));
    }
    return new Value<>(
        clear.clear,
        clear.encrypted == null ? product : arithmetic.add(clear.encrypted, product));
  }

  private @Nullable C minus(SlotArithmetic<C> arithmetic, @Nullable C x, @Nullable C y) {
    if (y == null) {
      return x;
    }
    return x == null ? arithmetic.multiplyConstant(y, -1) : arithmetic.subtract(x, y);
  }

  private Value<C> add(SlotArithmetic<C> arithmetic, Value<C> x, Value<C> y) {
    C encrypted =
        x.encrypted == null
            ? y.encrypted
            : y.encrypted == null ? x.encrypted : arithmetic.add(x.encrypted, y.encrypted);
    return new Value<>(x.clear + y.clear, encrypted);
  }
}
