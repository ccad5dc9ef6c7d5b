package dev.sotto.numpy;

import dev.sotto.onnx.Node;
import dev.sotto.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** An operator with its attributes read and checked, ready to be applied; immutable. */
@FunctionalInterface
public interface Operator {
  /**
   * Computes the outputs.
   *
   * @param inputs in the order of the node; null where an optional input is left out
   * @return the outputs in the order of the specification
   */
  Tensor[] apply(@Nullable Tensor[] inputs);

  /** Prepares an operator from a node of a normalised graph. */
  @FunctionalInterface
  interface Factory {
    /**
     * Reads and checks the node's attributes.
     *
     * @throws dev.sotto.problem.SottoException when an attribute is wrong or a mode unsupported
     */
    Operator prepare(Node node);
  }
}
