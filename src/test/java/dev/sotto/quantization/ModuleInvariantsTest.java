package dev.sotto.quantization;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.circuit.Circuit;
import dev.sotto.circuit.ClearAlgebra;
import dev.sotto.circuit.IntegerTensor;
import dev.sotto.circuit.Interval;
import dev.sotto.numpy.NumpyModule;
import dev.sotto.onnx.Graph;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.onnx.ValueType;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import dev.sotto.testing.GraphBuilder;
import dev.sotto.testing.LabelledRows;
import dev.sotto.testing.SharedMaterial;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What holds for every quantized module, over all shared models: the circuit gives the integers of
 * the module bit for bit, all integers lie in their proved intervals, scores do not depend on the
 * batch. A model that is not expected to be refused must quantize.
 */
class ModuleInvariantsTest {
  private static final int ROWS = 40;

  /** Models that are refused, with the codes of the refusal. */
  private static final Map<String, String> REFUSED = new TreeMap<>();

  static {
    // Rows do not come first in these.
    REFUSED.put("onnx-models/concat-axis-0", "SOTTO-NUMPY-004");
    REFUSED.put("onnx-models/layer-transpose", "SOTTO-NUMPY-004");
    REFUSED.put("onnx-models/layer-unsqueeze", "SOTTO-NUMPY-004");
    REFUSED.put("onnx-models/scaled-dot-product-attention", "SOTTO-NUMPY-004");
    REFUSED.put("onnx-models/split-1d-split-2-axis-0", "SOTTO-NUMPY-004");
    // Its unknown dimensions depend on each other: made-up rows do not fit.
    REFUSED.put("onnx-models/refuse-matmulinteger", "SOTTO-NUMPY-004");
    // The float module refuses these.
    REFUSED.put("onnx-models/refuse-bfloat16-cast", "SOTTO-ONNX-011");
    REFUSED.put("onnx-models/refuse-dropout-training", "SOTTO-NUMPY-005");
    REFUSED.put("onnx-models/refuse-finn-multithreshold", "SOTTO-ONNX-010");
    REFUSED.put("onnx-models/refuse-lstm", "SOTTO-ONNX-003");
    REFUSED.put("onnx-models/refuse-string-input", "SOTTO-NUMPY-002");
  }

  @TestFactory
  Stream<DynamicTest> sharedModel_quantized_keepsTheInvariants() {
    return Stream.of("benchmark-models", "onnx-exports", "onnx-models")
        .flatMap(folder -> SharedMaterial.files(folder, "model.onnx").stream())
        .map(file -> DynamicTest.dynamicTest(name(file), () -> check(file)));
  }

  private static String name(Path file) {
    Path folder = file.getParent();
    return folder.getParent().getFileName() + "/" + folder.getFileName();
  }

  private static void check(Path file) {
    String refusal = "";
    try {
      OnnxModel model = ModelPreparation.prepare(OnnxModel.read(file));
      NumpyModule floats = NumpyModule.of(model);
      Tensor[] rows = rows(file, model);
      QuantizedModule module =
          QuantizedModule.quantize(
              model, Calibrator.calibrate(floats, rows), QuantizationOptions.of(BitWidths.of(8)));
      checkIntegers(module, rows);
      checkBatches(module, rows);
    } catch (SottoException e) {
      refusal =
          String.join(" ", e.problems().stream().map(p -> p.code().code()).distinct().toList());
    }
    assertEquals(REFUSED.getOrDefault(name(file), ""), refusal);
  }

  private static Tensor[] rows(Path file, OnnxModel model) {
    Path csv = file.resolveSibling("calibration.csv");
    if (Files.exists(csv)) {
      Tensor all = LabelledRows.calibration(name(file));
      return new Tensor[] {all.rows(0, Math.min(ROWS, all.shape().dim(0)))};
    }
    List<Tensor> rows = new ArrayList<>();
    for (Graph.Value input : model.graph().inputs()) {
      List<ValueType.Dimension> dims = ((ValueType.TensorType) input.type()).dims();
      int[] row = new int[Math.max(0, dims.size() - 1)];
      for (int i = 0; i < row.length; i++) {
        row[i] = dims.get(i + 1).isFixed() ? (int) dims.get(i + 1).size() : 4;
      }
      Tensor made = GraphBuilder.rows(rows.size(), ROWS, -1, 1, row);
      ElementType type =
          ElementType.ofOnnxNumber(((ValueType.TensorType) input.type()).elementType());
      rows.add(type != null && type.isInteger() ? whole(made, type) : made);
    }
    return rows.toArray(Tensor[]::new);
  }

  private static Tensor whole(Tensor made, ElementType type) {
    long[] values = new long[made.size()];
    java.util.Arrays.setAll(values, i -> Math.round(3 * Math.abs(made.getDouble(i))));
    return Tensor.of(type, made.shape(), values);
  }

  private static void checkIntegers(QuantizedModule module, Tensor[] rows) {
    List<IntegerTensor> encoded = module.quantizeInput(rows).integers();
    List<IntegerTensor> integers = module.quantizedForward(encoded);
    Circuit circuit = module.circuit();
    assertEquals(integers, circuit.evaluate(new ClearAlgebra(), encoded));
    assertTrue(circuit.widestBits() <= 54);
    for (int i = 0; i < integers.size(); i++) {
      Interval proved = circuit.nodes().get(circuit.outputs().get(i)).proved().hull();
      for (long q : integers.get(i).toLongs()) {
        assertTrue(q >= proved.lo() && q <= proved.hi(), () -> q + " outside " + proved);
      }
    }
  }

  private static void checkBatches(QuantizedModule module, Tensor[] rows) {
    List<IntegerTensor> all = module.quantizeInput(rows).integers();
    List<IntegerTensor> results = module.quantizedForward(all);
    for (int size : new int[] {1, 7}) {
      Tensor[] part = new Tensor[rows.length];
      for (int i = 0; i < part.length; i++) {
        part[i] = rows[i].rows(14, 14 + size);
      }
      List<IntegerTensor> few = module.quantizedForward(module.quantizeInput(part).integers());
      for (int o = 0; o < few.size(); o++) {
        for (int r = 0; r < size; r++) {
          for (int k = 0; k < few.get(o).size(); k++) {
            assertEquals(results.get(o).get(14 + r, k), few.get(o).get(r, k));
          }
        }
      }
      for (Tensor output : module.forward(part)) {
        assertNotNull(output);
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> modelQuantizedByItsAuthor_keepsItsOwnScales() {
    return Stream.of(
            "brevitas-qcdq-mlp-digits-3bit", "brevitas-qonnx-mlp-digits-4bit", "ort-qdq-mlp-digits")
        .map(name -> DynamicTest.dynamicTest(name, () -> checkScales("onnx-exports/" + name)));
  }

  /** Float already computes with the author's integers: quantized scores are its scores. */
  private static void checkScales(String name) {
    OnnxModel model =
        ModelPreparation.prepare(OnnxModel.read(SharedMaterial.require(name + "/model.onnx")));
    NumpyModule floats = NumpyModule.of(model);
    Tensor rows = LabelledRows.calibration(name);
    QuantizedModule module =
        QuantizedModule.quantize(
            model, Calibrator.calibrate(floats, rows), QuantizationOptions.of(BitWidths.of(2)));
    Tensor expected = floats.forwardRows(new Tensor[] {rows}, null)[0];
    Tensor actual = module.forward(rows)[0];
    double r2 = QuantizedRun.r2(expected, actual);
    assertTrue(r2 > 0.999, () -> "R² " + r2);
    assertEquals(Shape.of(rows.shape().dim(0), 10), actual.shape());
  }
}
