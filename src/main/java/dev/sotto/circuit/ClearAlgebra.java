package dev.sotto.circuit;

import dev.sotto.problem.SottoException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Computes with clear integers, a mini-batch of rows at a time.
 *
 * <p>Counts, by ONNX node, the values that leave the interval in which calibration saw them. One
 * instance serves one thread.
 */
public final class ClearAlgebra implements IntegerAlgebra<IntegerTensor> {
  private final Map<String, Long> outside = new LinkedHashMap<>();
  private String node = "";

  /** An algebra with all counts at zero. */
  public ClearAlgebra() {}

  /** For each ONNX node the number of values outside their calibrated interval, where not zero. */
  public Map<String, Long> outside() {
    return outside;
  }

  @Override
  public void enter(String name) {
    node = name;
  }

  @Override
  public IntegerTensor calibrated(IntegerTensor x, Interval interval) {
    long count = 0;
    if (x.isNarrow()) {
      count = Extremes.outside(x.floats(), x.size(), interval);
    } else {
      for (double v : x.doubles()) {
        count += v < interval.lo() || v > interval.hi() ? 1 : 0;
      }
    }
    if (count > 0) {
      outside.merge(node, count, Long::sum);
    }
    return x;
  }

  @Override
  public IntegerTensor within(IntegerTensor x, Interval proved) {
    return x.within(proved);
  }

  private double requireExact(double bound) {
    if (bound > IntegerTensor.WIDE_BOUND) {
      throw SottoException.of(
          CircuitError.TOO_WIDE,
          node.isEmpty() ? "" : "node '" + node + "'",
          "values may need more than 53 bits.");
    }
    return bound;
  }

  @Override
  public IntegerTensor linear(IntegerTensor x, WeightedSum sum) {
    double bound = requireExact(sum.norm() * Math.max(x.bound(), Math.abs(sum.padding())));
    return ClearLinear.apply(x, sum, bound);
  }

  @Override
  public IntegerTensor scale(IntegerTensor x, Scaling scaling) {
    double bound = requireExact(x.bound() * scaling.bound());
    long[] factors = scaling.factors();
    double[] in = x.toDoubles();
    double[] out = new double[in.length];
    int size = x.size();
    for (int at = 0; at < in.length; at += size) {
      for (int i = 0; i < size; i++) {
        out[at + i] = in[at + i] * factors[i];
      }
    }
    return IntegerTensor.ofDoubles(x.rows(), size, out, bound).narrowed();
  }

  @Override
  public IntegerTensor lookup(IntegerTensor x, Lookup lookup) {
    if (lookup instanceof AffineLookup affine) {
      return ClearLookups.affine(x, affine);
    } else if (lookup instanceof TableLookup table) {
      return ClearLookups.table(x, table);
    }
    return ClearLookups.function(x, (FunctionLookup) lookup);
  }

  @Override
  public IntegerTensor product(IntegerTensor x, IntegerTensor y) {
    requireEqualSizes(x, y);
    double bound = requireExact(x.bound() * y.bound());
    double[] a = x.toDoubles();
    double[] b = y.toDoubles();
    double[] out = new double[a.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = a[i] * b[i];
    }
    return IntegerTensor.ofDoubles(x.rows(), x.size(), out, bound).narrowed();
  }

  @Override
  public IntegerTensor add(IntegerTensor x, IntegerTensor y) {
    requireEqualSizes(x, y);
    double bound = requireExact(x.bound() + y.bound());
    double[] a = x.toDoubles();
    double[] b = y.toDoubles();
    double[] out = new double[a.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = a[i] + b[i];
    }
    return IntegerTensor.ofDoubles(x.rows(), x.size(), out, bound).narrowed();
  }

  private static void requireEqualSizes(IntegerTensor x, IntegerTensor y) {
    if (x.rows() != y.rows() || x.size() != y.size()) {
      throw new IllegalArgumentException("sizes differ: " + x + " and " + y);
    }
  }

  @Override
  public IntegerTensor move(List<IntegerTensor> xs, Move move) {
    int rows = xs.get(0).rows();
    int[] source = move.source();
    double bound = move.fills() ? Math.abs(move.fill()) : 0;
    int width = 0;
    for (IntegerTensor x : xs) {
      bound = Math.max(bound, x.bound());
      width += x.size();
    }
    if (xs.size() == 1 && move.isIdentity(width)) {
      return xs.get(0);
    }
    double[] joined = new double[width];
    double[] out = new double[rows * source.length];
    for (int row = 0; row < rows; row++) {
      int at = 0;
      for (IntegerTensor x : xs) {
        copyRow(x, row, joined, at);
        at += x.size();
      }
      int base = row * source.length;
      for (int i = 0; i < source.length; i++) {
        out[base + i] = source[i] < 0 ? move.fill() : joined[source[i]];
      }
    }
    return IntegerTensor.ofDoubles(rows, source.length, out, bound).narrowed();
  }

  private static void copyRow(IntegerTensor x, int row, double[] to, int at) {
    int size = x.size();
    if (x.isNarrow()) {
      float[] in = x.floats();
      for (int i = 0; i < size; i++) {
        to[at + i] = in[row * size + i];
      }
    } else {
      System.arraycopy(x.doubles(), row * size, to, at, size);
    }
  }

  @Override
  public IntegerTensor trees(IntegerTensor bits, TreeSum trees) {
    int outputs = trees.outputs();
    double bound = 0;
    for (Interval interval : trees.intervals()) {
      bound = Math.max(bound, interval.bound());
    }
    requireExact(bound);
    double[] out = new double[bits.rows() * outputs];
    float[] in = bits.floats();
    for (TreeSum.Tree tree : trees.trees()) {
      for (int row = 0; row < bits.rows(); row++) {
        int base = row * bits.size();
        int at = tree.root();
        while (at >= 0) {
          at = in[base + tree.bit()[at]] != 0 ? tree.whenSet()[at] : tree.whenClear()[at];
        }
        int leaf = (-1 - at) * outputs;
        for (int o = 0; o < outputs; o++) {
          out[row * outputs + o] += tree.leaves()[leaf + o];
        }
      }
    }
    return IntegerTensor.ofDoubles(bits.rows(), outputs, out, bound).narrowed();
  }
}
