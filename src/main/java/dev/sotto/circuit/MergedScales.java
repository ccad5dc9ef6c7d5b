package dev.sotto.circuit;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Multiplies factors into the weights of the layer before or after them, and into one another.
 *
 * <p>Possible where all positions of a weight meet the same factor. A layer whose raw sums others
 * use as well, or are counted against a calibrated interval, keeps its weights.
 */
final class MergedScales {
  private MergedScales() {}

  static Circuit merge(Circuit circuit) {
    CircuitRewriter rewriter = new CircuitRewriter(circuit);
    int[] uses = new int[circuit.nodes().size()];
    circuit.nodes().forEach(node -> node.operands().forEach(o -> uses[o]++));
    circuit.outputs().forEach(o -> uses[o]++);
    for (CircuitNode node : circuit.nodes()) {
      Operation merged = null;
      if (node.operands().size() == 1) {
        CircuitNode inner = rewriter.get(rewriter.operands(node).get(0));
        boolean alone = uses[node.operands().get(0)] == 1;
        merged = inner.calibrated() == null ? merged(node.operation(), inner, alone) : null;
        if (merged != null && fits(merged, rewriter.get(inner.operands().get(0)))) {
          rewriter.put(node, merged, List.of(inner.operands().get(0)));
          continue;
        }
      }
      rewriter.keep(node);
    }
    return rewriter.build();
  }

  private static @Nullable Operation merged(Operation outer, CircuitNode inner, boolean alone) {
    if (outer instanceof Operation.Linear linear
        && inner.operation() instanceof Operation.Scale scale) {
      return linear(scaledInputs(linear.sum(), scale.scaling().factors()));
    } else if (outer instanceof Operation.Scale scale
        && inner.operation() instanceof Operation.Linear linear
        && alone) {
      return linear(scaledOutputs(linear.sum(), scale.scaling().factors()));
    } else if (outer instanceof Operation.Scale scale
        && inner.operation() instanceof Operation.Scale before) {
      return scale(scale.scaling().factors(), before.scaling().factors());
    }
    return null;
  }

  private static @Nullable Operation linear(@Nullable WeightedSum sum) {
    return sum == null ? null : new Operation.Linear(sum);
  }

  private static @Nullable Operation scale(long[] outer, long[] inner) {
    long[] product = new long[outer.length];
    for (int i = 0; i < product.length; i++) {
      if (Math.multiplyHigh(outer[i], inner[i]) != (outer[i] * inner[i]) >> 63) {
        return null;
      }
      product[i] = outer[i] * inner[i];
    }
    return new Operation.Scale(new Scaling(product));
  }

  /** Whether double precision holds every partial sum. */
  private static boolean fits(Operation operation, CircuitNode operand) {
    double bound = operand.proved().hull().bound();
    double most =
        operation instanceof Operation.Linear linear
            ? linear.sum().norm() * Math.max(bound, Math.abs((double) linear.sum().padding()))
            : ((Operation.Scale) operation).scaling().bound() * bound;
    return most <= IntegerTensor.WIDE_BOUND;
  }

  private static @Nullable WeightedSum scaledInputs(WeightedSum sum, long[] factors) {
    int[] weights = sum.weights().clone();
    for (int g = 0; g < sum.groups(); g++) {
      for (int k = 0; k < sum.taps(); k++) {
        Long common = null;
        for (int p = 0; p < sum.positions(); p++) {
          int source = sum.source(g, p, k);
          if (source < 0 && sum.padding() == 0) {
            continue;
          }
          long factor = source < 0 ? 1 : factors[source];
          if (common != null && common != factor) {
            return null;
          }
          common = factor;
        }
        int at = (g * sum.taps() + k) * sum.outputs();
        for (int n = 0; n < sum.outputs(); n++) {
          if (common != null && !multiply(weights, at + n, common)) {
            return null;
          }
        }
      }
    }
    return sum.withWeights(weights);
  }

  private static @Nullable WeightedSum scaledOutputs(WeightedSum sum, long[] factors) {
    int[] weights = sum.weights().clone();
    for (int g = 0; g < sum.groups(); g++) {
      for (int n = 0; n < sum.outputs(); n++) {
        long common = factors[sum.target(g, 0, n)];
        for (int p = 1; p < sum.positions(); p++) {
          if (factors[sum.target(g, p, n)] != common) {
            return null;
          }
        }
        for (int k = 0; k < sum.taps(); k++) {
          if (!multiply(weights, (g * sum.taps() + k) * sum.outputs() + n, common)) {
            return null;
          }
        }
      }
    }
    return sum.withWeights(weights);
  }

  private static boolean multiply(int[] weights, int at, long factor) {
    if (Math.abs((double) weights[at] * factor) > Integer.MAX_VALUE) {
      return false;
    }
    weights[at] = (int) (weights[at] * factor);
    return true;
  }
}
