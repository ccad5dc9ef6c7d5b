package dev.sotto.quantization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.circuit.ClearAlgebra;
import dev.sotto.circuit.IntegerTensor;
import dev.sotto.numpy.NumpyModule;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import dev.sotto.testing.SharedMaterial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trained models, quantized: bytes and circuit give what the module gives, bit for bit. */
final class SharedModulesTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mlp-digits",
        "cnn-digits",
        "logistic-cancer",
        "tree-cancer",
        "forest-cancer",
        "xgboost-cancer"
      })
  void quantized_model_saved_and_traced_gives_equal_integers(String name) throws IOException {
    Path folder = SharedMaterial.require("benchmark-models/" + name);
    OnnxModel model = OnnxModel.read(folder.resolve("model.onnx"));
    Tensor table = rows(folder.resolve("calibration.csv"));
    Tensor rows =
        name.startsWith("cnn") ? table.reshape(Shape.of(table.shape().dim(0), 1, 8, 8)) : table;
    NumpyModule prepared = NumpyModule.of(ModelPreparation.prepare(model));
    QuantizedModule module =
        QuantizedModule.quantize(
            model, Calibrator.calibrate(prepared, rows), QuantizationOptions.of(BitWidths.of(6)));
    byte[] bytes = module.toBytes();
    QuantizedModule parsed = QuantizedModule.parse(bytes);
    assertArrayEquals(bytes, parsed.toBytes());
    List<IntegerTensor> encoded = module.quantizeInput(rows).integers();
    List<IntegerTensor> integers = module.quantizedForward(encoded);
    assertEquals(encoded, parsed.quantizeInput(rows).integers());
    assertEquals(integers, parsed.quantizedForward(encoded));
    assertEquals(integers, module.circuit().evaluate(new ClearAlgebra(), encoded));
    assertArrayEquals(module.forward(rows), parsed.forward(rows));
  }

  private static Tensor rows(Path csv) throws IOException {
    List<String> lines = Files.readAllLines(csv);
    int width = lines.get(0).split(",").length;
    float[] values = new float[lines.size() * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.parseFloat(lines.get(i / width).split(",")[i % width]);
    }
    return Tensor.of(Shape.of(lines.size(), width), values);
  }
}
