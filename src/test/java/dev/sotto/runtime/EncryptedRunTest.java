package dev.sotto.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.compiler.CompileOptions;
import dev.sotto.compiler.CompileOptions.Lookups;
import dev.sotto.compiler.slots.SlotsPlan.Scheme;
import dev.sotto.quantization.BitWidths;
import dev.sotto.runtime.client.ClientKeys;
import dev.sotto.runtime.client.FheClient;
import dev.sotto.runtime.server.FheServer;
import dev.sotto.tensor.Tensor;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Trained models, encrypted at 128-bit security, on their whole test sets. */
final class EncryptedRunTest {

  @ParameterizedTest
  @CsvSource({
    "logistic-cancer, 6",
    "tree-cancer, 6",
    "forest-cancer, 6",
    "xgboost-cancer, 6",
    "mlp-digits, 6"
  })
  void exact_model_gives_the_clear_results_bit_for_bit(String name, int bits) {
    BenchmarkModel model = BenchmarkModel.compile(name, bits);
    assertEquals(Scheme.BGV, model.compiled().plan().scheme());
    assertArrayEquals(model.compiled().score(model.rows()), encrypted(model, 1));
  }

  /** With its true ReLU, as integers of three bits. */
  @Test
  void network_with_tables_gives_the_results_of_the_quantized_model_bit_for_bit() {
    BitWidths bits = new BitWidths(3, 3, 3, 3, Map.of());
    BenchmarkModel model =
        BenchmarkModel.compile(
            "mlp-digits", bits, CompileOptions.standard().withLookups(Lookups.TABLE));
    assertEquals(Scheme.BGV, model.compiled().plan().scheme());
    assertTrue(model.compiled().plan().needsKeys() && model.compiled().isProved());
    Tensor[] quantized = BenchmarkModel.quantized("mlp-digits", bits).forward(model.rows());
    assertArrayEquals(quantized, model.compiled().score(model.rows()));
    assertArrayEquals(quantized, encrypted(model, 2));
  }

  @Test
  void convolutional_network_with_evaluation_keys_gives_the_clear_classes() {
    BenchmarkModel model = BenchmarkModel.compile("cnn-digits", 6);
    assertEquals(Scheme.CKKS, model.compiled().plan().scheme());
    assertTrue(model.compiled().plan().needsKeys());
    assertSameClasses(model);
  }

  @Test
  void network_of_degree_four_gives_the_clear_classes() {
    BenchmarkModel model =
        BenchmarkModel.compile(
            "mlp-digits",
            6,
            CompileOptions.standard()
                .withScheme(Scheme.CKKS)
                .withDegree(4)
                .withCalibratedBounds(true));
    assertSameClasses(model);
  }

  private static void assertSameClasses(BenchmarkModel model) {
    Tensor clear = model.compiled().score(model.rows())[0];
    Tensor encrypted = encrypted(model, 2)[0];
    int rows = clear.shape().dim(0);
    int same = 0;
    for (int row = 0; row < rows; row++) {
      same += largest(clear, row) == largest(encrypted, row) ? 1 : 0;
    }
    assertTrue(same >= 0.999 * rows, same + " of " + rows);
  }

  private static int largest(Tensor scores, int row) {
    float[] values = scores.toFloats();
    int classes = values.length / scores.shape().dim(0);
    int best = 0;
    for (int c = 1; c < classes; c++) {
      best = values[row * classes + c] > values[row * classes + best] ? c : best;
    }
    return best;
  }

  private static Tensor[] encrypted(BenchmarkModel model, int threads) {
    ClientPackage client = ClientPackage.parse(ClientPackage.of(model.compiled()).toBytes());
    ServerPackage server = ServerPackage.parse(ServerPackage.of(model.compiled()).toBytes());
    try (ClientKeys keys = ClientKeys.generate(client);
        FheClient owner = new FheClient(client, keys, threads)) {
      EncryptedBlock rows = owner.encrypt(model.rows());
      EncryptedBlock results = new FheServer(server, keys.evaluationKeys(), threads).score(rows);
      return owner.decrypt(results);
    }
  }
}
