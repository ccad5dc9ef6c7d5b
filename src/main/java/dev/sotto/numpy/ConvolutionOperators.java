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
 * <p>A float convolution is a matrix product: see {@link FloatConvolution}. Other types are
 * convolved row by row in double.
 */
final class ConvolutionOperators {
  private ConvolutionOperators() {}

  static void register(OperatorRegistry registry) {
    registry.register("Conv", node -> Operator.single(conv(node)));
    registry.register("ConvInteger", node -> Operator.single(convInteger(node)));
    registry.register("ConvTranspose", node -> Operator.single(ConvTranspose.prepare(node)));
  }

  private static Operator.Single conv(Node node) {
    SlidingWindow window = SlidingWindow.of(node);
    int groups = Math.toIntExact(node.intAttribute("group", 1));
    LastSeen<PackedMatrix[]> packed =
        new LastSeen<>(filters -> FloatConvolution.pack(filters, groups));
    return in -> {
      Tensor x = in.get(0);
      Tensor filters = in.get(1);
      Tensor bias = in.optional(2);
      if (x.type().storage() != ElementType.Storage.FLOATS) {
        return conv(x, filters, bias, window, groups);
      }
      ConvolutionGeometry geometry = geometry(x, filters, bias, window, groups);
      float[] offsets = bias == null ? new float[geometry.filters()] : bias.toFloats();
      float[] result =
          new FloatConvolution(geometry).apply(x.floats(), packed.of(filters), offsets);
      return Elementwise.floats(x.type(), geometry.outputShape(x.shape()), result);
    };
  }

  private static ConvolutionGeometry geometry(
      Tensor x, Tensor filters, @Nullable Tensor bias, SlidingWindow window, int groups) {
    ConvolutionGeometry geometry = ConvolutionGeometry.of(x, filters, window, groups);
    if (bias != null && bias.size() != geometry.filters()) {
      throw new IllegalArgumentException("expected a bias per filter, got " + bias);
    }
    return geometry;
  }

  /** A convolution in double, rounded to the type of the input. */
  static Tensor conv(
      Tensor x, Tensor filters, @Nullable Tensor bias, SlidingWindow window, int groups) {
    ConvolutionGeometry geometry = geometry(x, filters, bias, window, groups);
    Shape shape = geometry.outputShape(x.shape());
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
      double[] x, double[] filters, double[] bias, double[] result, ConvolutionGeometry geometry) {
    int kernelSize = geometry.kernelSize();
    for (int image = 0; image < geometry.images(); image++) {
      for (int f = 0; f < geometry.filters(); f++) {
        int to = (image * geometry.filters() + f) * geometry.pixels();
        Arrays.fill(result, to, to + geometry.pixels(), bias[f]);
        int group = f / geometry.groupFilters();
        for (int c = 0; c < geometry.groupChannels(); c++) {
          int channel = (image * geometry.groups() + group) * geometry.groupChannels() + c;
          RowWalk.forEach(
              geometry.axes(),
              multiplyAdd(
                  x,
                  channel * geometry.inputSize(),
                  filters,
                  (f * geometry.groupChannels() + c) * kernelSize,
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
