package dev.sotto.onnx;

import static dev.sotto.onnx.OpsetChanges.with;
import static dev.sotto.onnx.OpsetChanges.withInput;
import static dev.sotto.onnx.OpsetChanges.without;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Changes of layers: normalisation, dropout, softmax, products. */
final class LayerChanges {
  private LayerChanges() {}

  static void addTo(OpsetChanges changes) {
    changes.add("Gemm", 7, (node, graph) -> without(node, "broadcast"));
    changes.add("Dropout", 7, (node, graph) -> without(node, "is_test"));
    changes.add("Dropout", 12, LayerChanges::ratioToInput);
    changes.add("BatchNormalization", 7, (node, graph) -> without(node, "is_test"));
    changes.add("BatchNormalization", 9, LayerChanges::requireSpatial);
    changes.add("BatchNormalization", 14, LayerChanges::dropTrainingOutputs);
    changes.add("Softmax LogSoftmax Hardmax", 13, LayerChanges::softmaxOverOneAxis);
    changes.refuse(
        "GroupNormalization", 21, "until opset 21 scale and bias were per group, not per channel.");
  }

  /** Since opset 12 the ratio is an input. */
  private static Node ratioToInput(Node node, GraphRewriter graph) {
    if (!node.has("ratio")) {
      return node;
    }
    String ratio =
        graph.addConstant(
            node,
            "ratio",
            ElementwiseChanges.scalar(
                graph.elementType(node.input(0)), node.floatAttribute("ratio", 0.5f)));
    return withInput(without(node, "ratio"), 1, ratio);
  }

  private static Node requireSpatial(Node node, GraphRewriter graph) {
    if (node.intAttribute("spatial", 1) == 0) {
      return graph.refuse(node, "statistics per position (spatial = 0) were removed in opset 9.");
    }
    return without(node, "spatial");
  }

  /** Until opset 14 the outputs after the first belonged to training. */
  private static Node dropTrainingOutputs(Node node, GraphRewriter graph) {
    if (node.outputs().size() < 2) {
      return node;
    }
    for (int i = 1; i < node.outputs().size(); i++) {
      if (!node.output(i).isEmpty() && graph.isUsed(node.output(i))) {
        return graph.refuse(node, "its output '" + node.output(i) + "' exists in training only.");
      }
    }
    return new Node(
        node.name(),
        node.domain(),
        node.opType(),
        node.inputs(),
        node.outputs().subList(0, 1),
        node.attributes());
  }

  /**
   * Until opset 13 the input was flattened to a matrix at {@code axis} (default 1) and normalised
   * by row; now one axis is normalised (default the last).
   */
  private static Node softmaxOverOneAxis(Node node, GraphRewriter graph) {
    long axis = node.intAttribute("axis", 1);
    int rank = graph.rank(node.input(0));
    Attribute last = new Attribute.IntValue(-1);
    if (axis == -1 || (rank > 0 && axis == rank - 1)) {
      return with(node, "axis", last);
    }
    if (axis < 0 && rank < 0) {
      return graph.refuse(node, "axis " + axis + " needs an input whose rank is known.");
    }
    long front = axis < 0 ? axis + rank : axis;
    String shape = graph.addBefore(node, "Shape", List.of(node.input(0)), Map.of());
    String matrix =
        graph.addBefore(
            node, "Flatten", List.of(node.input(0)), Map.of("axis", new Attribute.IntValue(front)));
    String rows = graph.freshName(node, "rows");
    List<String> outputs = new ArrayList<>(List.of(rows));
    graph.addAfter(node, "Reshape", List.of(rows, shape), node.output(0));
    return new Node(
        node.name(),
        node.domain(),
        node.opType(),
        List.of(matrix),
        outputs,
        with(node, "axis", last).attributes());
  }
}
