package dev.sotto.runtime.server;

import dev.sotto.compiler.slots.SlotsPlan;
import dev.sotto.runtime.EncryptedBlock;
import dev.sotto.runtime.RuntimeError;
import dev.sotto.runtime.ServerPackage;
import dev.sotto.slots.EvaluationKeys;
import dev.sotto.slots.KeyId;
import org.jspecify.annotations.Nullable;

/**
 * Scores encrypted blocks: with the server's package, and evaluation keys where the circuit needs
 * them. It never sees a secret key, nor a clear value.
 *
 * <p>Safe for several threads, each with a block of its own; besides, {@code threads} of them share
 * the work on every block. Weights and keys are held once.
 */
public final class FheServer {
  private final ServerPackage server;
  private final @Nullable KeyId key;
  private final BlockScorer<?> scorer;

  /**
   * A server.
   *
   * @param keys of the data owner; null where {@link SlotsPlan#needsKeys()} says so
   * @param threads how many threads share the work on one block
   * @throws dev.sotto.problem.SottoException where keys are missing or made for other parameters
   */
  public FheServer(ServerPackage server, @Nullable EvaluationKeys keys, int threads) {
    this(server, keys, threads, 1);
  }

  private FheServer(ServerPackage server, @Nullable EvaluationKeys keys, int threads, int callers) {
    SlotsPlan plan = server.part().plan();
    if (plan.needsKeys() && keys == null) {
      throw RuntimeError.refused(
          RuntimeError.MISSING_KEYS,
          "",
          "evaluation keys up to degree " + plan.relinearisedDegree() + " expected, got none.");
    }
    EvaluationKeys used = plan.needsKeys() ? keys : null;
    this.server = server;
    this.key = used == null ? null : used.key();
    this.scorer =
        plan.scheme() == SlotsPlan.Scheme.BGV
            ? new BlockScorer<>(server, SlotsServer.Bgv.of(plan, used), threads, callers)
            : new BlockScorer<>(server, SlotsServer.Ckks.of(plan, used), threads, callers);
  }

  /**
   * A server from the bytes that it is given.
   *
   * @param evaluationKeys the data owner's file {@code evaluation.keys}; null where there is none
   * @param threads how many threads share the work on one block
   * @param callers how many blocks are scored at once at most, each by so many threads
   * @throws dev.sotto.problem.SottoException where keys are missing, damaged or another circuit's
   */
  public static FheServer open(
      ServerPackage server, byte @Nullable [] evaluationKeys, int threads, int callers) {
    EvaluationKeys keys = evaluationKeys == null ? null : server.parseKeys(evaluationKeys);
    return new FheServer(server, keys, threads, callers);
  }

  /**
   * Scores a block.
   *
   * @return a block of results with the same number, for the same key
   * @throws dev.sotto.problem.SottoException for blocks of another circuit or key, results instead
   *     of inputs, altered bytes
   */
  public EncryptedBlock score(EncryptedBlock block) {
    check(block);
    return EncryptedBlock.of(
        EncryptedBlock.Role.RESULT,
        block.circuit(),
        block.key(),
        block.rows(),
        block.number(),
        scorer.score(block));
  }

  private void check(EncryptedBlock block) {
    String where = "block " + block.number();
    if (!block.circuit().equals(server.circuitHash())) {
      throw RuntimeError.refused(
          RuntimeError.OTHER_CIRCUIT,
          where,
          "circuit " + server.circuitHash() + " expected, got " + block.circuit() + ".");
    }
    if (key != null && !key.equals(block.key())) {
      throw RuntimeError.refused(
          RuntimeError.OTHER_KEY,
          where,
          "key " + key + " of the evaluation keys expected, got " + block.key() + ".");
    }
    if (block.role() != EncryptedBlock.Role.INPUT) {
      throw RuntimeError.refused(
          RuntimeError.WRONG_ROLE, where, "encrypted rows expected, got results.");
    }
    if (block.size() != scorer.inputs() || block.rows() > server.part().plan().rows()) {
      throw RuntimeError.refused(
          RuntimeError.DAMAGED,
          where,
          scorer.inputs()
              + " ciphertexts of at most "
              + server.part().plan().rows()
              + " rows expected, got "
              + block.size()
              + " of "
              + block.rows()
              + ".");
    }
  }
}
