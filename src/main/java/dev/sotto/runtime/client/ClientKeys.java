package dev.sotto.runtime.client;

import dev.sotto.common.Seed;
import dev.sotto.compiler.slots.SlotsPlan;
import dev.sotto.runtime.ClientPackage;
import dev.sotto.runtime.KeyFile;
import dev.sotto.runtime.RuntimeError;
import dev.sotto.slots.EvaluationKeys;
import dev.sotto.slots.EvaluationKeysFormat;
import dev.sotto.slots.KeyId;
import dev.sotto.slots.SecretKey;
import dev.sotto.slots.SecretKeyFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a data owner for one compiled circuit: the secret key, and the evaluation keys that
 * follow from it. Closing them wipes the secret.
 */
public final class ClientKeys implements AutoCloseable {
  private final String circuit;
  private final SlotsPlan plan;
  private final SecretKey secret;
  private @Nullable EvaluationKeys evaluationKeys;

  private ClientKeys(ClientPackage client, SecretKey secret) {
    this.circuit = client.circuitHash();
    this.plan = client.part().plan();
    this.secret = secret;
  }

  /** New keys. */
  public static ClientKeys generate(ClientPackage client) {
    return of(client, Seed.random());
  }

  /** The keys of a seed, which is taken over and wiped with them: as strong as the seed is. */
  public static ClientKeys of(ClientPackage client, Seed seed) {
    return new ClientKeys(client, SecretKey.of(client.part().plan().ring(), seed));
  }

  /** Their public name, as text. */
  public String name() {
    return id().toString();
  }

  /** Bytes of the evaluation keys on the wire; zero where the model needs none. */
  public long evaluationKeyBytes() {
    EvaluationKeys evaluation = evaluationKeys();
    return evaluation == null ? 0 : EvaluationKeysFormat.length(evaluation);
  }

  /** Their public name. */
  public KeyId id() {
    return secret.id();
  }

  /** Hash of the circuit that they are for. */
  public String circuitHash() {
    return circuit;
  }

  /**
   * What the server needs to relinearise, made when first asked for, always the same; null where it
   * needs nothing.
   */
  public synchronized @Nullable EvaluationKeys evaluationKeys() {
    if (!plan.needsKeys()) {
      return null;
    }
    EvaluationKeys made = evaluationKeys;
    if (made == null) {
      try (Seed seed = secret.seed().derive("evaluation keys", 0)) {
        made = BlockCipher.of(plan).evaluationKeys(secret, plan.relinearisedDegree(), seed);
      }
      evaluationKeys = made;
    }
    return made;
  }

  SecretKey secret() {
    return secret;
  }

  /** Refuses keys of another circuit. */
  void check(ClientPackage client) {
    if (!circuit.equals(client.circuitHash())) {
      throw RuntimeError.refused(
          RuntimeError.OTHER_CIRCUIT,
          "keys " + id(),
          "keys of circuit " + client.circuitHash() + " expected, got some of " + circuit + ".");
    }
  }

  /** Wipes the secret. */
  @Override
  public void close() {
    secret.close();
  }

  /** The key id, nothing more. */
  @Override
  public String toString() {
    return "ClientKeys[" + id() + "]";
  }

  /**
   * Writes the secret key into a directory, readable by its owner only, and {@code evaluation.keys}
   * where the server needs them; the directory is made where there is none.
   *
   * @throws dev.sotto.problem.SottoException where there are keys already, or files cannot be
   *     written
   */
  public void save(Path directory) {
    KeyDirectory.of(directory).write(this);
  }

  /**
   * Writes the file {@code secret.key} to a place that only its owner can read; the stream stays
   * open.
   */
  public void writeSecret(OutputStream out) throws IOException {
    out.write(KeyFile.SECRET.header(circuit));
    SecretKeyFormat.write(secret, out);
  }

  /** Writes the file {@code evaluation.keys}, where the server needs one; the stream stays open. */
  public void writeEvaluation(OutputStream out) throws IOException {
    EvaluationKeys evaluation = evaluationKeys();
    if (evaluation != null) {
      out.write(KeyFile.EVALUATION.header(circuit));
      out.write(EvaluationKeysFormat.toBytes(evaluation));
    }
  }

  /**
   * The keys of the bytes of {@code secret.key}, which are wiped.
   *
   * @param where the file's name, for messages
   * @throws dev.sotto.problem.SottoException where they are damaged, or for another circuit
   */
  public static ClientKeys parse(byte[] secretKey, ClientPackage client, String where) {
    return new ClientKeys(client, KeyDirectory.parse(secretKey, client, where));
  }

  /**
   * Reads the secret key of a directory.
   *
   * @throws dev.sotto.problem.SottoException where there is none, or it is damaged, or for another
   *     circuit
   */
  public static ClientKeys load(Path directory, ClientPackage client) {
    return new ClientKeys(client, KeyDirectory.of(directory).read(client));
  }
}
