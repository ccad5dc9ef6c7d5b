package dev.sotto.tensor;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Moving elements without computing: transposing, selecting, repeating, padding, joining.
 *
 * <p>All but joining are one mechanism: an output element at {@code (i, j, …)} is the input element
 * at {@code offsets[0][i] + offsets[1][j] + …}. Trailing axes that stay contiguous are copied as
 * blocks. Works on every element type.
 */
public final class Rearrange {
  /** An offset that stands for the padding value. */
  public static final int PADDING = -1;

  private Rearrange() {}

  /** The numbers {@code 0, step, 2 step, …}. */
  public static int[] progression(int count, int step) {
    int[] result = new int[count];
    for (int i = 0; i < count; i++) {
      result[i] = i * step;
    }
    return result;
  }

  /** The tensor with its axes in another order: axis i of the result is axis {@code order[i]}. */
  public static Tensor transpose(Tensor x, int... order) {
    int[] strides = x.shape().strides();
    int[][] offsets = new int[order.length][];
    for (int i = 0; i < order.length; i++) {
      offsets[i] = progression(x.shape().dim(order[i]), strides[order[i]]);
    }
    return bySums(x, offsets);
  }

  /** The order of axes that undoes {@link #transpose} with {@code order}. */
  public static int[] inverse(int... order) {
    int[] result = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      result[order[i]] = i;
    }
    return result;
  }

  /** The given positions along one axis, in the given order. */
  public static Tensor select(Tensor x, int axis, int[] positions) {
    int[][] all = new int[x.shape().rank()][];
    for (int i = 0; i < all.length; i++) {
      all[i] = i == axis ? positions : progression(x.shape().dim(i), 1);
    }
    return select(x, all, null);
  }

  /**
   * The given positions along every axis.
   *
   * @param positions for each axis, from 0 to the dimension − 1, or {@link #PADDING}
   * @param padding the storage of one element, used wherever a position is PADDING; null for zero
   */
  public static Tensor select(Tensor x, int[][] positions, @Nullable Object padding) {
    int[] strides = x.shape().strides();
    int[][] offsets = new int[positions.length][];
    for (int axis = 0; axis < positions.length; axis++) {
      offsets[axis] = positions[axis].clone();
      for (int i = 0; i < offsets[axis].length; i++) {
        if (offsets[axis][i] != PADDING) {
          offsets[axis][i] *= strides[axis];
        }
      }
    }
    return bySums(x, offsets, padding);
  }

  /** The elements at row-major positions, with a shape of as many elements. */
  public static Tensor pick(Tensor x, Shape shape, int[] positions) {
    return bySums(x, new int[][] {positions}).reshape(shape);
  }

  /** The tensor of dimensions {@code offsets[·].length} whose elements are at the offsets' sums. */
  public static Tensor bySums(Tensor x, int[][] offsets) {
    return bySums(x, offsets, null);
  }

  private static Tensor bySums(Tensor x, int[][] offsets, @Nullable Object padding) {
    int[] dims = new int[offsets.length];
    Arrays.setAll(dims, axis -> offsets[axis].length);
    Shape shape = Shape.of(dims);
    Object target = Tensor.newStorage(x.type(), shape.size());
    if (shape.size() > 0) {
      new Copy(x.storage(), target, offsets, padding).run();
    }
    return Tensor.ofStorage(x.type(), shape, target);
  }

  /**
   * Tensors joined along an axis.
   *
   * @param parts at least one; equal types and shapes but for the axis
   */
  public static Tensor concat(List<Tensor> parts, int axis) {
    Tensor first = parts.get(0);
    int length = 0;
    for (Tensor part : parts) {
      if (part.type() != first.type()
          || part.shape().rank() != first.shape().rank()
          || !part.shape().withDim(axis, 0).equals(first.shape().withDim(axis, 0))) {
        throw new IllegalArgumentException(
            "cannot join " + first + " and " + part + " along axis " + axis);
      }
      length += part.shape().dim(axis);
    }
    Shape shape = first.shape().withDim(axis, length);
    Object target = Tensor.newStorage(first.type(), shape.size());
    int outer = shape.size(0, axis);
    int inner = shape.size(axis + 1, shape.rank());
    int start = 0;
    for (Tensor part : parts) {
      int block = part.shape().dim(axis) * inner;
      for (int i = 0; i < outer; i++) {
        System.arraycopy(part.storage(), i * block, target, i * length * inner + start, block);
      }
      start += block;
    }
    return Tensor.ofStorage(first.type(), shape, target);
  }

  /** One run of the mechanism over non-empty axes. */
  private static final class Copy {
    private final Object source;
    private final Object target;
    private final int[][] offsets;
    private final @Nullable Object padding;
    private final boolean pads;
    private int axes;
    private int block = 1;
    private int start;

    Copy(Object source, Object target, int[][] offsets, @Nullable Object padding) {
      this.source = source;
      this.target = target;
      this.offsets = offsets;
      this.padding = padding;
      boolean found = false;
      for (int[] axis : offsets) {
        for (int offset : axis) {
          found |= offset < 0;
        }
      }
      this.pads = found;
      axes = offsets.length;
      while (axes > 0 && isContiguous(offsets[axes - 1], block)) {
        axes--;
        start += offsets[axes][0];
        block *= offsets[axes].length;
      }
    }

    private static boolean isContiguous(int[] offsets, int step) {
      for (int i = 0; i < offsets.length; i++) {
        if (offsets[i] < 0 || offsets[i] != offsets[0] + i * step) {
          return false;
        }
      }
      return true;
    }

    void run() {
      if (axes == 0) {
        System.arraycopy(source, start, target, 0, block);
      } else {
        copy(0, start, 0);
      }
    }

    private int copy(int axis, int from, int to) {
      int[] table = offsets[axis];
      if (axis == axes - 1) {
        return inner(table, from, to);
      }
      int next = to;
      for (int offset : table) {
        if (offset < 0) {
          int count = block;
          for (int i = axis + 1; i < axes; i++) {
            count *= offsets[i].length;
          }
          next = pad(next, count);
        } else {
          next = copy(axis + 1, from + offset, next);
        }
      }
      return next;
    }

    private int inner(int[] table, int from, int to) {
      if (block > 1 || pads) {
        int next = to;
        for (int offset : table) {
          if (offset < 0) {
            next = pad(next, block);
          } else {
            System.arraycopy(source, from + offset, target, next, block);
            next += block;
          }
        }
        return next;
      }
      if (source instanceof float[] in && target instanceof float[] out) {
        for (int i = 0; i < table.length; i++) {
          out[to + i] = in[from + table[i]];
        }
      } else if (source instanceof double[] in && target instanceof double[] out) {
        for (int i = 0; i < table.length; i++) {
          out[to + i] = in[from + table[i]];
        }
      } else if (source instanceof long[] in && target instanceof long[] out) {
        for (int i = 0; i < table.length; i++) {
          out[to + i] = in[from + table[i]];
        }
      } else {
        for (int i = 0; i < table.length; i++) {
          ((Object[]) target)[to + i] = ((Object[]) source)[from + table[i]];
        }
      }
      return to + table.length;
    }

    private int pad(int to, int count) {
      if (padding instanceof float[] value) {
        Arrays.fill((float[]) target, to, to + count, value[0]);
      } else if (padding instanceof double[] value) {
        Arrays.fill((double[]) target, to, to + count, value[0]);
      } else if (padding instanceof long[] value) {
        Arrays.fill((long[]) target, to, to + count, value[0]);
      } else if (padding instanceof Object[] value) {
        Arrays.fill((Object[]) target, to, to + count, value[0]);
      }
      return to + count;
    }
  }
}
