package dev.sotto.numpy;

import dev.sotto.onnx.Node;
import dev.sotto.tensor.Conversion;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Elementwise;
import dev.sotto.tensor.PackedMatrix;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions over one to three spatial axes: Conv, ConvInteger, ConvTranspose.
 *
 * <p>A float convolution is a matrix product: patches of several images are laid out side by side
 * as the columns of one packed matrix (im2col), which is multiplied by the filters. Other types are
 * convolved row by row in double.
 */
final class ConvolutionOperators {
  /** Elements of the patch matrix at a time: about half of a second-level cache. */
  private static final int PATCH_ELEMENTS = 1 << 16;

  private ConvolutionOperators() {}

  static void register(OperatorRegistry registry) {
    registry.register("Conv", node -> Operator.single(conv(node)));
    registry.register("ConvInteger", node -> Operator.single(convInteger(node)));
    registry.register("ConvTranspose", node -> Operator.single(ConvTranspose.prepare(node)));
  }

  /** A convolution's sizes. */
  private record Geometry(
      int images, int groups, int groupChannels, int groupFilters, WindowAxis[] axes) {
    static Geometry of(Tensor x, Tensor filters, SlidingWindow window, int groups) {
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
      return new Geometry(
          x.shape().dim(0), groups, shape.dim(1), shape.dim(0) / groups, axes);
    }

    int filters() {
      return groups * groupFilters;
    }

    int inputSize() {
      return axes[0].input() * axes[1].input() * axes[2].input();
    }

    int pixels() {
      return axes[0].output() * axes[1].output() * axes[2].output();
    }

    int kernelSize() {
      return axes[0].kernel() * axes[1].kernel() * axes[2].kernel();
    }

    int taps() {
      return groupChannels * kernelSize();
    }

    Shape outputShape(Shape input) {
      int[] dims = input.dims();
      dims[1] = filters();
      for (int i = 2; i < dims.length; i++) {
        dims[i] = axes[axes.length - dims.length + i].output();
      }
      return Shape.of(dims);
    }
  }

  private static Operator.Single conv(Node node) {
    SlidingWindow window = SlidingWindow.of(node);
    int groups = Math.toIntExact(node.intAttribute("group", 1));
    return in -> conv(in.get(0), in.get(1), in.optional(2), window, groups);
  }

  /** A convolution of floating tensors. */
  static Tensor conv(
      Tensor x, Tensor filters, @Nullable Tensor bias, SlidingWindow window, int groups) {
    Geometry geometry = Geometry.of(x, filters, window, groups);
    Shape shape = geometry.outputShape(x.shape());
    if (bias != null && bias.size() != geometry.filters()) {
      throw new IllegalArgumentException("expected a bias per filter, got " + bias);
    }
    if (x.type().storage() == ElementType.Storage.FLOATS) {
      float[] offsets = bias == null ? new float[geometry.filters()] : bias.toFloats();
      float[] result = new float[shape.size()];
      convolve(x.floats(), filters.toFloats(), offsets, result, geometry);
      return Elementwise.floats(x.type(), shape, result);
    }
    double[] result = new double[shape.size()];
    double[] offsets = bias == null ? new double[geometry.filters()] : bias.toDoubles();
    convolve(x.toDoubles(), filters.toDoubles(), offsets, result, geometry);
    return Conversion.cast(Tensor.of(shape, result), x.type());
  }

  private static Operator.Single convInteger(Node node) {
    SlidingWindow window = SlidingWindow.of(node);
    int groups = Math.toIntExact(node.intAttribute("group", 1));
    return in -> {
      Tensor zeroPoint = in.optional(3);
      if (zeroPoint != null && zeroPoint.size() > 1) {
        int[] dims = new int[in.get(1).shape().rank()];
        Arrays.fill(dims, 1);
        dims[0] = zeroPoint.size();
        zeroPoint = zeroPoint.reshape(Shape.of(dims));
      }
      Tensor x = LinearOperators.centred(in.get(0), in.optional(2));
      Tensor filters = LinearOperators.centred(in.get(1), zeroPoint);
      return Conversion.cast(conv(x, filters, null, window, groups), ElementType.INT32);
    };
  }

  private static void convolve(
      float[] x, float[] filters, float[] bias, float[] result, Geometry geometry) {
    int pixels = geometry.pixels();
    int taps = geometry.taps();
    if (pixels == 0 || taps == 0) {
      return;
    }
    int images = geometry.images;
    int together = Math.max(1, Math.min(images, PATCH_ELEMENTS / taps / pixels));
    PackedMatrix patches = PackedMatrix.zeros(taps, together * pixels);
    float[] product = new float[geometry.groupFilters * together * pixels];
    for (int image = 0; image < images; image += together) {
      int count = Math.min(together, images - image);
      if (patches.columns() != count * pixels) {
        patches = PackedMatrix.zeros(taps, count * pixels);
      }
      for (int group = 0; group < geometry.groups; group++) {
        for (int i = 0; i < count; i++) {
          int channel = ((image + i) * geometry.groups + group) * geometry.groupChannels;
          patches(x, channel * geometry.inputSize(), patches, i * pixels, geometry);
        }
        int filter = group * geometry.groupFilters;
        int columns = count * pixels;
        for (int f = 0; f < geometry.groupFilters; f++) {
          Arrays.fill(product, f * columns, (f + 1) * columns, bias[filter + f]);
        }
        patches.multiplyAdd(filters, filter * taps, geometry.groupFilters, product, 0, columns);
        for (int i = 0; i < count; i++) {
          for (int f = 0; f < geometry.groupFilters; f++) {
            int to = ((image + i) * geometry.filters() + filter + f) * pixels;
            System.arraycopy(product, f * columns + i * pixels, result, to, pixels);
          }
        }
      }
    }
  }

  /**
   * Writes the patches of one image as columns: row (channel, tap) of column (window) is what that
   * window's tap reads. Elements in padding are left alone: they stay zero.
   */
  private static void patches(
      float[] x, int from, PackedMatrix patches, int column, Geometry geometry) {
    for (int c = 0; c < geometry.groupChannels; c++) {
      int plane = from + c * geometry.inputSize();
      int row = c * geometry.kernelSize();
      RowWalk.forEach(
          geometry.axes,
          (tap, source, stride, window, count) ->
              copy(x, plane + source, stride, patches, row + tap, column + window, count));
    }
  }

  private static void copy(
      float[] x, int from, int stride, PackedMatrix patches, int row, int column, int count) {
    float[] storage = patches.storage();
    int width = patches.panelWidth();
    for (int i = 0; i < count; ) {
      int to = patches.index(row, column + i);
      int run = Math.min(count - i, width - (column + i) % width);
      for (int j = 0; j < run; j++) {
        storage[to + j] = x[from + (i + j) * stride];
      }
      i += run;
    }
  }

  private static void convolve(
      double[] x, double[] filters, double[] bias, double[] result, Geometry geometry) {
    int kernelSize = geometry.kernelSize();
    for (int image = 0; image < geometry.images; image++) {
      for (int f = 0; f < geometry.filters(); f++) {
        int to = (image * geometry.filters() + f) * geometry.pixels();
        Arrays.fill(result, to, to + geometry.pixels(), bias[f]);
        int group = f / geometry.groupFilters;
        for (int c = 0; c < geometry.groupChannels; c++) {
          int channel = (image * geometry.groups + group) * geometry.groupChannels + c;
          RowWalk.forEach(
              geometry.axes,
              multiplyAdd(
                  x,
                  channel * geometry.inputSize(),
                  filters,
                  (f * geometry.groupChannels + c) * kernelSize,
                  result,
                  to));
        }
      }
    }
  }

  private static RowWalk multiplyAdd(
      double[] x, int plane, double[] filters, int filter, double[] result, int to) {
    return (tap, source, stride, window, count) -> {
      double weight = filters[filter + tap];
      int target = to + window;
      for (int i = 0; i < count; i++) {
        result[target + i] += weight * x[plane + source + i * stride];
      }
    };
  }
}
