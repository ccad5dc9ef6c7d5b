package dev.sotto.cli;

import dev.sotto.common.Twins;
import dev.sotto.compiler.CompileReport;
import dev.sotto.compiler.CompiledCircuit;
import dev.sotto.compiler.slots.KernelCosts;
import dev.sotto.runtime.ClientPackage;
import dev.sotto.runtime.EncryptedBlock;
import dev.sotto.runtime.ServerPackage;
import dev.sotto.runtime.client.ClientKeys;
import dev.sotto.runtime.client.FheClient;
import dev.sotto.runtime.server.FheServer;
import dev.sotto.tensor.Tensor;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A compiled model run encrypted in this process, owner and server both, with its costs.
 *
 * <p>Every block is full, by repeating rows, so that costs per row are those of full blocks. Costs
 * are those of a steady state: of an owner who encrypts block after block, of a server that scores
 * block after block, of an owner who decrypts block after block, each by itself until it gets no
 * faster. Core-seconds are those of one thread that has a block for itself: a second thread on the
 * same block makes it ready sooner, and where both are on one physical core, each of them slower,
 * without more work.
 */
final class EncryptedRun implements AutoCloseable {
  private static final Duration COMPILED_WITHIN = Duration.ofSeconds(30);
  private static final double SHORTEST_SCORING = 6;
  private static final double LONGEST_SCORING = 20;
  private static final double SHORTEST_OTHER = 2;
  private static final double LONGEST_OTHER = 6;

  private final CompiledCircuit compiled;
  private final ClientKeys keys;
  private final FheClient owner;
  private final FheServer server;

  /** The same with one thread. */
  private final FheServer alone;

  private final double keygenSeconds;
  private final long keyBytes;
  private long rows;
  private long equalRows;

  private EncryptedRun(
      CompiledCircuit compiled,
      ClientKeys keys,
      FheServer server,
      FheServer alone,
      FheClient owner,
      double keygen) {
    this.compiled = compiled;
    this.keys = keys;
    this.server = server;
    this.alone = alone;
    this.owner = owner;
    this.keygenSeconds = keygen;
    this.keyBytes = keys.evaluationKeyBytes();
  }

  /** Makes keys, an owner and a server. */
  static EncryptedRun start(CompiledCircuit compiled, int threads) {
    ClientPackage client = ClientPackage.of(compiled);
    long start = System.nanoTime();
    ClientKeys keys = ClientKeys.generate(client);
    var evaluation = keys.evaluationKeys();
    double keygen = (System.nanoTime() - start) / 1e9;
    ServerPackage part = ServerPackage.of(compiled);
    FheServer server = new FheServer(part, evaluation, threads);
    FheServer alone = threads == 1 ? server : new FheServer(part, evaluation, 1);
    FheClient owner = new FheClient(client, keys, threads);
    return new EncryptedRun(compiled, keys, server, alone, owner, keygen);
  }

  int rowsPerBlock() {
    return owner.rowsPerBlock();
  }

  /** Rows scored so far. */
  long rows() {
    return rows;
  }

  /** Encrypts, scores and decrypts up to a block of rows, and compares them with the clear run. */
  Tensor[] score(Tensor[] batch) {
    int count = batch[0].shape().dim(0);
    int size = rowsPerBlock();
    Tensor[] outputs =
        Arrays.stream(owner.decrypt(server.score(owner.encrypt(full(batch)))))
            .map(output -> output.rows(0, output.shape().dim(0) / size * count))
            .toArray(Tensor[]::new);
    rows += count;
    Tensor[] clear = compiled.score(batch);
    for (int row = 0; row < count; row++) {
      equalRows += isSame(outputs, clear, row, count) ? 1 : 0;
    }
    return outputs;
  }

  /** Rows repeated to a block. */
  private Tensor[] full(Tensor[] batch) {
    int count = batch[0].shape().dim(0);
    int[] positions = new int[rowsPerBlock()];
    Arrays.setAll(positions, i -> i % count);
    return CompilationInput.pick(batch, positions);
  }

  private static boolean isSame(Tensor[] given, Tensor[] expected, int row, int count) {
    for (int k = 0; k < given.length; k++) {
      int each = given[k].shape().dim(0) / count;
      Tensor one = given[k].rows(row * each, (row + 1) * each);
      if (!one.equals(expected[k].rows(row * each, (row + 1) * each))) {
        return false;
      }
    }
    return true;
  }

  /**
   * What it takes to encrypt, score and decrypt a block, each repeated by itself, under the names
   * of the JSON document.
   *
   * @param batch rows, a block at most
   */
  Map<String, Object> figures(Tensor[] batch, double compileSeconds, HeapPeak heap) {
    Tensor[] full = full(batch);
    EncryptedBlock block = owner.encrypt(full);
    EncryptedBlock result = alone.score(block);
    Twins.await(COMPILED_WITHIN);
    double scored =
        SteadyTime.of(
            SteadyTime.Clock::cores,
            () -> Objects.requireNonNull(alone.score(block)),
            SteadyTime.Clock::wall,
            SHORTEST_SCORING,
            LONGEST_SCORING);
    double encrypted = other(() -> Objects.requireNonNull(owner.encrypt(full)));
    double decrypted = other(() -> Objects.requireNonNull(owner.decrypt(result)));
    CompileReport report = CompileReport.of(compiled, KernelCosts.measured(compiled.plan()));
    double perBlock = rowsPerBlock();
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("engine", "slots");
    figures.put("rows", rows);
    figures.put("equal_rows", equalRows);
    figures.put("rows_per_block", rowsPerBlock());
    figures.put("core_seconds_per_block", scored);
    figures.put("predicted_core_seconds_per_block", report.cost().coreSecondsPerBlock());
    figures.put("core_seconds_per_row", scored / perBlock);
    figures.put("key_bytes", keyBytes);
    figures.put("input_bytes_per_row", block.length() / perBlock);
    figures.put("output_bytes_per_row", result.length() / perBlock);
    figures.put("compile_seconds", compileSeconds);
    figures.put("keygen_seconds", keygenSeconds);
    figures.put("encrypt_seconds_per_row", encrypted / perBlock);
    figures.put("decrypt_seconds_per_row", decrypted / perBlock);
    figures.put("peak_heap_bytes", heap.bytes());
    figures.put("parameters", report.toMap().get("parameters"));
    return figures;
  }

  private static double other(Runnable work) {
    return SteadyTime.of(
        SteadyTime.Clock::wall, work, SteadyTime.Clock::wall, SHORTEST_OTHER, LONGEST_OTHER);
  }

  @Override
  public void close() {
    owner.close();
    keys.close();
  }
}
