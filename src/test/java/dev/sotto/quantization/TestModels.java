package dev.sotto.quantization;

import dev.sotto.numpy.NumpyModule;
import dev.sotto.onnx.Graph;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.onnx.ValueType;
import java.util.List;
import java.util.Map;

/** Tiny models for tests. */
final class TestModels {
  private TestModels() {}

  /** A model without nodes: its output is its input {@code x} of shape [batch, features]. */
  static NumpyModule identity(int features) {
    Graph.Value x =
        new Graph.Value(
            "x",
            new ValueType.TensorType(
                1,
                true,
                List.of(
                    new ValueType.Dimension(-1, "batch"), new ValueType.Dimension(features, ""))));
    Graph graph = new Graph("identity", List.of(), List.of(x), List.of(x), Map.of(), Map.of());
    return NumpyModule.of(new OnnxModel(graph, Map.of("", 21L), 10, "test", Map.of()));
  }
}
