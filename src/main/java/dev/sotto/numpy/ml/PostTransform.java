package dev.sotto.numpy.ml;

import dev.sotto.onnx.Node;
import dev.sotto.onnx.OnnxError;
import dev.sotto.problem.SottoException;

/** How raw scores become the scores that a model gives. */
public enum PostTransform {
  /** Scores as they are. */
  NONE,
  /** Exponentials that sum to one. */
  SOFTMAX,
  /** The logistic function of each score. */
  LOGISTIC,
  /** Softmax over the scores that are not zero; zeros stay zero. */
  SOFTMAX_ZERO,
  /** The quantile of the normal distribution, by Winitzki's approximation as in the reference. */
  PROBIT;

  /** The transform that a node's {@code post_transform} names. */
  static PostTransform of(Node node) {
    String name = node.stringAttribute("post_transform", "NONE");
    for (PostTransform transform : values()) {
      if (transform.name().equals(name)) {
        return transform;
      }
    }
    throw SottoException.of(
        OnnxError.ATTRIBUTE, node.place(), "post_transform " + name + " is not known.");
  }

  /** Transforms a row of scores in place. */
  public void apply(float[] scores, int from, int count) {
    switch (this) {
      case NONE -> {}
      case SOFTMAX -> softmax(scores, from, count, false);
      case SOFTMAX_ZERO -> softmax(scores, from, count, true);
      case LOGISTIC -> {
        for (int i = from; i < from + count; i++) {
          scores[i] = logistic(scores[i]);
        }
      }
      case PROBIT -> {
        for (int i = from; i < from + count; i++) {
          scores[i] = probit(scores[i]);
        }
      }
    }
  }

  private static void softmax(float[] scores, int from, int count, boolean keepZeros) {
    float most = Float.NEGATIVE_INFINITY;
    for (int i = from; i < from + count; i++) {
      most = Math.max(most, scores[i]);
    }
    double sum = 0;
    for (int i = from; i < from + count; i++) {
      if (!keepZeros || Math.abs(scores[i]) > 1e-7f) {
        scores[i] = (float) Math.exp(scores[i] - most);
        sum += scores[i];
      } else {
        scores[i] *= (float) Math.exp(-most);
      }
    }
    for (int i = from; i < from + count; i++) {
      scores[i] = (float) (scores[i] / sum);
    }
  }

  static float logistic(float score) {
    return (float) (1 / (1 + Math.exp(-score)));
  }

  static float probit(float probability) {
    double x = 2.0 * probability - 1;
    double log = Math.log((1 - x) * (1 + x));
    double half = 2 / (Math.PI * 0.147) + 0.5 * log;
    return (float)
        (Math.sqrt(2) * Math.copySign(Math.sqrt(Math.sqrt(half * half - log / 0.147) - half), x));
  }
}
