package dev.sotto.numpy;

/**
 * Functions of one number that need care to be accurate.
 *
 * <p>All through {@link StrictMath}, so that driver and executors agree bit for bit on any JDK.
 */
final class Activations {
  private Activations() {}

  static double sigmoid(double x) {
    if (x >= 0) {
      return 1 / (1 + StrictMath.exp(-x));
    }
    double e = StrictMath.exp(x);
    return e / (1 + e);
  }

  /** log(1 + exp(x)) without overflow. */
  static double softplus(double x) {
    return Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
  }

  static double mish(double x) {
    return x * StrictMath.tanh(softplus(x));
  }

  static double hardSwish(double x) {
    return x * clamp(x / 6 + 0.5);
  }

  static double clamp(double x) {
    return Math.max(0, Math.min(1, x));
  }

  static double gelu(double x) {
    return 0.5 * x * (1 + ErrorFunction.erf(x / Math.sqrt(2)));
  }

  static double tanhGelu(double x) {
    double inner = Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x);
    return 0.5 * x * (1 + StrictMath.tanh(inner));
  }

  static double asinh(double x) {
    double magnitude = Math.abs(x);
    double result =
        magnitude > 1e8
            ? StrictMath.log(magnitude) + StrictMath.log(2)
            : StrictMath.log1p(
                magnitude + magnitude * magnitude / (1 + Math.sqrt(magnitude * magnitude + 1)));
    return Math.copySign(result, x);
  }

  static double acosh(double x) {
    if (x > 1e8) {
      return StrictMath.log(x) + StrictMath.log(2);
    }
    double above = x - 1;
    return StrictMath.log1p(above + Math.sqrt(above * (x + 1)));
  }

  static double atanh(double x) {
    return 0.5 * StrictMath.log1p(2 * x / (1 - x));
  }
}
