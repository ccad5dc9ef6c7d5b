package dev.sotto.numpy;

import dev.sotto.onnx.Node;
import dev.sotto.tensor.Conversion;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.Arrays;

/**
 * Pools over one to three spatial axes: MaxPool, AveragePool, LpPool and their global forms.
 *
 * <p>One channel of one image is pooled at a time, in double (exact for every type of MaxPool).
 */
final class PoolingOperators {
  private PoolingOperators() {}

  static void register(OperatorRegistry registry) {
    registry.register("MaxPool", MaxPool::prepare);
    registry.register("AveragePool", node -> Operator.single(averagePool(node)));
    registry.register("LpPool", node -> Operator.single(lpPool(node)));
    registry.register("GlobalAveragePool", node -> Operator.single(global(averages(false))));
    registry.register("GlobalMaxPool", node -> Operator.single(global(maxima())));
    registry.register(
        "GlobalLpPool", node -> Operator.single(global(norms(node.intAttribute("p", 2)))));
  }

  /** Pools a plane: {@code result} has an element per window. */
  interface Plane {
    void pool(double[] plane, double[] result, WindowAxis[] axes);
  }

  private static Operator.Single averagePool(Node node) {
    SlidingWindow window = SlidingWindow.of(node);
    boolean withPadding = node.intAttribute("count_include_pad", 0) != 0;
    return in -> pool(in.get(0), window.over(in.get(0).shape()), averages(withPadding));
  }

  private static Operator.Single lpPool(Node node) {
    SlidingWindow window = SlidingWindow.of(node);
    Plane norms = norms(node.intAttribute("p", 2));
    return in -> pool(in.get(0), window.over(in.get(0).shape()), norms);
  }

  private static Operator.Single global(Plane method) {
    return in -> {
      Shape shape = in.get(0).shape();
      Tensor x =
          in.get(0).reshape(Shape.of(shape.dim(0), shape.dim(1), shape.size(2, shape.rank())));
      WindowAxis[] axes = SlidingWindow.trivialAxes(x.shape());
      axes[2] = new WindowAxis(x.shape().dim(2), x.shape().dim(2), 1, 1, 0, 0, 1);
      int[] dims = shape.dims();
      Arrays.fill(dims, 2, dims.length, 1);
      return pool(x, axes, method).reshape(Shape.of(dims));
    };
  }

  /** Pools every plane of a tensor of shape (N, C, spatial...). */
  static Tensor pool(Tensor x, WindowAxis[] axes, Plane method) {
    int[] dims = x.shape().dims();
    for (int i = 2; i < dims.length; i++) {
      dims[i] = axes[axes.length - dims.length + i].output();
    }
    Shape shape = Shape.of(dims);
    Object result =
        Tensor.newStorage(
            ElementType.DOUBLE == x.type() ? x.type() : ElementType.FLOAT, shape.size());
    double[] plane = new double[axes[0].input() * axes[1].input() * axes[2].input()];
    double[] pooled = new double[axes[0].output() * axes[1].output() * axes[2].output()];
    for (int i = 0, planes = dims[0] * dims[1]; i < planes; i++) {
      read(x, i * plane.length, plane);
      method.pool(plane, pooled, axes);
      write(pooled, result, i * pooled.length);
    }
    return result instanceof double[] doubles
        ? Tensor.of(shape, doubles)
        : Conversion.cast(Tensor.of(shape, (float[]) result), x.type());
  }

  /** Reads a plane as doubles. */
  static void read(Tensor x, int from, double[] plane) {
    if (x.storage() instanceof float[] floats) {
      for (int i = 0; i < plane.length; i++) {
        plane[i] = floats[from + i];
      }
    } else {
      for (int i = 0; i < plane.length; i++) {
        plane[i] = x.getDouble(from + i);
      }
    }
  }

  private static void write(double[] pooled, Object result, int to) {
    if (result instanceof float[] floats) {
      for (int i = 0; i < pooled.length; i++) {
        floats[to + i] = (float) pooled[i];
      }
    } else {
      System.arraycopy(pooled, 0, (double[]) result, to, pooled.length);
    }
  }

  /** The largest element of each window; −∞ where a window sees padding only. */
  static Plane maxima() {
    return (plane, result, axes) -> {
      Arrays.fill(result, Double.NEGATIVE_INFINITY);
      RowWalk.forEach(
          axes,
          (tap, source, stride, window, count) -> {
            for (int i = 0; i < count; i++) {
              result[window + i] = Math.max(result[window + i], plane[source + i * stride]);
            }
          });
    };
  }

  /**
   * The mean of each window.
   *
   * @param withPadding whether padding counts as zeros (count_include_pad)
   */
  static Plane averages(boolean withPadding) {
    return (plane, result, axes) -> {
      Arrays.fill(result, 0);
      RowWalk.forEach(
          axes,
          (tap, source, stride, window, count) -> {
            for (int i = 0; i < count; i++) {
              result[window + i] += plane[source + i * stride];
            }
          });
      int[] counts = counts(axes[2], withPadding);
      int window = 0;
      for (int depth : counts(axes[0], withPadding)) {
        for (int height : counts(axes[1], withPadding)) {
          for (int width : counts) {
            result[window++] /= Math.max(1, depth * height * width);
          }
        }
      }
    };
  }

  private static int[] counts(WindowAxis axis, boolean withPadding) {
    int[] counts = new int[axis.output()];
    Arrays.setAll(counts, window -> axis.taps(window, withPadding));
    return counts;
  }

  /** The p-norm of each window. */
  static Plane norms(long p) {
    return (plane, result, axes) -> {
      Arrays.fill(result, 0);
      RowWalk.forEach(
          axes,
          (tap, source, stride, window, count) -> {
            for (int i = 0; i < count; i++) {
              double magnitude = Math.abs(plane[source + i * stride]);
              result[window + i] += p == 2 ? magnitude * magnitude : Math.pow(magnitude, p);
            }
          });
      for (int i = 0; i < result.length; i++) {
        result[i] = p == 2 ? Math.sqrt(result[i]) : Math.pow(result[i], 1.0 / p);
      }
    };
  }
}
