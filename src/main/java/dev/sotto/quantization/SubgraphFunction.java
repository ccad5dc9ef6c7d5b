package dev.sotto.quantization;

import dev.sotto.circuit.ElementFunction;
import dev.sotto.numpy.Operator;
import dev.sotto.numpy.OperatorRegistry;
import dev.sotto.onnx.Attribute;
import dev.sotto.onnx.Node;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The function of one integer that a chain of ONNX nodes computes, in double precision.
 *
 * <p>The integer is first turned into the real value it stands for, {@code slope · q + offset};
 * then the nodes run, by the same operators that the float reference uses. Slopes, offsets and the
 * nodes' constants may differ by channel.
 */
final class SubgraphFunction implements ElementFunction {
  private final double[] slope;
  private final double[] offset;
  private final String root;
  private final String output;
  private final List<Node> nodes;
  private final List<Map<String, Tensor>> constants;
  private final List<Operator> operators;

  /**
   * A function.
   *
   * @param slope per channel
   * @param offset per channel
   * @param root name of the value that the integers stand for
   * @param output name of the function's value
   * @param nodes from root to output, in order
   * @param constants per channel: scalars by name
   */
  SubgraphFunction(
      double[] slope,
      double[] offset,
      String root,
      String output,
      List<Node> nodes,
      List<Map<String, Tensor>> constants) {
    this.slope = slope;
    this.offset = offset;
    this.root = root;
    this.output = output;
    this.nodes = List.copyOf(nodes);
    this.constants = List.copyOf(constants);
    List<Operator> prepared = new ArrayList<>();
    for (Node node : nodes) {
      Operator.Factory factory = OperatorRegistry.standard().find(node.type());
      prepared.add(Objects.requireNonNull(factory, node.type()).prepare(inDoubles(node)));
    }
    this.operators = prepared;
  }

  /** A cast to a float type becomes a cast to double: the whole function is computed in doubles. */
  private static Node inDoubles(Node node) {
    if (!node.opType().equals("Cast")) {
      return node;
    }
    ElementType to = ElementType.ofOnnxNumber((int) node.intAttribute("to", 1));
    if (to == null || !to.isFloating()) {
      return node;
    }
    Map<String, Attribute> attributes = new TreeMap<>(node.attributes());
    attributes.put("to", new Attribute.IntValue(ElementType.DOUBLE.onnxNumber()));
    return node.withAttributes(attributes);
  }

  /** A constant as the function uses it: floats as doubles, everything else as it is. */
  static Tensor scalarConstant(Tensor tensor, int element) {
    return tensor.type().isFloating()
        ? Tensor.scalar(tensor.getDouble(element))
        : Tensor.ofStorage(tensor.type(), Shape.SCALAR, new long[] {tensor.getLong(element)});
  }

  double[] slope() {
    return slope;
  }

  double[] offset() {
    return offset;
  }

  String root() {
    return root;
  }

  String output() {
    return output;
  }

  List<Node> nodes() {
    return nodes;
  }

  List<Map<String, Tensor>> constants() {
    return constants;
  }

  @Override
  public int channels() {
    return slope.length;
  }

  @Override
  public double[] values(int channel, double[] x) {
    double[] real = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      real[i] = slope[channel] * x[i] + offset[channel];
    }
    Map<String, Tensor> values = new HashMap<>(constants.get(channel));
    values.put(root, Tensor.of(Shape.of(x.length), real));
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      @Nullable Tensor[] inputs = node.inputs().stream().map(values::get).toArray(Tensor[]::new);
      values.put(node.output(0), operators.get(i).apply(inputs)[0]);
    }
    Tensor result = Objects.requireNonNull(values.get(output));
    if (result.size() != x.length) {
      throw new IllegalStateException(output + " is not a function of one element: " + result);
    }
    return result.toDoubles();
  }

  /** Equal meanings of the integers, nodes and constants: equal values on every integer. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SubgraphFunction that
        && root.equals(that.root)
        && output.equals(that.output)
        && nodes.equals(that.nodes)
        && constants.equals(that.constants)
        && Arrays.equals(slope, that.slope)
        && Arrays.equals(offset, that.offset);
  }

  @Override
  public int hashCode() {
    return Objects.hash(root, output, Arrays.hashCode(slope), Arrays.hashCode(offset));
  }

  @Override
  public String toString() {
    return String.join(" > ", nodes.stream().map(Node::opType).toList());
  }
}
