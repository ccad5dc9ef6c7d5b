package dev.sotto.onnx;

import dev.sotto.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Lists what is wrong with a model that was read: everything at once, nothing thrown. */
public final class ModelChecker {
  /** The newest operator set of {@code ai.onnx} that the opset changes are known of. */
  public static final long NEWEST_OPSET = 28;

  /** The newest operator set of {@code ai.onnx.ml} that the opset changes are known of. */
  public static final long NEWEST_ML_OPSET = 5;

  /** The newest version of the file format that is known. */
  public static final long NEWEST_IR = 13;

  private ModelChecker() {}

  /**
   * Every problem that keeps the model from being normalised: old forms without a canonical one,
   * types that Sotto does not compute with, types and shapes that contradict each other.
   *
   * @return empty when {@link OnnxModel#normalized()} succeeds
   */
  public static List<Problem> check(OnnxModel model) {
    List<Problem> problems = new ArrayList<>();
    OnnxNormalizer.normalize(model, problems);
    return List.copyOf(problems);
  }

  /**
   * Every node whose operator is not supported, bodies of control flow included.
   *
   * @param model a normalised model
   * @param isSupported by {@link Node#type()}
   */
  public static List<Problem> unsupported(OnnxModel model, Predicate<String> isSupported) {
    List<Problem> problems = new ArrayList<>();
    addUnsupported(model.graph(), isSupported, problems);
    return List.copyOf(problems);
  }

  private static void addUnsupported(
      Graph graph, Predicate<String> isSupported, List<Problem> problems) {
    Set<String> domains = Set.of("", "ai.onnx.ml", "com.microsoft", OpsetChanges.QONNX);
    for (Node node : graph.nodes()) {
      if (!isSupported.test(node.type())) {
        problems.add(
            domains.contains(node.domain())
                ? Problem.of(
                    OnnxError.UNSUPPORTED_OPERATOR,
                    node.place(),
                    "operator " + node.type() + " is not supported.")
                : Problem.of(
                    OnnxError.UNSUPPORTED_DOMAIN,
                    node.place(),
                    "operator "
                        + node.opType()
                        + " belongs to the domain '"
                        + node.domain()
                        + "', which is not supported."));
      }
      for (Attribute attribute : node.attributes().values()) {
        if (attribute instanceof Attribute.GraphValue body) {
          addUnsupported(body.value(), isSupported, problems);
        }
      }
    }
  }

  /** What a user should know although the model runs: versions newer than known, no import. */
  public static List<Problem> warnings(OnnxModel model) {
    List<Problem> warnings = new ArrayList<>();
    if (model.irVersion() > NEWEST_IR) {
      warnings.add(
          Problem.of(
              OnnxError.NEWER_IR,
              "model",
              "the file has IR version "
                  + model.irVersion()
                  + ", known are versions up to "
                  + NEWEST_IR
                  + "."));
    }
    Map<String, Long> newest = Map.of("", NEWEST_OPSET, "ai.onnx.ml", NEWEST_ML_OPSET);
    model
        .opsets()
        .forEach(
            (domain, version) -> {
              if (version > newest.getOrDefault(domain, Long.MAX_VALUE)) {
                warnings.add(
                    Problem.of(
                        OnnxError.NEWER_OPSET,
                        "model",
                        "it imports version "
                            + version
                            + " of "
                            + shown(domain)
                            + ", known are versions up to "
                            + newest.get(domain)
                            + "."));
              }
            });
    Set<String> used = new TreeSet<>();
    model.graph().nodes().forEach(node -> used.add(node.domain()));
    used.removeAll(model.opsets().keySet());
    for (String domain : used) {
      warnings.add(
          Problem.of(
              OnnxError.MISSING_OPSET,
              "model",
              "it uses operators of "
                  + shown(domain)
                  + " without importing a version; version 1 is taken."));
    }
    return List.copyOf(warnings);
  }

  private static String shown(String domain) {
    return domain.isEmpty() ? "ai.onnx" : domain;
  }
}
