package dev.sotto.quantization;

import dev.sotto.circuit.Circuit;
import dev.sotto.circuit.CircuitBuilder;
import dev.sotto.circuit.CircuitNode;
import dev.sotto.circuit.ClearAlgebra;
import dev.sotto.circuit.IntegerAlgebra;
import dev.sotto.circuit.IntegerTensor;
import dev.sotto.circuit.Interval;
import dev.sotto.circuit.Move;
import dev.sotto.numpy.NumpyModule;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model on integers: clear rows are encoded, computed on as integers, decoded, and
 * post-processed.
 *
 * <pre>
 *   rows ─ quantizeInput ─► integers ─ quantizedForward ─► integers ─ dequantizeOutput ─► values ─ postProcess ─► outputs
 *          (client, clear)             (clear, or encrypted)          (client, clear)              (client, clear)
 * </pre>
 *
 * <p>Immutable and thread-safe. {@link #forward(IntegerAlgebra, List)} is the only definition of
 * the integer part: evaluated over {@link ClearAlgebra} it scores clear rows, over {@link
 * CircuitBuilder} it gives the {@link Circuit}.
 *
 * <p>Serializable, so that it travels in Spark broadcasts and closures: as {@link #toBytes()},
 * never field by field.
 */
public final class QuantizedModule implements Serializable {
  private static final long serialVersionUID = 1L;

  /**
   * An integer result and what it means.
   *
   * @param value ONNX name of the value that the integers stand for
   * @param slot the integer tensor
   * @param row shape of the value for one row
   * @param slope per element, or one for all
   * @param offset per element, or one for all
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Output(String value, int slot, Shape row, double[] slope, double[] offset) {
    Affine affine() {
      return new Affine(slope, offset);
    }
  }

  /**
   * A model input as ONNX declares it.
   *
   * @param name ONNX name
   * @param row shape for one row, the batch axis included as 1
   */
  public record Input(String name, Shape row) {
    /** Numbers in a row. */
    public int width() {
      return row.size();
    }
  }

  private final transient List<Input> inputs;
  private final transient List<String> outputNames;
  private final transient @Nullable ClearStage before;
  private final transient List<InputEncoding> encodings;
  private final transient List<QuantizedOp> ops;
  private final transient List<Interval> proved;
  private final transient List<Output> outputs;
  private final transient @Nullable ClearStage after;
  private final transient QuantizationOptions options;

  QuantizedModule(
      List<Input> inputs,
      List<String> outputNames,
      @Nullable ClearStage before,
      List<InputEncoding> encodings,
      List<QuantizedOp> ops,
      List<Interval> proved,
      List<Output> outputs,
      @Nullable ClearStage after,
      QuantizationOptions options) {
    this.inputs = List.copyOf(inputs);
    this.outputNames = List.copyOf(outputNames);
    this.before = before;
    this.encodings = List.copyOf(encodings);
    this.ops = List.copyOf(ops);
    this.proved = List.copyOf(proved);
    this.outputs = List.copyOf(outputs);
    this.after = after;
    this.options = options;
  }

  /**
   * Quantizes a model.
   *
   * @param model any ONNX model; normalised and prepared here as it was for calibration
   * @param calibration what calibration saw of this model, at least one row
   * @param options bits and methods
   * @throws SottoException with every node that cannot be computed on integers
   */
  public static QuantizedModule quantize(
      OnnxModel model, Calibration calibration, QuantizationOptions options) {
    OnnxModel prepared = ModelPreparation.prepare(model);
    NumpyModule module = NumpyModule.of(prepared);
    return ModuleQuantizer.quantize(
        prepared,
        module,
        new CalibratedRanges(calibration.requireRows(), options.method()),
        options,
        SampleRow.of(prepared.graph(), calibration.sample()));
  }

  /** The module as bytes; the same module always gives the same bytes. */
  public byte[] toBytes() {
    return QuantizedModuleFormat.write(this);
  }

  /**
   * The module that bytes describe.
   *
   * @throws SottoException when they are damaged, or of a newer version than this one reads
   */
  public static QuantizedModule parse(byte[] bytes) {
    return QuantizedModuleFormat.read(bytes, "");
  }

  /**
   * Writes the module to a file.
   *
   * @throws SottoException when the file cannot be written
   */
  public void save(Path file) {
    try {
      Files.write(file, toBytes());
    } catch (IOException e) {
      throw SottoException.of(QuantizationError.FILE, file.toString(), "cannot write: " + e, e);
    }
  }

  /**
   * Reads a module from a file.
   *
   * @throws SottoException when the file cannot be read or {@link #parse} refuses its bytes
   */
  public static QuantizedModule load(Path file) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw SottoException.of(QuantizationError.FILE, file.toString(), "cannot read: " + e, e);
    }
    return QuantizedModuleFormat.read(bytes, file.toString());
  }

  private Object writeReplace() {
    return new Serialized(toBytes());
  }

  @SuppressWarnings("unused") // called by Java serialization
  private void readObject(ObjectInputStream in) throws InvalidObjectException {
    throw new InvalidObjectException("a quantized module travels as its bytes");
  }

  /** What stands for a module in a Java object stream. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Serialized(byte[] bytes) implements Serializable {
    private Object readResolve() {
      return parse(bytes);
    }
  }

  /** The model's inputs, in order. */
  public List<Input> inputs() {
    return inputs;
  }

  /** Names of the model's outputs, in order. */
  public List<String> outputNames() {
    return outputNames;
  }

  /** What the client does with clear values before encryption, one encoding per encrypted input. */
  public List<InputEncoding> encodings() {
    return encodings;
  }

  /** Whether values may be missing: threshold bits say what becomes of NaN, and of infinity. */
  public boolean readsMissing() {
    return encodings.stream().allMatch(e -> e instanceof InputEncoding.Bits);
  }

  /** The integer operators, in order; the first slots belong to the encodings. */
  public List<QuantizedOp> ops() {
    return ops;
  }

  /** The integer results and what they mean. */
  public List<Output> outputs() {
    return outputs;
  }

  /** How the model was quantized. */
  public QuantizationOptions options() {
    return options;
  }

  @Nullable ClearStage before() {
    return before;
  }

  @Nullable ClearStage after() {
    return after;
  }

  List<Interval> proved() {
    return proved;
  }

  /**
   * Scores clear rows.
   *
   * @param rows one tensor per model input, rows first: as declared, or {@code rows × width}
   * @return the model's outputs
   */
  public Tensor[] forward(Tensor... rows) {
    return score(rows).outputs();
  }

  /** Scores clear rows and counts what was clipped and what left its calibrated interval. */
  public Scores score(Tensor... rows) {
    EncodedRows encoded = quantizeInput(rows);
    ClearAlgebra algebra = new ClearAlgebra();
    List<IntegerTensor> integers = forward(algebra, encoded.integers());
    Tensor[] results = postProcess(dequantizeOutput(integers));
    return new Scores(results, encoded.clippedTotal(), algebra.outside());
  }

  /** Encodes clear rows as integers: pre-processing and quantization, as the client does. */
  public EncodedRows quantizeInput(Tensor... rows) {
    Tensor[] shaped = shaped(rows);
    int count = shaped[0].shape().dim(0) / inputs.get(0).row().dim(0);
    float[][] values;
    if (before != null) {
      values = before.toRows(shaped);
    } else {
      values = new float[encodings.size()][];
      for (int i = 0; i < values.length; i++) {
        values[i] = shaped[indexOf(encodings.get(i).value())].toFloats();
      }
    }
    List<IntegerTensor> integers = new ArrayList<>();
    List<long[]> clipped = new ArrayList<>();
    for (int i = 0; i < encodings.size(); i++) {
      long[] counts = new long[encodings.get(i).size()];
      integers.add(encodings.get(i).encode(count, values[i], counts));
      clipped.add(counts);
    }
    return new EncodedRows(integers, clipped);
  }

  private int indexOf(String input) {
    for (int i = 0; i < inputs.size(); i++) {
      if (inputs.get(i).name().equals(input)) {
        return i;
      }
    }
    throw new IllegalStateException(input);
  }

  private Tensor[] shaped(Tensor[] rows) {
    if (rows.length != inputs.size()) {
      throw SottoException.of(
          QuantizationError.INPUT,
          "",
          "the model has " + inputs.size() + " inputs, got " + rows.length + " tensors.");
    }
    Tensor[] shaped = new Tensor[rows.length];
    for (int i = 0; i < rows.length; i++) {
      Input input = inputs.get(i);
      Tensor given = rows[i];
      int count = given.shape().rank() == 0 ? 0 : given.shape().dim(0);
      if (count == 0 || given.size() / count != input.width() || given.size() % count != 0) {
        throw SottoException.of(
            QuantizationError.INPUT,
            "input '" + input.name() + "'",
            "expected rows of "
                + input.width()
                + " numbers ("
                + input.row()
                + "), got "
                + given.shape()
                + ".");
      }
      shaped[i] = given.reshape(input.row().withDim(0, input.row().dim(0) * count));
    }
    return shaped;
  }

  /** Computes integer results from encoded rows, in the clear. */
  public List<IntegerTensor> quantizedForward(List<IntegerTensor> encoded) {
    return forward(new ClearAlgebra(), encoded);
  }

  /**
   * The model on integers, in any algebra.
   *
   * @param algebra what computes
   * @param encoded one value per encoding
   * @return one value per {@link #outputs()}
   */
  public <T> List<T> forward(IntegerAlgebra<T> algebra, List<T> encoded) {
    if (encoded.size() != encodings.size()) {
      throw SottoException.of(
          QuantizationError.INPUT,
          "",
          "expected " + encodings.size() + " encoded inputs, got " + encoded.size() + ".");
    }
    int[] lastUse = lastUses();
    List<@Nullable T> slots = new ArrayList<>(encoded);
    for (int i = 0; i < ops.size(); i++) {
      QuantizedOp op = ops.get(i);
      algebra.enter(op.name());
      List<T> operands = new ArrayList<>();
      for (int slot : op.inputs()) {
        operands.add(java.util.Objects.requireNonNull(slots.get(slot)));
      }
      T result = algebra.within(op.apply(algebra, operands), proved.get(i));
      if (op.calibrated() != null) {
        result = algebra.calibrated(result, op.calibrated());
      }
      slots.add(result);
      for (int slot : op.inputs()) {
        if (lastUse[slot] == i) {
          slots.set(slot, null);
        }
      }
    }
    List<T> results = new ArrayList<>();
    for (Output output : outputs) {
      results.add(java.util.Objects.requireNonNull(slots.get(output.slot())));
    }
    return results;
  }

  private int[] lastUses() {
    int[] lastUse = new int[encodings.size() + ops.size()];
    java.util.Arrays.fill(lastUse, -1);
    for (int i = 0; i < ops.size(); i++) {
      for (int slot : ops.get(i).inputs()) {
        lastUse[slot] = i;
      }
    }
    outputs.forEach(output -> lastUse[output.slot()] = Integer.MAX_VALUE);
    return lastUse;
  }

  /** The real values that integer results stand for, row after row, one array per output. */
  public DecodedRows dequantizeOutput(List<IntegerTensor> integers) {
    int rows = integers.isEmpty() ? 0 : integers.get(0).rows();
    List<float[]> values = new ArrayList<>();
    for (int o = 0; o < outputs.size(); o++) {
      Affine affine = outputs.get(o).affine();
      IntegerTensor tensor = integers.get(o);
      double[] in = tensor.toDoubles();
      float[] out = new float[in.length];
      int size = tensor.size();
      for (int at = 0; at < in.length; at += size) {
        for (int i = 0; i < size; i++) {
          out[at + i] = (float) (affine.slope(i) * in[at + i] + affine.offset(i));
        }
      }
      values.add(out);
    }
    return new DecodedRows(rows, values);
  }

  /** The model's outputs from de-quantized results: what the client computes last. */
  public Tensor[] postProcess(DecodedRows decoded) {
    if (after != null) {
      return after.fromRows(decoded.values().toArray(new float[0][]), decoded.rows());
    }
    Tensor[] results = new Tensor[outputs.size()];
    for (int i = 0; i < results.length; i++) {
      results[i] =
          BatchLayout.rowsFirst(outputs.get(i).row())
              .toBatch(decoded.values().get(i), decoded.rows());
    }
    return results;
  }

  /**
   * What a client needs of this module, without what it computes on integers: encodings, outputs,
   * and what is computed in the clear before and after.
   *
   * @param meanings the outputs, as the integers that will be computed elsewhere are to be read
   */
  public QuantizedModule clientPart(List<Output> meanings) {
    List<QuantizedOp> nothing = new ArrayList<>();
    List<Interval> zero = new ArrayList<>();
    List<Output> read = new ArrayList<>();
    for (Output output : meanings) {
      int[] absent = new int[output.row().size()];
      java.util.Arrays.fill(absent, -1);
      nothing.add(new QuantizedOp.Rearrange(output.value(), List.of(0), new Move(absent, 0)));
      zero.add(Interval.of(0));
      read.add(
          new Output(
              output.value(),
              encodings.size() + read.size(),
              output.row(),
              output.slope(),
              output.offset()));
    }
    return new QuantizedModule(
        inputs, outputNames, before, encodings, nothing, zero, read, after, options);
  }

  /** The integer part of the model, traced. */
  public Circuit circuit() {
    CircuitBuilder builder = new CircuitBuilder();
    List<CircuitNode> traced = new ArrayList<>();
    for (InputEncoding encoding : encodings) {
      traced.add(builder.input(encoding.value(), encoding.size(), encoding.range()));
    }
    return builder.build(forward(builder, traced));
  }

  /** Bit widths and ranges of every input and operator. */
  public List<LayerReport> bitWidthAndRangeReport() {
    List<LayerReport> report = new ArrayList<>();
    encodings.forEach(e -> report.add(new LayerReport(e.value(), "input", e.range(), null)));
    for (int i = 0; i < ops.size(); i++) {
      QuantizedOp op = ops.get(i);
      report.add(new LayerReport(op.name(), LayerReport.kind(op), proved.get(i), op.calibrated()));
    }
    return report;
  }

  /** Bits of the widest integer of the circuit, proved. */
  public int widestBits() {
    int widest = 1;
    for (InputEncoding encoding : encodings) {
      widest = Math.max(widest, encoding.range().bits());
    }
    for (Interval interval : proved) {
      widest = Math.max(widest, interval.bits());
    }
    return widest;
  }

  /**
   * What a scoring gave.
   *
   * @param outputs the model's outputs
   * @param clipped input values that were clipped to their calibrated range
   * @param outside by ONNX node, integers outside the interval in which calibration saw them
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Scores(Tensor[] outputs, long clipped, java.util.Map<String, Long> outside) {}

  /**
   * Rows as integers.
   *
   * @param integers one tensor per encoding
   * @param clipped per encoding and element, values that were clipped
   */
  public record EncodedRows(List<IntegerTensor> integers, List<long[]> clipped) {
    /** All clipped values. */
    public long clippedTotal() {
      return clipped.stream().flatMapToLong(java.util.Arrays::stream).sum();
    }
  }

  /**
   * Real results of rows.
   *
   * @param rows number of rows
   * @param values per output, row after row
   */
  public record DecodedRows(int rows, List<float[]> values) {}
}
