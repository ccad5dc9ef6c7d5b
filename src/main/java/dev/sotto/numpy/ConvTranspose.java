package dev.sotto.numpy;

import dev.sotto.onnx.Node;
import dev.sotto.tensor.Conversion;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * ConvTranspose: the adjoint of a convolution, computed row by row in double.
 *
 * <p>What a convolution from the output to the input would read, this adds to.
 */
final class ConvTranspose {
  private final SlidingWindow window;
  private final int groups;
  private final long @Nullable [] outputShape;
  private final long @Nullable [] outputPadding;

  private ConvTranspose(Node node) {
    window = SlidingWindow.of(node);
    groups = Math.toIntExact(node.intAttribute("group", 1));
    outputShape = node.intsAttribute("output_shape");
    outputPadding = node.intsAttribute("output_padding");
  }

  static Operator.Single prepare(Node node) {
    ConvTranspose operator = new ConvTranspose(node);
    return in -> operator.apply(in.get(0), in.get(1), in.optional(2));
  }

  private Tensor apply(Tensor x, Tensor filters, @Nullable Tensor bias) {
    int rank = x.shape().rank() - 2;
    WindowAxis[] axes = SlidingWindow.trivialAxes(x.shape());
    if (filters.shape().rank() != rank + 2
        || filters.shape().dim(0) != x.shape().dim(1)
        || x.shape().dim(1) % groups != 0) {
      throw new IllegalArgumentException(
          "filters of shape " + filters.shape() + " do not fit an input of shape " + x.shape());
    }
    int[] dims = x.shape().dims();
    for (int axis = 0; axis < rank; axis++) {
      WindowAxis spatial = axis(axis, rank, x.shape().dim(2 + axis), filters.shape().dim(2 + axis));
      axes[axes.length - rank + axis] = spatial;
      dims[2 + axis] = spatial.input();
    }
    int groupFilters = filters.shape().dim(1);
    dims[1] = groups * groupFilters;
    if (bias != null && bias.size() != dims[1]) {
      throw new IllegalArgumentException("expected a bias per filter, got " + bias);
    }
    Shape shape = Shape.of(dims);
    double[] result = new double[shape.size()];
    double[] offsets = bias == null ? new double[dims[1]] : bias.toDoubles();
    spread(x.toDoubles(), x.shape(), filters.toDoubles(), groupFilters, offsets, result, axes);
    return Conversion.cast(Tensor.of(shape, result), x.type());
  }

  /**
   * One axis of the adjoint: {@code input} is the size of ConvTranspose's output, {@code output}
   * that of its input.
   *
   * <p>Padding from output_shape and auto_pad follows the specification: the odd element goes to
   * the end for SAME_UPPER, otherwise to the beginning.
   */
  private WindowAxis axis(int axis, int rank, int size, int taps) {
    int stride = window.stride(axis, rank);
    int dilation = window.dilation(axis, rank);
    int full = stride * (size - 1) + at(outputPadding, axis, 0) + (taps - 1) * dilation + 1;
    int begin = window.padBegin(axis, rank);
    int length = full - begin - window.padEnd(axis, rank);
    if (outputShape != null || window.isSame()) {
      int index = outputShape == null ? 0 : outputShape.length - rank + axis;
      length = at(outputShape, index, size * stride);
      int padding = Math.max(0, full - length);
      begin = window.isSameUpper() ? padding / 2 : padding - padding / 2;
    }
    return new WindowAxis(length, taps, stride, dilation, begin, full - length - begin, size);
  }

  private static int at(long @Nullable [] values, int index, int otherwise) {
    return values == null || values.length == 0 ? otherwise : Math.toIntExact(values[index]);
  }

  private void spread(
      double[] x,
      Shape input,
      double[] filters,
      int groupFilters,
      double[] bias,
      double[] result,
      WindowAxis[] axes) {
    int channels = input.dim(1);
    int groupChannels = channels / groups;
    int inputSize = input.size(2, input.rank());
    int outputSize = axes[0].input() * axes[1].input() * axes[2].input();
    int kernelSize = axes[0].kernel() * axes[1].kernel() * axes[2].kernel();
    for (int plane = 0; plane < input.dim(0) * bias.length; plane++) {
      int image = plane / bias.length;
      int filter = plane % bias.length;
      int to = plane * outputSize;
      Arrays.fill(result, to, to + outputSize, bias[filter]);
      for (int c = 0; c < groupChannels; c++) {
        int channel = filter / groupFilters * groupChannels + c;
        int from = (image * channels + channel) * inputSize;
        int weights = (channel * groupFilters + filter % groupFilters) * kernelSize;
        RowWalk.forEach(
            axes,
            (tap, target, stride, window, count) -> {
              double weight = filters[weights + tap];
              for (int i = 0; i < count; i++) {
                result[to + target + i * stride] += weight * x[from + window + i];
              }
            });
      }
    }
  }
}
