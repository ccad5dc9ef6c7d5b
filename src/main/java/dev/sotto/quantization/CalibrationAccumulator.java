package dev.sotto.quantization;

import dev.sotto.numpy.NumpyModule;
import dev.sotto.onnx.Graph;
import dev.sotto.problem.Problem;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Folds mini-batches of input rows into the statistics of every value of a model.
 *
 * <p>Memory depends on the model and the options, never on the number of rows. The result depends
 * on the multiset of rows alone: mini-batches may be cut anywhere. Not thread-safe; one per task.
 */
public final class CalibrationAccumulator {
  private final NumpyModule module;
  private final CalibrationOptions options;
  private @Nullable RowLayout layout;
  private @Nullable RowSample sample;
  private final Map<String, TensorStatistics> statistics = new LinkedHashMap<>();
  private long rows;

  private CalibrationAccumulator(NumpyModule module, CalibrationOptions options) {
    this.module = module;
    this.options = options;
  }

  /** An accumulator that has seen nothing. */
  public static CalibrationAccumulator create(NumpyModule module, CalibrationOptions options) {
    return new CalibrationAccumulator(module, options);
  }

  /**
   * Runs the model on a mini-batch and takes in every value it makes.
   *
   * @param inputs one tensor per model input, in order, each with the batch as first axis
   * @throws SottoException when the inputs do not fit the model or each other
   */
  public void addRows(Tensor... inputs) {
    check(inputs);
    int count = inputs[0].shape().dim(0);
    if (count == 0) {
      return;
    }
    if (layout == null) {
      begin(Arrays.stream(inputs).map(input -> input.rows(0, 1)).toArray(Tensor[]::new));
    }
    if (Objects.requireNonNull(layout).batch() == 0) {
      module.forwardRows(inputs, this::fold);
    } else {
      for (int i = 0; i < count; i++) {
        int row = i;
        module.forwardRows(
            Arrays.stream(inputs).map(input -> input.rows(row, row + 1)).toArray(Tensor[]::new),
            this::fold);
      }
    }
    if (sample != null) {
      sample.add(inputs);
    }
    rows += count;
  }

  /** The number of rows taken in so far. */
  public long rows() {
    return rows;
  }

  /** What was seen; the accumulator must not be used afterwards. */
  public Calibration finish() {
    return new Calibration(options, rows, statistics, sample);
  }

  private void begin(Tensor[] row) {
    RowLayout found = RowLayout.of(module, row);
    found
        .values()
        .forEach(
            (name, value) ->
                statistics.put(
                    name, TensorStatistics.empty(value.type(), value.rowShape(), options)));
    sample =
        new RowSample(
            Arrays.stream(row).map(Tensor::type).toList(),
            Arrays.stream(row).map(RowLayout::rowShape).toList(),
            options);
    layout = found;
  }

  private void fold(String name, Tensor tensor) {
    TensorStatistics statistic = statistics.get(name);
    if (statistic == null) {
      return;
    }
    if (statistic.isPerRow() && !statistic.rowShape().equals(RowLayout.rowShape(tensor))) {
      throw SottoException.of(
          CalibrationError.UNSTABLE_SHAPE,
          "value '" + name + "'",
          "rows of shape " + statistic.rowShape() + " came first, then " + tensor.shape() + ".");
    }
    boolean copies = layout != null && layout.batch() > 1 && statistic.isPerRow();
    statistic.add(copies ? tensor.rows(0, 1) : tensor);
  }

  private void check(Tensor[] inputs) {
    List<Graph.Value> expected = module.model().graph().inputs();
    List<Problem> problems = new ArrayList<>();
    if (inputs.length != expected.size()) {
      problems.add(
          Problem.of(
              CalibrationError.INPUT_SHAPE,
              "model",
              expected.size() + " inputs expected, got " + inputs.length + "."));
    }
    for (int i = 0; i < inputs.length && problems.isEmpty(); i++) {
      if (inputs[i].shape().rank() == 0
          || inputs[i].shape().dim(0) != inputs[0].shape().dim(0)
          || inputs[i].type() == ElementType.STRING) {
        problems.add(
            Problem.of(
                CalibrationError.INPUT_SHAPE,
                "input '" + expected.get(i).name() + "'",
                "numbers with "
                    + inputs[0].shape()
                    + "'s first axis as the batch expected, got "
                    + inputs[i]
                    + "."));
      }
    }
    if (!problems.isEmpty()) {
      throw new SottoException(problems);
    }
  }
}
