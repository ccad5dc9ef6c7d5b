package dev.sotto.compiler;

import dev.sotto.circuit.CircuitNode;
import dev.sotto.circuit.IntegerTensor;
import java.util.List;

/**
 * A tensor of the model in terms of the rewritten circuit, element by element:
 *
 * <pre>  value = Σ_parts slope · integer + offset  </pre>
 *
 * <p>Slopes and offsets stay clear: they are folded into the weights of the next layer, or into what
 * the client does to results, and cost nothing encrypted.
 *
 * @param parts integers of the rewritten circuit, at least one
 * @param offset per element
 * @param truth what the model itself computes on the calibration rows
 * @param exact whether the value is the model's own integer
 */
@SuppressWarnings("ArrayRecordComponent")
record Terms(List<Part> parts, double[] offset, IntegerTensor truth, boolean exact) {
  /**
   * Integers of the rewritten circuit.
   *
   * @param node where they are computed
   * @param values what they are on the calibration rows
   * @param slope per element
   */
  record Part(CircuitNode node, IntegerTensor values, double[] slope) {}

  int size() {
    return offset.length;
  }

  int rows() {
    return truth.rows();
  }

  /** Whether this is one part that is the value itself. */
  boolean isPlain() {
    if (parts.size() > 1) {
      return false;
    }
    for (int i = 0; i < offset.length; i++) {
      if (offset[i] != 0 || parts.get(0).slope[i] != 1) {
        return false;
      }
    }
    return true;
  }

  /** The values on the calibration rows: rows × size. */
  double[] values() {
    int size = size();
    double[] values = new double[rows() * size];
    for (int at = 0; at < values.length; at += size) {
      System.arraycopy(offset, 0, values, at, size);
    }
    for (Part part : parts) {
      double[] integers = part.values.toDoubles();
      for (int i = 0; i < values.length; i++) {
        values[i] += part.slope[i % size] * integers[i];
      }
    }
    return values;
  }
}
