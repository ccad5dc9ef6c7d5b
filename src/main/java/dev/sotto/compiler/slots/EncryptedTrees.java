package dev.sotto.compiler.slots;

import dev.sotto.circuit.TreeSum;
import dev.sotto.slots.BgvCiphertext;
import dev.sotto.slots.BgvExpression;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One output of some trees over encrypted threshold bits, as one expression: T(node) = T(clear) +
 * bit · (T(set) − T(clear)), clear numbers as far up as they go, all trees added.
 */
final class EncryptedTrees {
  private final TreeSum trees;
  private final int output;
  private final List<BgvExpression> bits;

  private EncryptedTrees(TreeSum trees, int output, List<BgvExpression> bits) {
    this.trees = trees;
    this.output = output;
    this.bits = bits;
  }

  /** A number of every row: a clear part, and an encrypted one where there is any. */
  private record Value(long clear, @Nullable BgvExpression encrypted) {}

  /**
   * The sum of every {@code pieces}-th tree from {@code piece} on.
   *
   * @return one expression per output asked for
   */
  static List<BgvExpression> sums(
      TreeSum trees, int[] outputs, List<BgvCiphertext> bits, int piece, int pieces) {
    List<BgvExpression> read = bits.stream().map(BgvExpression::of).toList();
    List<BgvExpression> sums = new ArrayList<>();
    for (int output : outputs) {
      EncryptedTrees each = new EncryptedTrees(trees, output, read);
      BgvExpression encrypted = null;
      long clear = 0;
      for (int t = piece; t < trees.trees().size(); t += pieces) {
        TreeSum.Tree tree = trees.trees().get(t);
        Value value = each.value(tree, tree.root());
        clear += value.clear;
        encrypted = plus(encrypted, value.encrypted);
      }
      BgvExpression sum = encrypted == null ? read.get(0).times(0) : encrypted;
      sums.add(clear == 0 ? sum : sum.plus(clear));
    }
    return sums;
  }

  private static @Nullable BgvExpression plus(
      @Nullable BgvExpression x, @Nullable BgvExpression y) {
    if (x == null) {
      return y;
    }
    return y == null ? x : x.plus(y);
  }

  private Value value(TreeSum.Tree tree, int node) {
    if (node < 0) {
      return new Value(tree.leaves()[(-1 - node) * trees.outputs() + output], null);
    }
    Value set = value(tree, tree.whenSet()[node]);
    Value clear = value(tree, tree.whenClear()[node]);
    BgvExpression bit = bits.get(tree.bit()[node]);
    long step = set.clear - clear.clear;
    BgvExpression difference = difference(set.encrypted, clear.encrypted);
    BgvExpression product;
    if (difference == null) {
      if (step == 0) {
        return clear;
      }
      product = bit.times(step);
    } else {
      product = bit.times(step == 0 ? difference : difference.plus(step));
    }
    return new Value(clear.clear, plus(clear.encrypted, product));
  }

  private static @Nullable BgvExpression difference(
      @Nullable BgvExpression x, @Nullable BgvExpression y) {
    if (y == null) {
      return x;
    }
    return x == null ? y.times(-1) : x.minus(y);
  }

  /**
   * The constant that two outputs add up to in every leaf of all trees, summed.
   *
   * @return null where they do not
   */
  static @Nullable Long mirror(TreeSum trees, int first, int second) {
    long total = 0;
    int outputs = trees.outputs();
    for (TreeSum.Tree tree : trees.trees()) {
      long constant = tree.leaves()[first] + tree.leaves()[second];
      for (int at = 0; at < tree.leaves().length; at += outputs) {
        if (tree.leaves()[at + first] + tree.leaves()[at + second] != constant) {
          return null;
        }
      }
      total += constant;
    }
    return total;
  }

  /** For each output an earlier one that it adds up to a constant with; −1 where it is computed. */
  static int[] mirrors(TreeSum trees) {
    int[] mirrorOf = new int[trees.outputs()];
    Arrays.fill(mirrorOf, -1);
    for (int second = 1; second < mirrorOf.length; second++) {
      for (int first = 0; first < second && mirrorOf[second] < 0; first++) {
        if (mirrorOf[first] < 0 && mirror(trees, first, second) != null) {
          mirrorOf[second] = first;
        }
      }
    }
    return mirrorOf;
  }

  /** Bits multiplied by differences that are encrypted: above the lowest level. */
  static long products(TreeSum trees) {
    long nodes = 0;
    for (TreeSum.Tree tree : trees.trees()) {
      for (int node = 0; node < tree.bit().length; node++) {
        nodes += tree.whenSet()[node] >= 0 || tree.whenClear()[node] >= 0 ? 1 : 0;
      }
    }
    return nodes * Arrays.stream(mirrors(trees)).filter(first -> first < 0).count();
  }
}
