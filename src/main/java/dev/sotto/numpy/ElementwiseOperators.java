package dev.sotto.numpy;

import static dev.sotto.tensor.Elementwise.map;

import dev.sotto.onnx.Node;
import dev.sotto.onnx.OnnxError;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.Conversion;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Elementwise;
import dev.sotto.tensor.Tensor;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Operators of one tensor, element by element: activations, mathematics, Cast, Clip. */
final class ElementwiseOperators {
  private ElementwiseOperators() {}

  static void register(OperatorRegistry registry) {
    mathematics(registry);
    activations(registry);
    registry.plain("Relu", in -> relu(in.get(0)));
    registry.plain("Clip", in -> clip(in.get(0), in.optional(1), in.optional(2)));
    registry.single("Cast", ElementwiseOperators::cast);
    registry.plain("CastLike", in -> Conversion.cast(in.get(0), in.get(1).type()));
    registry.plain("Not", in -> map(requireType(in.get(0), ElementType.BOOL), x -> x, x -> x ^ 1));
    registry.plain("BitwiseNot", in -> map(in.get(0), ElementwiseOperators::noBits, x -> ~x));
    registry.plain("IsNaN", in -> Elementwise.test(in.get(0), Double::isNaN));
    registry.single(
        "IsInf",
        node -> {
          boolean negative = node.intAttribute("detect_negative", 1) != 0;
          boolean positive = node.intAttribute("detect_positive", 1) != 0;
          return in ->
              Elementwise.test(
                  in.get(0), x -> Double.isInfinite(x) && (x > 0 ? positive : negative));
        });
  }

  private static void mathematics(OperatorRegistry registry) {
    registry.plain("Abs", in -> absolute(in.get(0)));
    registry.plain("Neg", in -> map(in.get(0), x -> -x, x -> -x));
    registry.plain("Sign", in -> sign(in.get(0)));
    registry.plain("Reciprocal", floating(x -> 1 / x));
    registry.plain("Floor", floating(Math::floor));
    registry.plain("Ceil", floating(Math::ceil));
    registry.plain("Round", floating(Math::rint));
    registry.plain("Sqrt", floating(Math::sqrt));
    registry.plain("Exp", floating(StrictMath::exp));
    registry.plain("Log", floating(StrictMath::log));
    registry.plain("Sin", floating(StrictMath::sin));
    registry.plain("Cos", floating(StrictMath::cos));
    registry.plain("Tan", floating(StrictMath::tan));
    registry.plain("Asin", floating(StrictMath::asin));
    registry.plain("Acos", floating(StrictMath::acos));
    registry.plain("Atan", floating(StrictMath::atan));
    registry.plain("Sinh", floating(StrictMath::sinh));
    registry.plain("Cosh", floating(StrictMath::cosh));
    registry.plain("Tanh", floating(StrictMath::tanh));
    registry.plain("Asinh", floating(Activations::asinh));
    registry.plain("Acosh", floating(Activations::acosh));
    registry.plain("Atanh", floating(Activations::atanh));
    registry.plain("Erf", floating(ErrorFunction::erf));
  }

  private static void activations(OperatorRegistry registry) {
    registry.plain("Sigmoid", floating(Activations::sigmoid));
    registry.plain("Softplus", floating(Activations::softplus));
    registry.plain("Softsign", floating(x -> x / (1 + Math.abs(x))));
    registry.plain("Mish", floating(Activations::mish));
    registry.plain("HardSwish", floating(Activations::hardSwish));
    floating(
        registry,
        "LeakyRelu",
        node -> {
          double alpha = node.floatAttribute("alpha", 0.01f);
          return x -> x < 0 ? alpha * x : x;
        });
    floating(
        registry,
        "ThresholdedRelu",
        node -> {
          double alpha = node.floatAttribute("alpha", 1);
          return x -> x <= alpha ? 0 : x;
        });
    floating(
        registry,
        "Elu",
        node -> {
          double alpha = node.floatAttribute("alpha", 1);
          return x -> x < 0 ? alpha * StrictMath.expm1(x) : x;
        });
    floating(
        registry,
        "Celu",
        node -> {
          double alpha = node.floatAttribute("alpha", 1);
          return x -> Math.max(0, x) + Math.min(0, alpha * StrictMath.expm1(x / alpha));
        });
    floating(
        registry,
        "Selu",
        node -> {
          double alpha = node.floatAttribute("alpha", 1.67326319217681884765625f);
          double gamma = node.floatAttribute("gamma", 1.05070102214813232421875f);
          return x -> gamma * (x < 0 ? alpha * StrictMath.expm1(x) : x);
        });
    floating(
        registry,
        "HardSigmoid",
        node -> {
          double alpha = node.floatAttribute("alpha", 0.2f);
          double beta = node.floatAttribute("beta", 0.5f);
          return x -> Activations.clamp(alpha * x + beta);
        });
    floating(
        registry,
        "Swish",
        node -> {
          double alpha = node.floatAttribute("alpha", 1);
          return x -> x * Activations.sigmoid(alpha * x);
        });
    floating(
        registry,
        "Gelu",
        node ->
            switch (node.stringAttribute("approximate", "none")) {
              case "none" -> Activations::gelu;
              case "tanh" -> Activations::tanhGelu;
              default -> throw unsupported(node, "approximate");
            });
    registry.single(
        "Shrink",
        node -> {
          double lambda = node.floatAttribute("lambd", 0.5f);
          double bias = node.floatAttribute("bias", 0);
          DoubleUnaryOperator shrink = x -> x < -lambda ? x + bias : x > lambda ? x - bias : 0;
          return in -> map(in.get(0), shrink, x -> (long) shrink.applyAsDouble(x));
        });
  }

  private static Operator.Single floating(DoubleUnaryOperator function) {
    return in -> map(in.get(0), function);
  }

  private static void floating(
      OperatorRegistry registry, String type, Function<Node, DoubleUnaryOperator> prepare) {
    registry.single(type, node -> floating(prepare.apply(node)));
  }

  static SottoException unsupported(Node node, String attribute) {
    return SottoException.of(
        NumpyError.UNSUPPORTED_MODE,
        node.place(),
        "attribute '"
            + attribute
            + "' has a value that is not supported: "
            + node.attributes().get(attribute)
            + ".");
  }

  static Tensor requireType(Tensor x, ElementType type) {
    if (x.type() != type) {
      throw new IllegalArgumentException("expected a " + type + " tensor, got " + x);
    }
    return x;
  }

  private static double noBits(double x) {
    throw new IllegalArgumentException("expected an integer tensor");
  }

  private static Tensor relu(Tensor x) {
    if (!(x.storage() instanceof float[] in)) {
      return map(x, v -> Math.max(v, 0), v -> Math.max(v, 0));
    }
    float[] out = new float[in.length];
    for (int i = 0; i < in.length; i++) {
      out[i] = Math.max(in[i], 0f);
    }
    return Tensor.of(x.type(), x.shape(), out);
  }

  private static Tensor absolute(Tensor x) {
    return x.type().isUnsigned() ? x : map(x, Math::abs, Math::abs);
  }

  private static Tensor sign(Tensor x) {
    return map(x, Math::signum, x.type().isUnsigned() ? v -> v == 0 ? 0 : 1 : v -> Long.signum(v));
  }

  private static Tensor clip(Tensor x, @Nullable Tensor low, @Nullable Tensor high) {
    for (Tensor bound : Arrays.asList(low, high)) {
      if (bound != null && (bound.size() != 1 || bound.type() != x.type())) {
        throw new IllegalArgumentException(
            "a bound should be one " + x.type() + " element, got " + bound);
      }
    }
    return switch (x.type().storage()) {
      case FLOATS -> {
        float min = low == null ? Float.NEGATIVE_INFINITY : low.floats()[0];
        float max = high == null ? Float.POSITIVE_INFINITY : high.floats()[0];
        float[] in = x.floats();
        float[] out = new float[in.length];
        for (int i = 0; i < in.length; i++) {
          out[i] = Math.min(Math.max(in[i], min), max);
        }
        yield Tensor.of(x.type(), x.shape(), out);
      }
      case DOUBLES -> {
        double min = low == null ? Double.NEGATIVE_INFINITY : low.doubles()[0];
        double max = high == null ? Double.POSITIVE_INFINITY : high.doubles()[0];
        yield map(x, v -> Math.min(Math.max(v, min), max));
      }
      case LONGS -> {
        long flip = x.type() == ElementType.UINT64 ? Long.MIN_VALUE : 0;
        long min = low == null ? Long.MIN_VALUE : low.longs()[0] ^ flip;
        long max = high == null ? Long.MAX_VALUE : high.longs()[0] ^ flip;
        yield map(x, v -> v, v -> Math.min(Math.max(v ^ flip, min), max) ^ flip);
      }
      case STRINGS -> throw new IllegalArgumentException("expected a numeric tensor, got " + x);
    };
  }

  private static Operator.Single cast(Node node) {
    int number = (int) node.intAttribute("to", 0);
    ElementType type = ElementType.ofOnnxNumber(number);
    if (type == null) {
      throw SottoException.of(
          OnnxError.UNSUPPORTED_TYPE,
          node.place(),
          "cast to ONNX element type number " + number + " is not supported.");
    }
    return in -> Conversion.cast(in.get(0), type);
  }
}
