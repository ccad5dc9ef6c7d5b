package dev.sotto.quantization;

import dev.sotto.circuit.Interval;
import dev.sotto.numpy.NumpyModule;
import dev.sotto.onnx.Graph;
import dev.sotto.onnx.Node;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.onnx.ValueType;
import dev.sotto.problem.Problem;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns a float model and what calibration saw of it into a {@link QuantizedModule}.
 *
 * <p>The graph is read as the function of one row ({@link RowTrace}), cut into regions ({@link
 * GraphRegions}), and its inside walked in order: every operator is handed to the handler of its
 * kind, which adds quantized operators.
 */
final class ModuleQuantizer {
  private final OnnxModel model;
  private final QuantizationOptions options;
  private final RangeSource ranges;
  private final RowTrace trace;
  private final @Nullable Map<String, Shape> pairShapes;
  private final FakeQuantization fake;
  private final List<Node> nodes;
  private final GraphRegions regions;
  private final QuantizationContext context;
  private final Map<String, Node> producers = new HashMap<>();

  private ModuleQuantizer(
      OnnxModel model,
      NumpyModule module,
      RangeSource ranges,
      QuantizationOptions options,
      Tensor[] row) {
    this.model = model;
    this.options = options;
    this.ranges = ranges;
    Graph graph = model.graph();
    this.trace = RowTrace.of(module, graph, row);
    this.pairShapes = pairShapes(module, row);
    this.fake = FakeQuantization.of(graph, trace);
    this.nodes = live(BatchNormalizations.rewrite(fake.nodes(), trace), graph.outputs());
    nodes.forEach(node -> node.outputs().forEach(out -> producers.put(out, node)));
    this.regions = GraphRegions.of(graph.with(nodes, graph.initializers()), trace);
    this.context = new QuantizationContext(trace, ranges, options, fake.weights(), nodes);
  }

  /**
   * Quantizes a model.
   *
   * @param model normalised, classifiers split
   * @param module the float module of {@code model}
   * @param ranges what calibration saw
   * @param row one row for every input
   */
  static QuantizedModule quantize(
      OnnxModel model,
      NumpyModule module,
      RangeSource ranges,
      QuantizationOptions options,
      Tensor[] row) {
    return new ModuleQuantizer(model, module, ranges, options, row).build();
  }

  private static List<Node> live(List<Node> nodes, List<Graph.Value> outputs) {
    Set<String> needed = new HashSet<>();
    outputs.forEach(output -> needed.add(output.name()));
    List<Node> kept = new ArrayList<>();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      if (node.outputs().stream().anyMatch(needed::contains)) {
        needed.addAll(node.inputs());
        kept.add(0, node);
      }
    }
    return kept;
  }

  /**
   * Shapes of all values for two rows; null when the graph takes only one, or mixes rows where it
   * fixes the batch.
   */
  private static @Nullable Map<String, Shape> pairShapes(NumpyModule module, Tensor[] row) {
    Map<String, Shape> shapes = new HashMap<>();
    Tensor[] pair = new Tensor[row.length];
    for (int i = 0; i < row.length; i++) {
      Tensor one = row[i];
      Object data = Tensor.newStorage(one.type(), 2 * one.size());
      System.arraycopy(one.storage(), 0, data, 0, one.size());
      System.arraycopy(one.storage(), 0, data, one.size(), one.size());
      pair[i] = Tensor.ofStorage(one.type(), one.shape().withDim(0, 2 * one.shape().dim(0)), data);
    }
    Map<String, Tensor> apart = new HashMap<>();
    module.forward(row, apart::put);
    boolean[] mixed = {false};
    try {
      module.forward(
          pair,
          (name, tensor) -> {
            shapes.put(name, tensor.shape());
            Tensor one = apart.remove(name);
            mixed[0] |= one != null && !repeats(one, tensor);
          });
      return mixed[0] ? null : shapes;
    } catch (RuntimeException e) {
      return null;
    }
  }

  /** Whether a value of two equal rows is twice the value of one, or has no batch axis. */
  private static boolean repeats(Tensor one, Tensor two) {
    BatchLayout layout = BatchLayout.of(one.shape(), two.shape());
    if (layout == null || one.type() == ElementType.STRING) {
      return true;
    }
    float[] rows = layout.toRows(two);
    for (int i = 0; i < rows.length; i++) {
      double expected = one.getDouble(i % one.size());
      if (!(Math.abs(rows[i] - expected) <= 1e-3 * (1e-3 + Math.abs(expected)))
          && Double.isFinite(expected)) {
        return false;
      }
    }
    return true;
  }

  private QuantizedModule build() {
    List<Problem> problems = new ArrayList<>(regions.problems());
    List<String> boundary = boundary();
    BoundaryEncoder encoder =
        new BoundaryEncoder(context, trace, producers, regions, ranges, options);
    Handlers handlers = new Handlers(context);
    for (String value : boundary) {
      encoder.encode(value, model.graph(), handlers.trees());
    }
    Set<String> broken = new HashSet<>();
    for (Node node : regions.inside()) {
      boolean skipped =
          node.inputs().stream().anyMatch(broken::contains)
              || regions.problems().stream().anyMatch(p -> p.where().equals(node.place()));
      if (!skipped) {
        try {
          handlers.handle(node);
          continue;
        } catch (SottoException e) {
          problems.addAll(e.problems());
        }
      }
      broken.addAll(node.outputs());
    }
    if (!problems.isEmpty()) {
      throw new SottoException(problems);
    }
    return assemble();
  }

  /**
   * Values that the client hands over: made before, used inside or after, or outputs as they are.
   */
  private List<String> boundary() {
    Set<String> clear = new HashSet<>();
    model.graph().inputs().forEach(input -> clear.add(input.name()));
    regions.before().forEach(node -> clear.addAll(node.outputs()));
    Set<String> boundary = new LinkedHashSet<>();
    for (List<Node> part : List.of(regions.inside(), regions.after())) {
      for (Node node : part) {
        node.inputs().stream()
            .filter(in -> clear.contains(in) && trace.dependsOnData(in))
            .forEach(boundary::add);
      }
    }
    model.graph().outputs().stream()
        .map(Graph.Value::name)
        .filter(clear::contains)
        .forEach(boundary::add);
    return new ArrayList<>(boundary);
  }

  private QuantizedModule assemble() {
    Set<Node> afterNodes = new LinkedHashSet<>();
    Map<String, EncryptedValue> results = new LinkedHashMap<>();
    Set<String> madeAfter = new HashSet<>();
    regions.after().forEach(node -> madeAfter.addAll(node.outputs()));
    Set<String> needed = new LinkedHashSet<>();
    regions.after().forEach(node -> needed.addAll(node.inputs()));
    model.graph().outputs().forEach(output -> needed.add(output.name()));
    for (String name : needed) {
      EncryptedValue value = context.find(name);
      if (value != null && !madeAfter.contains(name)) {
        EncryptedValue base = EncryptedValue.of(value.base());
        boolean closed = value.closed() != null;
        results.putIfAbsent(closed ? name : base.name(), closed ? value : base);
        if (!closed) {
          afterNodes.addAll(value.pending());
        }
      }
    }
    afterNodes.addAll(regions.after());
    List<Node> tail = new ArrayList<>();
    afterNodes.stream()
        .sorted(java.util.Comparator.comparingInt(context::order))
        .forEach(node -> tail.addAll(fake.originals(node)));
    List<QuantizedModule.Output> outputs = new ArrayList<>();
    for (Map.Entry<String, EncryptedValue> entry : results.entrySet()) {
      EncryptedValue value = entry.getValue();
      Affine affine = Objects.requireNonNull(value.closed());
      outputs.add(
          new QuantizedModule.Output(
              entry.getKey(), value.base().slot(), value.shape(), affine.slope(), affine.offset()));
    }
    List<QuantizedModule.Input> inputs = new ArrayList<>();
    for (Graph.Value input : model.graph().inputs()) {
      inputs.add(new QuantizedModule.Input(input.name(), trace.shape(input.name())));
    }
    List<QuantizedOp> ops = context.module().ops();
    List<Interval> proved = new ArrayList<>();
    int first = context.module().encodings().size();
    for (int i = 0; i < ops.size(); i++) {
      proved.add(context.module().proved(first + i));
    }
    return new QuantizedModule(
        inputs,
        model.graph().outputs().stream().map(Graph.Value::name).toList(),
        beforeStage(inputs),
        context.module().encodings(),
        ops,
        proved,
        outputs,
        afterStage(tail, outputs),
        options);
  }

  private @Nullable ClearStage beforeStage(List<QuantizedModule.Input> inputs) {
    List<String> wanted = context.module().encodings().stream().map(InputEncoding::value).toList();
    Set<String> names = new HashSet<>();
    inputs.forEach(input -> names.add(input.name()));
    if (names.containsAll(wanted)) {
      return null;
    }
    List<Node> originals = new ArrayList<>();
    regions.before().forEach(node -> originals.addAll(fake.originals(node)));
    return stage(
        originals,
        inputs.stream().map(QuantizedModule.Input::name).toList(),
        wanted,
        inputs.stream().map(QuantizedModule.Input::row).toList());
  }

  private @Nullable ClearStage afterStage(List<Node> tail, List<QuantizedModule.Output> outputs) {
    List<String> wanted = model.graph().outputs().stream().map(Graph.Value::name).toList();
    List<String> given = outputs.stream().map(QuantizedModule.Output::value).toList();
    boolean plain =
        wanted.equals(given)
            && given.stream()
                .allMatch(name -> rowsFirst(layout(name)) && trace.type(name) == ElementType.FLOAT);
    return plain
        ? null
        : stage(tail, given, wanted, outputs.stream().map(QuantizedModule.Output::row).toList());
  }

  private static boolean rowsFirst(@Nullable BatchLayout layout) {
    return layout != null && layout.axis() == 0;
  }

  private @Nullable BatchLayout layout(String value) {
    Shape two = pairShapes == null ? null : pairShapes.get(value);
    if (two == null && pairShapes != null && trace.hasShape(value)) {
      return BatchLayout.rowsFirst(trace.shape(value));
    }
    return two == null ? null : BatchLayout.of(trace.shape(value), two);
  }

  private List<@Nullable BatchLayout> layouts(List<String> values) {
    List<@Nullable BatchLayout> layouts = new ArrayList<>();
    values.forEach(value -> layouts.add(layout(value)));
    return layouts;
  }

  private ClearStage stage(
      List<Node> part, List<String> inputs, List<String> outputs, List<Shape> inputRows) {
    Set<String> given = new HashSet<>(inputs);
    List<Graph.Value> outputValues = new ArrayList<>();
    outputs.forEach(name -> outputValues.add(new Graph.Value(name, new ValueType.OtherType(""))));
    List<Node> kept =
        live(
            part.stream().filter(n -> n.outputs().stream().noneMatch(given::contains)).toList(),
            outputValues);
    Map<String, Tensor> constants = new LinkedHashMap<>();
    Set<String> made = new HashSet<>(inputs);
    for (Node node : kept) {
      for (String input : node.inputs()) {
        Tensor constant = made.contains(input) ? null : context.constant(input);
        if (constant != null && !trace.dependsOnData(input)) {
          constants.put(input, constant);
        }
      }
      made.addAll(node.outputs());
    }
    List<Graph.Value> inputValues = new ArrayList<>();
    for (String name : inputs) {
      inputValues.add(
          new Graph.Value(
              name, new ValueType.TensorType(trace.type(name).onnxNumber(), false, List.of())));
    }
    Graph graph =
        new Graph(model.graph().name(), kept, inputValues, outputValues, constants, Map.of());
    OnnxModel stage = new OnnxModel(graph, model.opsets(), model.irVersion(), "sotto", Map.of());
    return new ClearStage(stage, inputRows, layouts(inputs), layouts(outputs));
  }
}
