package dev.sotto.onnx;

import dev.sotto.problem.Problem;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.ElementType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Brings a model to the operator forms of {@link OnnxModel#CANONICAL_OPSET}.
 *
 * <p>Applies the {@link OpsetChanges} to each node in execution order. Versions after the canonical
 * one only widen types or add operators; such a model keeps its version.
 */
final class OnnxNormalizer {
  private static final long CANONICAL_ML_OPSET = 4;

  private OnnxNormalizer() {}

  static OnnxModel normalize(OnnxModel model) {
    List<Problem> problems = new ArrayList<>();
    OnnxModel normalized = normalize(model, problems);
    if (!problems.isEmpty()) {
      throw new SottoException(problems);
    }
    return normalized;
  }

  /** As above, with what is wrong added to a list; the result is then for looking at only. */
  static OnnxModel normalize(OnnxModel model, List<Problem> problems) {
    Map<String, String> labels = new HashMap<>();
    checkInputs(model.graph(), problems);
    Graph graph = new GraphRewriter(model.graph(), null, labels, problems).rewrite(model.opsets());
    Map<String, Long> opsets = new TreeMap<>(model.opsets());
    opsets.merge("", OnnxModel.CANONICAL_OPSET, Math::max);
    opsets.computeIfPresent("ai.onnx.ml", (d, version) -> Math.max(version, CANONICAL_ML_OPSET));
    for (Node node : graph.nodes()) {
      if (node.domain().equals(OpsetChanges.QONNX)) {
        opsets.putIfAbsent(OpsetChanges.QONNX, 1L);
      }
    }
    Map<String, String> metadata = new TreeMap<>(model.metadata());
    labels.forEach((value, text) -> metadata.put(ClassLabels.KEY + value, text));
    // Opset 21 came with version 10 of the file format.
    long irVersion = Math.max(model.irVersion(), 10);
    return new OnnxModel(graph, opsets, irVersion, model.producer(), metadata);
  }

  private static void checkInputs(Graph graph, List<Problem> problems) {
    for (Graph.Value input : graph.inputs()) {
      boolean isTensor = input.type() instanceof ValueType.TensorType;
      int element = input.type() instanceof ValueType.TensorType t ? t.elementType() : 0;
      boolean isKnown = element == 0 || ElementType.ofOnnxNumber(element) != null;
      boolean isDeclared =
          !(input.type() instanceof ValueType.OtherType other)
              || !other.description().equals("no type");
      if (isDeclared && !(isTensor && isKnown)) {
        problems.add(
            Problem.of(
                OnnxError.UNSUPPORTED_TYPE,
                "input '" + input.name() + "'",
                "it is declared as " + ValueTypes.print(input.type()) + "."));
      }
    }
  }
}
