package dev.sotto.quantization;

import dev.sotto.onnx.Node;

final class TreeHandler {
  private final QuantizationContext context;

  TreeHandler(QuantizationContext context) {
    this.context = context;
  }

  void handle(Node node) {
    throw Refusals.notEncryptable(node, "" + context);
  }
}
