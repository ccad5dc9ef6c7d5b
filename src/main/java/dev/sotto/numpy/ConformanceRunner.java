package dev.sotto.numpy;

import dev.sotto.numpy.ConformanceReport.CaseResult;
import dev.sotto.numpy.ConformanceReport.Outcome;
import dev.sotto.onnx.Graph;
import dev.sotto.onnx.Node;
import dev.sotto.onnx.OnnxError;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.onnx.OnnxTensors;
import dev.sotto.problem.ErrorCode;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs a folder of cases in the layout of ONNX's backend tests.
 *
 * <p>A case is any folder, at any depth, with a {@code model.onnx}; beside it {@code
 * test_data_set_N/input_K.pb} and {@code output_K.pb}, K counting the graph inputs without an
 * initializer and the graph outputs.
 */
public final class ConformanceRunner {
  /** Relative tolerance of ONNX's own runner. */
  public static final double RELATIVE = 1e-3;

  /** Absolute tolerance for single operators, that of ONNX's own runner. */
  public static final double ABSOLUTE_OPERATOR = 1e-7;

  /** Absolute tolerance for whole networks, whose float32 sums differ in order. */
  public static final double ABSOLUTE_NETWORK = 1e-5;

  private static final Set<ErrorCode> OUT_OF_SCOPE =
      Set.of(
          OnnxError.UNSUPPORTED_OPERATOR,
          OnnxError.UNSUPPORTED_DOMAIN,
          OnnxError.UNSUPPORTED_TYPE,
          NumpyError.UNSUPPORTED_MODE);

  private static final String MODEL = "model.onnx";
  private static final Pattern DATA_FILE = Pattern.compile("(input|output)_(\\d+)\\.pb");

  private final double absolute;
  private final Consumer<CaseResult> progress;

  private ConformanceRunner(double absolute, Consumer<CaseResult> progress) {
    this.absolute = absolute;
    this.progress = progress;
  }

  /**
   * A runner that chooses the absolute tolerance itself: {@link #ABSOLUTE_NETWORK} for a graph with
   * weights (an initializer of rank 2 or more), {@link #ABSOLUTE_OPERATOR} for any other.
   */
  public static ConformanceRunner create() {
    return new ConformanceRunner(Double.NaN, result -> {});
  }

  /** The same runner with one absolute tolerance for every case. */
  public ConformanceRunner withAbsoluteTolerance(double tolerance) {
    return new ConformanceRunner(tolerance, progress);
  }

  /** The same runner that shows each result as it comes. */
  public ConformanceRunner withProgress(Consumer<CaseResult> newProgress) {
    return new ConformanceRunner(absolute, newProgress);
  }

  /**
   * Runs every case under a folder.
   *
   * @throws IOException when the folder cannot be read
   */
  public ConformanceReport run(Path root) throws IOException {
    List<CaseResult> results = new ArrayList<>();
    for (Path folder : casesUnder(root.toAbsolutePath().normalize())) {
      CaseResult result = runCase(root.toAbsolutePath().normalize(), folder);
      progress.accept(result);
      results.add(result);
    }
    return new ConformanceReport(results);
  }

  private static List<Path> casesUnder(Path root) throws IOException {
    try (Stream<Path> folders = Files.walk(root)) {
      return folders.filter(folder -> Files.exists(folder.resolve(MODEL))).sorted().toList();
    }
  }

  private CaseResult runCase(Path root, Path folder) throws IOException {
    String relative = root.relativize(folder).toString();
    String name = relative.isEmpty() ? root.toString() : relative;
    OnnxModel model = null;
    NumpyModule module = null;
    try {
      model = OnnxModel.read(folder.resolve(MODEL));
      module = NumpyModule.of(model);
    } catch (SottoException refusal) {
      String operator = model == null ? "(not read)" : operator(model.graph());
      return new CaseResult(name, operator, Outcome.REFUSED, 0, reason(refusal));
    } catch (RuntimeException defect) {
      String operator = model == null ? "(not read)" : operator(model.graph());
      return new CaseResult(name, operator, Outcome.FAILED, 0, "while loading: " + defect);
    }
    List<Path> dataSets = dataSets(folder);
    String operator = operator(model.graph());
    for (Path dataSet : dataSets) {
      CaseResult trouble = runDataSet(name, operator, module, dataSet);
      if (trouble != null) {
        return trouble;
      }
    }
    Outcome outcome = dataSets.isEmpty() ? Outcome.NO_DATA : Outcome.PASSED;
    return new CaseResult(name, operator, outcome, dataSets.size(), "");
  }

  /** The one operator of a graph beside Constant, or {@code graph}. */
  private static String operator(Graph graph) {
    Set<String> types = new TreeSet<>();
    for (Node node : graph.nodes()) {
      types.add(node.type());
    }
    if (types.size() > 1) {
      types.remove("Constant");
    }
    return types.size() == 1 ? types.iterator().next() : "graph";
  }

  private static List<Path> dataSets(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children
          .filter(child -> child.getFileName().toString().startsWith("test_data_set_"))
          .sorted()
          .toList();
    }
  }

  private @Nullable CaseResult runDataSet(
      String name, String operator, NumpyModule module, Path dataSet) throws IOException {
    String where = dataSet.getFileName() + ": ";
    try {
      SortedMap<Integer, Tensor> inputs = readAll(dataSet, "input");
      SortedMap<Integer, Tensor> expected = readAll(dataSet, "output");
      Tensor[] actual = module.forward(inputs.values().toArray(Tensor[]::new));
      String difference = difference(module, actual, expected);
      return difference == null
          ? null
          : new CaseResult(name, operator, Outcome.FAILED, 0, where + difference);
    } catch (SottoException e) {
      boolean outOfScope =
          e.problems().stream().allMatch(problem -> OUT_OF_SCOPE.contains(problem.code()));
      Outcome outcome = outOfScope ? Outcome.REFUSED : Outcome.FAILED;
      return new CaseResult(name, operator, outcome, 0, where + reason(e));
    } catch (RuntimeException defect) {
      return new CaseResult(name, operator, Outcome.FAILED, 0, where + defect);
    }
  }

  /** The tensors of one kind by position; a data set may leave some out. */
  private static SortedMap<Integer, Tensor> readAll(Path dataSet, String prefix)
      throws IOException {
    SortedMap<Integer, Tensor> tensors = new TreeMap<>();
    try (Stream<Path> files = Files.list(dataSet)) {
      for (Path file : files.toList()) {
        Matcher name = DATA_FILE.matcher(file.getFileName().toString());
        if (name.matches() && name.group(1).equals(prefix)) {
          tensors.put(Integer.valueOf(name.group(2)), OnnxTensors.read(file));
        }
      }
    }
    return tensors;
  }

  private @Nullable String difference(
      NumpyModule module, Tensor[] actual, SortedMap<Integer, Tensor> expected) {
    if (expected.isEmpty() || expected.lastKey() >= actual.length) {
      return "expected outputs " + expected.keySet() + ", got " + actual.length + " outputs";
    }
    Graph graph = module.model().graph();
    TensorComparison comparison = new TensorComparison(RELATIVE, tolerance(graph));
    for (Map.Entry<Integer, Tensor> output : expected.entrySet()) {
      String difference = comparison.difference(actual[output.getKey()], output.getValue());
      if (difference != null) {
        return "output '" + graph.outputs().get(output.getKey()).name() + "', " + difference;
      }
    }
    return null;
  }

  private double tolerance(Graph graph) {
    if (!Double.isNaN(absolute)) {
      return absolute;
    }
    return graph.initializers().values().stream().anyMatch(value -> value.shape().rank() >= 2)
        ? ABSOLUTE_NETWORK
        : ABSOLUTE_OPERATOR;
  }

  private static String reason(SottoException e) {
    return e.problems().stream()
        .map(problem -> problem.code().code() + " " + problem.where() + ": " + problem.detail())
        .collect(Collectors.joining("\n"));
  }
}
