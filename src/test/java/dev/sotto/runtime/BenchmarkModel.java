package dev.sotto.runtime;

import dev.sotto.compiler.CircuitCompiler;
import dev.sotto.compiler.CompileOptions;
import dev.sotto.compiler.CompiledCircuit;
import dev.sotto.numpy.NumpyModule;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.quantization.BitWidths;
import dev.sotto.quantization.Calibrator;
import dev.sotto.quantization.ModelPreparation;
import dev.sotto.quantization.QuantizationOptions;
import dev.sotto.quantization.QuantizedModule;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import dev.sotto.testing.LabelledRows;
import dev.sotto.testing.SharedMaterial;

/**
 * A trained model of the shared material, compiled, and its test rows.
 *
 * @param compiled with its standard options unless the test says otherwise
 * @param rows the whole test set
 */
public record BenchmarkModel(CompiledCircuit compiled, Tensor rows) {

  public static BenchmarkModel compile(String name, int bits) {
    return compile(name, bits, CompileOptions.standard());
  }

  public static BenchmarkModel compile(String name, int bits, CompileOptions options) {
    return compile(name, BitWidths.of(bits), options);
  }

  public static BenchmarkModel compile(String name, BitWidths bits, CompileOptions options) {
    Tensor seen = shaped(name, LabelledRows.calibration("benchmark-models/" + name));
    return new BenchmarkModel(
        CircuitCompiler.compile(quantized(name, bits), options, seen),
        shaped(name, LabelledRows.test("benchmark-models/" + name).features()));
  }

  /** The module that is compiled. */
  public static QuantizedModule quantized(String name, BitWidths bits) {
    String folder = "benchmark-models/" + name;
    OnnxModel model = OnnxModel.read(SharedMaterial.require(folder).resolve("model.onnx"));
    NumpyModule prepared = NumpyModule.of(ModelPreparation.prepare(model));
    return QuantizedModule.quantize(
        model,
        Calibrator.calibrate(prepared, shaped(name, LabelledRows.calibration(folder))),
        QuantizationOptions.of(bits));
  }

  private static Tensor shaped(String name, Tensor table) {
    return name.startsWith("cnn-digits")
        ? table.reshape(Shape.of(table.shape().dim(0), 1, 8, 8))
        : table;
  }
}
