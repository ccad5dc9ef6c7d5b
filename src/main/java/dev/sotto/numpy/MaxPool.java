package dev.sotto.numpy;

import dev.sotto.onnx.Node;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.Arrays;

/** MaxPool, with the positions of the maxima when the node asks for them. */
final class MaxPool {
  private final WindowAxis[] axes;
  private final boolean columnMajor;
  private final int planeSize;

  private MaxPool(WindowAxis[] axes, boolean columnMajor) {
    this.axes = axes;
    this.columnMajor = columnMajor;
    this.planeSize = axes[0].input() * axes[1].input() * axes[2].input();
  }

  static Operator prepare(Node node) {
    SlidingWindow window = SlidingWindow.of(node);
    boolean wantsIndices = !node.output(1).isEmpty();
    boolean columnMajor = node.intAttribute("storage_order", 0) != 0;
    return inputs -> {
      Tensor x = new Arguments(inputs).get(0);
      WindowAxis[] axes = window.over(x.shape());
      Tensor maxima = PoolingOperators.pool(x, axes, PoolingOperators.maxima());
      return wantsIndices
          ? new Tensor[] {maxima, new MaxPool(axes, columnMajor).indices(x, maxima.shape())}
          : new Tensor[] {maxima};
    };
  }

  /** The index in the whole input of each window's first maximum. */
  private Tensor indices(Tensor x, Shape shape) {
    long[] indices = new long[shape.size()];
    double[] plane = new double[planeSize];
    int windows = axes[0].output() * axes[1].output() * axes[2].output();
    double[] best = new double[windows];
    for (int i = 0; i * windows < indices.length; i++) {
      PoolingOperators.read(x, i * planeSize, plane);
      Arrays.fill(best, Double.NEGATIVE_INFINITY);
      int from = i * windows;
      long offset = (long) i * planeSize;
      RowWalk.forEach(
          axes,
          (tap, source, stride, window, count) -> {
            for (int j = 0; j < count; j++) {
              double value = plane[source + j * stride];
              if (value > best[window + j]) {
                best[window + j] = value;
                indices[from + window + j] = offset + position(source + j * stride);
              }
            }
          });
    }
    return Tensor.of(shape, indices);
  }

  /** The number of an element within its plane, in the storage order asked for. */
  private int position(int element) {
    if (!columnMajor) {
      return element;
    }
    int w = element % axes[2].input();
    int h = element / axes[2].input() % axes[1].input();
    int d = element / axes[2].input() / axes[1].input();
    return d + axes[0].input() * (h + axes[1].input() * w);
  }
}
