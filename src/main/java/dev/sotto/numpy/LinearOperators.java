package dev.sotto.numpy;

import dev.sotto.onnx.Node;
import dev.sotto.tensor.Broadcast;
import dev.sotto.tensor.Conversion;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Elementwise;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Matrix products: Gemm, MatMul, MatMulInteger and their ONNX Runtime variants. */
final class LinearOperators {
  private LinearOperators() {}

  static void register(OperatorRegistry registry) {
    registry.register("Gemm", node -> Operator.single(gemm(node)));
    registry.register("MatMul", node -> Operator.single(matMul(1, false, false)));
    registry.register("MatMulInteger", node -> Operator.single(LinearOperators::matMulInteger));
    registry.register(
        "com.microsoft:FusedMatMul",
        node ->
            Operator.single(
                matMul(
                    node.floatAttribute("alpha", 1),
                    node.intAttribute("transA", 0) != 0,
                    node.intAttribute("transB", 0) != 0)));
  }

  private static Operator.Single gemm(Node node) {
    float alpha = node.floatAttribute("alpha", 1);
    float beta = node.floatAttribute("beta", 1);
    boolean transposeA = node.intAttribute("transA", 0) != 0;
    boolean transposeB = node.intAttribute("transB", 0) != 0;
    LastSeen<RightHandSide> weights =
        new LastSeen<>(b -> RightHandSide.of(scaled(transposed(matrix(b), transposeB), alpha)));
    return in -> {
      Tensor a = transposed(matrix(in.get(0)), transposeA);
      RightHandSide right = weights.of(in.get(1));
      Shape shape = right.shape(a.shape());
      Object result = start(a.type(), shape, beta == 0 ? null : in.optional(2), beta);
      right.multiplyAdd(a, result);
      return Elementwise.settle(Tensor.ofStorage(a.type(), shape, result));
    };
  }

  private static Tensor matrix(Tensor x) {
    if (x.shape().rank() != 2) {
      throw new IllegalArgumentException("expected a matrix, got " + x);
    }
    return x;
  }

  private static Tensor transposed(Tensor x, boolean transpose) {
    return transpose && x.shape().rank() > 1 ? RightHandSide.transpose(x) : x;
  }

  private static Tensor scaled(Tensor x, float factor) {
    return factor == 1 ? x : Elementwise.map(x, v -> v * factor, v -> (long) (v * (double) factor));
  }

  /** A new array that holds {@code beta * c} broadcast to a shape, or zeros. */
  private static Object start(ElementType type, Shape shape, @Nullable Tensor c, float beta) {
    Object result = Tensor.newStorage(type, shape.size());
    if (c != null) {
      Tensor addend = scaled(c, beta);
      boolean rowVector = c.size() == shape.dim(1) && c.shape().dim(-1) == shape.dim(1);
      if (!rowVector) {
        addend = Broadcast.expand(addend, shape);
      }
      // The copied part doubles, so that a short bias takes few copies.
      int length = Math.min(addend.size(), shape.size());
      System.arraycopy(addend.storage(), 0, result, 0, length);
      while (length > 0 && length < shape.size()) {
        int count = Math.min(length, shape.size() - length);
        System.arraycopy(result, 0, result, length, count);
        length += count;
      }
    }
    return result;
  }

  private static Operator.Single matMul(float alpha, boolean transposeA, boolean transposeB) {
    LastSeen<RightHandSide> weights =
        new LastSeen<>(b -> RightHandSide.of(scaled(transposed(column(b), transposeB), alpha)));
    return in ->
        matMul(transposed(in.get(0), transposeA), weights.of(in.get(1)), in.get(1).shape().rank());
  }

  private static Tensor column(Tensor b) {
    return b.shape().rank() == 1 ? b.reshape(Shape.of(b.size(), 1)) : b;
  }

  /** A product as numpy's matmul: a vector stands for a row on the left, a column on the right. */
  private static Tensor matMul(Tensor a, RightHandSide right, int rightRank) {
    boolean row = a.shape().rank() == 1;
    Tensor left = row ? a.reshape(Shape.of(1, a.size())) : a;
    Shape shape = right.shape(left.shape());
    Object result = Tensor.newStorage(a.type(), shape.size());
    right.multiplyAdd(left, result);
    int[] dims = shape.dims();
    int rank = dims.length;
    if (row) {
      dims[rank - 2] = dims[rank - 1];
      rank--;
    }
    if (rightRank == 1) {
      rank--;
    }
    return Elementwise.settle(
        Tensor.ofStorage(a.type(), Shape.of(Arrays.copyOf(dims, rank)), result));
  }

  private static Tensor matMulInteger(Arguments in) {
    Tensor a = in.get(0);
    Tensor zeroPoint = in.optional(2);
    if (zeroPoint != null && zeroPoint.shape().rank() == 1 && zeroPoint.size() > 1) {
      zeroPoint = zeroPoint.reshape(Shape.of(zeroPoint.size(), 1));
    }
    return integerProduct(a, zeroPoint, in.get(1), in.optional(3));
  }

  /** The INT32 product of quantized matrices less their zero points; exact. */
  static Tensor integerProduct(
      Tensor a, @Nullable Tensor aZeroPoint, Tensor b, @Nullable Tensor bZeroPoint) {
    RightHandSide right = RightHandSide.of(column(centred(b, bZeroPoint)));
    return Conversion.cast(
        matMul(centred(a, aZeroPoint), right, b.shape().rank()), ElementType.INT32);
  }

  /** The tensor less its zero point, as doubles. */
  static Tensor centred(Tensor x, @Nullable Tensor zeroPoint) {
    Tensor doubles = Conversion.cast(x, ElementType.DOUBLE);
    return zeroPoint == null
        ? doubles
        : Broadcast.combine(
            doubles,
            Conversion.cast(zeroPoint, ElementType.DOUBLE),
            ElementType.DOUBLE,
            Elementwise.doubleRun((v, z) -> v - z));
  }
}
