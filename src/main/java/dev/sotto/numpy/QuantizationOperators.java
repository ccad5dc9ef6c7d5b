package dev.sotto.numpy;

import dev.sotto.onnx.Node;
import dev.sotto.onnx.OnnxError;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.Conversion;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Elementwise;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Quantizers: QuantizeLinear, DequantizeLinear, DynamicQuantizeLinear.
 *
 * <p>Values are divided in float as the reference does, rounded half to even, saturated.
 */
final class QuantizationOperators {
  private QuantizationOperators() {}

  static void register(OperatorRegistry registry) {
    registry.register("QuantizeLinear", node -> Operator.single(quantizeLinear(node)));
    registry.register("DequantizeLinear", node -> Operator.single(dequantizeLinear(node)));
    registry.register(
        "DynamicQuantizeLinear", node -> inputs -> dynamic(new Arguments(inputs).get(0)));
    registry.register(
        "com.microsoft:QuantizeLinear", node -> Operator.single(quantizeLinear(node)));
    registry.register(
        "com.microsoft:DequantizeLinear", node -> Operator.single(dequantizeLinear(node)));
  }

  private static Operator.Single quantizeLinear(Node node) {
    long axis = node.intAttribute("axis", 1);
    long blockSize = node.intAttribute("block_size", 0);
    ElementType declared = type(node, "output_dtype");
    return in -> {
      Tensor zeroPoint = in.optional(2);
      ElementType type = declared == null ? ElementType.UINT8 : declared;
      return quantize(
          in.get(0),
          in.get(1),
          zeroPoint,
          zeroPoint == null ? type : zeroPoint.type(),
          axis,
          blockSize);
    };
  }

  private static Operator.Single dequantizeLinear(Node node) {
    long axis = node.intAttribute("axis", 1);
    long blockSize = node.intAttribute("block_size", 0);
    ElementType declared = type(node, "output_dtype");
    return in -> {
      Tensor result = dequantize(in.get(0), in.get(1), in.optional(2), axis, blockSize);
      return declared == null ? result : Conversion.cast(result, declared);
    };
  }

  /** The element type that an attribute names by its ONNX number, null when it names none. */
  static @Nullable ElementType type(Node node, String attribute) {
    int number = (int) node.intAttribute(attribute, 0);
    ElementType type = ElementType.ofOnnxNumber(number);
    if (type == null && number != 0) {
      throw SottoException.of(
          OnnxError.UNSUPPORTED_TYPE,
          node.place(),
          "attribute '" + attribute + "' names element type number " + number + ".");
    }
    return type;
  }

  /**
   * {@code saturate(round(x / scale) + zero point)}.
   *
   * @param scale one per tensor, per slice of the axis, or per block
   * @param zeroPoint of the scale's shape
   */
  static Tensor quantize(
      Tensor x,
      Tensor scale,
      @Nullable Tensor zeroPoint,
      ElementType type,
      long axis,
      long blockSize) {
    ScaleLayout layout = ScaleLayout.of(x.shape(), scale.shape(), axis, blockSize);
    float[] values = x.toFloats();
    float[] scales = scale.toFloats();
    long[] zeros = ScaleLayout.zeroPoints(zeroPoint, scale);
    long least = least(type);
    long most = most(type);
    long[] result = new long[values.length];
    int run = layout.run();
    for (int from = 0; from < result.length; from += run) {
      int index = layout.scale(from);
      float divisor = scales[index];
      long zero = zeros[index];
      for (int i = from; i < from + run; i++) {
        result[i] = saturate(Math.rint(values[i] / divisor) + zero, least, most);
      }
    }
    return Tensor.of(type, x.shape(), result);
  }

  static long saturate(double value, long least, long most) {
    return (long) Math.max(least, Math.min(most, value));
  }

  /** The smallest value of a quantized type. */
  static long least(ElementType type) {
    return type.isUnsigned() ? 0 : -(1L << (type.bits() - 1));
  }

  /** The largest value of a quantized type. */
  static long most(ElementType type) {
    if (!type.isInteger() || type.bits() > 32) {
      throw new IllegalArgumentException("a tensor is not quantized to " + type);
    }
    return (1L << (type.isUnsigned() ? type.bits() : type.bits() - 1)) - 1;
  }

  /** {@code (x - zero point) * scale}, of the scale's type. */
  static Tensor dequantize(
      Tensor x, Tensor scale, @Nullable Tensor zeroPoint, long axis, long blockSize) {
    ScaleLayout layout = ScaleLayout.of(x.shape(), scale.shape(), axis, blockSize);
    long[] values = x.toLongs();
    float[] scales = scale.toFloats();
    long[] zeros = ScaleLayout.zeroPoints(zeroPoint, scale);
    float[] result = new float[values.length];
    int run = layout.run();
    for (int from = 0; from < result.length; from += run) {
      int index = layout.scale(from);
      float factor = scales[index];
      long zero = zeros[index];
      for (int i = from; i < from + run; i++) {
        result[i] = (values[i] - zero) * factor;
      }
    }
    return scale.type() == ElementType.FLOAT16
        ? Elementwise.floats(ElementType.FLOAT16, x.shape(), result)
        : Tensor.of(x.shape(), result);
  }

  /** Quantizes to UINT8 with a scale and zero point from the tensor's own range. */
  private static Tensor[] dynamic(Tensor x) {
    float least = 0;
    float most = 0;
    for (float value : x.toFloats()) {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    float range = (most - least) / 255;
    float scale = range == 0 ? 1 : range;
    long zero = saturate(Math.rint(-least / scale), 0, 255);
    Tensor zeroPoint = Tensor.of(ElementType.UINT8, Shape.SCALAR, new long[] {zero});
    Tensor scaleTensor = Tensor.scalar(scale);
    return new Tensor[] {
      quantize(x, scaleTensor, zeroPoint, ElementType.UINT8, 0, 0), scaleTensor, zeroPoint
    };
  }
}
