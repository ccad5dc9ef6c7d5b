package dev.sotto.compiler;

import dev.sotto.quantization.QuantizedModule;

/**
 * How far an output is from the quantized model's, on the calibration rows.
 *
 * @param seen the share of rows with another largest element; of one number, the relative deviation
 * @param expected that share of rows like these: a row counts by the probability that errors of the
 *     deviation that all rows show turn its two largest elements round; hundreds of rows then tell
 *     shares below one in a hundred
 */
record OutputLoss(double seen, double expected) {
  static final OutputLoss NONE = new OutputLoss(0, 0);

  /** The loss of an output. */
  static OutputLoss of(Terms result, QuantizedModule.Output given, QuantizedModule.Output wanted) {
    if (result.exact()) {
      return NONE;
    }
    int size = result.size();
    double[] actual = result.parts().get(0).values().toDoubles();
    double[] expected = result.truth().toDoubles();
    int rows = expected.length / size;
    if (size > 1) {
      int different = 0;
      for (int row = 0; row < rows; row++) {
        if (largest(actual, row, size, given) != largest(expected, row, size, wanted)) {
          different++;
        }
      }
      return new OutputLoss(
          (double) different / rows, expected(actual, expected, size, given, wanted));
    }
    double mean = 0;
    for (double value : expected) {
      mean += value(value, 0, wanted) / rows;
    }
    double error = 0;
    double spread = 0;
    for (int row = 0; row < rows; row++) {
      double truth = value(expected[row], 0, wanted);
      error += Math.pow(value(actual[row], 0, given) - truth, 2);
      spread += Math.pow(truth - mean, 2);
    }
    double relative = spread == 0 ? 0 : Math.sqrt(error / spread);
    return new OutputLoss(relative, relative);
  }

  /** The larger of each. */
  OutputLoss worst(OutputLoss other) {
    return new OutputLoss(Math.max(seen, other.seen), Math.max(expected, other.expected));
  }

  private static double expected(
      double[] actual,
      double[] expected,
      int size,
      QuantizedModule.Output given,
      QuantizedModule.Output wanted) {
    int rows = expected.length / size;
    double variance = 0;
    double[] lead = new double[rows];
    double[] error = new double[size];
    for (int row = 0; row < rows; row++) {
      double mean = 0;
      int best = largest(expected, row, size, wanted);
      double next = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < size; i++) {
        double truth = value(expected[row * size + i], i, wanted);
        error[i] = value(actual[row * size + i], i, given) - truth;
        mean += error[i] / size;
        next = i == best ? next : Math.max(next, truth);
      }
      lead[row] = value(expected[row * size + best], best, wanted) - next;
      for (double each : error) {
        variance += (each - mean) * (each - mean) / (size - 1) / rows;
      }
    }
    double share = 0;
    for (double each : lead) {
      share += variance == 0 ? 0 : tail(each / Math.sqrt(2 * variance)) / rows;
    }
    return share;
  }

  /** The probability that a standard normal number exceeds z ≥ 0, within 10^-7 (AS 26.2.17). */
  static double tail(double z) {
    double t = 1 / (1 + 0.2316419 * z);
    double sum = 1.330274429;
    for (double coefficient : new double[] {-1.821255978, 1.781477937, -0.356563782, 0.319381530}) {
      sum = sum * t + coefficient;
    }
    return StrictMath.exp(-z * z / 2) / Math.sqrt(2 * Math.PI) * sum * t;
  }

  private static int largest(double[] integers, int row, int size, QuantizedModule.Output output) {
    int best = 0;
    for (int i = 1; i < size; i++) {
      if (value(integers[row * size + i], i, output)
          > value(integers[row * size + best], best, output)) {
        best = i;
      }
    }
    return best;
  }

  private static double value(double integer, int element, QuantizedModule.Output output) {
    int at = output.slope().length == 1 ? 0 : element;
    return output.slope()[at] * integer + output.offset()[at];
  }
}
