package dev.sotto.cli;

import dev.sotto.spark.OutputLayout;
import dev.sotto.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** What a model said of every row: numbers, or texts where its classes are texts. */
@SuppressWarnings("ArrayRecordComponent")
record Answers(boolean classes, double[] numbers, String[] texts) {
  /**
   * Asks a model.
   *
   * @param batch rows of a call
   */
  static Answers of(Function<Tensor[], Tensor[]> model, Tensor[] rows, int count, int batch) {
    double[] numbers = new double[count];
    String[] texts = new String[0];
    boolean classes = false;
    OutputLayout layout = null;
    for (int from = 0; from < count; from += batch) {
      int to = Math.min(count, from + batch);
      Tensor[] outputs = model.apply(slice(rows, from, to));
      if (layout == null) {
        layout = OutputLayout.of(outputs, to - from);
        classes = layout.isClassifier(List.of(outputs));
        texts = layout.text() ? new String[count] : texts;
      }
      if (layout.text()) {
        System.arraycopy(layout.texts(outputs), 0, texts, from, to - from);
      } else {
        System.arraycopy(layout.numbers(outputs, to - from), 0, numbers, from, to - from);
      }
    }
    return new Answers(classes, numbers, texts);
  }

  boolean same(Answers other, int row) {
    return texts.length > 0
        ? texts[row].equals(other.texts[row])
        : numbers[row] == other.numbers[row];
  }

  private static Tensor[] slice(Tensor[] rows, int from, int to) {
    return Arrays.stream(rows).map(input -> input.rows(from, to)).toArray(Tensor[]::new);
  }
}
