package dev.sotto.onnx;

import static dev.sotto.onnx.OpsetChanges.with;
import static dev.sotto.onnx.OpsetChanges.without;

import dev.sotto.onnx.ValueType.Dimension;
import dev.sotto.onnx.ValueType.TensorType;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Rewrites for every version: constants, ZipMap, operators of other domains. */
final class ForeignChanges {
  private ForeignChanges() {}

  static void addTo(OpsetChanges changes) {
    changes.add("Constant", OpsetChange.ALWAYS, ForeignChanges::constantToInitializer);
    changes.add("ai.onnx.ml:ZipMap", OpsetChange.ALWAYS, ForeignChanges::zipMapToMatrix);
    changes.add("ai.onnx.ml:LabelEncoder", 2, ForeignChanges::labelsToKeysAndValues);
    changes.add(
        "onnx.brevitas:Quant onnx.brevitas:BipolarQuant onnx.brevitas:Trunc"
            + " finn.custom_op.general:Quant finn.custom_op.general:BipolarQuant"
            + " finn.custom_op.general:Trunc",
        OpsetChange.ALWAYS,
        ForeignChanges::toQonnx);
  }

  private static Node toQonnx(Node node, GraphRewriter graph) {
    return new Node(
        node.name(),
        OpsetChanges.QONNX,
        node.opType(),
        node.inputs(),
        node.outputs(),
        node.attributes());
  }

  private static @Nullable Node constantToInitializer(Node node, GraphRewriter graph) {
    Tensor value = constantValue(node);
    if (value == null) {
      return graph.refuse(node, "its value is " + node.attributes() + ", not a dense tensor.");
    }
    graph.setConstant(node.output(0), value);
    return null;
  }

  private static @Nullable Tensor constantValue(Node node) {
    for (Attribute attribute : node.attributes().values()) {
      if (attribute instanceof Attribute.TensorValue it) {
        return it.value();
      } else if (attribute instanceof Attribute.FloatValue it) {
        return Tensor.scalar(it.value());
      } else if (attribute instanceof Attribute.IntValue it) {
        return Tensor.scalar(it.value());
      } else if (attribute instanceof Attribute.StringValue it) {
        return Tensor.of(Shape.SCALAR, it.value());
      } else if (attribute instanceof Attribute.FloatsValue it) {
        return Tensor.of(Shape.of(it.value().length), it.value());
      } else if (attribute instanceof Attribute.IntsValue it) {
        return Tensor.vector(it.value());
      } else if (attribute instanceof Attribute.StringsValue it) {
        return Tensor.of(Shape.of(it.value().size()), it.value().toArray(String[]::new));
      }
    }
    return null;
  }

  /**
   * A sequence of maps from label to score becomes the matrix of scores, columns in the order of
   * the sorted labels, which is the order of a map's keys.
   */
  private static Node zipMapToMatrix(Node node, GraphRewriter graph) {
    List<String> labels;
    int[] order;
    long @Nullable [] numbers = node.intsAttribute("classlabels_int64s");
    List<String> strings = node.stringsAttribute("classlabels_strings");
    if (numbers != null && numbers.length > 0) {
      order = sorted(numbers.length, Comparator.comparingLong(i -> numbers[i]));
      labels = Arrays.stream(order).mapToObj(i -> Long.toString(numbers[i])).toList();
    } else if (strings != null && !strings.isEmpty()) {
      order = sorted(strings.size(), Comparator.comparing(strings::get));
      labels = Arrays.stream(order).mapToObj(strings::get).toList();
    } else {
      return graph.refuse(node, "ZipMap needs class labels.");
    }
    String output = node.output(0);
    graph.setLabels(output, labels);
    TensorType scores = graph.type(node.input(0));
    int type =
        scores == null || scores.elementType() == 0
            ? ElementType.FLOAT.onnxNumber()
            : scores.elementType();
    graph.setOutputType(
        output,
        new TensorType(
            type, true, List.of(new Dimension(-1, ""), new Dimension(labels.size(), ""))));
    if (isIdentity(order)) {
      return Node.of(node.name(), "Identity", node.inputs(), node.outputs(), Map.of());
    }
    long[] columns = Arrays.stream(order).asLongStream().toArray();
    List<String> inputs = new ArrayList<>(node.inputs());
    inputs.add(graph.addConstant(node, "columns", Tensor.vector(columns)));
    return Node.of(
        node.name(), "Gather", inputs, node.outputs(), Map.of("axis", new Attribute.IntValue(1)));
  }

  private static int[] sorted(int count, Comparator<Integer> comparator) {
    return IntStream.range(0, count).boxed().sorted(comparator).mapToInt(i -> i).toArray();
  }

  private static boolean isIdentity(int[] order) {
    return IntStream.range(0, order.length).allMatch(i -> order[i] == i);
  }

  /** Until version 2 a list of strings stood for the numbers 0, 1, 2 …, in either direction. */
  private static Node labelsToKeysAndValues(Node node, GraphRewriter graph) {
    List<String> classes = node.stringsAttribute("classes_strings");
    if (classes == null) {
      return node;
    }
    Node result = without(node, "classes_strings");
    boolean toStrings = graph.elementType(node.input(0)) == ElementType.INT64;
    Attribute numbers = new Attribute.IntsValue(LongStream.range(0, classes.size()).toArray());
    Attribute strings = new Attribute.StringsValue(classes);
    return toStrings
        ? with(with(result, "keys_int64s", numbers), "values_strings", strings)
        : with(with(result, "keys_strings", strings), "values_int64s", numbers);
  }
}
