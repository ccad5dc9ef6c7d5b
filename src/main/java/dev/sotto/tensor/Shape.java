package dev.sotto.tensor;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The dimensions of a tensor, outermost first; rank 0 is a scalar.
 *
 * <p>Immutable. The number of elements always fits an {@code int}.
 */
public final class Shape {
  /** The shape of a scalar. */
  public static final Shape SCALAR = new Shape(new int[0]);

  private final int[] dims;
  private final int size;

  private Shape(int[] dims) {
    long product = 1;
    for (int dim : dims) {
      if (dim < 0) {
        throw new IllegalArgumentException("negative dimension in " + Arrays.toString(dims));
      }
      product = dim == 0 || product == 0 ? 0 : Math.multiplyExact(product, (long) dim);
    }
    if (product > Integer.MAX_VALUE - 16) {
      throw new IllegalArgumentException(
          "a tensor holds at most 2^31 elements, got shape " + Arrays.toString(dims));
    }
    this.dims = dims;
    this.size = (int) product;
  }

  /** The shape with these dimensions, each 0 or more. */
  public static Shape of(int... dims) {
    return dims.length == 0 ? SCALAR : new Shape(dims.clone());
  }

  /** The shape with these dimensions, each 0 or more and within {@code int}. */
  public static Shape of(long[] dims) {
    int[] ints = new int[dims.length];
    for (int i = 0; i < dims.length; i++) {
      ints[i] = Math.toIntExact(dims[i]);
    }
    return new Shape(ints);
  }

  /** The number of dimensions. */
  public int rank() {
    return dims.length;
  }

  /**
   * One dimension.
   *
   * @param axis from 0 to rank − 1, or from −rank to −1 counted from the end
   */
  public int dim(int axis) {
    return dims[axis < 0 ? axis + dims.length : axis];
  }

  /** A copy of the dimensions. */
  public int[] dims() {
    return dims.clone();
  }

  /** A copy of the dimensions as longs, as ONNX shape tensors hold them. */
  public long[] longDims() {
    return Arrays.stream(dims).asLongStream().toArray();
  }

  /** The number of elements. */
  public int size() {
    return size;
  }

  /** The product of the dimensions from {@code from} (inclusive) to {@code to} (exclusive). */
  public int size(int from, int to) {
    int product = 1;
    for (int axis = from; axis < to; axis++) {
      product *= dims[axis];
    }
    return product;
  }

  /** Row-major strides, in elements. */
  public int[] strides() {
    int[] strides = new int[dims.length];
    int stride = 1;
    for (int axis = dims.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= dims[axis];
    }
    return strides;
  }

  /** This shape with one dimension replaced. */
  public Shape withDim(int axis, int dim) {
    int[] copy = dims.clone();
    copy[axis < 0 ? axis + copy.length : axis] = dim;
    return new Shape(copy);
  }

  /**
   * An axis counted from the front.
   *
   * @throws IllegalArgumentException when the axis is outside −rank to rank − 1
   */
  public int axis(long axis) {
    if (axis < -dims.length || axis >= dims.length) {
      throw new IllegalArgumentException("axis " + axis + " is outside a tensor of shape " + this);
    }
    return (int) (axis < 0 ? axis + dims.length : axis);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape that && Arrays.equals(dims, that.dims);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dims);
  }

  /** The dimensions as {@code 16x1x8x8}; {@code scalar} for rank 0. */
  @Override
  public String toString() {
    return dims.length == 0
        ? "scalar"
        : Arrays.stream(dims).mapToObj(Integer::toString).collect(Collectors.joining("x"));
  }
}
