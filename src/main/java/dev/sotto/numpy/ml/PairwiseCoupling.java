package dev.sotto.numpy.ml;

import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;

/**
 * Class probabilities from the scores of pairs of classes: a sigmoid for each pair (Platt), then
 * pairwise coupling (Wu, Lin, Weng, "Probability estimates for multi-class classification by
 * pairwise coupling", JMLR 5, 2004, second approach).
 */
final class PairwiseCoupling {
  private static final int ITERATIONS = 100;
  private static final double LEAST = 1e-7;

  private final int classes;
  private final float[] slopes;
  private final float[] offsets;

  PairwiseCoupling(int classes, float[] slopes, float[] offsets) {
    this.classes = classes;
    this.slopes = slopes;
    this.offsets = offsets;
  }

  /** Probabilities, rows x classes, from scores, rows x pairs. */
  Tensor probabilities(Tensor pairs) {
    int perRow = classes * (classes - 1) / 2;
    int rows = pairs.size() / perRow;
    float[] result = new float[rows * classes];
    for (int row = 0; row < rows; row++) {
      double[][] against = new double[classes][classes];
      int pair = 0;
      for (int i = 0; i < classes; i++) {
        for (int j = i + 1; j < classes; j++, pair++) {
          double score = pairs.floats()[row * perRow + pair];
          double first = 1 / (1 + Math.exp(score * slopes[pair] + offsets[pair]));
          against[i][j] = Math.max(LEAST, Math.min(1 - LEAST, first));
          against[j][i] = 1 - against[i][j];
        }
      }
      double[] p = couple(against);
      for (int c = 0; c < classes; c++) {
        result[row * classes + c] = (float) p[c];
      }
    }
    return Tensor.of(Shape.of(rows, classes), result);
  }

  private double[] couple(double[][] against) {
    double[][] q = new double[classes][classes];
    double[] p = new double[classes];
    for (int t = 0; t < classes; t++) {
      p[t] = 1.0 / classes;
      for (int j = 0; j < classes; j++) {
        if (j != t) {
          q[t][t] += against[j][t] * against[j][t];
          q[t][j] = -against[j][t] * against[t][j];
        }
      }
    }
    double[] qp = new double[classes];
    for (int iteration = 0; iteration < ITERATIONS; iteration++) {
      double pqp = 0;
      for (int t = 0; t < classes; t++) {
        qp[t] = 0;
        for (int j = 0; j < classes; j++) {
          qp[t] += q[t][j] * p[j];
        }
        pqp += p[t] * qp[t];
      }
      double error = 0;
      for (int t = 0; t < classes; t++) {
        error = Math.max(error, Math.abs(qp[t] - pqp));
      }
      if (error < 0.005 / classes) {
        break;
      }
      for (int t = 0; t < classes; t++) {
        double step = (pqp - qp[t]) / q[t][t];
        p[t] += step;
        pqp = (pqp + step * (step * q[t][t] + 2 * qp[t])) / (1 + step) / (1 + step);
        for (int j = 0; j < classes; j++) {
          qp[j] = (qp[j] + step * q[t][j]) / (1 + step);
          p[j] /= 1 + step;
        }
      }
    }
    return p;
  }
}
