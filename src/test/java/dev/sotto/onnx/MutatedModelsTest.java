package dev.sotto.onnx;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.problem.SottoException;
import dev.sotto.testing.SharedMaterial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real models, damaged: each is either read or refused, nothing else comes out. */
final class MutatedModelsTest {
  private static final int MUTATIONS = 150;

  /** Everything that this room does with a model. */
  static void exercise(byte[] bytes) {
    try {
      OnnxModel model = OnnxModel.parse(bytes, null, "mutated");
      ModelChecker.warnings(model);
      model.print();
      OnnxModel normalized = model.normalized();
      normalized.print();
      OutputTail.of(normalized.graph());
      normalized.toBytes();
    } catch (SottoException e) {
      assertTrue(!e.problems().isEmpty() && !e.getMessage().isBlank());
    }
  }

  private static void exercise(byte[] bytes, String what) {
    try {
      exercise(bytes);
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      throw new AssertionError(what, e);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "torch-gelu-hardswish-wine",
        "skl-tree-iris",
        "brevitas-qcdq-mlp-digits-3bit",
        "hummingbird-treetrav-forest-iris",
        "torch-depthwise-pools-digits",
        "skl-scaler-logistic-wine"
      })
  void damaged_model_is_read_or_refused(String name) throws IOException {
    Path file = SharedMaterial.require("onnx-exports/" + name + "/model.onnx");
    byte[] bytes = Files.readAllBytes(file);
    int step = Math.max(1, bytes.length / MUTATIONS);
    for (int at = 0; at < bytes.length; at += step) {
      exercise(Arrays.copyOf(bytes, at), name + " cut at " + at);
      for (int change : new int[] {0x01, 0x80, 0xFF}) {
        byte[] mutated = bytes.clone();
        mutated[at] ^= (byte) change;
        exercise(mutated, name + " byte " + at + " ^ " + change);
      }
    }
  }

  /** The first bytes and the nodes hold the structure; every one of them is changed. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "onnx-conformance/pytorch-operator/test_operator_concat2",
        "onnx-conformance/pytorch-operator/test_operator_add_broadcast",
        "onnx-conformance/node/test_logsoftmax_axis_0_expanded_ver18",
        "onnx-models/conv-maxpool-transpose",
        "onnx-models/refuse-lstm"
      })
  void every_byte_of_a_small_model_may_be_wrong(String name) throws IOException {
    byte[] bytes = Files.readAllBytes(SharedMaterial.require(name).resolve("model.onnx"));
    int length = Math.min(bytes.length, 600);
    for (int at = 0; at < length; at++) {
      for (int value : new int[] {0, 1, 0x12, 0x7F, 0xFF}) {
        byte[] mutated = bytes.clone();
        mutated[at] = (byte) value;
        exercise(mutated, name + " byte " + at + " = " + value);
      }
    }
  }
}
