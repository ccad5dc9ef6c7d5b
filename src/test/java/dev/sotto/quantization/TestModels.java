package dev.sotto.quantization;

import dev.sotto.numpy.NumpyModule;
import dev.sotto.onnx.Graph;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.onnx.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Tiny models for tests. */
final class TestModels {
  private TestModels() {}

  /** A model without nodes: its output is its input {@code x}, a batch of rows of this shape. */
  static NumpyModule identity(int... rowShape) {
    List<ValueType.Dimension> dims = new ArrayList<>();
    dims.add(new ValueType.Dimension(-1, "batch"));
    for (int dim : rowShape) {
      dims.add(new ValueType.Dimension(dim, ""));
    }
    Graph.Value x = new Graph.Value("x", new ValueType.TensorType(1, true, dims));
    Graph graph = new Graph("identity", List.of(), List.of(x), List.of(x), Map.of(), Map.of());
    return NumpyModule.of(new OnnxModel(graph, Map.of("", 21L), 10, "test", Map.of()));
  }
}
