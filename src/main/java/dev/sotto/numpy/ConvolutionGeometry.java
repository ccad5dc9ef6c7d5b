package dev.sotto.numpy;

import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.Arrays;

/**
 * The sizes of a convolution.
 *
 * @param images number of images
 * @param groups number of groups of channels that do not mix
 * @param groupChannels input channels of a group
 * @param groupFilters output channels of a group
 * @param axes the three spatial axes
 */
@SuppressWarnings("ArrayRecordComponent")
record ConvolutionGeometry(
    int images, int groups, int groupChannels, int groupFilters, WindowAxis[] axes) {
  /**
   * Matches filters of shape (filters, channels of a group, spatial...) with an input.
   *
   * @throws IllegalArgumentException when they do not fit
   */
  static ConvolutionGeometry of(Tensor x, Tensor filters, SlidingWindow window, int groups) {
    Shape shape = filters.shape();
    int rank = x.shape().rank();
    SlidingWindow.trivialAxes(x.shape());
    if (shape.rank() != rank
        || shape.dim(1) * groups != x.shape().dim(1)
        || shape.dim(0) % groups != 0) {
      throw new IllegalArgumentException(
          "filters of shape "
              + shape
              + " in "
              + groups
              + " groups do not fit an input of shape "
              + x.shape());
    }
    int[] kernel = Arrays.copyOfRange(shape.dims(), 2, rank);
    WindowAxis[] axes = window.over(x.shape(), kernel);
    return new ConvolutionGeometry(
        x.shape().dim(0), groups, shape.dim(1), shape.dim(0) / groups, axes);
  }

  /** The number of output channels. */
  int filters() {
    return groups * groupFilters;
  }

  /** Elements of an input channel. */
  int inputSize() {
    return axes[0].input() * axes[1].input() * axes[2].input();
  }

  /** Elements of an output channel. */
  int pixels() {
    return axes[0].output() * axes[1].output() * axes[2].output();
  }

  /** Elements of a filter in one channel. */
  int kernelSize() {
    return axes[0].kernel() * axes[1].kernel() * axes[2].kernel();
  }

  /** Elements of a filter. */
  int taps() {
    return groupChannels * kernelSize();
  }

  /** The shape of the result. */
  Shape outputShape(Shape input) {
    int[] dims = input.dims();
    dims[1] = filters();
    for (int i = 2; i < dims.length; i++) {
      dims[i] = axes[axes.length - dims.length + i].output();
    }
    return Shape.of(dims);
  }
}
