package dev.sotto.tensor;

import java.util.Arrays;

/**
 * ONNX (numpy) broadcasting of two operands, in runs of contiguous elements.
 *
 * <p>Neighbouring axes that both operands walk alike are merged first. What is left of the
 * innermost axis is then contiguous or a single repeated element in each operand; a repeated
 * element is spread into a small buffer, so that a function of two elements is written as one plain
 * loop over contiguous arrays, which the JVM turns into vector instructions.
 */
public final class Broadcast {
  private static final int BUFFER = 1024;

  private Broadcast() {}

  /**
   * A function of two elements, over runs.
   *
   * @param <A> array class of the operands, such as {@code float[]}
   * @param <R> array class of the result
   */
  @FunctionalInterface
  public interface Run<A, R> {
    /** Computes {@code result[from + i] = f(a[aFrom + i], b[bFrom + i])} for i below count. */
    void apply(A a, int aFrom, A b, int bFrom, R result, int from, int count);
  }

  /**
   * The shape that two shapes broadcast to.
   *
   * @throws IllegalArgumentException when two dimensions differ and neither is 1
   */
  public static Shape shape(Shape a, Shape b) {
    int rank = Math.max(a.rank(), b.rank());
    int[] dims = new int[rank];
    for (int i = 1; i <= rank; i++) {
      int da = i <= a.rank() ? a.dim(-i) : 1;
      int db = i <= b.rank() ? b.dim(-i) : 1;
      if (da != db && da != 1 && db != 1) {
        throw new IllegalArgumentException("shapes " + a + " and " + b + " do not broadcast");
      }
      dims[rank - i] = da == 1 ? db : da;
    }
    return Shape.of(dims);
  }

  /** A tensor repeated to the shape that it and {@code target} broadcast to. */
  public static Tensor expand(Tensor x, Shape target) {
    Shape shape = shape(x.shape(), target);
    if (shape.equals(x.shape())) {
      return x;
    }
    int[] strides = strides(x.shape(), shape);
    int[][] offsets = new int[shape.rank()][];
    for (int axis = 0; axis < offsets.length; axis++) {
      offsets[axis] = Rearrange.progression(shape.dim(axis), strides[axis]);
    }
    return Rearrange.bySums(x, offsets);
  }

  /**
   * Combines two tensors element by element.
   *
   * @param type element type of the result; its storage is that of {@code R}
   * @throws IllegalArgumentException when the shapes do not broadcast
   */
  @SuppressWarnings("unchecked")
  public static <A, R> Tensor combine(Tensor a, Tensor b, ElementType type, Run<A, R> run) {
    Shape shape = shape(a.shape(), b.shape());
    Object result = Tensor.newStorage(type, shape.size());
    if (a.shape().equals(b.shape())) {
      run.apply((A) a.storage(), 0, (A) b.storage(), 0, (R) result, 0, shape.size());
    } else if (shape.size() > 0) {
      new Walk<A, R>(a, b, shape, (R) result, run).outer();
    }
    return Tensor.ofStorage(type, shape, result);
  }

  /** The stride of each axis of {@code shape} in an operand: 0 where it is repeated. */
  private static int[] strides(Shape operand, Shape shape) {
    int[] own = operand.strides();
    int[] strides = new int[shape.rank()];
    for (int i = 1; i <= operand.rank(); i++) {
      strides[strides.length - i] = operand.dim(-i) == 1 ? 0 : own[own.length - i];
    }
    return strides;
  }

  /** One walk over two operands of different shapes. */
  private static final class Walk<A, R> {
    private final A a;
    private final A b;
    private final R result;
    private final Run<A, R> run;
    /* Merged axes, innermost first. */
    private final int[] dims;
    private final int[] aStrides;
    private final int[] bStrides;
    private int axes;
    private final A aBuffer;
    private final A bBuffer;
    private int aBuffered = -1;
    private int bBuffered = -1;

    @SuppressWarnings("unchecked")
    Walk(Tensor a, Tensor b, Shape shape, R result, Run<A, R> run) {
      this.a = (A) a.storage();
      this.b = (A) b.storage();
      this.result = result;
      this.run = run;
      dims = new int[shape.rank()];
      aStrides = new int[dims.length];
      bStrides = new int[dims.length];
      merge(shape, strides(a.shape(), shape), strides(b.shape(), shape));
      int length = Math.min(BUFFER, dims[0]);
      aBuffer = aStrides[0] == 0 ? (A) Tensor.newStorage(a.type(), length) : this.a;
      bBuffer = bStrides[0] == 0 ? (A) Tensor.newStorage(b.type(), length) : this.b;
    }

    private void merge(Shape shape, int[] aFull, int[] bFull) {
      for (int axis = shape.rank() - 1; axis >= 0; axis--) {
        int dim = shape.dim(axis);
        if (dim == 1) {
          continue;
        }
        int last = axes - 1;
        if (axes > 0
            && aFull[axis] == aStrides[last] * dims[last]
            && bFull[axis] == bStrides[last] * dims[last]) {
          dims[last] *= dim;
        } else {
          dims[axes] = dim;
          aStrides[axes] = aFull[axis];
          bStrides[axes] = bFull[axis];
          axes++;
        }
      }
      if (axes == 0) {
        dims[0] = 1;
        aStrides[0] = 1;
        bStrides[0] = 1;
        axes = 1;
      }
    }

    void outer() {
      outer(axes - 1, 0, 0, 0);
    }

    private int outer(int axis, int aFrom, int bFrom, int from) {
      if (axis == 0) {
        inner(aFrom, bFrom, from);
        return from + dims[0];
      }
      int to = from;
      for (int i = 0; i < dims[axis]; i++) {
        to = outer(axis - 1, aFrom + i * aStrides[axis], bFrom + i * bStrides[axis], to);
      }
      return to;
    }

    private void inner(int aFrom, int bFrom, int from) {
      boolean aRepeats = aStrides[0] == 0;
      boolean bRepeats = bStrides[0] == 0;
      if (aRepeats && aBuffered != aFrom) {
        fill(aBuffer, a, aFrom);
        aBuffered = aFrom;
      }
      if (bRepeats && bBuffered != bFrom) {
        fill(bBuffer, b, bFrom);
        bBuffered = bFrom;
      }
      int step = aRepeats || bRepeats ? BUFFER : dims[0];
      for (int i = 0; i < dims[0]; i += step) {
        int count = Math.min(step, dims[0] - i);
        run.apply(
            aBuffer,
            aRepeats ? 0 : aFrom + i,
            bBuffer,
            bRepeats ? 0 : bFrom + i,
            result,
            from + i,
            count);
      }
    }

    private static void fill(Object buffer, Object source, int index) {
      if (buffer instanceof float[] floats) {
        Arrays.fill(floats, ((float[]) source)[index]);
      } else if (buffer instanceof double[] doubles) {
        Arrays.fill(doubles, ((double[]) source)[index]);
      } else if (buffer instanceof long[] longs) {
        Arrays.fill(longs, ((long[]) source)[index]);
      } else {
        Arrays.fill((Object[]) buffer, ((Object[]) source)[index]);
      }
    }
  }
}
