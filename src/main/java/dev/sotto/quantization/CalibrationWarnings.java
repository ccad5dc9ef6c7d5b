package dev.sotto.quantization;

import dev.sotto.problem.Problem;
import dev.sotto.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Reads warnings off finished statistics. */
final class CalibrationWarnings {
  /** Below so many rows the ranges are a guess. */
  private static final int ENOUGH_ROWS = 100;

  /** Names of features listed before "and more". */
  private static final int LISTED = 8;

  private CalibrationWarnings() {}

  static List<Problem> of(Calibration calibration) {
    List<Problem> warnings = new ArrayList<>();
    if (calibration.rows() == 0) {
      warnings.add(
          Problem.of(CalibrationError.NO_ROWS, "rows", "at least one expected, got none."));
      return warnings;
    }
    if (calibration.rows() < ENOUGH_ROWS) {
      warnings.add(
          Problem.of(
              CalibrationError.FEW_ROWS,
              "rows",
              "at least " + ENOUGH_ROWS + " expected, got " + calibration.rows() + "."));
    }
    RowSample sample = calibration.rowSample();
    int inputs = sample == null ? 0 : sample.types().size();
    int position = 0;
    for (Map.Entry<String, TensorStatistics> entry : calibration.statistics().entrySet()) {
      TensorStatistics statistics = entry.getValue();
      boolean isInput = position++ < inputs;
      if (statistics.histogram().nonFinite() > 0) {
        warnings.add(nonFinite(entry.getKey(), statistics));
      }
      if (isInput) {
        constantFeatures(entry.getKey(), statistics, warnings);
      } else if (statistics.isConstant() && statistics.type().isFloating()) {
        warnings.add(
            Problem.of(
                CalibrationError.CONSTANT_VALUE,
                "value '" + entry.getKey() + "'",
                "all elements of all rows are " + statistics.histogram().min() + "."));
      }
    }
    return warnings;
  }

  private static Problem nonFinite(String name, TensorStatistics statistics) {
    RangeHistogram histogram = statistics.histogram();
    return Problem.of(
        CalibrationError.NON_FINITE_VALUE,
        "value '" + name + "'",
        String.format(
            Locale.ROOT,
            "finite elements expected, got %d NaN, %d times +inf, %d times -inf; left out.",
            histogram.nans(),
            histogram.positiveInfinities(),
            histogram.negativeInfinities()));
  }

  /** Constant features of a table; of images and sequences only an input that never varies. */
  private static void constantFeatures(
      String name, TensorStatistics statistics, List<Problem> warnings) {
    Shape rowShape = statistics.isPerRow() ? statistics.rowShape() : Shape.SCALAR;
    List<Integer> constant = new ArrayList<>();
    for (int c = 0; c < statistics.channels(); c++) {
      if (statistics.channelMin(c) == statistics.channelMax(c)) {
        constant.add(c);
      }
    }
    if (constant.isEmpty() || (rowShape.rank() > 1 && !statistics.isConstant())) {
      return;
    }
    String listed =
        constant.stream()
            .limit(LISTED)
            .map(c -> c + " (always " + statistics.channelMin(c) + ")")
            .collect(Collectors.joining(", "));
    String more = constant.size() > LISTED ? " and " + (constant.size() - LISTED) + " more" : "";
    warnings.add(
        Problem.of(
            CalibrationError.CONSTANT_INPUT,
            "input '" + name + "'",
            constant.size()
                + " of "
                + statistics.channels()
                + " features never vary: "
                + listed
                + more
                + "."));
  }
}
