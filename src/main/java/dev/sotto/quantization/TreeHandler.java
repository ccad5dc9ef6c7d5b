package dev.sotto.quantization;

import dev.sotto.circuit.TreeSum;
import dev.sotto.numpy.ml.TreeEnsemble;
import dev.sotto.onnx.Node;
import dev.sotto.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tree ensembles: the client sends what each feature says to each threshold, as bits; the trees
 * over these bits are integer arithmetic.
 */
final class TreeHandler {
  private final QuantizationContext context;
  private final Map<String, Integer> slots;
  private final Map<String, ThresholdBits> bits;

  TreeHandler(QuantizationContext context) {
    this.context = context;
    this.slots = new HashMap<>();
    this.bits = new HashMap<>();
  }

  /**
   * Adds the bits of a clear value as an encoded input.
   *
   * @param nodes all that read the value
   */
  void encode(String value, List<Node> nodes) {
    List<TreeEnsemble> ensembles = nodes.stream().map(TreeEnsemble::of).toList();
    ThresholdBits encoded =
        ThresholdBits.of(
            value,
            context.trace().shape(value).size(),
            ensembles,
            context.options().thresholds(),
            context.ranges());
    bits.put(value, encoded);
    slots.put(value, context.module().input(encoded.encoding()));
  }

  void handle(Node node) {
    String value = node.input(0);
    Integer slot = slots.get(value);
    if (slot == null) {
      throw Refusals.notEncryptable(
          node,
          "its features '"
              + value
              + "' are computed on encrypted values; thresholds need clear ones");
    }
    TreeEnsemble ensemble = TreeEnsemble.of(node);
    double unit = unit(ensemble.weights(), context.options().leafBits());
    ThresholdBits encoded = java.util.Objects.requireNonNull(bits.get(value));
    List<TreeSum.Tree> trees = new ArrayList<>();
    for (int root : ensemble.roots()) {
      trees.add(new TreeNumbering(ensemble, encoded, unit).tree(root));
    }
    Shape shape = context.trace().shape(node.output(0));
    QuantizedOp op =
        new QuantizedOp.Trees(node.name(), slot, new TreeSum(trees, ensemble.targetCount()));
    context.put(
        EncryptedValue.of(context.emit(op, node.output(0), shape, Affine.uniform(unit, 0), false)));
  }

  /**
   * The value of one step of the leaves: a power of two if all are multiples of one, so that
   * nothing is lost, otherwise what brings the largest to the end of the range.
   */
  static double unit(double[] weights, int bits) {
    double most = Arrays.stream(weights).map(Math::abs).max().orElse(0);
    if (most == 0) {
      return 1;
    }
    long steps = (1L << (bits - 1)) - 1;
    double unit = Math.scalb(1.0, Math.getExponent(most));
    while (most / unit <= steps) {
      double candidate = unit;
      if (Arrays.stream(weights).allMatch(w -> w / candidate == Math.rint(w / candidate))) {
        return unit;
      }
      unit /= 2;
    }
    return most / steps;
  }
}
