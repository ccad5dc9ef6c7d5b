package dev.sotto.numpy.ml;

import dev.sotto.onnx.Node;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Decision trees in flat arrays, whatever operator they came from.
 *
 * <p>A reference (root or branch) that is 0 or more is the number of an inner node; a negative one
 * is the leaf {@code ~reference}. Leaf {@code i} adds {@code weights[k]} to target {@code
 * targets[k]} for {@code leafStarts[i] <= k < leafStarts[i + 1]}. Thresholds and weights that came
 * as float are exact here. The arrays are not to be written.
 *
 * @param roots a reference per tree
 * @param features the feature that each inner node looks at
 * @param thresholds what each inner node compares with
 * @param modes how each inner node compares
 * @param members for {@link Mode#MEMBER} nodes, the sorted set; null elsewhere
 * @param missingTracksTrue whether NaN takes the true branch of each inner node
 * @param trueBranches references
 * @param falseBranches references
 * @param leafStarts for each leaf, where its entries start, and the end of the last
 * @param targets target number of each entry
 * @param weights weight of each entry
 * @param baseValues added to the targets at the end; empty for none
 * @param targetCount number of targets that leaves write; 1 for a classifier of two classes whose
 *     weights all belong to one class
 * @param aggregation how the trees' weights are combined
 * @param postTransform applied to the scores after the base values
 * @param labels the classes; null for regression
 * @param inDouble whether sums are kept in double instead of float
 */
@SuppressWarnings("ArrayRecordComponent")
public record TreeEnsemble(
    int[] roots,
    int[] features,
    double[] thresholds,
    Mode[] modes,
    double @Nullable [][] members,
    boolean[] missingTracksTrue,
    int[] trueBranches,
    int[] falseBranches,
    int[] leafStarts,
    int[] targets,
    double[] weights,
    double[] baseValues,
    int targetCount,
    Aggregation aggregation,
    PostTransform postTransform,
    @Nullable ClassLabels labels,
    boolean inDouble) {
  /** How an inner node compares a feature with its threshold. */
  public enum Mode {
    LEQ,
    LT,
    GTE,
    GT,
    EQ,
    NEQ,
    /** The feature is one of a set. */
    MEMBER
  }

  /** How the weights of the reached leaves are combined. */
  public enum Aggregation {
    AVERAGE,
    SUM,
    MIN,
    MAX
  }

  /**
   * Reads a TreeEnsembleClassifier, TreeEnsembleRegressor or TreeEnsemble node.
   *
   * @throws dev.sotto.problem.SottoException when its attributes do not describe trees
   */
  public static TreeEnsemble of(Node node) {
    return node.opType().equals("TreeEnsemble")
        ? CompactTreeReader.read(node)
        : TreeReader.read(node);
  }

  /** The number of features that the trees look at: the highest, plus one. */
  public int featureCount() {
    return Arrays.stream(features).max().orElse(-1) + 1;
  }

  /** Whether this is a classifier of two classes with one score. */
  public boolean isBinary() {
    return labels != null && labels.size() == 2 && targetCount == 1;
  }

  /** Whether no weight is negative: a binary classifier's score is then a probability. */
  public boolean weightsAreProbabilities() {
    return Arrays.stream(weights).noneMatch(weight -> weight < 0);
  }

  /**
   * The combined weights of the reached leaves, without base values and post transform.
   *
   * @param x rows of at least {@link #featureCount()} features
   * @return DOUBLE, rows x {@link #targetCount()}; values of float ensembles are floats
   */
  public Tensor rawScores(Tensor x) {
    Rows rows = Rows.of(x, featureCount());
    double[] scores = new double[rows.count() * targetCount];
    sum(rows, scores, new boolean[scores.length]);
    return Tensor.of(Shape.of(rows.count(), targetCount), scores);
  }

  /**
   * Combines the weights of each row.
   *
   * @param scores rows x targets, zero on entry
   * @param reached whether a leaf wrote the score, false on entry
   */
  void sum(Rows rows, double[] scores, boolean[] reached) {
    boolean doubles = rows.tensor().type() == ElementType.DOUBLE;
    double[] row = new double[rows.width()];
    float[] single = doubles ? new float[0] : rows.tensor().toFloats();
    boolean plain = isPlain();
    for (int i = 0; i < rows.count(); i++) {
      for (int j = 0; j < row.length; j++) {
        int at = i * row.length + j;
        row[j] = doubles ? rows.tensor().doubles()[at] : single[at];
      }
      for (int root : roots) {
        int leaf = ~(plain ? plainLeaf(root, row) : leaf(root, row));
        for (int k = leafStarts[leaf]; k < leafStarts[leaf + 1]; k++) {
          int target = i * targetCount + targets[k];
          scores[target] = reached[target] ? combine(scores[target], weights[k]) : weights[k];
          reached[target] = true;
        }
      }
      if (aggregation == Aggregation.AVERAGE) {
        for (int target = i * targetCount; target < (i + 1) * targetCount; target++) {
          scores[target] = settle(scores[target] / roots.length);
        }
      }
    }
  }

  private double combine(double score, double weight) {
    return switch (aggregation) {
      case SUM, AVERAGE -> settle(score + weight);
      case MIN -> Math.min(score, weight);
      case MAX -> Math.max(score, weight);
    };
  }

  /** Rounds to the precision of the ensemble. */
  double settle(double value) {
    return inDouble ? value : (float) value;
  }

  /** Whether every node is "at most the threshold", with NaN on the false branch. */
  private boolean isPlain() {
    for (int node = 0; node < modes.length; node++) {
      if (modes[node] != Mode.LEQ || missingTracksTrue[node]) {
        return false;
      }
    }
    return true;
  }

  private int plainLeaf(int root, double[] row) {
    int node = root;
    while (node >= 0) {
      node = row[features[node]] <= thresholds[node] ? trueBranches[node] : falseBranches[node];
    }
    return node;
  }

  private int leaf(int root, double[] row) {
    int node = root;
    while (node >= 0) {
      node = isTrue(node, row[features[node]]) ? trueBranches[node] : falseBranches[node];
    }
    return node;
  }

  private boolean isTrue(int node, double value) {
    double threshold = thresholds[node];
    boolean holds =
        switch (modes[node]) {
          case LEQ -> value <= threshold;
          case LT -> value < threshold;
          case GTE -> value >= threshold;
          case GT -> value > threshold;
          case EQ -> value == threshold;
          case NEQ -> value != threshold;
          case MEMBER -> members != null && Arrays.binarySearch(members[node], value) >= 0;
        };
    return holds || (missingTracksTrue[node] && Double.isNaN(value));
  }
}
