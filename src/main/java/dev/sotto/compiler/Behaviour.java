package dev.sotto.compiler;

import dev.sotto.circuit.IntegerTensor;
import java.util.Arrays;

/**
 * How the elements of a tensor behave on the calibration rows.
 *
 * @param mean per element
 * @param deviation standard deviation per element
 */
@SuppressWarnings("ArrayRecordComponent")
record Behaviour(double[] mean, double[] deviation) {
  static Behaviour of(IntegerTensor values) {
    int size = values.size();
    int rows = values.rows();
    double[] x = values.toDoubles();
    double[] mean = new double[size];
    double[] deviation = new double[size];
    for (int at = 0; at < x.length; at += size) {
      for (int i = 0; i < size; i++) {
        mean[i] += x[at + i] / rows;
      }
    }
    for (int at = 0; at < x.length; at += size) {
      for (int i = 0; i < size; i++) {
        double difference = x[at + i] - mean[i];
        deviation[i] += difference * difference / rows;
      }
    }
    Arrays.setAll(deviation, i -> Math.sqrt(deviation[i]));
    return new Behaviour(mean, deviation);
  }

  /** The largest deviation of any element. */
  double most() {
    return Arrays.stream(deviation).max().orElse(0);
  }
}
