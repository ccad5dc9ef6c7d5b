package dev.sotto.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.compiler.CircuitCompiler;
import dev.sotto.compiler.CompileOptions;
import dev.sotto.compiler.CompiledCircuit;
import dev.sotto.compiler.slots.SlotsPlan.Scheme;
import dev.sotto.numpy.NumpyModule;
import dev.sotto.problem.SottoException;
import dev.sotto.quantization.BitWidths;
import dev.sotto.quantization.Calibrator;
import dev.sotto.quantization.ModelPreparation;
import dev.sotto.quantization.QuantizationOptions;
import dev.sotto.quantization.QuantizedModule;
import dev.sotto.runtime.ClientPackage;
import dev.sotto.runtime.ServerPackage;
import dev.sotto.runtime.client.ClientKeys;
import dev.sotto.runtime.client.FheClient;
import dev.sotto.runtime.server.FheServer;
import dev.sotto.tensor.Tensor;
import dev.sotto.testing.SharedRows;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Models that others made, encrypted at 128-bit security on their whole test sets, as the commands
 * run them: packages of bytes between owner and server.
 *
 * <p>{@code docs/encrypted-models.md} has these and larger ones, with costs.
 */
final class EncryptedModelsTest {
  /** Most that a score may lie below the float model's. */
  private static final double GAP = 0.005;

  @ParameterizedTest
  @CsvSource({
    "onnx-exports/brevitas-qcdq-mlp-digits-3bit, BGV",
    "onnx-exports/hummingbird-gemm-forest-cancer, BGV",
    "onnx-exports/hummingbird-treetrav-forest-iris, BGV",
    "onnx-exports/ort-qdq-mlp-digits, CKKS",
    "onnx-exports/skl-mlp-digits, BGV",
    "onnx-exports/skl-ridge-diabetes, BGV",
    "onnx-exports/skl-scaler-logistic-wine, BGV",
    "onnx-exports/skl-tree-iris, BGV",
    "onnx-exports/skorch-mlp-iris, BGV",
    "onnx-exports/torch-gelu-hardswish-wine, CKKS",
    "onnx-exports/torch-residual-sigmoid-cancer, CKKS",
    "onnx-exports/xgboost-cancer, BGV",
    "onnx-models/fc-2-2-3-relu, BGV",
    "onnx-models/iris-logistic-regression, BGV",
    "onnx-models/keras-conv-7x7-relu, BGV",
    "onnx-models/lightgbm-classifier-as-tensors, BGV",
    "onnx-models/mnist-14x14-cnn, CKKS",
    "onnx-models/mnist-matmul-batchnorm, BGV",
    "onnx-models/mnist-two-gemm-large, BGV",
    "onnx-models/pytorch-one-layer-sigmoid, BGV",
    "onnx-models/pytorch-two-layer, BGV",
    "onnx-models/qtanh-1, BGV",
    "onnx-models/sum-mlp-sigmoid, CKKS"
  })
  void model_encrypted_on_its_whole_test_set(String name, Scheme scheme) {
    SharedRows shared = SharedRows.of(name);
    Tensor[] rows = shared.test();
    NumpyModule floats = NumpyModule.of(ModelPreparation.prepare(shared.model()));
    CompiledCircuit compiled = compiled(shared, floats, CompileOptions.standard());
    assertEquals(scheme, compiled.plan().scheme());
    Tensor[] clear = compiled.score(rows);
    Tensor[] encrypted = encrypted(compiled, rows);
    if (scheme == Scheme.BGV) {
      assertArrayEquals(clear, encrypted);
    }
    int count = rows[0].shape().dim(0);
    Answers reference = Answers.of(r -> floats.forwardRows(r, null), rows, count, count);
    List<String> labels =
        IntStream.range(0, count).mapToObj(i -> label(shared.labels(), reference, i)).toList();
    Judge judge = Judge.of(reference, labels);
    Answers inClear = Answers.of(r -> clear, rows, count, count);
    Answers decrypted = Answers.of(r -> encrypted, rows, count, count);
    double same = judge.agreement(inClear, decrypted);
    assertTrue(same >= 0.999, () -> "encrypted like clear: " + same);
    double wanted = judge.score(reference);
    double given = judge.score(decrypted);
    assertTrue(given >= wanted - GAP, () -> "float " + wanted + ", encrypted " + given);
  }

  @Test
  void maximum_of_encrypted_values_is_refused_with_every_node_that_costs_depth() {
    SharedRows shared = SharedRows.of("onnx-exports/torch-depthwise-pools-digits");
    NumpyModule floats = NumpyModule.of(ModelPreparation.prepare(shared.model()));
    SottoException refused =
        assertThrows(
            SottoException.class,
            () -> compiled(shared, floats, CompileOptions.standard().withDegree(2)));
    assertTrue(refused.getMessage().startsWith("SOTTO-COMPILE-002 "), refused.getMessage());
    for (String node : List.of("'/Relu'", "'/Relu_1'", "'/q/MaxPool'")) {
      String expected = "SOTTO-COMPILE-003 node " + node;
      assertTrue(refused.getMessage().contains(expected), refused.getMessage());
    }
    assertTrue(
        refused.problems().stream().skip(1).allMatch(p -> !p.where().isEmpty()),
        refused.getMessage());
  }

  /** The label of a row, or what the float model says where there is none. */
  private static String label(double[] labels, Answers reference, int row) {
    return labels.length > 0
        ? String.valueOf(labels[row])
        : reference.texts().length > 0
            ? reference.texts()[row]
            : String.valueOf(reference.numbers()[row]);
  }

  private static CompiledCircuit compiled(
      SharedRows shared, NumpyModule floats, CompileOptions options) {
    QuantizedModule module =
        QuantizedModule.quantize(
            shared.model(),
            Calibrator.calibrate(floats, shared.calibration()),
            QuantizationOptions.of(BitWidths.of(BitWidths.DEFAULT)));
    Tensor[] sample = CompilationInput.some(shared.calibration());
    return CircuitCompiler.compile(module, options, sample);
  }

  private static Tensor[] encrypted(CompiledCircuit compiled, Tensor[] rows) {
    ClientPackage client = ClientPackage.parse(ClientPackage.of(compiled).toBytes());
    ServerPackage server = ServerPackage.parse(ServerPackage.of(compiled).toBytes());
    try (ClientKeys keys = ClientKeys.generate(client);
        FheClient owner = new FheClient(client, keys, 2)) {
      int most = owner.rowsPerBlock();
      assertTrue(Arrays.stream(rows).allMatch(r -> r.shape().dim(0) <= most), "one block");
      FheServer scorer = new FheServer(server, keys.evaluationKeys(), 2);
      return owner.decrypt(scorer.score(owner.encrypt(rows)));
    }
  }
}
