package dev.sotto.quantization;

import dev.sotto.onnx.Node;

/** The handler of every operator that can be computed on integers. */
final class Handlers {
  private final MoveHandler moves;
  private final ElementwiseHandler elementwise;
  private final LinearHandler linear;
  private final PoolHandler pools;
  private final TreeHandler trees;

  Handlers(QuantizationContext context) {
    moves = new MoveHandler(context);
    SumHandler sums = new SumHandler(context, moves);
    ProductHandler products = new ProductHandler(context, moves, sums);
    elementwise = new ElementwiseHandler(context, moves, sums, products);
    linear = new LinearHandler(context, products);
    pools = new PoolHandler(context, products);
    trees = new TreeHandler(context);
  }

  TreeHandler trees() {
    return trees;
  }

  void handle(Node node) {
    String type = node.type();
    if (type.equals(ModelSplit.SCORES)) {
      trees.handle(node);
    } else if (OperatorKinds.isMove(type)) {
      moves.handle(node);
    } else if (OperatorKinds.isElementwise(type)) {
      elementwise.handle(node);
    } else if (node.opType().equals("Gemm")
        || node.opType().equals("MatMul")
        || node.opType().startsWith("Conv")) {
      linear.handle(node);
    } else {
      pools.handle(node);
    }
  }
}
