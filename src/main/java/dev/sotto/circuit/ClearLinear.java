package dev.sotto.circuit;

import dev.sotto.tensor.PackedMatrix;
import java.util.Arrays;
import java.util.Optional;

/**
 * Weighted sums of clear integers as matrix products.
 *
 * <p>Sums whose bound stays below 2<sup>24</sup> are computed in float, others in double; both are
 * exact (see {@link IntegerTensor}).
 */
final class ClearLinear {
  /** Elements gathered at once, so that a panel of taps stays in the cache. */
  private static final int PANEL = 1 << 16;

  /** Of so many rows and more, sums are computed in double side by side. */
  private static final int FEWEST_BESIDE = 16;

  /** Rows side by side at once. */
  private static final int MOST_BESIDE = 128;

  /** Terms added at once. */
  private static final int TOGETHER = 4;

  private ClearLinear() {}

  static IntegerTensor apply(IntegerTensor x, WeightedSum sum, double bound) {
    if (bound <= IntegerTensor.NARROW_BOUND && x.isNarrow()) {
      return narrow(x, sum, bound);
    }
    return wide(x, sum, bound);
  }

  private static IntegerTensor narrow(IntegerTensor x, WeightedSum sum, double bound) {
    int rows = x.rows();
    float[] out = new float[rows * sum.size()];
    if (sum.isDense() && x.size() == sum.positions() * sum.taps()) {
      sum.matrix(0).multiply(x.floats(), rows * sum.positions(), out);
      return IntegerTensor.ofFloats(rows, sum.size(), out, bound);
    }
    int taps = sum.taps();
    int positions = sum.positions();
    int chunk = Math.max(1, Math.min(rows, PANEL / Math.max(1, positions * taps)));
    for (int group = 0; group < sum.groups(); group++) {
      Optional<WeightedSum.Pattern> pattern = sum.pattern(group);
      if (pattern.isPresent()) {
        windows(x, sum, group, pattern.get(), chunk, out);
      } else {
        panels(x, sum, group, chunk, out);
      }
    }
    return IntegerTensor.ofFloats(rows, sum.size(), out, bound);
  }

  /** Taps lie in one pattern: the matrix product reads them where they are. */
  private static void windows(
      IntegerTensor x,
      WeightedSum sum,
      int group,
      WeightedSum.Pattern pattern,
      int chunk,
      float[] out) {
    PackedMatrix matrix = sum.matrix(group);
    int[] starts = pattern.starts();
    int[] offsets = pattern.offsets();
    int positions = starts.length;
    int stride = matrix.paddedColumns();
    float[] product = new float[chunk * positions * stride];
    int[] rowStarts = new int[0];
    for (int from = 0; from < x.rows(); from += chunk) {
      int count = Math.min(chunk, x.rows() - from);
      if (rowStarts.length != count * positions) {
        rowStarts = new int[count * positions];
        for (int i = 0; i < rowStarts.length; i++) {
          rowStarts[i] = i / positions * x.size() + starts[i % positions];
        }
      }
      Arrays.fill(product, 0);
      matrix.multiplyAddGathered(x.floats(), from * x.size(), rowStarts, offsets, product);
      for (int r = 0; r < count; r++) {
        scatter(product, r * positions * stride, stride, sum, group, out, (from + r) * sum.size());
      }
    }
  }

  /** Taps lie anywhere, or outside: they are copied into panels first. */
  private static void panels(IntegerTensor x, WeightedSum sum, int group, int chunk, float[] out) {
    int positions = sum.positions();
    int taps = sum.taps();
    int outputs = sum.outputs();
    float[] panel = new float[chunk * positions * taps];
    float[] product = new float[chunk * positions * outputs];
    for (int from = 0; from < x.rows(); from += chunk) {
      int count = Math.min(chunk, x.rows() - from);
      for (int r = 0; r < count; r++) {
        gather(x.floats(), (from + r) * x.size(), sum, group, panel, r * positions * taps);
      }
      sum.matrix(group).multiply(panel, count * positions, product);
      for (int r = 0; r < count; r++) {
        int at = r * positions * outputs;
        scatter(product, at, outputs, sum, group, out, (from + r) * sum.size());
      }
    }
  }

  private static void gather(
      float[] in, int base, WeightedSum sum, int group, float[] panel, int to) {
    int[] sources = sum.sources();
    int length = sum.positions() * sum.taps();
    int at = group * length;
    float padding = sum.padding();
    for (int i = 0; i < length; i++) {
      int source = sources[at + i];
      panel[to + i] = source < 0 ? padding : in[base + source];
    }
  }

  private static void scatter(
      float[] product, int from, int stride, WeightedSum sum, int group, float[] out, int base) {
    int positions = sum.positions();
    int[] strides = sum.strides();
    for (int n = 0; n < sum.outputs(); n++) {
      int to = base + group * strides[0] + n * strides[2];
      int at = from + n;
      for (int p = 0; p < positions; p++, to += strides[1], at += stride) {
        out[to] = product[at];
      }
    }
  }

  private static IntegerTensor wide(IntegerTensor x, WeightedSum sum, double bound) {
    double[] in = x.toDoubles();
    double[] out = new double[x.rows() * sum.size()];
    if (x.rows() >= FEWEST_BESIDE) {
      for (int row = 0; row < x.rows(); row += MOST_BESIDE) {
        beside(in, x.size(), sum, row, Math.min(MOST_BESIDE, x.rows() - row), out);
      }
      return IntegerTensor.ofDoubles(x.rows(), sum.size(), out, bound).narrowed();
    }
    int[] weights = sum.weights();
    double[] sums = new double[sum.outputs()];
    for (int row = 0; row < x.rows(); row++) {
      for (int group = 0; group < sum.groups(); group++) {
        for (int p = 0; p < sum.positions(); p++) {
          Arrays.fill(sums, 0);
          add(in, row * x.size(), sum, group, p, weights, sums);
          for (int n = 0; n < sums.length; n++) {
            out[row * sum.size() + sum.target(group, p, n)] = sums[n];
          }
        }
      }
    }
    return IntegerTensor.ofDoubles(x.rows(), sum.size(), out, bound).narrowed();
  }

  /** Some rows, element by element of all of them: long loops over one weight each. */
  private static void beside(
      double[] in, int size, WeightedSum sum, int first, int rows, double[] out) {
    double[][] columns = new double[size][rows];
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < size; i++) {
        columns[i][row] = in[(first + row) * size + i];
      }
    }
    double[] padding = new double[rows];
    Arrays.fill(padding, sum.padding());
    double[] total = new double[rows];
    double[] factors = new double[TOGETHER];
    double[][] terms = new double[TOGETHER][];
    for (int group = 0; group < sum.groups(); group++) {
      for (int p = 0; p < sum.positions(); p++) {
        for (int n = 0; n < sum.outputs(); n++) {
          Arrays.fill(total, 0);
          int found = 0;
          for (int k = 0; k < sum.taps(); k++) {
            int weight = sum.weight(group, k, n);
            int source = sum.source(group, p, k);
            if (weight != 0) {
              factors[found] = weight;
              terms[found++] = source < 0 ? padding : columns[source];
            }
            if (found == TOGETHER) {
              addFour(factors, terms[0], terms[1], terms[2], terms[3], total);
              found = 0;
            }
          }
          for (int f = 0; f < found; f++) {
            addTimes(factors[f], terms[f], total);
          }
          int to = first * sum.size() + sum.target(group, p, n);
          for (int row = 0; row < rows; row++, to += sum.size()) {
            out[to] = total[row];
          }
        }
      }
    }
  }

  private static void addFour(
      double[] factors, double[] x, double[] y, double[] z, double[] u, double[] sums) {
    double a = factors[0];
    double b = factors[1];
    double c = factors[2];
    double d = factors[3];
    for (int i = 0; i < sums.length; i++) {
      sums[i] += a * x[i] + b * y[i] + (c * z[i] + d * u[i]);
    }
  }

  private static void addTimes(double factor, double[] x, double[] sums) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += factor * x[i];
    }
  }

  private static void add(
      double[] in, int base, WeightedSum sum, int group, int p, int[] weights, double[] sums) {
    for (int k = 0; k < sum.taps(); k++) {
      int source = sum.source(group, p, k);
      double v = source < 0 ? sum.padding() : in[base + source];
      if (v != 0) {
        int at = (group * sum.taps() + k) * sums.length;
        for (int n = 0; n < sums.length; n++) {
          sums[n] += v * weights[at + n];
        }
      }
    }
  }
}
