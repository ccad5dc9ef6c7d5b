package dev.sotto.spark;

import dev.sotto.numpy.NumpyModule;
import dev.sotto.onnx.Graph;
import dev.sotto.onnx.Node;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.onnx.ValueType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Small models for tests of the distributed work. */
final class SparkTestModels {
  private SparkTestModels() {}

  /** A layer with ReLU: {@code x} of shape [batch, features] to {@code y} of [batch, 7]. */
  static NumpyModule layer(int features) {
    Random random = new Random(3);
    float[] weights = new float[features * 7];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) random.nextGaussian();
    }
    return module(
        List.of(input("x", features)),
        List.of(
            Node.of("dense", "MatMul", List.of("x", "w"), List.of("h"), Map.of()),
            Node.of("relu", "Relu", List.of("h"), List.of("y"), Map.of())),
        new Graph.Value("y", type(7)),
        Map.of("w", Tensor.of(Shape.of(features, 7), weights)));
  }

  /** The sum of inputs {@code a} and {@code b}, each of shape [batch, features]. */
  static NumpyModule sum(int features) {
    return module(
        List.of(input("a", features), input("b", features)),
        List.of(Node.of("add", "Add", List.of("a", "b"), List.of("y"), Map.of())),
        new Graph.Value("y", type(features)),
        Map.of());
  }

  private static NumpyModule module(
      List<Graph.Value> inputs,
      List<Node> nodes,
      Graph.Value output,
      Map<String, Tensor> initializers) {
    Graph graph =
        new Graph("test", nodes, inputs, new ArrayList<>(List.of(output)), initializers, Map.of());
    return NumpyModule.of(new OnnxModel(graph, Map.of("", 21L), 10, "test", Map.of()));
  }

  private static Graph.Value input(String name, int features) {
    return new Graph.Value(name, type(features));
  }

  private static ValueType type(int features) {
    return new ValueType.TensorType(
        1,
        true,
        List.of(new ValueType.Dimension(-1, "batch"), new ValueType.Dimension(features, "")));
  }
}
