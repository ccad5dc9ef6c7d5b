package dev.sotto.runtime.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.common.Seed;
import dev.sotto.compiler.CompiledCircuit;
import dev.sotto.runtime.ClientPackage;
import dev.sotto.runtime.EncryptedBlock;
import dev.sotto.runtime.ServerPackage;
import dev.sotto.runtime.TinyCircuits;
import dev.sotto.runtime.server.FheServer;
import dev.sotto.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Packages, keys and blocks of format version 1, made from fixed seeds: every later release loads
 * them, scores them and decrypts them.
 *
 * <p>With {@code -Dsotto.docs.write=true} missing files are written; those that are there stay.
 */
final class GoldenRuntimeTest {
  private static final Path FOLDER = Path.of("src/test/resources/runtime");
  private static final int ROWS = 20;

  @ParameterizedTest
  @ValueSource(strings = {"logistic", "squares"})
  void golden_files_load_compute_and_decrypt(String name, @TempDir Path keyFolder)
      throws IOException {
    Path folder = FOLDER.resolve(name + "-v1");
    if (Boolean.getBoolean("sotto.docs.write") && Files.notExists(folder)) {
      write(name, folder);
    }
    ClientPackage client = ClientPackage.read(folder.resolve("client.zip"));
    ServerPackage server = ServerPackage.read(folder.resolve("server.zip"));
    EncryptedBlock input = block(folder.resolve("input.block"));
    EncryptedBlock result = block(folder.resolve("result.block"));
    assertEquals(server.circuitHash(), client.circuitHash());
    assertEquals(ROWS, input.rows());
    FheServer scorer = new FheServer(server, null, 1);
    float[] expected = clear(client, server, TinyCircuits.rows(9, ROWS)).toFloats();
    try (ClientKeys keys = ClientKeys.load(folder, client);
        FheClient owner = new FheClient(client, keys)) {
      assertArrayEquals(expected, owner.decrypt(result)[0].toFloats(), 0.005f);
      assertArrayEquals(expected, owner.decrypt(scorer.score(input))[0].toFloats(), 0.005f);
      keys.save(keyFolder);
      assertArrayEquals(
          Files.readAllBytes(folder.resolve("secret.key")),
          Files.readAllBytes(keyFolder.resolve("secret.key")));
    }
  }

  @Test
  void golden_evaluation_keys_load_relinearise_and_are_made_again(@TempDir Path keyFolder)
      throws IOException {
    Path folder = FOLDER.resolve("relinearised-v1");
    if (Boolean.getBoolean("sotto.docs.write") && Files.notExists(folder)) {
      writeKeys(folder);
    }
    ClientPackage client = ClientPackage.read(folder.resolve("client.zip"));
    ServerPackage server = ServerPackage.read(folder.resolve("server.zip"));
    byte[] evaluation = Files.readAllBytes(folder.resolve("evaluation.keys"));
    FheServer scorer = new FheServer(server, server.parseKeys(evaluation), 1);
    Tensor rows = TinyCircuits.rows(9, ROWS);
    try (ClientKeys keys = ClientKeys.load(folder, client);
        FheClient owner = new FheClient(client, keys)) {
      assertArrayEquals(
          clear(client, server, rows).toFloats(),
          owner.decrypt(scorer.score(owner.encrypt(rows)))[0].toFloats(),
          0.005f);
      keys.save(keyFolder);
      assertArrayEquals(evaluation, Files.readAllBytes(keyFolder.resolve("evaluation.keys")));
    }
  }

  /** The clear run of what was loaded. */
  private static Tensor clear(ClientPackage client, ServerPackage server, Tensor rows) {
    var module = client.part().module();
    var results =
        server
            .part()
            .circuit()
            .evaluate(new dev.sotto.circuit.ClearAlgebra(), module.quantizeInput(rows).integers());
    return module.postProcess(module.dequantizeOutput(results))[0];
  }

  private static EncryptedBlock block(Path file) throws IOException {
    return EncryptedBlock.parse(Files.readAllBytes(file));
  }

  private static Seed seed(int value) {
    byte[] bytes = new byte[Seed.LENGTH];
    bytes[0] = (byte) value;
    return Seed.of(bytes);
  }

  private static void writeKeys(Path folder) throws IOException {
    CompiledCircuit compiled = TinyCircuits.relinearised();
    ClientPackage client = ClientPackage.of(compiled);
    Files.createDirectories(folder);
    client.write(folder.resolve("client.zip"));
    ServerPackage.of(compiled).write(folder.resolve("server.zip"));
    try (ClientKeys keys = ClientKeys.of(client, seed(1))) {
      keys.save(folder);
    }
  }

  private static void write(String name, Path folder) throws IOException {
    CompiledCircuit compiled =
        name.equals("logistic") ? TinyCircuits.logistic() : TinyCircuits.squares();
    ClientPackage client = ClientPackage.of(compiled);
    ServerPackage server = ServerPackage.of(compiled);
    Files.createDirectories(folder);
    client.write(folder.resolve("client.zip"));
    server.write(folder.resolve("server.zip"));
    try (ClientKeys keys = ClientKeys.of(client, seed(1));
        FheClient owner = new FheClient(client, keys, 1, seed(2))) {
      keys.save(folder);
      EncryptedBlock input = owner.encrypt(5, TinyCircuits.rows(9, ROWS));
      Files.write(folder.resolve("input.block"), input.toBytes());
      Files.write(
          folder.resolve("result.block"), new FheServer(server, null, 1).score(input).toBytes());
    }
  }
}
