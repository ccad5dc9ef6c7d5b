package dev.sotto.numpy;

import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Lines;
import dev.sotto.tensor.Tensor;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Reductions along axes; the axes are the optional second input.
 *
 * <p>Floating sums accumulate in double and are rounded once. Sums of integers wrap; other integer
 * reductions are computed in double and truncated. Over no elements: the neutral element.
 */
final class ReductionOperators {
  private ReductionOperators() {}

  static void register(OperatorRegistry registry) {
    register(registry, "ReduceSum", ReductionOperators::sum, ReductionOperators::sum);
    register(
        registry,
        "ReduceSumSquare",
        x -> sumOf(x, v -> v * v),
        x -> {
          long sum = 0;
          for (long v : x) {
            sum += v * v;
          }
          return sum;
        });
    register(
        registry,
        "ReduceL1",
        x -> sumOf(x, Math::abs),
        x -> {
          long sum = 0;
          for (long v : x) {
            sum += Math.abs(v);
          }
          return sum;
        });
    register(registry, "ReduceProd", ReductionOperators::product, ReductionOperators::product);
    register(registry, "ReduceMean", x -> sum(x) / x.length, null);
    register(registry, "ReduceL2", x -> Math.sqrt(sumOf(x, v -> v * v)), null);
    register(registry, "ReduceLogSum", x -> StrictMath.log(sum(x)), null);
    register(registry, "ReduceLogSumExp", ReductionOperators::logSumExp, null);
    extremum(registry, "ReduceMax", ReductionOperators::maximum, true);
    extremum(registry, "ReduceMin", ReductionOperators::minimum, false);
  }

  /**
   * Adds a reduction.
   *
   * @param longs the exact form for integers, null to compute them in double
   */
  private static void register(
      OperatorRegistry registry,
      String type,
      ToDoubleFunction<double[]> doubles,
      @Nullable ToLongFunction<long[]> longs) {
    reduction(
        registry,
        type,
        (x, lines, keep) ->
            longs != null && x.type().isInteger()
                ? lines.reduceLongs(keep, x.type(), longs)
                : lines.reduce(keep, doubles));
  }

  /** Adds a reduction to the largest or smallest element, exact for every type. */
  private static void extremum(
      OperatorRegistry registry, String type, ToDoubleFunction<double[]> doubles, boolean largest) {
    reduction(
        registry,
        type,
        (x, lines, keep) ->
            x.type().isFloating()
                ? lines.reduce(keep, doubles)
                : lines.reduceLongs(keep, x.type(), x2 -> extremum(x2, x.type(), largest)));
  }

  @FunctionalInterface
  private interface Reduction {
    Tensor apply(Tensor x, Lines lines, boolean keepAxes);
  }

  private static void reduction(OperatorRegistry registry, String type, Reduction reduction) {
    registry.single(
        type,
        node -> {
          boolean keepAxes = node.intAttribute("keepdims", 1) != 0;
          boolean emptyIsNone = node.intAttribute("noop_with_empty_axes", 0) != 0;
          return in -> {
            Tensor x = in.get(0);
            int[] axes = axes(in.longs(1), emptyIsNone, x.shape().rank());
            return reduction.apply(x, Lines.along(x, axes), keepAxes);
          };
        });
  }

  private static int[] axes(long @Nullable [] axes, boolean emptyIsNone, int rank) {
    return axes == null || axes.length == 0
        ? emptyIsNone ? new int[0] : Arguments.allAxes(rank)
        : Arguments.axes(axes, rank);
  }

  static double sum(double[] line) {
    double sum = 0;
    for (double v : line) {
      sum += v;
    }
    return sum;
  }

  private static long sum(long[] line) {
    long sum = 0;
    for (long v : line) {
      sum += v;
    }
    return sum;
  }

  private static double product(double[] line) {
    double product = 1;
    for (double v : line) {
      product *= v;
    }
    return product;
  }

  private static long product(long[] line) {
    long product = 1;
    for (long v : line) {
      product *= v;
    }
    return product;
  }

  private static double sumOf(double[] line, DoubleUnaryOperator function) {
    double sum = 0;
    for (double v : line) {
      sum += function.applyAsDouble(v);
    }
    return sum;
  }

  /** log Σ exp(x), shifted by the largest element so that nothing overflows. */
  static double logSumExp(double[] line) {
    double largest = maximum(line);
    if (Double.isInfinite(largest)) {
      return largest;
    }
    return largest + StrictMath.log(sumOf(line, v -> StrictMath.exp(v - largest)));
  }

  static double maximum(double[] line) {
    double result = Double.NEGATIVE_INFINITY;
    for (double v : line) {
      result = Math.max(result, v);
    }
    return result;
  }

  private static double minimum(double[] line) {
    double result = Double.POSITIVE_INFINITY;
    for (double v : line) {
      result = Math.min(result, v);
    }
    return result;
  }

  private static long extremum(long[] line, ElementType type, boolean largest) {
    if (line.length == 0) {
      return largest ? lowest(type) : ~lowest(type);
    }
    long flip = type == ElementType.UINT64 ? Long.MIN_VALUE : 0;
    long result = line[0] ^ flip;
    for (long v : line) {
      result = largest ? Math.max(result, v ^ flip) : Math.min(result, v ^ flip);
    }
    return result ^ flip;
  }

  private static long lowest(ElementType type) {
    return type.isUnsigned() || type == ElementType.BOOL ? 0 : -1L << (type.bits() - 1);
  }
}
