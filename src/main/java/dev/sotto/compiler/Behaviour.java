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
      addMean(x, at, rows, mean);
    }
    for (int at = 0; at < x.length; at += size) {
      addVariance(x, at, rows, mean, deviation);
    }
    Arrays.setAll(deviation, i -> Math.sqrt(deviation[i]));
    return new Behaviour(mean, deviation);
  }

  // One row each: as one nest of loops the JVM compiles them for a second.
  private static void addMean(double[] x, int at, int rows, double[] mean) {
    for (int i = 0; i < mean.length; i++) {
      mean[i] += x[at + i] / rows;
    }
  }

  private static void addVariance(double[] x, int at, int rows, double[] mean, double[] variance) {
    for (int i = 0; i < variance.length; i++) {
      double difference = x[at + i] - mean[i];
      variance[i] += difference * difference / rows;
    }
  }

  /** The largest deviation of any element. */
  double most() {
    return Arrays.stream(deviation).max().orElse(0);
  }
}
