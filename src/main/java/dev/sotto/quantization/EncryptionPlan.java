package dev.sotto.quantization;

import dev.sotto.numpy.NumpyModule;
import dev.sotto.onnx.Graph;
import dev.sotto.onnx.Node;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.onnx.ValueType;
import dev.sotto.problem.Problem;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.Conversion;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Where each operator of a model would run, found without any data.
 *
 * <p>The model is calibrated on made-up rows and quantized; what that refuses, it would refuse with
 * real rows too.
 *
 * @param before operators that the client computes before encryption, in order
 * @param inside operators computed on encrypted integers, in order
 * @param after operators that the client computes after decryption, in order
 * @param obstacles every operator that cannot be computed on encrypted integers
 */
public record EncryptionPlan(
    List<Node> before, List<Node> inside, List<Node> after, List<Problem> obstacles) {
  private static final int MADE_UP_ROWS = 16;

  /** Copies the lists. */
  public EncryptionPlan {
    before = List.copyOf(before);
    inside = List.copyOf(inside);
    after = List.copyOf(after);
    obstacles = List.copyOf(obstacles);
  }

  /**
   * Plans a model that runs in float.
   *
   * @throws SottoException when it does not run in float, or no row can be made up for it
   */
  public static EncryptionPlan of(OnnxModel model) {
    OnnxModel prepared = ModelPreparation.prepare(model);
    NumpyModule module = NumpyModule.of(prepared);
    Graph graph = prepared.graph();
    Tensor[] rows = madeUpRows(graph);
    Calibration calibration = Calibrator.calibrate(module, rows);
    RowTrace trace = RowTrace.of(module, graph, SampleRow.of(graph, calibration.sample()));
    FakeQuantization fake = FakeQuantization.of(graph, trace);
    List<Node> nodes = BatchNormalizations.rewrite(fake.nodes(), trace);
    GraphRegions regions = GraphRegions.of(graph.with(nodes, graph.initializers()), trace);
    Set<Problem> obstacles = new LinkedHashSet<>(regions.problems());
    try {
      Objects.requireNonNull(
          QuantizedModule.quantize(
              model, calibration, QuantizationOptions.of(BitWidths.of(BitWidths.DEFAULT))));
    } catch (SottoException e) {
      obstacles.addAll(e.problems());
    }
    return new EncryptionPlan(
        regions.before(), regions.inside(), regions.after(), List.copyOf(obstacles));
  }

  /** Rows between −1 and 1, the same every time, of the declared shapes. */
  private static Tensor[] madeUpRows(Graph graph) {
    Tensor[] rows = new Tensor[graph.inputs().size()];
    long state = 1;
    for (int i = 0; i < rows.length; i++) {
      Shape shape = Shape.of(MADE_UP_ROWS);
      ElementType type = ElementType.FLOAT;
      if (graph.inputs().get(i).type() instanceof ValueType.TensorType declared) {
        shape = rowsOf(declared);
        ElementType known = ElementType.ofOnnxNumber(declared.elementType());
        type = known == null ? type : known;
      }
      float[] values = new float[shape.size()];
      for (int v = 0; v < values.length; v++) {
        state = state * 6364136223846793005L + 1442695040888963407L;
        values[v] = (state >> 40) * 0x1p-23f;
      }
      Tensor floats = Tensor.of(shape, values);
      rows[i] = type == ElementType.STRING ? floats : Conversion.cast(floats, type);
    }
    return rows;
  }

  private static Shape rowsOf(ValueType.TensorType declared) {
    int[] dims = new int[Math.max(1, declared.dims().size())];
    dims[0] = MADE_UP_ROWS;
    for (int axis = 1; axis < dims.length; axis++) {
      dims[axis] = Math.toIntExact(Math.max(1, declared.dims().get(axis).size()));
    }
    return Shape.of(dims);
  }
}
