package dev.sotto.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.problem.SottoException;
import dev.sotto.testing.SharedMaterial;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every model of the shared material is read, written and normalised. */
final class SharedModelsTest {
  private static final String[] FOLDERS = {
    "onnx-models", "onnx-exports", "benchmark-models", "onnx-conformance"
  };

  @ParameterizedTest
  @ValueSource(strings = {"onnx-models", "onnx-exports", "benchmark-models", "onnx-conformance"})
  void every_model_reads_back_equal_and_normalises(String folder) {
    List<Path> files = SharedMaterial.files(folder, "model.onnx");
    assertFalse(files.isEmpty());
    List<String> failures = new ArrayList<>();
    for (Path file : files) {
      try {
        OnnxModel model = OnnxModel.read(file);
        OnnxModel again = OnnxModel.parse(model.toBytes(), null, "saved");
        if (!ModelEquality.equal(model, again)) {
          failures.add(file + " reads back different");
        }
        OnnxModel normalized = model.normalized();
        OnnxModel twice = normalized.normalized();
        if (!ModelEquality.equal(normalized, twice)) {
          failures.add(file + " is changed by normalising twice");
        }
        OnnxModel saved = OnnxModel.parse(normalized.toBytes(), null, "saved");
        if (!ModelEquality.equal(normalized, saved)) {
          failures.add(file + " normalised reads back different");
        }
      } catch (SottoException e) {
        boolean expected =
            file.toString().contains("refuse-bfloat16")
                && e.problems().stream().allMatch(p -> p.code() == OnnxError.UNSUPPORTED_TYPE);
        if (!expected) {
          failures.add(file + ": " + e.getMessage());
        }
      }
    }
    assertEquals("", String.join("\n", failures));
  }

  @Test
  void every_test_tensor_reads_back_equal() {
    int count = 0;
    for (String folder : FOLDERS) {
      for (Path model : SharedMaterial.files(folder, "model.onnx")) {
        Path set = model.resolveSibling("test_data_set_0");
        for (String name : new String[] {"input_0.pb", "output_0.pb"}) {
          Path file = set.resolve(name);
          if (java.nio.file.Files.exists(file)) {
            var tensor = OnnxTensors.read(file);
            assertEquals(tensor, OnnxTensors.parse(OnnxTensors.toBytes(tensor, "x")));
            count++;
          }
        }
      }
    }
    assertTrue(count > 1000);
  }
}
