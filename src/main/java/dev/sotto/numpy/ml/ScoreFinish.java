package dev.sotto.numpy.ml;

import dev.sotto.onnx.Attribute;
import dev.sotto.onnx.Node;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What follows the raw scores of a tree or linear model: everything that is not a sum of leaves or
 * a matrix product.
 *
 * <p>A model that is scored encrypted ends with its raw scores; this is what the client then
 * computes. It tells nothing of the model but its labels and base values. Written as a node {@code
 * dev.sotto:ScoreFinish}.
 *
 * @param divisor the raw scores are divided by it: the number of trees of an average, otherwise 1
 * @param baseValues added to the scores: one for all, one per score, or none
 * @param postTransform applied then
 * @param rule what the scores mean
 * @param threshold the score above which a {@link Rule#BINARY} classifier chooses its last class
 * @param complement whether two classes with one score have 1 − score and score, otherwise −score
 *     and score
 * @param labels the classes; null for regression
 * @param slopes slopes of the sigmoids of {@link Rule#PAIRS}; empty for none
 * @param offsets their offsets
 * @param inDouble whether the scores are kept in double instead of float
 * @param doubleResult whether the result of a regression is DOUBLE
 */
@SuppressWarnings("ArrayRecordComponent")
public record ScoreFinish(
    int divisor,
    double[] baseValues,
    PostTransform postTransform,
    Rule rule,
    float threshold,
    boolean complement,
    @Nullable ClassLabels labels,
    float[] slopes,
    float[] offsets,
    boolean inDouble,
    boolean doubleResult) {
  /** The operator's name with its domain. */
  public static final String TYPE = "dev.sotto:ScoreFinish";

  /** What scores mean. */
  public enum Rule {
    /** A score per target or class; the class with the largest, the first of several, is chosen. */
    PER_TARGET,
    /** One score, that of the last class, which is chosen above the threshold. */
    BINARY,
    /** A score for each pair of classes, above 0 a vote for the first. */
    PAIRS,
    /** One score, of which the sign is told. */
    SIDE
  }

  /** What follows the raw scores of a tree node. */
  public static ScoreFinish of(Node node, TreeEnsemble trees) {
    boolean average = trees.aggregation() == TreeEnsemble.Aggregation.AVERAGE;
    double[] base = trees.baseValues();
    return new ScoreFinish(
        average ? trees.roots().length : 1,
        trees.isBinary() && base.length > 0 ? new double[] {base[base.length - 1]} : base,
        trees.postTransform(),
        trees.isBinary() ? Rule.BINARY : Rule.PER_TARGET,
        trees.weightsAreProbabilities() ? 0.5f : 0,
        trees.weightsAreProbabilities(),
        trees.labels(),
        new float[0],
        new float[0],
        trees.inDouble(),
        trees.inDouble() && node.opType().equals("TreeEnsemble"));
  }

  /** What follows the raw scores of a linear model or support vector machine. */
  public static ScoreFinish of(Node node, LinearModel model) {
    boolean pairs = model.convention() == LinearModel.Convention.ONE_AGAINST_ONE;
    float[] slopes = pairs ? floats(node, "prob_a") : new float[0];
    float[] offsets = pairs ? floats(node, "prob_b") : new float[0];
    Rule rule =
        switch (model.convention()) {
          case PER_TARGET -> node.intAttribute("one_class", 0) != 0 ? Rule.SIDE : Rule.PER_TARGET;
          case BINARY -> Rule.BINARY;
          case ONE_AGAINST_ONE -> Rule.PAIRS;
        };
    boolean coupled = slopes.length > 0 && offsets.length > 0;
    return new ScoreFinish(
        1,
        new double[0],
        model.postTransform(),
        rule,
        0,
        !pairs || model.postTransform() != PostTransform.NONE,
        model.labels(),
        coupled ? slopes : new float[0],
        coupled ? offsets : new float[0],
        false,
        false);
  }

  private static float[] floats(Node node, String attribute) {
    float[] values = node.floatsAttribute(attribute);
    return values == null ? new float[0] : values;
  }

  /** Whether nothing is left to do. */
  public boolean isNothing() {
    return divisor == 1
        && baseValues.length == 0
        && postTransform == PostTransform.NONE
        && rule == Rule.PER_TARGET
        && labels == null
        && inDouble == doubleResult;
  }

  /** This as a node. */
  public Node node(String name, String scores, List<String> outputs) {
    Map<String, Attribute> attributes = new LinkedHashMap<>();
    attributes.put("divisor", new Attribute.IntValue(divisor));
    if (baseValues.length > 0) {
      attributes.put(
          "base_values",
          new Attribute.TensorValue(Tensor.of(Shape.of(baseValues.length), baseValues)));
    }
    attributes.put("post_transform", new Attribute.StringValue(postTransform.name()));
    attributes.put("rule", new Attribute.StringValue(rule.name()));
    attributes.put("threshold", new Attribute.FloatValue(threshold));
    attributes.put("complement", flag(complement));
    if (labels != null) {
      attributes.put("labels", new Attribute.TensorValue(labels.values()));
    }
    if (slopes.length > 0) {
      attributes.put("prob_a", new Attribute.FloatsValue(slopes));
      attributes.put("prob_b", new Attribute.FloatsValue(offsets));
    }
    attributes.put("in_double", flag(inDouble));
    attributes.put("double_result", flag(doubleResult));
    return new Node(name, "dev.sotto", "ScoreFinish", List.of(scores), outputs, attributes);
  }

  private static Attribute flag(boolean value) {
    return new Attribute.IntValue(value ? 1 : 0);
  }

  /** Reads a node that {@link #node} wrote. */
  static ScoreFinish read(Node node) {
    Tensor base = node.tensorAttribute("base_values");
    Tensor labels = node.tensorAttribute("labels");
    return new ScoreFinish(
        Math.toIntExact(node.intAttribute("divisor", 1)),
        base == null ? new double[0] : base.toDoubles(),
        PostTransform.of(node),
        Rule.valueOf(node.stringAttribute("rule", Rule.PER_TARGET.name())),
        node.floatAttribute("threshold", 0),
        node.intAttribute("complement", 0) != 0,
        labels == null ? null : new ClassLabels(labels),
        floats(node, "prob_a"),
        floats(node, "prob_b"),
        node.intAttribute("in_double", 0) != 0,
        node.intAttribute("double_result", 0) != 0);
  }

  /**
   * Finishes raw scores.
   *
   * @param raw rows x scores
   * @return for classes their labels and scores, otherwise the values
   */
  public Tensor[] apply(Tensor raw) {
    int count = raw.shape().dim(1);
    double[] sums = settled(raw, count);
    float[] scores = new float[sums.length];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = (float) sums[i];
    }
    if (labels == null) {
      return new Tensor[] {regression(raw.shape(), sums, scores, count)};
    }
    return switch (rule) {
      case BINARY -> binary(labels, scores);
      case PAIRS -> pairs(labels, Tensor.of(raw.shape(), scores));
      default -> {
        Tensor chosen = labels.at(largest(sums, count));
        transform(scores, count);
        yield new Tensor[] {chosen, Tensor.of(raw.shape(), scores)};
      }
    };
  }

  private double[] settled(Tensor raw, int count) {
    double[] sums = raw.toDoubles().clone();
    for (int i = 0; i < sums.length; i++) {
      double sum = divisor == 1 ? sums[i] : settle(sums[i] / divisor);
      sums[i] =
          baseValues.length == 0
              ? sum
              : settle(sum + baseValues[baseValues.length == 1 ? 0 : i % count]);
    }
    return sums;
  }

  private double settle(double value) {
    return inDouble ? value : (float) value;
  }

  private Tensor regression(Shape shape, double[] sums, float[] scores, int count) {
    if (rule == Rule.SIDE) {
      transform(scores, count);
      for (int i = 0; i < scores.length; i++) {
        scores[i] = scores[i] > 0 ? 1 : -1;
      }
      return Tensor.of(shape, scores);
    }
    if (doubleResult && postTransform == PostTransform.NONE) {
      return Tensor.of(shape, sums);
    }
    transform(scores, count);
    Tensor result = Tensor.of(shape, scores);
    return doubleResult ? Tensor.of(shape, result.toDoubles()) : result;
  }

  private void transform(float[] scores, int count) {
    for (int from = 0; from < scores.length; from += count) {
      postTransform.apply(scores, from, count);
    }
  }

  private Tensor[] binary(ClassLabels classes, float[] scores) {
    int[] chosen = new int[scores.length];
    for (int i = 0; i < chosen.length; i++) {
      chosen[i] = scores[i] > threshold ? classes.size() - 1 : 0;
    }
    return new Tensor[] {classes.at(chosen), twoScores(scores)};
  }

  private Tensor twoScores(float[] scores) {
    BinaryScores pair = complement ? BinaryScores.COMPLEMENT : BinaryScores.NEGATIVE;
    float[] both = new float[2 * scores.length];
    for (int i = 0; i < scores.length; i++) {
      pair.write(scores[i], postTransform, both, 2 * i);
    }
    return Tensor.of(Shape.of(scores.length, 2), both);
  }

  private Tensor[] pairs(ClassLabels classes, Tensor pairs) {
    Tensor chosen = classes.at(votes(pairs, classes.size()));
    if (slopes.length == 0 && classes.size() == 2) {
      return new Tensor[] {chosen, twoScores(pairs.floats())};
    }
    Tensor scores =
        slopes.length == 0
            ? pairs
            : new PairwiseCoupling(classes.size(), slopes, offsets).probabilities(pairs);
    transform(scores.floats(), scores.shape().dim(1));
    return new Tensor[] {chosen, scores};
  }

  /** For each row, the class with the most votes, the first of several. */
  private static int[] votes(Tensor pairs, int classes) {
    double[] votes = new double[pairs.shape().dim(0) * classes];
    int pair = 0;
    for (int from = 0; from < votes.length; from += classes) {
      for (int i = 0; i < classes; i++) {
        for (int j = i + 1; j < classes; j++) {
          votes[from + (pairs.floats()[pair++] > 0 ? i : j)]++;
        }
      }
    }
    return largest(votes, classes);
  }

  private static int[] largest(double[] scores, int count) {
    int[] positions = new int[scores.length / count];
    for (int row = 0; row < positions.length; row++) {
      for (int i = 1; i < count; i++) {
        if (scores[row * count + i] > scores[row * count + positions[row]]) {
          positions[row] = i;
        }
      }
    }
    return positions;
  }
}
