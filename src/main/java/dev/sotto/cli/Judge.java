package dev.sotto.cli;

import dev.sotto.problem.SottoException;
import java.util.Arrays;
import java.util.List;

/** Compares answers with labels. */
interface Judge {
  /** accuracy or r2. */
  String metric();

  /** How good answers are. */
  double score(Answers answers);

  /** How far two are the same. */
  double agreement(Answers a, Answers b);

  static Judge of(Answers reference, List<String> labels) {
    if (reference.texts().length > 0) {
      return new Classes(reference, new double[0], labels, Double.NaN);
    }
    double[] numbers = numbers(labels);
    boolean binary = Arrays.stream(numbers).allMatch(label -> label == 0 || label == 1);
    if (reference.classes()) {
      return new Classes(reference, numbers, labels, Double.NaN);
    }
    if (binary) {
      boolean probability = Arrays.stream(reference.numbers()).allMatch(v -> v >= 0 && v <= 1);
      return new Classes(reference, numbers, labels, probability ? 0.5 : 0);
    }
    return new Regression(numbers);
  }

  private static double[] numbers(List<String> labels) {
    double[] numbers = new double[labels.size()];
    for (int row = 0; row < numbers.length; row++) {
      try {
        numbers[row] = Double.parseDouble(labels.get(row));
      } catch (NumberFormatException e) {
        throw SottoException.of(
            CliError.LABEL,
            "row " + row,
            "expected a number, as the model gives, got '" + labels.get(row) + "'.",
            e);
      }
    }
    return numbers;
  }

  /**
   * Classes, right or wrong.
   *
   * @param cut what separates the two classes of a single score; NaN when answers are classes
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Classes(Answers reference, double[] labels, List<String> texts, double cut)
      implements Judge {
    @Override
    public String metric() {
      return "accuracy";
    }

    private double answer(Answers answers, int row) {
      double number = answers.numbers()[row];
      return Double.isNaN(cut) ? number : number > cut ? 1 : 0;
    }

    @Override
    public double score(Answers answers) {
      int right = 0;
      for (int row = 0; row < texts.size(); row++) {
        boolean same =
            answers.texts().length > 0
                ? answers.texts()[row].equals(texts.get(row))
                : answer(answers, row) == labels[row];
        right += same ? 1 : 0;
      }
      return (double) right / texts.size();
    }

    @Override
    public double agreement(Answers a, Answers b) {
      int same = 0;
      for (int row = 0; row < texts.size(); row++) {
        boolean equal = Double.isNaN(cut) ? a.same(b, row) : answer(a, row) == answer(b, row);
        same += equal ? 1 : 0;
      }
      return (double) same / texts.size();
    }
  }

  /** Values on a scale: the share of the labels' variance that is explained. */
  @SuppressWarnings("ArrayRecordComponent")
  record Regression(double[] labels) implements Judge {
    @Override
    public String metric() {
      return "r2";
    }

    @Override
    public double score(Answers answers) {
      return r2(answers.numbers(), labels);
    }

    @Override
    public double agreement(Answers a, Answers b) {
      return r2(b.numbers(), a.numbers());
    }

    private static double r2(double[] predicted, double[] truth) {
      double mean = Arrays.stream(truth).average().orElse(0);
      double residual = 0;
      double total = 0;
      for (int i = 0; i < truth.length; i++) {
        residual += (truth[i] - predicted[i]) * (truth[i] - predicted[i]);
        total += (truth[i] - mean) * (truth[i] - mean);
      }
      return total == 0 ? (residual == 0 ? 1 : 0) : 1 - residual / total;
    }
  }
}
