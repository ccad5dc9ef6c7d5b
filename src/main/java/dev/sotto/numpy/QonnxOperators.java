package dev.sotto.numpy;

import dev.sotto.onnx.Node;
import dev.sotto.onnx.OnnxError;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.Broadcast;
import dev.sotto.tensor.Conversion;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.function.DoubleUnaryOperator;

/**
 * Fake quantization as QONNX and Brevitas write it: Quant and BipolarQuant.
 *
 * <p>Quant clips x / scale + zero point to the integers of a bit width, rounds, and scales back;
 * the result stays floating.
 */
final class QonnxOperators {
  private static final String DOMAIN = "qonnx.custom_op.general:";

  private QonnxOperators() {}

  static void register(OperatorRegistry registry) {
    registry.register(DOMAIN + "Quant", node -> Operator.single(quant(node)));
    registry.register(DOMAIN + "BipolarQuant", node -> Operator.single(QonnxOperators::bipolar));
  }

  private static Operator.Single quant(Node node) {
    boolean signed = node.intAttribute("signed", 1) != 0;
    boolean narrow = node.intAttribute("narrow", 0) != 0;
    String mode = node.stringAttribute("rounding_mode", "ROUND");
    DoubleUnaryOperator rounding = rounding(node, mode);
    return in -> {
      Tensor x = in.get(0);
      float[] values = x.toFloats();
      float[] scales = spread(in.get(1), x.shape());
      float[] zeros = spread(in.get(2), x.shape());
      float[] bits = spread(in.get(3), x.shape());
      float[] result = new float[values.length];
      for (int i = 0; i < result.length; i++) {
        float scale = scales[scales.length == 1 ? 0 : i];
        float zero = zeros[zeros.length == 1 ? 0 : i];
        float width = bits[bits.length == 1 ? 0 : i];
        float q = values[i] / scale + zero;
        result[i] = ((float) integer(q, width, signed, narrow, rounding) - zero) * scale;
      }
      return Conversion.cast(Tensor.of(x.shape(), result), x.type());
    };
  }

  private static double integer(
      float q, float width, boolean signed, boolean narrow, DoubleUnaryOperator rounding) {
    if (signed && width == 1) {
      return q >= 0 ? 1 : -1;
    }
    double half = Math.pow(2, width - 1);
    double least = signed ? (narrow ? 1 - half : -half) : 0;
    double most = signed ? half - 1 : 2 * half - (narrow ? 2 : 1);
    return rounding.applyAsDouble(Math.max(least, Math.min(most, q)));
  }

  private static Tensor bipolar(Arguments in) {
    Tensor x = in.get(0);
    float[] values = x.toFloats();
    float[] scales = spread(in.get(1), x.shape());
    float[] result = new float[values.length];
    for (int i = 0; i < result.length; i++) {
      float scale = scales[scales.length == 1 ? 0 : i];
      result[i] = values[i] / scale >= 0 ? scale : -scale;
    }
    return Conversion.cast(Tensor.of(x.shape(), result), x.type());
  }

  /** One element, or as many as the shape has. */
  private static float[] spread(Tensor parameter, Shape shape) {
    if (parameter.size() == 1) {
      return parameter.toFloats();
    }
    Tensor spread = Broadcast.expand(parameter, shape);
    if (!spread.shape().equals(shape)) {
      throw new IllegalArgumentException(
          "a parameter of shape " + parameter.shape() + " does not fit a tensor of " + shape);
    }
    return Conversion.cast(spread, ElementType.FLOAT).floats();
  }

  private static DoubleUnaryOperator rounding(Node node, String mode) {
    return switch (mode) {
      case "ROUND", "HALF_EVEN" -> Math::rint;
      case "CEIL" -> Math::ceil;
      case "FLOOR" -> Math::floor;
      case "UP" -> x -> Math.copySign(Math.ceil(Math.abs(x)), x);
      case "DOWN", "ROUND_TO_ZERO" -> x -> Math.copySign(Math.floor(Math.abs(x)), x);
      case "HALF_UP" -> x -> Math.copySign(Math.floor(Math.abs(x) + 0.5), x);
      case "HALF_DOWN" -> x -> Math.copySign(Math.ceil(Math.abs(x) - 0.5), x);
      default ->
          throw SottoException.of(
              OnnxError.ATTRIBUTE,
              node.place(),
              "rounding_mode should be ROUND, CEIL, FLOOR, UP, DOWN, HALF_UP or HALF_DOWN, got "
                  + mode
                  + ".");
    };
  }
}
