package dev.sotto.quantization;

import dev.sotto.onnx.Node;
import dev.sotto.tensor.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An ONNX value that depends on encrypted data: an integer tensor and the functions of one element
 * that stand between it and the value.
 *
 * <p>Whatever is computed element by element from one integer tensor is not yet integer arithmetic:
 * it is kept as ONNX nodes until someone needs integers again, and then becomes one lookup. While
 * those nodes are affine, their closed form is kept too.
 *
 * @param name the ONNX value
 * @param base the integer tensor
 * @param pending nodes from {@code base.root()} to {@code name}, in graph order; empty when they
 *     are the same
 * @param closed what the integers mean as {@code name}, when the pending nodes are affine
 */
record EncryptedValue(String name, IntegerValue base, List<Node> pending, @Nullable Affine closed) {

  /** The value of an integer tensor itself. */
  static EncryptedValue of(IntegerValue base) {
    return new EncryptedValue(base.root(), base, List.of(), base.affine());
  }

  /** Shape of one row. */
  Shape shape() {
    return base.shape();
  }

  /** Whether the value is an affine function of its integers. */
  boolean isAffine() {
    return closed != null;
  }

  /** Whether two values are functions of the same integers, element by element. */
  boolean sharesBase(EncryptedValue other) {
    return base.slot() == other.base.slot() && base.root().equals(other.base.root());
  }
}
