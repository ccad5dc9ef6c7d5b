package dev.sotto.compiler;

import dev.sotto.quantization.QuantizedModule;

/** How far an output is from the quantized model's, on the calibration rows. */
final class OutputLoss {
  private OutputLoss() {}

  /** The share of rows with another largest element; of one number, the relative deviation. */
  static double of(Terms result, QuantizedModule.Output given, QuantizedModule.Output wanted) {
    if (result.exact()) {
      return 0;
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
      return (double) different / rows;
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
    return spread == 0 ? 0 : Math.sqrt(error / spread);
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
