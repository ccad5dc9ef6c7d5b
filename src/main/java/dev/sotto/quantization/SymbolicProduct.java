package dev.sotto.quantization;

import dev.sotto.onnx.Node;
import dev.sotto.quantization.Decision.Constant;
import dev.sotto.quantization.Decision.Feature;
import dev.sotto.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * A product of decision trees with a clear matrix: how Hummingbird selects features, counts the
 * tests of a path that hold, and picks the numbers of a leaf.
 *
 * <p>Sums are followed while they are exact in every order of adding up: whole numbers, or one term
 * that is not zero. A dense layer that reads comparisons soon gives trees larger than {@value
 * #LARGEST} tests, and is none of these.
 */
final class SymbolicProduct {
  private static final int LARGEST = 1 << 12;

  /** Sums of whole numbers below this are exact in float32. */
  private static final double EXACT = 1 << 24;

  private final Decisions decisions;
  private final MatrixShape matrix;
  private final Side left;
  private final Side right;

  /** An operand as it is stored. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Side(Decision[] elements, int rows, int columns, boolean transposed) {
    Decision at(int element) {
      int place = transposed ? element % columns * rows + element / columns : element;
      return elements[place];
    }
  }

  private SymbolicProduct(Decisions decisions, MatrixShape matrix, Side left, Side right) {
    this.decisions = decisions;
    this.matrix = matrix;
    this.left = left;
    this.right = right;
  }

  /**
   * The elements of a MatMul or a Gemm without bias.
   *
   * @throws IllegalArgumentException when trees cannot express it
   */
  static Decision[] of(
      Decisions decisions, Node node, Decision[] a, Shape shapeA, Decision[] b, Shape shapeB) {
    boolean gemm = node.opType().equals("Gemm");
    boolean transA = gemm && node.intAttribute("transA", 0) != 0;
    boolean transB = gemm && node.intAttribute("transB", 0) != 0;
    if (gemm && node.floatAttribute("alpha", 1) != 1) {
      throw new IllegalArgumentException(node.place() + " has a factor");
    }
    Shape left = transA ? Shape.of(shapeA.dim(1), shapeA.dim(0)) : shapeA;
    Shape right = transB ? Shape.of(shapeB.dim(1), shapeB.dim(0)) : shapeB;
    MatrixShape matrix = MatrixShape.of(left, right, node);
    SymbolicProduct product =
        new SymbolicProduct(
            decisions,
            matrix,
            new Side(a, matrix.rows(), matrix.inner(), transA),
            new Side(b, matrix.inner(), matrix.columns(), transB));
    Decision[] result = new Decision[matrix.outputs()];
    for (int i = 0; i < result.length; i++) {
      result[i] = product.element(i);
    }
    return result;
  }

  private Decision element(int output) {
    Decision sum = null;
    for (int k = 0; k < matrix.inner(); k++) {
      Decision x = left.at(matrix.left(output, k));
      Decision y = right.at(matrix.right(output, k));
      Decision term = x instanceof Constant w ? times(y, w.value()) : times(x, factor(y));
      sum = sum == null ? term : plus(sum, term);
    }
    return sum == null ? new Constant(0) : sum;
  }

  private static double factor(Decision weight) {
    if (weight instanceof Constant constant) {
      return constant.value();
    }
    throw new IllegalArgumentException("a product of two trees");
  }

  private Decision times(Decision tree, double factor) {
    if (factor == 0) {
      return new Constant(0);
    }
    return factor == 1 ? tree : decisions.walk(tree, x -> new Constant(number(x) * factor));
  }

  private Decision plus(Decision a, Decision b) {
    if (isZero(a)) {
      return b;
    }
    if (isZero(b)) {
      return a;
    }
    Decision sum = decisions.walk(a, x -> decisions.walk(b, y -> decisions.here(added(x, y))));
    if (sum.size() > LARGEST) {
      throw new IllegalArgumentException("a sum of more than " + LARGEST + " tests");
    }
    return sum;
  }

  private static Decision added(Decision x, Decision y) {
    if (isZero(x)) {
      return y;
    }
    if (isZero(y)) {
      return x;
    }
    double sum = number(x) + number(y);
    boolean whole = isWhole(number(x)) && isWhole(number(y));
    if (!whole || Math.abs(sum) > EXACT) {
      throw new IllegalArgumentException("a sum that is rounded");
    }
    return new Constant(sum);
  }

  private static boolean isWhole(double value) {
    return Math.rint(value) == value;
  }

  private static boolean isZero(@Nullable Decision tree) {
    return tree instanceof Constant constant && constant.value() == 0;
  }

  private static double number(Decision leaf) {
    if (leaf instanceof Constant constant) {
      return constant.value();
    }
    throw new IllegalArgumentException(
        leaf instanceof Feature ? "a feature in a sum" : "not a number: " + leaf);
  }
}
