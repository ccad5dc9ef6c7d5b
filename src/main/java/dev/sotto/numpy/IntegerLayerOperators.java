package dev.sotto.numpy;

import dev.sotto.onnx.Node;
import dev.sotto.tensor.Broadcast;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Elementwise;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Layers on quantized tensors, as ONNX Runtime's quantizer writes them.
 *
 * <p>QLinearMatMul, QLinearConv and QGemm multiply integers exactly and scale the result once; the
 * element-wise ones are computed in float between a dequantization and a quantization.
 */
final class IntegerLayerOperators {
  private static final String MICROSOFT = "com.microsoft:";

  private IntegerLayerOperators() {}

  static void register(OperatorRegistry registry) {
    registry.register(
        "QLinearMatMul", node -> Operator.single(IntegerLayerOperators::qLinearMatMul));
    registry.register("QLinearConv", node -> Operator.single(qLinearConv(node)));
    registry.register(MICROSOFT + "QGemm", node -> Operator.single(qGemm(node)));
    registry.register(MICROSOFT + "QLinearAdd", node -> Operator.single(binary((a, b) -> a + b)));
    registry.register(MICROSOFT + "QLinearMul", node -> Operator.single(binary((a, b) -> a * b)));
    for (String type : new String[] {"Sigmoid", "LeakyRelu", "AveragePool", "GlobalAveragePool"}) {
      Operator.Factory floating = floating(registry, type);
      registry.register(MICROSOFT + "QLinear" + type, node -> unary(floating.prepare(node)));
    }
    registry.register(MICROSOFT + "Gelu", floating(registry, "Gelu"));
  }

  private static Operator.Factory floating(OperatorRegistry registry, String type) {
    Operator.Factory factory = registry.find(type);
    if (factory == null) {
      throw new IllegalStateException(type + " is to be registered first");
    }
    return factory;
  }

  private static Tensor qLinearMatMul(Arguments in) {
    Tensor sums = LinearOperators.integerProduct(in.get(0), in.get(2), in.get(3), in.get(5));
    return scaled(
        sums, product(in.get(1), in.get(4)), sums.shape().rank() - 1, in.get(6), in.get(7));
  }

  private static Operator.Single qLinearConv(Node node) {
    SlidingWindow window = SlidingWindow.of(node);
    int groups = Math.toIntExact(node.intAttribute("group", 1));
    return in -> {
      Tensor x = LinearOperators.centred(in.get(0), in.get(2));
      Tensor filters =
          LinearOperators.centred(in.get(3), onFirstAxis(in.get(5), in.get(3).shape().rank()));
      Tensor bias = in.optional(8);
      Tensor sums = ConvolutionOperators.conv(x, filters, bias, window, groups);
      return scaled(sums, product(in.get(1), in.get(4)), 1, in.get(6), in.get(7));
    };
  }

  private static Tensor onFirstAxis(Tensor vector, int rank) {
    if (vector.size() == 1) {
      return vector;
    }
    int[] dims = new int[rank];
    Arrays.fill(dims, 1);
    dims[0] = vector.size();
    return vector.reshape(Shape.of(dims));
  }

  private static Operator.Single qGemm(Node node) {
    float alpha = node.floatAttribute("alpha", 1);
    boolean transposeA = node.intAttribute("transA", 0) != 0;
    boolean transposeB = node.intAttribute("transB", 0) != 0;
    return in -> {
      Tensor a = LinearOperators.centred(in.get(0), in.get(2));
      Tensor b = in.get(3);
      Tensor zeroPoint = in.get(5);
      Tensor centred =
          transposeB
              ? LinearOperators.centred(b, onFirstAxis(zeroPoint, 2))
              : LinearOperators.centred(b, zeroPoint);
      Tensor sums =
          LinearOperators.integerProduct(
              transposeA ? RightHandSide.transpose(a) : a,
              null,
              transposeB ? RightHandSide.transpose(centred) : centred,
              null);
      if (in.has(6)) {
        sums =
            Broadcast.combine(sums, in.get(6), ElementType.INT32, Elementwise.longRun(Long::sum));
      }
      Tensor factor = Elementwise.map(product(in.get(1), in.get(4)), v -> v * alpha);
      return scaled(sums, factor, 1, in.optional(7), in.optional(8));
    };
  }

  private static Tensor product(Tensor scale, Tensor scales) {
    return Elementwise.map(scales, v -> (float) v * scale.toFloats()[0]);
  }

  /**
   * Integer sums as a quantized tensor, or as floats when no output scale is given.
   *
   * @param factor the real value of one, for the whole tensor or per slice of the axis
   */
  private static Tensor scaled(
      Tensor sums, Tensor factor, int axis, @Nullable Tensor scale, @Nullable Tensor zeroPoint) {
    ScaleLayout layout = ScaleLayout.of(sums.shape(), factor.shape(), axis, 0);
    float[] factors = factor.toFloats();
    float[] result = new float[sums.size()];
    float divisor = scale == null ? 1 : scale.toFloats()[0];
    for (int from = 0, run = layout.run(); from < result.length; from += run) {
      float multiplier = factors[layout.scale(from)] / divisor;
      for (int i = from; i < from + run; i++) {
        result[i] = (float) sums.getDouble(i) * multiplier;
      }
    }
    Tensor real = Tensor.of(sums.shape(), result);
    if (scale == null) {
      return real;
    }
    ElementType type = zeroPoint == null ? ElementType.UINT8 : zeroPoint.type();
    return QuantizationOperators.quantize(real, Tensor.scalar(1f), zeroPoint, type, 0, 0);
  }

  private static Operator.Single binary(java.util.function.DoubleBinaryOperator function) {
    return in -> {
      Tensor a = QuantizationOperators.dequantize(in.get(0), in.get(1), in.optional(2), 0, 0);
      Tensor b = QuantizationOperators.dequantize(in.get(3), in.get(4), in.optional(5), 0, 0);
      Tensor c = Broadcast.combine(a, b, ElementType.FLOAT, Elementwise.floatRun(function));
      return QuantizationOperators.quantize(c, in.get(6), in.optional(7), in.get(0).type(), 0, 0);
    };
  }

  private static Operator unary(Operator floating) {
    return Operator.single(
        in -> {
          Tensor x = QuantizationOperators.dequantize(in.get(0), in.get(1), in.optional(2), 0, 0);
          Tensor y = floating.apply(new Tensor[] {x})[0];
          return QuantizationOperators.quantize(
              y, in.get(3), in.optional(4), in.get(0).type(), 0, 0);
        });
  }
}
