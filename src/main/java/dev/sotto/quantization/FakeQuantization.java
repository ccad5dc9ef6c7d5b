package dev.sotto.quantization;

import dev.sotto.circuit.Interval;
import dev.sotto.onnx.Attribute;
import dev.sotto.onnx.Graph;
import dev.sotto.onnx.Node;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Recognises models that their authors quantized, so that their own scales are kept.
 *
 * <p>{@code QuantizeLinear → [Clip] → DequantizeLinear} and {@code Quant} of QONNX and Brevitas on
 * an activation become one {@link #TYPE} node; on a constant they give integer weights and scales.
 */
final class FakeQuantization {
  /** The operator that quantizes and de-quantizes with a scale of the model's own. */
  static final String TYPE = "dev.sotto:FakeQuantize";

  private static final String QUANT = "qonnx.custom_op.general:Quant";

  /**
   * Weights that the model's author quantized.
   *
   * @param integers as a tensor of the weights' shape, zero point subtracted
   * @param scales one, or one per index of {@code axis}
   * @param axis the axis along which scales differ
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Weights(Tensor integers, double[] scales, int axis) {}

  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Weights> weights = new HashMap<>();
  private final Map<Node, List<Node>> originals = new HashMap<>();
  private final RowTrace trace;
  private final Map<String, Node> producers = new HashMap<>();

  private FakeQuantization(Graph graph, RowTrace trace) {
    this.trace = trace;
    for (Node node : graph.nodes()) {
      node.outputs().forEach(out -> producers.put(out, node));
    }
  }

  /** Rewrites a graph's nodes. */
  static FakeQuantization of(Graph graph, RowTrace trace) {
    FakeQuantization result = new FakeQuantization(graph, trace);
    graph.nodes().forEach(result::rewrite);
    return result;
  }

  /** The nodes, with quantize-de-quantize pairs fused. */
  List<Node> nodes() {
    return nodes;
  }

  /** The nodes of the model that a fused node stands for; any other node itself. */
  List<Node> originals(Node node) {
    return originals.getOrDefault(node, List.of(node));
  }

  /** Integer weights by the name of the constant that they de-quantize to. */
  Map<String, Weights> weights() {
    return weights;
  }

  /** The quantizer of a {@link #TYPE} node. */
  static UniformQuantizer quantizer(Node node) {
    Tensor scale = java.util.Objects.requireNonNull(node.tensorAttribute("scale"));
    return new UniformQuantizer(
        scale.getDouble(0),
        node.intAttribute("zero_point", 0),
        new Interval(node.intAttribute("lo", 0), node.intAttribute("hi", 0)));
  }

  private void rewrite(Node node) {
    if (node.opType().equals("DequantizeLinear") && node.domain().isEmpty()) {
      Node fused = trace.dependsOnData(node.output(0)) ? fuse(node) : null;
      if (!trace.dependsOnData(node.output(0))) {
        noteDequantizedConstant(node);
      }
      nodes.add(fused == null ? node : fused);
    } else if (node.type().equals(QUANT)) {
      rewriteQuant(node);
    } else {
      nodes.add(node);
    }
  }

  private @Nullable Node fuse(Node dequantize) {
    Node previous = producers.get(dequantize.input(0));
    Interval clip = null;
    List<Node> chain = new ArrayList<>(List.of(dequantize));
    if (previous != null && previous.type().equals("Clip")) {
      Tensor lo = trace.constant(previous.input(1));
      Tensor hi = trace.constant(previous.input(2));
      clip =
          new Interval(
              lo == null ? -(1L << 40) : lo.getLong(0), hi == null ? 1L << 40 : hi.getLong(0));
      chain.add(0, previous);
      previous = producers.get(previous.input(0));
    }
    if (previous == null || !previous.type().equals("QuantizeLinear")) {
      return null;
    }
    Tensor scale = trace.constant(dequantize.input(1));
    Tensor sameScale = trace.constant(previous.input(1));
    if (scale == null
        || scale.size() != 1
        || sameScale == null
        || sameScale.getDouble(0) != scale.getDouble(0)) {
      return null;
    }
    Tensor zero = trace.constant(dequantize.input(2));
    Tensor quantizeZero = trace.constant(previous.input(2));
    ElementType type =
        quantizeZero != null
            ? quantizeZero.type()
            : trace.hasShape(previous.output(0))
                ? trace.type(previous.output(0))
                : ElementType.UINT8;
    Interval range =
        type.isUnsigned()
            ? new Interval(0, (1L << type.bits()) - 1)
            : new Interval(-(1L << (type.bits() - 1)), (1L << (type.bits() - 1)) - 1);
    chain.add(0, previous);
    return node(
        chain,
        previous.input(0),
        scale.getDouble(0),
        zero == null ? 0 : zero.getLong(0),
        clip == null ? range : range.clamp(clip));
  }

  private Node node(List<Node> chain, String input, double scale, long zeroPoint, Interval range) {
    Node origin = chain.get(chain.size() - 1);
    Node fused =
        new Node(
            origin.name(),
            "dev.sotto",
            "FakeQuantize",
            List.of(input),
            List.of(origin.output(0)),
            Map.of(
                "scale", new Attribute.TensorValue(Tensor.scalar(scale)),
                "zero_point", new Attribute.IntValue(zeroPoint),
                "lo", new Attribute.IntValue(range.lo()),
                "hi", new Attribute.IntValue(range.hi())));
    originals.put(fused, chain);
    return fused;
  }

  private void noteDequantizedConstant(Node node) {
    Tensor integers = trace.constant(node.input(0));
    Tensor scale = trace.constant(node.input(1));
    Tensor zero = trace.constant(node.input(2));
    if (integers == null || scale == null || node.intAttribute("block_size", 0) != 0) {
      return;
    }
    int axis = scale.size() == 1 ? 0 : integers.shape().axis(node.intAttribute("axis", 1));
    long[] shifted = new long[integers.size()];
    int inner = integers.shape().size(axis + 1, integers.shape().rank());
    int channels = Math.max(1, integers.shape().rank() == 0 ? 1 : integers.shape().dim(axis));
    for (int i = 0; i < shifted.length; i++) {
      int channel = i / inner % channels;
      long z = zero == null ? 0 : zero.getLong(zero.size() == 1 ? 0 : channel);
      shifted[i] = integers.getLong(i) - z;
    }
    weights.put(
        node.output(0), new Weights(Tensor.of(integers.shape(), shifted), scale.toDoubles(), axis));
  }

  private void rewriteQuant(Node node) {
    Tensor scale = trace.constant(node.input(1));
    Tensor zero = trace.constant(node.input(2));
    Tensor bits = trace.constant(node.input(3));
    if (scale == null || zero == null || bits == null || bits.size() != 1 || zero.size() != 1) {
      nodes.add(node);
      return;
    }
    Interval range =
        quantRange(
            (int) bits.getLong(0),
            node.intAttribute("signed", 1) != 0,
            node.intAttribute("narrow", 0) != 0);
    Tensor constant = trace.constant(node.input(0));
    if (constant != null) {
      noteQuantizedConstant(node, constant, scale, zero.getLong(0), range);
      nodes.add(node);
    } else if (scale.size() == 1) {
      nodes.add(node(List.of(node), node.input(0), scale.getDouble(0), zero.getLong(0), range));
    } else {
      nodes.add(node);
    }
  }

  private static Interval quantRange(int bits, boolean signed, boolean narrow) {
    if (signed) {
      return new Interval(-(1L << (bits - 1)) + (narrow ? 1 : 0), (1L << (bits - 1)) - 1);
    }
    return new Interval(0, (1L << bits) - (narrow ? 2 : 1));
  }

  private void noteQuantizedConstant(
      Node node, Tensor constant, Tensor scale, long zero, Interval range) {
    int axis = 0;
    int rank = constant.shape().rank();
    if (scale.size() > 1) {
      int offset = rank - scale.shape().rank();
      for (int a = 0; a < scale.shape().rank(); a++) {
        axis = scale.shape().dim(a) > 1 ? a + offset : axis;
      }
      if (scale.size() != constant.shape().dim(axis)) {
        return;
      }
    }
    int inner = constant.shape().size(axis + 1, rank);
    long[] integers = new long[constant.size()];
    for (int i = 0; i < integers.length; i++) {
      double s = scale.getDouble(scale.size() == 1 ? 0 : i / inner % scale.size());
      double q = Math.rint(constant.getDouble(i) / s) + zero;
      integers[i] = (long) Math.min(range.hi(), Math.max(range.lo(), q)) - zero;
    }
    weights.put(
        node.output(0),
        new Weights(Tensor.of(constant.shape(), integers), scale.toDoubles(), axis));
  }
}
