package dev.sotto.quantization;

import dev.sotto.numpy.ml.LinearModel;
import dev.sotto.numpy.ml.ScoreFinish;
import dev.sotto.numpy.ml.TreeEnsemble;
import dev.sotto.numpy.ml.TreeEnsemble.Aggregation;
import dev.sotto.numpy.ml.TreeEnsemble.Mode;
import dev.sotto.onnx.Attribute;
import dev.sotto.onnx.Graph;
import dev.sotto.onnx.Node;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.onnx.ValueType;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Splits the tree and linear models of ai.onnx.ml into what can be encrypted and what the client
 * does afterwards.
 *
 * <pre>
 *   TreeEnsemble*            ─►  dev.sotto:TreeScores ─► dev.sotto:ScoreFinish
 *   Linear*, SVM* (linear)   ─►  Gemm                 ─► dev.sotto:ScoreFinish
 * </pre>
 *
 * <p>The split model gives the same results, bit for bit. Ensembles that take the smallest or
 * largest leaf, or ask whether a feature belongs to a set, stay as they are; the quantizer refuses
 * them by name.
 */
final class ModelSplit {
  /** Sums of leaves: the attributes of a TreeEnsembleRegressor without base values or transform. */
  static final String SCORES = "dev.sotto:TreeScores";

  private final OnnxModel model;
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Tensor> initializers;
  private boolean changed;

  private ModelSplit(OnnxModel model) {
    this.model = model;
    this.initializers = new LinkedHashMap<>(model.graph().initializers());
  }

  /**
   * Splits every tree and linear model of a graph.
   *
   * @param model normalised
   * @return the same model when there are none
   */
  static OnnxModel rewrite(OnnxModel model) {
    return new ModelSplit(model).rewrite();
  }

  private OnnxModel rewrite() {
    for (Node node : model.graph().nodes()) {
      switch (node.type()) {
        case "ai.onnx.ml:TreeEnsembleClassifier",
            "ai.onnx.ml:TreeEnsembleRegressor",
            "ai.onnx.ml:TreeEnsemble" ->
            trees(node, TreeEnsemble.of(node));
        case "ai.onnx.ml:LinearClassifier",
            "ai.onnx.ml:LinearRegressor",
            "ai.onnx.ml:SVMClassifier",
            "ai.onnx.ml:SVMRegressor" ->
            linear(node, LinearModel.of(node));
        default -> nodes.add(node);
      }
    }
    if (!changed) {
      return model;
    }
    Map<String, Long> opsets = new HashMap<>(model.opsets());
    opsets.put("dev.sotto", 1L);
    return new OnnxModel(
        model.graph().with(nodes, initializers),
        opsets,
        model.irVersion(),
        model.producer(),
        model.metadata());
  }

  private void trees(Node node, TreeEnsemble trees) {
    boolean sums =
        trees.aggregation() == Aggregation.SUM || trees.aggregation() == Aggregation.AVERAGE;
    if (!sums || Arrays.asList(trees.modes()).contains(Mode.MEMBER)) {
      nodes.add(node);
      return;
    }
    ScoreFinish finish = ScoreFinish.of(node, trees);
    String scores = scores(node, finish);
    nodes.add(
        new Node(
            node.name(),
            "dev.sotto",
            "TreeScores",
            node.inputs(),
            List.of(scores),
            EnsembleAttributes.of(trees)));
    finish(node, finish, scores);
  }

  private void linear(Node node, LinearModel linear) {
    ScoreFinish finish = ScoreFinish.of(node, linear);
    String scores = scores(node, finish);
    String features = node.input(0);
    if (!isFloat(features)) {
      features = scores + "/features";
      Attribute to = new Attribute.IntValue(ElementType.FLOAT.onnxNumber());
      nodes.add(
          Node.of(features, "Cast", List.of(node.input(0)), List.of(features), Map.of("to", to)));
    }
    int targets = linear.targetCount();
    Shape shape = Shape.of(targets, linear.featureCount());
    initializers.put(scores + "/coefficients", Tensor.of(shape, linear.coefficients()));
    initializers.put(scores + "/intercepts", Tensor.of(Shape.of(targets), linear.intercepts()));
    nodes.add(
        Node.of(
            node.name(),
            "Gemm",
            List.of(features, scores + "/coefficients", scores + "/intercepts"),
            List.of(scores),
            Map.of("transB", new Attribute.IntValue(1))));
    finish(node, finish, scores);
  }

  private static String scores(Node node, ScoreFinish finish) {
    return finish.isNothing() ? node.output(0) : node.name() + "/scores";
  }

  private void finish(Node node, ScoreFinish finish, String scores) {
    changed = true;
    if (!finish.isNothing()) {
      nodes.add(finish.node(node.name() + "/finish", scores, node.outputs()));
    }
  }

  private boolean isFloat(String value) {
    ValueType type = model.graph().valueTypes().get(value);
    for (Graph.Value input : model.graph().inputs()) {
      type = input.name().equals(value) ? input.type() : type;
    }
    return type instanceof ValueType.TensorType tensor
        && tensor.elementType() == ElementType.FLOAT.onnxNumber();
  }
}
