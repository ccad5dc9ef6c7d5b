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
   * @throws IllegalArgumentException when the inputs do not fit the operator
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

    /**
     * Reads and checks the node's attributes and those of its inputs that never change.
     *
     * @param constants in the order of the node's inputs; null where an input is computed or left
     *     out
     */
    default Operator prepare(Node node, @Nullable Tensor[] constants) {
      return prepare(node);
    }
  }

  /** The common case: one output. */
  @FunctionalInterface
  interface Single {
    /** Computes the output. */
    Tensor apply(Arguments in);
  }

  /** An operator with one output. */
  static Operator single(Single function) {
    return inputs -> new Tensor[] {function.apply(new Arguments(inputs))};
  }
}
