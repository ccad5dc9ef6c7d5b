package dev.sotto.cli;

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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A compiled model run encrypted in this process, owner and server both, with its costs.
 *
 * <p>Every block is full, by repeating rows, so that costs per row are those of full blocks.
 */
final class EncryptedRun implements AutoCloseable {
  private static final int FEWEST_PASSES = 3;
  private static final int MOST_PASSES = 20_000;
  private static final double SETTLING_SECONDS = 4;
  private static final double LONGEST_SECONDS = 12;

  /** Blocks are as fast as they get when the last of them gained less than this. */
  private static final double SETTLED = 0.95;

  private final CompiledCircuit compiled;
  private final ClientKeys keys;
  private final FheClient owner;
  private final FheServer server;
  private final double keygenSeconds;
  private final long keyBytes;
  private final List<Double> encrypted = new ArrayList<>();
  private final List<Double> scored = new ArrayList<>();
  private final List<Double> decrypted = new ArrayList<>();
  private long rows;
  private long equalRows;
  private long inputBytes;
  private long outputBytes;

  private EncryptedRun(
      CompiledCircuit compiled, ClientKeys keys, FheServer server, FheClient owner, double keygen) {
    this.compiled = compiled;
    this.keys = keys;
    this.server = server;
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
    FheServer server = new FheServer(ServerPackage.of(compiled), evaluation, threads);
    return new EncryptedRun(compiled, keys, server, new FheClient(client, keys, threads), keygen);
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
        Arrays.stream(block(full(batch)))
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

  private Tensor[] block(Tensor[] full) {
    long start = System.nanoTime();
    EncryptedBlock block = owner.encrypt(full);
    encrypted.add((System.nanoTime() - start) / 1e9);
    inputBytes = block.length();
    CpuTime core = CpuTime.start();
    EncryptedBlock result = server.score(block);
    scored.add(core.seconds());
    outputBytes = result.length();
    start = System.nanoTime();
    Tensor[] outputs = owner.decrypt(result);
    decrypted.add((System.nanoTime() - start) / 1e9);
    return outputs;
  }

  /** Repeats a block until the compiler of the JVM is through, for models of less than seconds. */
  void settle(Tensor[] batch) {
    long start = System.nanoTime();
    Tensor[] full = full(batch);
    double seconds = 0;
    while (scored.size() < MOST_PASSES
        && (scored.size() < FEWEST_PASSES || seconds < SETTLING_SECONDS || isGettingFaster())
        && seconds < LONGEST_SECONDS) {
      Objects.requireNonNull(block(full));
      seconds = (System.nanoTime() - start) / 1e9;
    }
  }

  /** Whether the last quarter of the blocks took less than the one before. */
  private boolean isGettingFaster() {
    int quarter = scored.size() / 4;
    int size = scored.size();
    return quarter > 1
        && median(scored.subList(size - quarter, size))
            < SETTLED * median(scored.subList(size - 2 * quarter, size - quarter));
  }

  /** The median of the last quarter, of few the last. */
  private static double settled(List<Double> seconds) {
    return median(seconds.subList(seconds.size() * 3 / 4, seconds.size()));
  }

  private static double median(List<Double> seconds) {
    return seconds.stream().sorted().skip((seconds.size() - 1) / 2).findFirst().orElse(0.0);
  }

  /** What it took, under the names of the JSON document. */
  Map<String, Object> figures(double compileSeconds, long peakHeap) {
    double perBlock = rowsPerBlock();
    CompileReport report = CompileReport.of(compiled, KernelCosts.measured(compiled.plan()));
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("engine", "slots");
    figures.put("rows", rows);
    figures.put("equal_rows", equalRows);
    figures.put("rows_per_block", rowsPerBlock());
    figures.put("core_seconds_per_block", settled(scored));
    figures.put("predicted_core_seconds_per_block", report.cost().coreSecondsPerBlock());
    figures.put("core_seconds_per_row", settled(scored) / perBlock);
    figures.put("key_bytes", keyBytes);
    figures.put("input_bytes_per_row", inputBytes / perBlock);
    figures.put("output_bytes_per_row", outputBytes / perBlock);
    figures.put("compile_seconds", compileSeconds);
    figures.put("keygen_seconds", keygenSeconds);
    figures.put("encrypt_seconds_per_row", settled(encrypted) / perBlock);
    figures.put("decrypt_seconds_per_row", settled(decrypted) / perBlock);
    figures.put("peak_heap_bytes", peakHeap);
    figures.put("parameters", report.toMap().get("parameters"));
    return figures;
  }

  @Override
  public void close() {
    owner.close();
    keys.close();
  }
}
