package dev.sotto.tensor;

import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * The lines of a tensor along one or several axes: what reductions, softmax, sorting walk over.
 *
 * <p>A line is read into a buffer of doubles (exact for FLOAT, FLOAT16, DOUBLE) or longs (integer
 * types), so that a function of a line is written once for every layout and element type.
 */
public final class Lines {
  private final Tensor tensor;
  private final Tensor source;
  private final int[] axes;
  private final int[] order;
  private final int length;
  private final int inner;

  private Lines(Tensor tensor, int[] axes) {
    Shape shape = tensor.shape();
    this.tensor = tensor;
    this.axes = axes;
    boolean adjacent = true;
    for (int i = 1; i < axes.length; i++) {
      adjacent &= axes[i] == axes[i - 1] + 1;
    }
    this.order = adjacent ? new int[0] : axesLast(shape.rank(), axes);
    this.source = adjacent ? tensor : Rearrange.transpose(tensor, order);
    int first = adjacent ? (axes.length == 0 ? shape.rank() : axes[0]) : shape.rank() - axes.length;
    int end = first + axes.length;
    this.length = source.shape().size(first, end);
    this.inner = source.shape().size(end, shape.rank());
  }

  /**
   * The lines along axes.
   *
   * @param axes from the front, in ascending order, without repetition; none gives lines of one
   *     element
   */
  public static Lines along(Tensor tensor, int... axes) {
    return new Lines(tensor, axes);
  }

  private static int[] axesLast(int rank, int[] axes) {
    int[] order = new int[rank];
    int next = 0;
    for (int axis = 0; axis < rank; axis++) {
      if (Arrays.binarySearch(axes, axis) < 0) {
        order[next++] = axis;
      }
    }
    System.arraycopy(axes, 0, order, next, axes.length);
    return order;
  }

  /** The number of lines. */
  public int count() {
    return reducedShape(true).size();
  }

  /** The number of elements of a line. */
  public int length() {
    return length;
  }

  /** The shape with one element per line. */
  public Shape reducedShape(boolean keepAxes) {
    int[] dims = tensor.shape().dims();
    int[] kept = new int[dims.length];
    int next = 0;
    for (int axis = 0; axis < dims.length; axis++) {
      boolean reduced = Arrays.binarySearch(axes, axis) >= 0;
      if (!reduced || keepAxes) {
        kept[next++] = reduced ? 1 : dims[axis];
      }
    }
    return Shape.of(Arrays.copyOf(kept, next));
  }

  /** Where a line of {@code lineLength} elements starts in an array laid out like this tensor. */
  private int start(int line, int lineLength) {
    return line / inner * lineLength * inner + line % inner;
  }

  /** Reads a line of any numeric type into a buffer of {@link #length()} doubles. */
  public void read(int line, double[] buffer) {
    int start = start(line, length);
    if (source.storage() instanceof float[] floats) {
      for (int i = 0; i < length; i++) {
        buffer[i] = floats[start + i * inner];
      }
    } else if (source.storage() instanceof double[] doubles) {
      for (int i = 0; i < length; i++) {
        buffer[i] = doubles[start + i * inner];
      }
    } else {
      for (int i = 0; i < length; i++) {
        buffer[i] = source.getDouble(start + i * inner);
      }
    }
  }

  /** Reads a line of an integer or BOOL tensor into a buffer of {@link #length()} longs. */
  public void read(int line, long[] buffer) {
    int start = start(line, length);
    long[] longs = source.longs();
    for (int i = 0; i < length; i++) {
      buffer[i] = longs[start + i * inner];
    }
  }

  /**
   * Writes a line of longs.
   *
   * @param target array of {@code count() * values.length} elements, laid out like this tensor but
   *     with lines of {@code values.length}; the axes must be adjacent
   */
  public void write(int line, long[] values, long[] target) {
    int start = start(line, values.length);
    for (int i = 0; i < values.length; i++) {
      target[start + i * inner] = values[i];
    }
  }

  private void write(int line, double[] values, Object target) {
    int start = start(line, values.length);
    if (target instanceof float[] floats) {
      for (int i = 0; i < values.length; i++) {
        floats[start + i * inner] = (float) values[i];
      }
    } else {
      double[] doubles = (double[]) target;
      for (int i = 0; i < values.length; i++) {
        doubles[start + i * inner] = values[i];
      }
    }
  }

  /** One number per line, of the tensor's type; floating values are rounded, integers truncated. */
  public Tensor reduce(boolean keepAxes, ToDoubleFunction<double[]> function) {
    double[] line = new double[length];
    double[] results = new double[count()];
    for (int i = 0; i < results.length; i++) {
      read(i, line);
      results[i] = function.applyAsDouble(line);
    }
    return Conversion.cast(Tensor.of(reducedShape(keepAxes), results), tensor.type());
  }

  /** One integer per line of an integer or BOOL tensor, of the given integer type. */
  public Tensor reduceLongs(boolean keepAxes, ElementType type, ToLongFunction<long[]> function) {
    long[] line = new long[length];
    long[] results = new long[count()];
    for (int i = 0; i < results.length; i++) {
      read(i, line);
      results[i] = function.applyAsLong(line);
    }
    return Elementwise.longs(type, reducedShape(keepAxes), results);
  }

  /** One INT64 per line of a tensor of any numeric type. */
  public Tensor index(boolean keepAxes, ToLongFunction<double[]> function) {
    double[] line = new double[length];
    long[] results = new long[count()];
    for (int i = 0; i < results.length; i++) {
      read(i, line);
      results[i] = function.applyAsLong(line);
    }
    return Tensor.of(reducedShape(keepAxes), results);
  }

  /** The floating tensor with every line changed in place by a function. */
  public Tensor map(Consumer<double[]> function) {
    if (!tensor.type().isFloating()) {
      throw new IllegalArgumentException("expected a floating-point tensor, got " + tensor);
    }
    Object target = Tensor.newStorage(tensor.type(), tensor.size());
    double[] line = new double[length];
    for (int i = 0, n = count(); i < n; i++) {
      read(i, line);
      function.accept(line);
      write(i, line, target);
    }
    return restore(target);
  }

  /** The integer tensor with every line changed in place by a function. */
  public Tensor mapLongs(Consumer<long[]> function) {
    long[] target = new long[tensor.size()];
    long[] line = new long[length];
    for (int i = 0, n = count(); i < n; i++) {
      read(i, line);
      function.accept(line);
      write(i, line, target);
    }
    return restore(target);
  }

  private Tensor restore(Object target) {
    Tensor result = Elementwise.settle(Tensor.ofStorage(tensor.type(), source.shape(), target));
    return order.length == 0 ? result : Rearrange.transpose(result, Rearrange.inverse(order));
  }
}
