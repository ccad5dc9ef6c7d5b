package dev.sotto.circuit;

import java.util.List;

/**
 * The operations of which every quantized model consists, over some representation of rows of
 * integers.
 *
 * <p>With {@link IntegerTensor} they compute clear integers, a mini-batch at a time; with {@link
 * CircuitBuilder} they are traced. A quantized operator is written once against this interface, so
 * that clear, simulated and encrypted runs share one definition.
 *
 * @param <T> a tensor: a row of integers for every row of the batch
 */
public interface IntegerAlgebra<T> {
  /** Sums of elements with clear integer weights: Gemm, MatMul, Conv, pooling, reductions. */
  T linear(T x, WeightedSum sum);

  /** Each element times its own clear integer. */
  T scale(T x, Scaling scaling);

  /** A function of one integer applied to every element; functions may differ by channel. */
  T lookup(T x, Lookup lookup);

  /** Element by element product of two tensors of equal length. */
  T product(T x, T y);

  /** Element by element sum of two tensors of equal length. */
  T add(T x, T y);

  /**
   * Rearranges the elements of one tensor or of several: reshape, transpose, slice, concat, pad.
   */
  T move(List<T> xs, Move move);

  /** Sums of the leaves that a row of threshold bits reaches in an ensemble of trees. */
  T trees(T bits, TreeSum trees);

  /**
   * Notes the ONNX node whose operations follow; used for names in circuits, counts and reports.
   *
   * @param name an ONNX node name
   */
  default void enter(String name) {}

  /** Notes an interval that holds all results of the operation that follows. */
  default void expect(Interval proved) {}

  /** Notes an interval that holds all values by construction, where operations alone prove less. */
  default T within(T x, Interval proved) {
    return x;
  }

  /** Notes the interval in which calibration saw a tensor's values. */
  default T calibrated(T x, Interval interval) {
    return x;
  }
}
