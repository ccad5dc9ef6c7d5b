package dev.sotto.quantization;

import dev.sotto.onnx.Node;
import dev.sotto.problem.SottoException;

/** Refusals of operators that cannot be computed on encrypted values. */
final class Refusals {
  private Refusals() {}

  static SottoException notEncryptable(Node node, String reason) {
    return SottoException.of(
        QuantizationError.NOT_ENCRYPTABLE,
        node.place(),
        node.type() + " cannot be computed on encrypted values here: " + reason + ".");
  }
}
