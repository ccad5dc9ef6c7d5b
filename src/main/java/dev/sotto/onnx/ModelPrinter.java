package dev.sotto.onnx;

import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes a model as text, one line per input, constant, node and output.
 *
 * <pre>
 * model main (pytorch 2.9.0; IR 8; ai.onnx 13)
 *   input   x: float[batch,64]
 *   const   w: float[10,64]
 *   y: float[batch,10] = Gemm(x, w) {transB=1}
 *   output  y: float[batch,10]
 * </pre>
 */
final class ModelPrinter {
  private static final int SHOWN_ELEMENTS = 6;

  private final StringBuilder text = new StringBuilder();

  private ModelPrinter() {}

  static String print(OnnxModel model) {
    ModelPrinter printer = new ModelPrinter();
    List<String> about = new ArrayList<>();
    if (!model.producer().isEmpty()) {
      about.add(model.producer());
    }
    about.add("IR " + model.irVersion());
    model
        .opsets()
        .forEach((d, version) -> about.add((d.isEmpty() ? "ai.onnx" : d) + " " + version));
    printer.text.append("model ").append(model.graph().name());
    printer.text.append(" (").append(String.join("; ", about)).append(")\n");
    printer.graph(model.graph(), "  ");
    return printer.text.toString();
  }

  private void graph(Graph graph, String indent) {
    for (Graph.Value input : graph.inputs()) {
      line(indent, "input   " + input.name() + ": " + ValueTypes.print(input.type()));
    }
    for (Map.Entry<String, Tensor> constant : graph.initializers().entrySet()) {
      line(indent, "const   " + constant.getKey() + ": " + tensor(constant.getValue()));
    }
    for (Node node : graph.nodes()) {
      node(graph, node, indent);
    }
    for (Graph.Value output : graph.outputs()) {
      line(indent, "output  " + output.name() + ": " + ValueTypes.print(output.type()));
    }
  }

  private void node(Graph graph, Node node, String indent) {
    String outputs =
        node.outputs().stream().map(name -> output(graph, name)).collect(Collectors.joining(", "));
    String inputs =
        node.inputs().stream().map(i -> i.isEmpty() ? "_" : i).collect(Collectors.joining(", "));
    String attributes =
        node.attributes().entrySet().stream()
            .map(e -> e.getKey() + "=" + attribute(e.getValue()))
            .collect(Collectors.joining(", "));
    line(
        indent,
        outputs
            + " = "
            + node.type()
            + "("
            + inputs
            + ")"
            + (attributes.isEmpty() ? "" : " {" + attributes + "}"));
    for (Map.Entry<String, Attribute> entry : node.attributes().entrySet()) {
      if (entry.getValue() instanceof Attribute.GraphValue body) {
        line(indent + "  ", entry.getKey() + ":");
        graph(body.value(), indent + "    ");
      }
    }
  }

  private static String output(Graph graph, String name) {
    if (name.isEmpty()) {
      return "_";
    }
    ValueType type = graph.valueTypes().get(name);
    return type == null ? name : name + ": " + ValueTypes.print(type);
  }

  private void line(String indent, String line) {
    text.append(indent).append(line).append('\n');
  }

  private static String attribute(Attribute attribute) {
    if (attribute instanceof Attribute.IntValue it) {
      return Long.toString(it.value());
    } else if (attribute instanceof Attribute.FloatValue it) {
      return Float.toString(it.value());
    } else if (attribute instanceof Attribute.StringValue it) {
      return quote(it.value());
    } else if (attribute instanceof Attribute.TensorValue it) {
      return tensor(it.value());
    } else if (attribute instanceof Attribute.IntsValue it) {
      return list(
          Arrays.stream(it.value()).limit(SHOWN_ELEMENTS + 1).boxed().toList(), it.value().length);
    } else if (attribute instanceof Attribute.FloatsValue it) {
      return list(floats(it.value()), it.value().length);
    } else if (attribute instanceof Attribute.StringsValue it) {
      return list(it.value().stream().map(ModelPrinter::quote).toList(), it.value().size());
    } else if (attribute instanceof Attribute.TensorsValue it) {
      return list(it.value().stream().map(ModelPrinter::tensor).toList(), it.value().size());
    } else if (attribute instanceof Attribute.GraphValue it) {
      return "graph " + it.value().name();
    }
    return "<" + ((Attribute.Opaque) attribute).description() + ">";
  }

  private static String quote(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }

  private static List<Float> floats(float[] values) {
    List<Float> list = new ArrayList<>();
    for (int i = 0; i < Math.min(values.length, SHOWN_ELEMENTS + 1); i++) {
      list.add(values[i]);
    }
    return list;
  }

  private static String list(List<?> values, int size) {
    String shown =
        values.stream()
            .limit(SHOWN_ELEMENTS)
            .map(Object::toString)
            .collect(Collectors.joining(","));
    return size > SHOWN_ELEMENTS ? "[" + shown + ",… " + size + " in all]" : "[" + shown + "]";
  }

  /** Type and shape, and the elements when they are few. */
  private static String tensor(Tensor tensor) {
    String head = ValueTypes.print(ShapeInference.typeOf(tensor));
    if (tensor.size() > SHOWN_ELEMENTS) {
      return head;
    }
    List<String> elements = new ArrayList<>();
    for (int i = 0; i < tensor.size(); i++) {
      elements.add(element(tensor, i));
    }
    return head + " " + String.join(",", elements);
  }

  private static String element(Tensor tensor, int index) {
    return switch (tensor.type().storage()) {
      case FLOATS -> Float.toString(tensor.floats()[index]);
      case DOUBLES -> Double.toString(tensor.doubles()[index]);
      case LONGS -> Long.toString(tensor.longs()[index]);
      case STRINGS -> quote(tensor.strings()[index]);
    };
  }
}
