package dev.sotto.quantization;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.circuit.ClearAlgebra;
import dev.sotto.circuit.IntegerTensor;
import dev.sotto.numpy.NumpyModule;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import dev.sotto.testing.GraphBuilder;
import java.util.ArrayList;
import java.util.List;

/** A model, its rows, and what float and quantized scoring give for them. */
final class QuantizedRun {
  private static final int ROWS = 250;

  final QuantizedModule module;
  final Tensor[] rows;
  final Tensor[] expected;
  final Tensor[] actual;

  private QuantizedRun(QuantizedModule module, Tensor[] rows, Tensor[] expected) {
    this.module = module;
    this.rows = rows;
    this.expected = expected;
    this.actual = module.forward(rows);
  }

  /** Calibrates on rows, quantizes, and scores other rows. */
  static QuantizedRun of(
      OnnxModel model, QuantizationOptions options, Tensor[] seen, Tensor[] rows) {
    NumpyModule floats = NumpyModule.of(ModelPreparation.prepare(model));
    Calibration calibration = Calibrator.calibrate(floats, seen);
    QuantizedModule module = QuantizedModule.quantize(model, calibration, options);
    return new QuantizedRun(module, rows, floats.forwardRows(rows, null));
  }

  /** The same with every input spread evenly from −1 to 1. */
  static QuantizedRun of(OnnxModel model, int bits) {
    return of(model, QuantizationOptions.of(BitWidths.of(bits)), -1, 1);
  }

  /**
   * The same with every input spread evenly between two numbers; the rows are those of calibration,
   * so that nothing is clipped and what differs is quantization alone.
   */
  static QuantizedRun of(OnnxModel model, QuantizationOptions options, double lo, double hi) {
    Tensor[] rows = rows(model, 1, ROWS, lo, hi);
    return of(model, options, rows, rows);
  }

  static QuantizedRun of(GraphBuilder graph, int bits) {
    return of(graph.model(), bits);
  }

  static Tensor[] rows(OnnxModel model, long seed, int count, double lo, double hi) {
    List<Tensor> rows = new ArrayList<>();
    model
        .graph()
        .inputs()
        .forEach(
            input -> {
              var dims = ((dev.sotto.onnx.ValueType.TensorType) input.type()).dims();
              int[] row = new int[dims.size() - 1];
              for (int i = 0; i < row.length; i++) {
                row[i] = (int) dims.get(i + 1).size();
              }
              rows.add(GraphBuilder.rows(31 * seed + rows.size(), count, lo, hi, row));
            });
    return rows.toArray(Tensor[]::new);
  }

  /** The share of an output's variance that quantized scoring keeps; 1 when both are constant. */
  double r2(int output) {
    return r2(expected[output], actual[output]);
  }

  static double r2(Tensor expected, Tensor actual) {
    assertEquals(expected.shape(), actual.shape());
    double mean = 0;
    for (int i = 0; i < expected.size(); i++) {
      mean += expected.getDouble(i) / expected.size();
    }
    double total = 0;
    double error = 0;
    for (int i = 0; i < expected.size(); i++) {
      double e = expected.getDouble(i);
      total += (e - mean) * (e - mean);
      error += (e - actual.getDouble(i)) * (e - actual.getDouble(i));
    }
    if (total <= 1e-9 * expected.size()) {
      return error <= 1e-3 * expected.size() ? 1 : Double.NEGATIVE_INFINITY;
    }
    return 1 - error / total;
  }

  double worstR2() {
    double worst = 1;
    for (int i = 0; i < expected.length; i++) {
      double r2 = r2(i);
      worst = Double.isNaN(r2) ? Double.NaN : Math.min(worst, r2);
    }
    return worst;
  }

  /** Largest absolute difference of the first output. */
  double largestError() {
    double largest = 0;
    for (int i = 0; i < expected[0].size(); i++) {
      largest = Math.max(largest, Math.abs(expected[0].getDouble(i) - actual[0].getDouble(i)));
    }
    return largest;
  }

  QuantizedRun requireR2(double least) {
    double r2 = worstR2();
    assertTrue(r2 >= least, () -> "R² " + r2 + ", wanted at least " + least);
    return this;
  }

  /** Types and shapes of outputs are those of the float model. */
  QuantizedRun requireShapes() {
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i].shape(), actual[i].shape());
      assertEquals(expected[i].type(), actual[i].type());
    }
    return this;
  }

  /** Integers of the circuit equal those of the module, lie in their intervals, row by row too. */
  QuantizedRun requireInvariants() {
    List<IntegerTensor> encoded = module.quantizeInput(rows).integers();
    List<IntegerTensor> integers = module.quantizedForward(encoded);
    assertEquals(integers, module.circuit().evaluate(new ClearAlgebra(), encoded));
    for (int i = 0; i < integers.size(); i++) {
      int slot = module.outputs().get(i).slot() - module.encodings().size();
      if (slot >= 0) {
        var proved = module.proved().get(slot);
        for (long q : integers.get(i).toLongs()) {
          assertTrue(q >= proved.lo() && q <= proved.hi(), () -> q + " outside " + proved);
        }
      }
    }
    return this;
  }

  /** The number of operators of a kind, and their inputs' bits, by the report. */
  long count(String kind) {
    return module.bitWidthAndRangeReport().stream().filter(l -> l.kind().equals(kind)).count();
  }

  static Shape shape(int... dims) {
    return Shape.of(dims);
  }
}
