package dev.sotto.numpy.ml;

import dev.sotto.onnx.Node;
import dev.sotto.onnx.OnnxError;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.PackedMatrix;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A linear model in one form, whatever operator it came from: scores = x · coefficientsᵀ +
 * intercepts.
 *
 * @param coefficients row-major, targets x features; not to be written
 * @param intercepts one per target; not to be written
 * @param convention what the scores mean
 * @param postTransform applied to the scores
 * @param labels the classes; null for regression
 */
@SuppressWarnings("ArrayRecordComponent")
public record LinearModel(
    float[] coefficients,
    float[] intercepts,
    Convention convention,
    PostTransform postTransform,
    @Nullable ClassLabels labels) {
  /** What the targets' scores mean. */
  public enum Convention {
    /** A score per target (regression) or class. */
    PER_TARGET,
    /** One score, that of the second of two classes. */
    BINARY,
    /**
     * A score for each pair of classes i before j, in order: above zero is a vote for i, otherwise
     * for j.
     */
    ONE_AGAINST_ONE
  }

  /**
   * Reads a LinearClassifier, LinearRegressor, or an SVMClassifier or SVMRegressor with a linear
   * kernel.
   *
   * @throws SottoException when the attributes do not fit together, or the kernel is another
   */
  public static LinearModel of(Node node) {
    return switch (node.opType()) {
      case "LinearClassifier" -> classifier(node);
      case "LinearRegressor" -> regressor(node);
      default -> SupportVectorReader.read(node);
    };
  }

  private static LinearModel classifier(Node node) {
    ClassLabels labels = ClassLabels.of(node, "classlabels_ints", "classlabels_strings");
    float[] coefficients = required(node, "coefficients");
    float[] intercepts = node.floatsAttribute("intercepts");
    int targets = intercepts == null || intercepts.length == 0 ? labels.size() : intercepts.length;
    boolean binary = targets == 1 && labels.size() <= 2;
    if (!binary && targets != labels.size()) {
      throw refused(node, targets + " intercepts do not fit " + labels.size() + " classes");
    }
    return new LinearModel(
        fitting(node, coefficients, targets),
        padded(intercepts, targets),
        binary ? Convention.BINARY : Convention.PER_TARGET,
        PostTransform.of(node),
        labels);
  }

  private static LinearModel regressor(Node node) {
    int targets = Math.toIntExact(node.intAttribute("targets", 1));
    return new LinearModel(
        fitting(node, required(node, "coefficients"), targets),
        padded(node.floatsAttribute("intercepts"), targets),
        Convention.PER_TARGET,
        PostTransform.of(node),
        null);
  }

  private static float[] fitting(Node node, float[] coefficients, int targets) {
    if (targets < 1 || coefficients.length % targets != 0) {
      throw refused(node, coefficients.length + " coefficients do not fit " + targets + " targets");
    }
    return coefficients;
  }

  private static float[] padded(float @Nullable [] values, int length) {
    return values == null || values.length == 0 ? new float[length] : Arrays.copyOf(values, length);
  }

  static float[] required(Node node, String attribute) {
    float[] values = node.floatsAttribute(attribute);
    if (values == null) {
      throw refused(node, "attribute " + attribute + " is missing");
    }
    return values;
  }

  static SottoException refused(Node node, String detail) {
    return SottoException.of(OnnxError.ATTRIBUTE, node.place(), detail + ".");
  }

  /** The number of scores per row. */
  public int targetCount() {
    return intercepts.length;
  }

  /** The number of features. */
  public int featureCount() {
    return coefficients.length / intercepts.length;
  }

  /**
   * The scores before the post transform.
   *
   * @param x rows of {@link #featureCount()} features
   * @return FLOAT, rows x {@link #targetCount()}
   */
  public Tensor rawScores(Tensor x) {
    return scorer().apply(x);
  }

  /** A function from rows to raw scores, with the coefficients laid out once. */
  java.util.function.UnaryOperator<Tensor> scorer() {
    int features = featureCount();
    PackedMatrix weights = PackedMatrix.ofTransposed(coefficients, 0, features, targetCount());
    return x -> {
      Rows rows = Rows.of(x, features);
      if (rows.width() != features) {
        throw new IllegalArgumentException("expected " + features + " features, got " + x);
      }
      float[] scores = new float[rows.count() * targetCount()];
      for (int i = 0; i < scores.length; i++) {
        scores[i] = intercepts[i % intercepts.length];
      }
      weights.multiplyAdd(x.toFloats(), 0, rows.count(), scores, 0, targetCount());
      return Tensor.of(Shape.of(rows.count(), targetCount()), scores);
    };
  }
}
