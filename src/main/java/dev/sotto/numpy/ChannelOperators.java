package dev.sotto.numpy;

import dev.sotto.onnx.Node;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.Conversion;
import dev.sotto.tensor.Elementwise;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;

/** Normalisation with or across channels: BatchNormalization for inference, LRN. */
final class ChannelOperators {
  private ChannelOperators() {}

  static void register(OperatorRegistry registry) {
    registry.register("BatchNormalization", node -> Operator.single(batchNormalization(node)));
    registry.register("LRN", node -> Operator.single(localResponse(node)));
  }

  private static Operator.Single batchNormalization(Node node) {
    if (node.intAttribute("training_mode", 0) != 0) {
      throw SottoException.of(
          NumpyError.UNSUPPORTED_MODE, node.place(), "training_mode=1 is not for inference.");
    }
    float epsilon = node.floatAttribute("epsilon", 1e-5f);
    return in -> {
      Tensor x = in.get(0);
      int channels = x.shape().rank() < 2 ? 1 : x.shape().dim(1);
      double[][] parameters = new double[4][];
      for (int i = 0; i < parameters.length; i++) {
        parameters[i] = in.get(1 + i).toDoubles();
        if (parameters[i].length != channels) {
          throw new IllegalArgumentException(
              "expected one parameter for each of " + channels + " channels, got " + in.get(1 + i));
        }
      }
      double[] scale = new double[channels];
      double[] offset = new double[channels];
      for (int c = 0; c < channels; c++) {
        scale[c] = parameters[0][c] / Math.sqrt(parameters[3][c] + epsilon);
        offset[c] = parameters[1][c] - parameters[2][c] * scale[c];
      }
      return affine(x, scale, offset);
    };
  }

  /** {@code x * scale + offset} with one scale and offset per channel (axis 1). */
  private static Tensor affine(Tensor x, double[] scale, double[] offset) {
    Object result = Tensor.newStorage(x.type(), x.size());
    int plane = x.shape().rank() < 2 ? x.size() : x.shape().size(2, x.shape().rank());
    for (int i = 0; plane > 0 && i * plane < x.size(); i++) {
      double a = scale[i % scale.length];
      double b = offset[i % scale.length];
      int end = (i + 1) * plane;
      if (result instanceof float[] floats) {
        float[] source = x.floats();
        for (int j = i * plane; j < end; j++) {
          floats[j] = (float) (source[j] * a + b);
        }
      } else {
        double[] doubles = (double[]) result;
        double[] source = x.doubles();
        for (int j = i * plane; j < end; j++) {
          doubles[j] = source[j] * a + b;
        }
      }
    }
    return Elementwise.settle(Tensor.ofStorage(x.type(), x.shape(), result));
  }

  private static Operator.Single localResponse(Node node) {
    int size = Math.toIntExact(node.intAttribute("size", 1));
    double alpha = node.floatAttribute("alpha", 1e-4f) / size;
    double beta = node.floatAttribute("beta", 0.75f);
    double bias = node.floatAttribute("bias", 1);
    return in -> {
      Tensor x = in.get(0);
      Shape shape = x.shape();
      int channels = shape.dim(1);
      int plane = shape.size(2, shape.rank());
      double[] values = x.toDoubles();
      double[] result = new double[values.length];
      for (int i = 0; i < values.length; i++) {
        int channel = i / plane % channels;
        int from = Math.max(0, channel - (size - 1) / 2);
        int to = Math.min(channels - 1, channel + size / 2);
        double sum = 0;
        for (int c = from; c <= to; c++) {
          double value = values[i + (c - channel) * plane];
          sum += value * value;
        }
        result[i] = values[i] / Math.pow(bias + alpha * sum, beta);
      }
      return Conversion.cast(Tensor.of(shape, result), x.type());
    };
  }
}
