package dev.sotto.compiler;

import dev.sotto.circuit.CircuitNode;
import dev.sotto.circuit.IntegerTensor;
import java.util.Arrays;
import java.util.List;

/**
 * A tensor of the model in terms of the rewritten circuit, element by element:
 *
 * <pre>  value = Σ_parts Σ_k coefficient_k · integer^k + offset  </pre>
 *
 * <p>Coefficients and offsets stay clear. Powers are computed when something reads the tensor, so
 * that sums, factors and squares of what depends on one tensor are one polynomial of it; what is
 * left of first degree is folded into the weights of the next layer, or into what the client does
 * to results, and costs nothing encrypted.
 *
 * @param parts polynomials of integers of the rewritten circuit, at least one
 * @param offset per element
 * @param truth what the model itself computes on the calibration rows
 * @param exact whether the value is the model's own integer
 */
@SuppressWarnings("ArrayRecordComponent")
record Terms(List<Part> parts, double[] offset, IntegerTensor truth, boolean exact) {
  /**
   * A polynomial of integers of the rewritten circuit, without its constant.
   *
   * @param node where the integers are computed
   * @param values what they are on the calibration rows
   * @param coefficients of the first power, the second, …: per element each
   */
  record Part(CircuitNode node, IntegerTensor values, double[][] coefficients) {
    /** Integers times a slope per element. */
    static Part linear(CircuitNode node, IntegerTensor values, double[] slope) {
      return new Part(node, values, new double[][] {slope});
    }

    int degree() {
      return coefficients.length;
    }

    /** The coefficients of the first power. */
    double[] slope() {
      return coefficients[0];
    }

    /** The same polynomial times a factor per element. */
    Part times(double[] factors) {
      double[][] scaled = new double[coefficients.length][];
      for (int k = 0; k < scaled.length; k++) {
        scaled[k] = coefficients[k].clone();
        for (int i = 0; i < factors.length; i++) {
          scaled[k][i] *= factors[i];
        }
      }
      return new Part(node, values, scaled);
    }

    /** The sum of two polynomials of the same integers. */
    Part plus(Part other) {
      double[][] longer = degree() >= other.degree() ? coefficients : other.coefficients;
      double[][] shorter = longer == coefficients ? other.coefficients : coefficients;
      double[][] sum = Arrays.stream(longer).map(double[]::clone).toArray(double[][]::new);
      for (int k = 0; k < shorter.length; k++) {
        for (int i = 0; i < sum[k].length; i++) {
          sum[k][i] += shorter[k][i];
        }
      }
      return new Part(node, values, sum);
    }
  }

  /** One value that is the circuit's integer itself. */
  static Terms plain(CircuitNode node, IntegerTensor values) {
    double[] slope = new double[values.size()];
    Arrays.fill(slope, 1);
    return new Terms(
        List.of(Part.linear(node, values, slope)), new double[values.size()], values, true);
  }

  int size() {
    return offset.length;
  }

  int rows() {
    return truth.rows();
  }

  /** The only part. */
  Part only() {
    return parts.get(0);
  }

  /** Whether this is one part of first degree. */
  boolean isSingle() {
    return parts.size() == 1 && parts.get(0).degree() == 1;
  }

  /** Whether this is one part that is the value itself. */
  boolean isPlain() {
    return exact
        && isSingle()
        && Arrays.stream(offset).allMatch(o -> o == 0)
        && Arrays.stream(only().slope()).allMatch(s -> s == 1);
  }

  /** The values on the calibration rows: rows × size. */
  double[] values() {
    return values(parts, offset);
  }

  /** What each part contributes to them, the first one with the offsets. */
  double[][] contributions() {
    double[][] each = new double[parts.size()][];
    Arrays.setAll(
        each, p -> values(List.of(parts.get(p)), p == 0 ? offset : new double[offset.length]));
    return each;
  }

  private double[] values(List<Part> some, double[] constant) {
    int size = size();
    double[] values = new double[rows() * size];
    for (int at = 0; at < values.length; at += size) {
      System.arraycopy(constant, 0, values, at, size);
    }
    for (Part part : some) {
      double[] integers = part.values.toDoubles();
      double[][] c = part.coefficients;
      for (int at = 0; at < values.length; at += size) {
        if (c.length == 1) {
          addLine(c[0], integers, at, values);
        } else {
          addPolynomial(c, integers, at, values);
        }
      }
    }
    return values;
  }

  private static void addLine(double[] slope, double[] integers, int at, double[] values) {
    for (int i = 0; i < slope.length; i++) {
      values[at + i] += slope[i] * integers[at + i];
    }
  }

  private static void addPolynomial(double[][] c, double[] integers, int at, double[] values) {
    for (int i = 0; i < c[0].length; i++) {
      double sum = 0;
      for (int k = c.length - 1; k >= 0; k--) {
        sum = (sum + c[k][i]) * integers[at + i];
      }
      values[at + i] += sum;
    }
  }
}
