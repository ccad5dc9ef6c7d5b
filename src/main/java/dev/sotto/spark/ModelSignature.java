package dev.sotto.spark;

import dev.sotto.circuit.IntegerTensor;
import dev.sotto.numpy.NumpyModule;
import dev.sotto.onnx.Graph;
import dev.sotto.problem.Problem;
import dev.sotto.problem.SottoException;
import dev.sotto.quantization.QuantizedModule;
import dev.sotto.runtime.ClientPackage;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * What a model takes of a row and gives for it, and so the schema that scoring gives.
 *
 * <p>Read off two rows of zeros that the model is run on, once, on the driver.
 */
public final class ModelSignature {
  private static final int PROBED_ROWS = 2;

  private final List<QuantizedModule.Input> inputs;
  private final List<String> outputNames;
  private final Tensor[] probe;
  private final OutputLayout layout;

  private ModelSignature(
      List<QuantizedModule.Input> inputs, List<String> outputNames, Tensor[] probe) {
    this.inputs = List.copyOf(inputs);
    this.outputNames = List.copyOf(outputNames);
    this.probe = probe;
    this.layout = OutputLayout.of(probe, PROBED_ROWS);
  }

  /** The signature of a quantized model. */
  public static ModelSignature of(QuantizedModule module) {
    return new ModelSignature(
        module.inputs(), module.outputNames(), module.forward(zeros(module.inputs())));
  }

  /** The signature of a compiled model, as its data owner sees it. */
  public static ModelSignature of(ClientPackage client) {
    QuantizedModule module = client.part().module();
    List<IntegerTensor> zeros =
        module.outputs().stream()
            .map(o -> o.row().size())
            .map(
                size ->
                    IntegerTensor.ofDoubles(PROBED_ROWS, size, new double[PROBED_ROWS * size], 1))
            .toList();
    return new ModelSignature(
        module.inputs(), module.outputNames(), module.postProcess(module.dequantizeOutput(zeros)));
  }

  /**
   * The signature of a float model, which its quantized one will have.
   *
   * @throws SottoException when an input does not declare how many numbers a row has
   */
  public static ModelSignature of(NumpyModule module) {
    Graph graph = module.model().graph();
    List<Problem> problems = new ArrayList<>();
    List<QuantizedModule.Input> inputs = new ArrayList<>();
    for (Graph.Value value : graph.inputs()) {
      int width = FeatureColumns.width(value.type());
      if (width < 0) {
        problems.add(
            Problem.of(
                SparkError.WIDTH,
                "input '" + value.name() + "'",
                "the model does not declare how many numbers a row has."));
      }
      inputs.add(new QuantizedModule.Input(value.name(), Shape.of(1, Math.max(0, width))));
    }
    if (!problems.isEmpty()) {
      throw new SottoException(problems);
    }
    return new ModelSignature(
        inputs,
        graph.outputs().stream().map(Graph.Value::name).toList(),
        module.forwardRows(zeros(inputs), null));
  }

  private static Tensor[] zeros(List<QuantizedModule.Input> inputs) {
    return inputs.stream()
        .map(
            in -> Tensor.of(Shape.of(PROBED_ROWS, in.width()), new float[PROBED_ROWS * in.width()]))
        .toArray(Tensor[]::new);
  }

  /** The model's inputs, in order. */
  public List<QuantizedModule.Input> inputs() {
    return inputs;
  }

  /** Whether the prediction is one of several classes, and not a number on a scale. */
  public boolean isClassifier() {
    return layout.isClassifier(Arrays.asList(probe));
  }

  /** Names of the outputs that are scores, not the prediction itself. */
  public List<String> scoreOutputs() {
    List<String> names = new ArrayList<>();
    for (int o = 0; o < probe.length; o++) {
      if (o != layout.prediction() && probe[o].type().isFloating()) {
        names.add(outputNames.get(o));
      }
    }
    return names;
  }

  /** Whether the model scores classes, so that there are probabilities. */
  public boolean scoresClasses() {
    return layout.scores() >= 0;
  }

  /** Numbers of a row of all inputs. */
  public int width() {
    return inputs.stream().mapToInt(QuantizedModule.Input::width).sum();
  }

  /**
   * The schema that scoring gives: the columns of the rows, then the results.
   *
   * @throws SottoException with everything that does not fit
   */
  public StructType schema(StructType rows, ScoringOptions options) {
    List<Problem> problems = new ArrayList<>();
    readers(rows, options, problems);
    return added(rows, options, problems);
  }

  /** The same where the columns are no features: they stand before the results, no more. */
  public StructType resultSchema(StructType columns, ScoringOptions options) {
    return added(columns, options, new ArrayList<>());
  }

  private StructType added(StructType rows, ScoringOptions options, List<Problem> problems) {
    List<OutputColumn> outputs = outputs(options);
    checkOutputs(rows, outputs, options, problems);
    if (!problems.isEmpty()) {
      throw new SottoException(problems);
    }
    StructType schema = rows;
    ResultWriter writer = writer(options);
    boolean nullable = options.mode() == RowMode.PERMISSIVE;
    for (int c = 0; c < outputs.size(); c++) {
      schema = schema.add(outputs.get(c).name(), writer.type(c, probe, PROBED_ROWS), nullable);
    }
    return nullable ? schema.add(options.errorColumn(), DataTypes.StringType, true) : schema;
  }

  /** The columns that scoring adds: those asked for, or the standard ones. */
  public List<OutputColumn> outputs(ScoringOptions options) {
    if (!options.outputs().isEmpty()) {
      return options.outputs();
    }
    OutputColumn prediction = new OutputColumn.Prediction("prediction");
    return scoresClasses()
        ? List.of(prediction, new OutputColumn.Probabilities("probability", false))
        : List.of(prediction);
  }

  /** One reader per input; incomplete when there are problems. */
  List<FeatureReader> readers(StructType rows, ScoringOptions options, List<Problem> problems) {
    return new FeatureReaders(rows, problems).readers(inputs, options.inputs(), options.ignored());
  }

  /** What turns the outputs of a batch into columns. */
  public ResultWriter writer(ScoringOptions options) {
    return new ResultWriter(layout, outputs(options), outputNames);
  }

  private void checkOutputs(
      StructType rows, List<OutputColumn> outputs, ScoringOptions options, List<Problem> problems) {
    Set<String> names = new HashSet<>(Arrays.asList(rows.fieldNames()));
    List<String> added = new ArrayList<>(outputs.stream().map(OutputColumn::name).toList());
    if (options.mode() == RowMode.PERMISSIVE) {
      added.add(options.errorColumn());
    }
    for (String name : added) {
      if (!names.add(name)) {
        problems.add(
            Problem.of(SparkError.COLUMN_EXISTS, "column '" + name + "'", "is there already."));
      }
    }
    for (OutputColumn column : outputs) {
      if (column instanceof OutputColumn.Raw raw && !outputNames.contains(raw.output())) {
        problems.add(
            Problem.of(
                SparkError.UNKNOWN_OUTPUT,
                "output '" + raw.output() + "'",
                "the model has " + outputNames + "."));
      }
      if (column instanceof OutputColumn.Probabilities && !scoresClasses()) {
        problems.add(
            Problem.of(
                SparkError.NO_SCORES,
                "column '" + column.name() + "'",
                "no output has several numbers per row."));
      }
    }
  }
}
