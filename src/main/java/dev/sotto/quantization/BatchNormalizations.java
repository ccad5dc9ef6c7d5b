package dev.sotto.quantization;

import dev.sotto.onnx.Node;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Writes every BatchNormalization with clear parameters as a product and a sum per channel, so that
 * it folds into the layer before it or into the lookup after it.
 */
final class BatchNormalizations {
  private BatchNormalizations() {}

  static List<Node> rewrite(List<Node> nodes, RowTrace trace) {
    List<Node> result = new ArrayList<>();
    for (Node node : nodes) {
      boolean rewritable =
          node.type().equals("BatchNormalization")
              && trace.dependsOnData(node.output(0))
              && node.inputs().stream().skip(1).noneMatch(trace::dependsOnData);
      if (rewritable) {
        result.addAll(rewrite(node, trace));
      } else {
        result.add(node);
      }
    }
    return result;
  }

  private static List<Node> rewrite(Node node, RowTrace trace) {
    double[] scale = parameter(node, 1, trace);
    double[] bias = parameter(node, 2, trace);
    double[] mean = parameter(node, 3, trace);
    double[] variance = parameter(node, 4, trace);
    double epsilon = node.floatAttribute("epsilon", 1e-5f);
    double[] factor = new double[scale.length];
    double[] term = new double[scale.length];
    for (int c = 0; c < factor.length; c++) {
      factor[c] = scale[c] / Math.sqrt(variance[c] + epsilon);
      term[c] = bias[c] - mean[c] * factor[c];
    }
    String output = node.output(0);
    int rank = trace.shape(output).rank();
    int[] dims = new int[Math.max(1, rank - 1)];
    Arrays.fill(dims, 1);
    dims[0] = factor.length;
    trace.put(output + "/factor", parameter(Shape.of(dims), factor, trace.type(output)));
    trace.put(output + "/term", parameter(Shape.of(dims), term, trace.type(output)));
    trace.putLike(output + "/scaled", output);
    return List.of(
        Node.of(
            node.name(),
            "Mul",
            List.of(node.input(0), output + "/factor"),
            List.of(output + "/scaled"),
            Map.of()),
        Node.of(
            node.name(),
            "Add",
            List.of(output + "/scaled", output + "/term"),
            List.of(output),
            Map.of()));
  }

  /** Of the value's type: what stands at the end of a model runs in its float arithmetic. */
  private static Tensor parameter(Shape shape, double[] values, ElementType type) {
    Tensor doubles = Tensor.of(shape, values);
    return type == ElementType.DOUBLE ? doubles : Tensor.of(type, shape, doubles.toFloats());
  }

  private static double[] parameter(Node node, int index, RowTrace trace) {
    return java.util.Objects.requireNonNull(trace.constant(node.input(index)), node.place())
        .toDoubles();
  }
}
