package dev.sotto.spark;

import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Tensor;
import java.util.List;

/**
 * What the outputs of a model mean: which one is the class or value predicted, which one scores the
 * classes.
 *
 * @param prediction index of the output that is the prediction; −1 when it is the best score
 * @param scores index of the output with a score per class; −1 when there is none
 * @param classes number of scores of a row; 0 without scores
 * @param text whether predictions are strings
 */
public record OutputLayout(int prediction, int scores, int classes, boolean text)
    implements java.io.Serializable {

  /**
   * Reads the meaning off the outputs of some rows.
   *
   * <p>An output of integers or strings, one per row, is the class. Otherwise the last output with
   * several numbers per row scores the classes, and the first best one is the class. Otherwise the
   * last output with one number per row is a predicted value.
   */
  public static OutputLayout of(Tensor[] outputs, int rows) {
    int label = -1;
    int scores = -1;
    int value = -1;
    for (int i = 0; i < outputs.length; i++) {
      ElementType type = outputs[i].type();
      int width = outputs[i].size() / rows;
      if (width == 1 && !type.isFloating()) {
        label = label < 0 ? i : label;
      } else if (width > 1 && type.isFloating()) {
        scores = i;
      } else if (width == 1) {
        value = i;
      }
    }
    int prediction = label >= 0 ? label : scores >= 0 ? -1 : value;
    return new OutputLayout(
        prediction,
        scores,
        scores < 0 ? 0 : outputs[scores].size() / rows,
        prediction >= 0 && outputs[prediction].type() == ElementType.STRING);
  }

  /** Whether the prediction is one of several classes, and not a number on a scale. */
  public boolean isClassifier(List<Tensor> outputs) {
    return prediction < 0 || !outputs.get(prediction).type().isFloating();
  }

  /** The predicted class or value of each row; strings are left to {@link #texts}. */
  public double[] numbers(Tensor[] outputs, int rows) {
    double[] numbers = new double[rows];
    if (prediction < 0) {
      float[] all = outputs[scores].toFloats();
      for (int row = 0; row < rows; row++) {
        numbers[row] = best(all, row * classes, classes);
      }
    } else if (!text) {
      for (int row = 0; row < rows; row++) {
        numbers[row] = outputs[prediction].getDouble(row);
      }
    }
    return numbers;
  }

  /** The predicted classes of a model whose classes are strings. */
  public String[] texts(Tensor[] outputs) {
    return outputs[prediction].strings();
  }

  private static int best(float[] values, int from, int length) {
    int best = 0;
    for (int i = 1; i < length; i++) {
      if (values[from + i] > values[from + best]) {
        best = i;
      }
    }
    return best;
  }

  /**
   * The scores of one row as probabilities: as they are when they are none below 0 and add up to 1,
   * otherwise their softmax.
   *
   * @param scores all scores, row after row
   * @param row the row
   * @param into receives one probability per class
   */
  public void probabilities(float[] scores, int row, double[] into) {
    int from = row * classes;
    double sum = 0;
    double largest = Double.NEGATIVE_INFINITY;
    boolean normal = true;
    for (int i = 0; i < classes; i++) {
      double score = scores[from + i];
      into[i] = score;
      sum += score;
      normal &= score >= 0;
      largest = Math.max(largest, score);
    }
    if (normal && Math.abs(sum - 1) < 1e-3) {
      return;
    }
    double total = 0;
    for (int i = 0; i < classes; i++) {
      into[i] = Math.exp(into[i] - largest);
      total += into[i];
    }
    for (int i = 0; i < classes; i++) {
      into[i] /= total;
    }
  }
}
