package dev.sotto.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Equality of models by value, attribute arrays included. */
final class ModelEquality {
  private ModelEquality() {}

  static boolean equal(OnnxModel a, OnnxModel b) {
    return equal(a.graph(), b.graph())
        && a.opsets().equals(b.opsets())
        && a.irVersion() == b.irVersion()
        && a.producer().equals(b.producer())
        && a.metadata().equals(b.metadata());
  }

  private static boolean equal(Graph a, Graph b) {
    return a.name().equals(b.name())
        && text(a.nodes()).equals(text(b.nodes()))
        && a.inputs().equals(b.inputs())
        && a.outputs().equals(b.outputs())
        && a.initializers().equals(b.initializers())
        && a.valueTypes().equals(b.valueTypes());
  }

  private static List<String> text(List<Node> nodes) {
    return nodes.stream()
        .map(
            n ->
                n.name()
                    + " "
                    + n.type()
                    + n.inputs()
                    + n.outputs()
                    + n.attributes().entrySet().stream()
                        .map(e -> e.getKey() + "=" + text(e.getValue()))
                        .collect(Collectors.joining(";")))
        .toList();
  }

  private static String text(Attribute attribute) {
    if (attribute instanceof Attribute.IntsValue it) {
      return Arrays.toString(it.value());
    } else if (attribute instanceof Attribute.FloatsValue it) {
      return Arrays.toString(it.value());
    } else if (attribute instanceof Attribute.TensorValue it) {
      return it.value() + Arrays.toString(it.value().toDoubles());
    } else if (attribute instanceof Attribute.GraphValue it) {
      return text(it.value().nodes()).toString();
    }
    return attribute.toString();
  }
}
