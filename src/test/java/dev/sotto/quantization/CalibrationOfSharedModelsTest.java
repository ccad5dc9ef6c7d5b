package dev.sotto.quantization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.numpy.NumpyModule;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import dev.sotto.testing.SharedMaterial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CalibrationOfSharedModelsTest {

  private static Calibration calibrate(NumpyModule module, Tensor rows, int batch) {
    List<Tensor[]> batches = new ArrayList<>();
    int count = rows.shape().dim(0);
    for (int from = 0; from < count; from += batch) {
      batches.add(new Tensor[] {rows.rows(from, Math.min(count, from + batch))});
    }
    return Calibrator.calibrate(module, batches.iterator(), CalibrationOptions.standard());
  }

  private static Tensor rows(Path csv) throws IOException {
    List<float[]> rows = new ArrayList<>();
    for (String line : Files.readAllLines(csv)) {
      double[] row = Arrays.stream(line.split(",")).mapToDouble(Double::parseDouble).toArray();
      float[] floats = new float[row.length];
      Arrays.setAll(row, i -> floats[i] = (float) row[i]);
      rows.add(floats);
    }
    int width = rows.get(0).length;
    float[] all = new float[rows.size() * width];
    for (int i = 0; i < rows.size(); i++) {
      System.arraycopy(rows.get(i), 0, all, i * width, width);
    }
    return Tensor.of(Shape.of(rows.size(), width), all);
  }

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
  void size_of_mini_batches_changes_no_bit(String model) throws IOException {
    Path folder = SharedMaterial.require("benchmark-models/" + model);
    NumpyModule module = NumpyModule.of(OnnxModel.read(folder.resolve("model.onnx")));
    Tensor rows = rows(folder.resolve("calibration.csv"));
    Calibration expected = calibrate(module, rows, 1024);
    for (int batch : new int[] {1, 7, 64}) {
      assertArrayEquals(expected.toBytes(), calibrate(module, rows, batch).toBytes());
    }
    String input = module.model().graph().inputs().get(0).name();
    assertNotNull(expected.statistics(input));
    assertTrue(expected.print().contains(input));
  }
}
