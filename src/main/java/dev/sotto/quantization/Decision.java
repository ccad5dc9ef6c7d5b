package dev.sotto.quantization;

import dev.sotto.quantization.InputEncoding.Relation;

/**
 * One element of a row as a function of the row's features that a binary decision tree gives.
 *
 * <p>Equal decisions of one {@link Decisions} are equal by {@code equals}.
 */
sealed interface Decision {
  /** The same number for every row; integers and booleans (0, 1) too. */
  record Constant(double value) implements Decision {}

  /** A feature itself, by its number. */
  record Feature(int number) implements Decision {}

  /** A comparison of a feature with a threshold; false for NaN. */
  record Test(int feature, Relation relation, double threshold) {
    /** Where the numbers are cut in two. */
    Cut cut() {
      return new Cut(threshold, relation == Relation.LEQ || relation == Relation.GT);
    }

    /** Whether the comparison holds left of the cut. */
    boolean holdsLeft() {
      return relation == Relation.LEQ || relation == Relation.LT;
    }
  }

  /** A test and what follows from it; made by {@link Decisions} only, which shares equal ones. */
  final class Branch implements Decision {
    private final Test test;
    private final Decision whenTrue;
    private final Decision whenFalse;
    private final int size;

    Branch(Test test, Decision whenTrue, Decision whenFalse) {
      this.test = test;
      this.whenTrue = whenTrue;
      this.whenFalse = whenFalse;
      this.size = 1 + whenTrue.size() + whenFalse.size();
    }

    Test test() {
      return test;
    }

    Decision whenTrue() {
      return whenTrue;
    }

    Decision whenFalse() {
      return whenFalse;
    }
  }

  /** The number of tests in the tree. */
  default int size() {
    return this instanceof Branch branch ? branch.size : 0;
  }

  /**
   * A place between two numbers.
   *
   * @param at the number
   * @param after whether the place is right of the number, otherwise left of it
   */
  record Cut(double at, boolean after) implements Comparable<Cut> {
    @Override
    public int compareTo(Cut other) {
      int order = Double.compare(at, other.at);
      return order != 0 ? order : Boolean.compare(after, other.after);
    }
  }
}
