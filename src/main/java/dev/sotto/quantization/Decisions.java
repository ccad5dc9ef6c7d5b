package dev.sotto.quantization;

import dev.sotto.quantization.Decision.Branch;
import dev.sotto.quantization.Decision.Constant;
import dev.sotto.quantization.Decision.Cut;
import dev.sotto.quantization.Decision.Test;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Makes and combines decision trees, exactly: equal subtrees are one object, branches with equal
 * outcomes disappear, and tests that are decided on the path to them are left out.
 *
 * <p>{@link #walk} is the only operation. Whatever combines several trees nests walks: the walk of
 * the second starts in the leaves of the first, and knows what was decided on the way there.
 */
final class Decisions {
  private record Key(Test test, Decision whenTrue, Decision whenFalse) {}

  /** What the path says of a feature: it lies between two cuts, or is NaN. */
  private record Known(@Nullable Cut left, @Nullable Cut right, boolean mayBeNaN) {}

  private static final Known NOTHING = new Known(null, null, true);

  private final int sizeLimit;
  private long budget;
  private final Map<Key, Branch> branches = new HashMap<>();
  private final Map<Integer, Known> path = new HashMap<>();

  /** A tree, or all trees together, grew beyond the limit. */
  static final class TooLarge extends RuntimeException {
    private static final long serialVersionUID = 1;

    TooLarge(String message) {
      super(message, null, false, false);
    }
  }

  /**
   * An empty set of trees.
   *
   * @param sizeLimit tests that a tree may have
   * @param budget visits of nodes that may be made
   */
  Decisions(int sizeLimit, long budget) {
    this.sizeLimit = sizeLimit;
    this.budget = budget;
  }

  /** The tree that is {@code test}, as 0 or 1. */
  Decision of(Test test) {
    return branch(
        new Test(test.feature(), test.relation(), test.threshold() + 0.0),
        new Constant(1),
        new Constant(0));
  }

  /**
   * The tree in which every leaf, on the path that leads to it, is replaced.
   *
   * @param leaf gives a tree for a leaf; may walk other trees
   */
  Decision walk(Decision tree, UnaryOperator<Decision> leaf) {
    if (--budget < 0) {
      throw new TooLarge("all trees together need too many steps");
    }
    if (!(tree instanceof Branch branch)) {
      return leaf.apply(tree);
    }
    Test test = branch.test();
    Optional<Boolean> known = decided(test);
    if (known.isPresent()) {
      return walk(known.get() ? branch.whenTrue() : branch.whenFalse(), leaf);
    }
    Known before = path.get(test.feature());
    assume(test, true);
    Decision whenTrue = walk(branch.whenTrue(), leaf);
    restore(test.feature(), before);
    assume(test, false);
    Decision whenFalse = walk(branch.whenFalse(), leaf);
    restore(test.feature(), before);
    return branch(test, whenTrue, whenFalse);
  }

  /** The tree without tests that are decided on the present path. */
  Decision here(Decision tree) {
    return tree instanceof Branch ? walk(tree, UnaryOperator.identity()) : tree;
  }

  /** Forgets the path, when a walk was broken off. */
  void leave() {
    path.clear();
  }

  private Decision branch(Test test, Decision whenTrue, Decision whenFalse) {
    if (whenTrue.equals(whenFalse)) {
      return whenTrue;
    }
    if ((long) whenTrue.size() + whenFalse.size() >= sizeLimit) {
      throw new TooLarge("a tree has more than " + sizeLimit + " tests");
    }
    return branches.computeIfAbsent(
        new Key(test, whenTrue, whenFalse),
        key -> new Branch(key.test(), key.whenTrue(), key.whenFalse()));
  }

  private Optional<Boolean> decided(Test test) {
    Known known = path.getOrDefault(test.feature(), NOTHING);
    Cut cut = test.cut();
    boolean right = known.left() != null && cut.compareTo(known.left()) <= 0;
    boolean left = known.right() != null && cut.compareTo(known.right()) >= 0;
    if (!left && !right) {
      return Optional.empty();
    }
    boolean holds = left == test.holdsLeft();
    return holds && known.mayBeNaN() ? Optional.empty() : Optional.of(holds);
  }

  private void assume(Test test, boolean outcome) {
    Known known = path.getOrDefault(test.feature(), NOTHING);
    boolean goesLeft = test.holdsLeft() == outcome;
    Cut cut = test.cut();
    path.put(
        test.feature(),
        new Known(
            goesLeft ? known.left() : later(known.left(), cut),
            goesLeft ? earlier(known.right(), cut) : known.right(),
            known.mayBeNaN() && !outcome));
  }

  private void restore(int feature, @Nullable Known before) {
    if (before == null) {
      path.remove(feature);
    } else {
      path.put(feature, before);
    }
  }

  private static Cut later(@Nullable Cut a, Cut b) {
    return a == null || a.compareTo(b) < 0 ? b : a;
  }

  private static Cut earlier(@Nullable Cut a, Cut b) {
    return a == null || a.compareTo(b) > 0 ? b : a;
  }
}
