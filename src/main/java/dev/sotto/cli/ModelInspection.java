package dev.sotto.cli;

import dev.sotto.numpy.NumpyModule;
import dev.sotto.numpy.OperatorRegistry;
import dev.sotto.onnx.Graph;
import dev.sotto.onnx.ModelChecker;
import dev.sotto.onnx.Node;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.problem.Problem;
import dev.sotto.problem.SottoException;
import dev.sotto.quantization.EncryptionPlan;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a model file holds, where each of its operators runs, and every obstacle. */
final class ModelInspection implements Report {
  private final Path file;
  private final Map<String, Problem> obstacles = new LinkedHashMap<>();
  private @Nullable OnnxModel model;
  private @Nullable EncryptionPlan plan;
  private boolean runsFloat;

  private ModelInspection(Path file) {
    this.file = file;
  }

  /** Inspects a file; what is wrong with it is part of the result. */
  static ModelInspection of(Path file) {
    ModelInspection inspection = new ModelInspection(file);
    inspection.inspect();
    return inspection;
  }

  private void inspect() {
    OnnxModel read = attempt(() -> OnnxModel.read(file));
    if (read == null) {
      return;
    }
    model = read;
    ModelChecker.check(read).forEach(this::add);
    OnnxModel normalized = attempt(read::normalized);
    OnnxModel known = normalized == null ? read : normalized;
    OperatorRegistry registry = OperatorRegistry.standard();
    ModelChecker.unsupported(known, type -> registry.find(type) != null).forEach(this::add);
    runsFloat = normalized != null && attempt(() -> NumpyModule.of(normalized)) != null;
    if (runsFloat) {
      plan = attempt(() -> EncryptionPlan.of(read));
    }
    if (plan != null) {
      plan.obstacles().forEach(this::add);
    }
  }

  private <T> @Nullable T attempt(Supplier<T> work) {
    try {
      return work.get();
    } catch (SottoException e) {
      e.problems().forEach(this::add);
    } catch (RuntimeException e) {
      ProblemReporter.problemsOf(e).forEach(this::add);
    }
    return null;
  }

  private void add(Problem problem) {
    obstacles.putIfAbsent(problem.code().code() + " " + problem.where(), problem);
  }

  /** Whether the float interpreter runs the model. */
  boolean runsFloat() {
    return runsFloat;
  }

  /** Whether every operator has its place in an encrypted run. */
  boolean runsEncrypted() {
    return runsFloat && plan != null && obstacles.isEmpty();
  }

  /** Every obstacle, once. */
  List<Problem> obstacles() {
    return List.copyOf(obstacles.values());
  }

  private static Map<String, Integer> counts(List<Node> nodes) {
    Map<String, Integer> counts = new TreeMap<>();
    nodes.forEach(node -> counts.merge(node.type(), 1, Integer::sum));
    return counts;
  }

  /** In one line: the operators, and whether they run. */
  String summary() {
    String operators = model == null ? "" : join(counts(model.graph().nodes())) + "; ";
    return operators
        + (runsEncrypted()
            ? "runs in float and in integers"
            : runsFloat ? "runs in float only" : "does not run");
  }

  @Override
  public Map<String, Object> json() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("model", file.toString());
    document.put("producer", model == null ? "" : model.producer());
    document.put("ir_version", model == null ? 0 : model.irVersion());
    document.put("opsets", opsets());
    document.put("inputs", values(true));
    document.put("outputs", values(false));
    document.put("operators", model == null ? Map.of() : counts(model.graph().nodes()));
    document.put("runs_float", runsFloat);
    document.put("runs_encrypted", runsEncrypted());
    if (plan != null) {
      Map<String, Object> regions = new LinkedHashMap<>();
      regions.put("client_before", counts(plan.before()));
      regions.put("encrypted", counts(plan.inside()));
      regions.put("client_after", counts(plan.after()));
      document.put("regions", regions);
    }
    document.put("obstacles", JsonOutput.of(obstacles()));
    return document;
  }

  private Map<String, Long> opsets() {
    Map<String, Long> opsets = new LinkedHashMap<>();
    if (model != null) {
      model.opsets().forEach((d, version) -> opsets.put(d.isEmpty() ? "ai.onnx" : d, version));
    }
    return opsets;
  }

  private List<Map<String, String>> values(boolean inputs) {
    if (model == null) {
      return List.of();
    }
    Graph graph = model.graph();
    return (inputs ? graph.inputs() : graph.outputs())
        .stream().map(ModelInspection::value).toList();
  }

  private static Map<String, String> value(Graph.Value value) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("name", value.name());
    fields.put("type", TypeText.type(value.type()));
    fields.put("shape", TypeText.shape(value.type()));
    return fields;
  }

  @Override
  public void print(PrintWriter out) {
    out.println(file);
    if (model != null) {
      out.println("  made by    " + (model.producer().isEmpty() ? "unknown" : model.producer()));
      out.println("  opsets     " + join(opsets()));
      values(true).forEach(input -> out.println("  input      " + valueText(input)));
      values(false).forEach(output -> out.println("  output     " + valueText(output)));
      out.println("  operators  " + join(counts(model.graph().nodes())));
    }
    if (plan != null) {
      out.println("  client     " + region(plan.before()) + "   (in the clear, before encryption)");
      out.println("  encrypted  " + region(plan.inside()) + "   (as integers; in clear today)");
      out.println("  client     " + region(plan.after()) + "   (in the clear, after decryption)");
    }
    out.println("  float      " + (runsFloat ? "runs" : "does not run"));
    out.println("  integers   " + (runsEncrypted() ? "runs" : "does not run"));
    if (!obstacles.isEmpty()) {
      out.printf(Locale.ROOT, "  obstacles  %d%n", obstacles.size());
      obstacles.values().forEach(problem -> out.println("    " + problem.message()));
    }
  }

  private static String valueText(Map<String, String> value) {
    return value.get("name") + "  " + value.get("type") + " " + value.get("shape");
  }

  private static String region(List<Node> nodes) {
    return nodes.isEmpty() ? "nothing" : join(counts(nodes));
  }

  private static String join(Map<String, ? extends Number> counts) {
    StringBuilder text = new StringBuilder();
    counts.forEach(
        (name, count) ->
            text.append(text.isEmpty() ? "" : ", ").append(name).append(' ').append(count));
    return text.isEmpty() ? "none" : text.toString();
  }
}
