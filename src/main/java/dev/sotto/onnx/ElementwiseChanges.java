package dev.sotto.onnx;

import static dev.sotto.onnx.OpsetChanges.with;
import static dev.sotto.onnx.OpsetChanges.withInput;
import static dev.sotto.onnx.OpsetChanges.without;

import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Changes of operators that work element by element. */
final class ElementwiseChanges {
  private ElementwiseChanges() {}

  static void addTo(OpsetChanges changes) {
    changes.add(
        "Abs Add And BatchNormalization Ceil Clip Div Dropout Elu Exp Floor HardSigmoid"
            + " InstanceNormalization LeakyRelu Log Max Mean Min Mul Neg PRelu Reciprocal Relu Selu"
            + " Sigmoid Sqrt Sub Sum Tanh",
        6,
        (node, graph) -> without(node, "consumed_inputs"));
    changes.add("Selu", 6, ElementwiseChanges::oldSeluDefaults);
    changes.add("Cast", 6, ElementwiseChanges::castTypeFromName);
    changes.add(
        "Add And Div Equal Greater Less Mul Or Pow Sub Xor",
        7,
        ElementwiseChanges::alignLegacyBroadcast);
    changes.add("PRelu", 7, ElementwiseChanges::alignSlope);
    changes.add("Clip", 11, ElementwiseChanges::clipBoundsToInputs);
  }

  /** Opset 6 gave the defaults of Selu more digits. */
  private static Node oldSeluDefaults(Node node, GraphRewriter graph) {
    Node result = node;
    if (!node.has("alpha")) {
      result = with(result, "alpha", new Attribute.FloatValue(1.6732f));
    }
    if (!node.has("gamma")) {
      result = with(result, "gamma", new Attribute.FloatValue(1.0507f));
    }
    return result;
  }

  /** Until opset 6 the target type was a name. */
  private static Node castTypeFromName(Node node, GraphRewriter graph) {
    if (!(node.attributes().get("to") instanceof Attribute.StringValue name)) {
      return node;
    }
    int number = DataType.number(name.value());
    if (number == 0) {
      return graph.refuse(node, "attribute 'to' names no element type: '" + name.value() + "'.");
    }
    return with(node, "to", new Attribute.IntValue(number));
  }

  /**
   * Until opset 7 the second operand was broadcast only on demand, from {@code axis} on; now shapes
   * are aligned at their ends.
   */
  private static Node alignLegacyBroadcast(Node node, GraphRewriter graph) {
    Node result = without(node, "broadcast", "axis");
    if (node.intAttribute("broadcast", 0) == 0 || !node.has("axis")) {
      return result;
    }
    long axis = node.intAttribute("axis", 0);
    int left = graph.rank(node.input(0));
    int right = graph.rank(node.input(1));
    if (left < 0 || right < 0) {
      return graph.refuse(node, "broadcasting from axis " + axis + " needs ranks that are known.");
    }
    long trailing = left - (axis < 0 ? axis + left : axis) - right;
    return trailing <= 0 ? result : withTrailingAxes(result, 1, right, (int) trailing, graph);
  }

  /** Until opset 7 a slope per channel was a vector; now shapes are aligned at their ends. */
  private static Node alignSlope(Node node, GraphRewriter graph) {
    int rank = graph.rank(node.input(0));
    Tensor slope = graph.constant(node.input(1));
    if (slope == null ? graph.rank(node.input(1)) != 1 : slope.shape().rank() != 1) {
      return node;
    }
    if (slope != null && slope.size() == 1) {
      return node;
    }
    if (rank < 0) {
      return graph.refuse(node, "a slope per channel needs an input whose rank is known.");
    }
    return rank <= 2 ? node : withTrailingAxes(node, 1, 1, rank - 2, graph);
  }

  private static Node withTrailingAxes(
      Node node, int input, int rank, int count, GraphRewriter graph) {
    String value = node.input(input);
    Tensor constant = graph.constant(value);
    if (constant != null) {
      int[] dims = Arrays.copyOf(constant.shape().dims(), rank + count);
      Arrays.fill(dims, rank, dims.length, 1);
      return withInput(
          node, input, graph.addConstant(node, "aligned", constant.reshape(Shape.of(dims))));
    }
    long[] axes = LongStream.range(rank, rank + count).toArray();
    String axesName = graph.addConstant(node, "axes", Tensor.vector(axes));
    return withInput(
        node, input, graph.addBefore(node, "Unsqueeze", List.of(value, axesName), Map.of()));
  }

  /** Since opset 11 the bounds are inputs. */
  private static Node clipBoundsToInputs(Node node, GraphRewriter graph) {
    Node result = without(node, "min", "max");
    ElementType type = graph.elementType(node.input(0));
    if (node.has("min")) {
      result = withInput(result, 1, bound(node, "min", type, graph));
    }
    if (node.has("max")) {
      result = withInput(result, 2, bound(node, "max", type, graph));
    }
    return result;
  }

  private static String bound(Node node, String name, ElementType type, GraphRewriter graph) {
    return graph.addConstant(node, name, scalar(type, node.floatAttribute(name, 0)));
  }

  /** A scalar of a floating type. */
  static Tensor scalar(ElementType type, float value) {
    return switch (type.storage()) {
      case DOUBLES -> Tensor.scalar((double) value);
      case FLOATS -> Tensor.of(type, Shape.SCALAR, new float[] {value});
      default -> Tensor.of(type, Shape.SCALAR, new long[] {(long) value});
    };
  }
}
