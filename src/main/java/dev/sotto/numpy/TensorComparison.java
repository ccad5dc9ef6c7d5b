package dev.sotto.numpy;

import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Whether a computed tensor is the expected one, by the rule of ONNX's own test runner.
 *
 * <p>Same type, same shape, and for floating elements |actual − expected| ≤ absolute + relative ·
 * |expected|, NaN equal to NaN; all other elements equal exactly.
 *
 * @param relative allowed difference as a part of the expected element
 * @param absolute allowed difference in any case
 */
public record TensorComparison(double relative, double absolute) {
  /** What differs first, in words; null when nothing does. */
  public @Nullable String difference(Tensor actual, Tensor expected) {
    if (actual.type() != expected.type() || !actual.shape().equals(expected.shape())) {
      return "expected " + expected + ", got " + actual;
    }
    for (int i = 0; i < expected.size(); i++) {
      if (!matches(actual, expected, i)) {
        return "element "
            + i
            + " of "
            + expected
            + ": expected "
            + element(expected, i)
            + ", got "
            + element(actual, i);
      }
    }
    return null;
  }

  private boolean matches(Tensor actual, Tensor expected, int i) {
    if (expected.type() == ElementType.STRING) {
      return expected.strings()[i].equals(actual.strings()[i]);
    }
    if (!expected.type().isFloating()) {
      return actual.longs()[i] == expected.longs()[i];
    }
    double a = actual.getDouble(i);
    double e = expected.getDouble(i);
    return a == e
        || (Double.isNaN(a) && Double.isNaN(e))
        || (Double.isFinite(e) && Math.abs(a - e) <= absolute + relative * Math.abs(e));
  }

  private static String element(Tensor tensor, int i) {
    return switch (tensor.type().storage()) {
      case STRINGS -> "'" + tensor.strings()[i] + "'";
      case LONGS ->
          tensor.type() == ElementType.UINT64
              ? Long.toUnsignedString(tensor.longs()[i])
              : Long.toString(tensor.longs()[i]);
      case FLOATS -> Float.toString(tensor.floats()[i]);
      case DOUBLES -> Double.toString(tensor.doubles()[i]);
    };
  }
}
