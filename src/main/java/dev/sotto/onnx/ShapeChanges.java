package dev.sotto.onnx;

import static dev.sotto.onnx.OpsetChanges.intsToInput;
import static dev.sotto.onnx.OpsetChanges.with;
import static dev.sotto.onnx.OpsetChanges.withInput;
import static dev.sotto.onnx.OpsetChanges.without;

import dev.sotto.tensor.Tensor;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Changes of operators that move, cut and join tensors or reduce axes. */
final class ShapeChanges {
  private ShapeChanges() {}

  static void addTo(OpsetChanges changes) {
    changes.add("Concat", 4, ShapeChanges::concatAxis);
    changes.add("Reshape", 5, intsToInput("shape", 1));
    changes.add("Reshape", 5, (node, graph) -> without(node, "consumed_inputs"));
    changes.add("Pad", 2, ShapeChanges::padsFromPaddings);
    changes.add("Pad", 11, ShapeChanges::padsToInputs);
    changes.add("Slice", 10, ShapeChanges::sliceToInputs);
    changes.add("Squeeze Unsqueeze ReduceSum", 13, intsToInput("axes", 1));
    changes.add(
        "ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd"
            + " ReduceSumSquare",
        18,
        intsToInput("axes", 1));
    changes.add("Split", 13, intsToInput("split", 1));
    changes.add("Split", 18, ShapeChanges::splitCount);
    changes.add("TopK", 10, ShapeChanges::topKCount);
    changes.refuse("Tile", 6, "Tile with a count and an axis is a form of opset 5 and older.");
    changes.refuse("Upsample", 10, "Upsample was removed in opset 10.");
    changes.refuse("Resize", 11, "Resize of opset 10 has other coordinates than today's.");
    changes.refuse("Scatter", 11, "Scatter was replaced by ScatterElements in opset 11.");
    changes.refuse("GridSample", 20, "until opset 20 GridSample named its modes otherwise.");
    changes.refuse("DFT", 20, "until opset 20 the axis of DFT was an attribute.");
  }

  /** Until opset 4 the axis had a default. */
  private static Node concatAxis(Node node, GraphRewriter graph) {
    return node.has("axis") ? node : with(node, "axis", new Attribute.IntValue(1));
  }

  /** Opset 2 renamed the attribute. */
  private static Node padsFromPaddings(Node node, GraphRewriter graph) {
    Attribute paddings = node.attributes().get("paddings");
    return paddings == null ? node : with(without(node, "paddings"), "pads", paddings);
  }

  /** Since opset 11 amounts and fill value are inputs. */
  private static Node padsToInputs(Node node, GraphRewriter graph) {
    Node result = intsToInput("pads", 1).apply(node, graph);
    if (result == null || !node.has("value")) {
      return result == null ? node : result;
    }
    Tensor value =
        ElementwiseChanges.scalar(
            graph.elementType(node.input(0)), node.floatAttribute("value", 0));
    return withInput(without(result, "value"), 2, graph.addConstant(node, "value", value));
  }

  /** Since opset 10 starts, ends and axes are inputs. */
  private static Node sliceToInputs(Node node, GraphRewriter graph) {
    long @Nullable [] starts = node.intsAttribute("starts");
    long @Nullable [] ends = node.intsAttribute("ends");
    if (starts == null || ends == null) {
      return graph.refuse(node, "Slice needs the attributes 'starts' and 'ends'.");
    }
    long @Nullable [] axes = node.intsAttribute("axes");
    if (axes == null) {
      axes = LongStream.range(0, starts.length).toArray();
    }
    Node result = without(node, "starts", "ends", "axes");
    result = withInput(result, 1, graph.addConstant(node, "starts", Tensor.vector(starts)));
    result = withInput(result, 2, graph.addConstant(node, "ends", Tensor.vector(ends)));
    return withInput(result, 3, graph.addConstant(node, "axes", Tensor.vector(axes)));
  }

  /** Since opset 18 a split into equal parts says how many. */
  private static Node splitCount(Node node, GraphRewriter graph) {
    return node.input(1).isEmpty()
        ? with(node, "num_outputs", new Attribute.IntValue(node.outputs().size()))
        : node;
  }

  /** Since opset 10 the count is an input. */
  private static Node topKCount(Node node, GraphRewriter graph) {
    Tensor count = Tensor.vector(node.intAttribute("k", 1));
    return withInput(without(node, "k"), 1, graph.addConstant(node, "k", count));
  }
}
