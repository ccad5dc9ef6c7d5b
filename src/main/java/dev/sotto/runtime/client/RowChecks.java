package dev.sotto.runtime.client;

import dev.sotto.problem.Problem;
import dev.sotto.problem.SottoException;
import dev.sotto.quantization.QuantizedModule;
import dev.sotto.runtime.RuntimeError;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** What rows must be before they are encrypted: nothing can be looked at afterwards. */
final class RowChecks {
  /** More are not worth reading. */
  private static final int MOST_PROBLEMS = 20;

  private RowChecks() {}

  /**
   * Checks rows.
   *
   * @return how many there are
   * @throws SottoException with every problem, the first few of them
   */
  static int rows(QuantizedModule module, Tensor[] rows) {
    List<QuantizedModule.Input> inputs = module.inputs();
    if (rows.length != inputs.size()) {
      throw RuntimeError.refused(
          RuntimeError.WRONG_WIDTH,
          "",
          "one tensor for each of " + inputs.size() + " inputs expected, got " + rows.length + ".");
    }
    int count = -1;
    List<Problem> problems = new ArrayList<>();
    for (int i = 0; i < rows.length; i++) {
      QuantizedModule.Input input = inputs.get(i);
      int leading = rows[i].shape().rank() == 0 ? 0 : rows[i].shape().dim(0);
      int own = leading / input.row().dim(0);
      if (own == 0) {
        throw RuntimeError.refused(
            RuntimeError.EMPTY_BLOCK, "input '" + input.name() + "'", "at least one row expected.");
      }
      if (rows[i].size() != (long) own * input.width()) {
        problems.add(
            Problem.of(
                RuntimeError.WRONG_WIDTH,
                "input '" + input.name() + "'",
                "rows of "
                    + input.width()
                    + " numbers "
                    + input.row()
                    + " expected, got "
                    + rows[i].shape()
                    + "."));
      } else if (count >= 0 && own != count) {
        problems.add(
            Problem.of(
                RuntimeError.WRONG_WIDTH,
                "input '" + input.name() + "'",
                count + " rows expected as in the inputs before, got " + own + "."));
      }
      count = Math.max(count, own);
    }
    if (!problems.isEmpty()) {
      throw new SottoException(problems);
    }
    if (!module.readsMissing()) {
      requireNumbers(inputs, rows);
    }
    return count;
  }

  private static void requireNumbers(List<QuantizedModule.Input> inputs, Tensor[] rows) {
    List<Problem> problems = new ArrayList<>();
    for (int i = 0; i < rows.length && problems.size() < MOST_PROBLEMS; i++) {
      float[] values = rows[i].toFloats();
      int width = inputs.get(i).width();
      for (int at = 0; at < values.length && problems.size() < MOST_PROBLEMS; at++) {
        if (!Float.isFinite(values[at])) {
          problems.add(
              Problem.of(
                  RuntimeError.NOT_A_NUMBER,
                  "row "
                      + at / width
                      + ", value "
                      + at % width
                      + " of input '"
                      + inputs.get(i).name()
                      + "'",
                  "a finite number expected, got " + values[at] + "."));
        }
      }
    }
    if (!problems.isEmpty()) {
      throw new SottoException(problems);
    }
  }
}
