package dev.sotto.spark.encrypted;

import dev.sotto.problem.SottoException;
import dev.sotto.runtime.EncryptedBlock;
import dev.sotto.runtime.RuntimeError;
import dev.sotto.runtime.ServerPackage;
import dev.sotto.runtime.server.FheServer;
import dev.sotto.spark.ExecutorCache;
import dev.sotto.spark.PackageBytes;
import java.io.Serializable;

/**
 * The servers of a job, as they travel to executors: one for each key owner, opened at the first
 * block of the owner and shared by all tasks of the JVM.
 *
 * @param threads that share the work on one block
 * @param callers how many blocks are scored at once in one JVM
 */
record BlockServers(PackageBytes server, EvaluationKeyFiles keys, int threads, int callers)
    implements Serializable {
  /** Owners whose keys an executor keeps. */
  private static final int KEPT_OWNERS = 4;

  private static final ExecutorCache<FheServer> SERVERS = new ExecutorCache<>(KEPT_OWNERS);

  /** Of how many owners an executor keeps the keys. */
  static int kept(EvaluationKeyFiles keys) {
    return Math.min(KEPT_OWNERS, keys.owners());
  }

  /**
   * The server for a block's key owner.
   *
   * @throws SottoException for blocks of another circuit, and of owners whose keys are not there
   */
  FheServer of(EncryptedBlock block) {
    ServerPackage compiled = server.server();
    if (!block.circuit().equals(compiled.circuitHash())) {
      throw RuntimeError.refused(
          RuntimeError.OTHER_CIRCUIT,
          "block " + block.number(),
          "circuit " + compiled.circuitHash() + " expected, got " + block.circuit() + ".");
    }
    String key = block.keyName();
    String owner = compiled.part().plan().needsKeys() ? key : "";
    if (!owner.isEmpty()) {
      keys.require(key);
    }
    return SERVERS.get(
        String.join("/", compiled.circuitHash(), owner, threads + "x" + callers),
        () -> FheServer.open(compiled, owner.isEmpty() ? null : keys.of(key), threads, callers));
  }
}
