package dev.sotto.ml;

import dev.sotto.compiler.CompiledCircuit;
import dev.sotto.runtime.ClientPackage;
import dev.sotto.runtime.ServerPackage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.util.Identifiable$;

/**
 * A model compiled for encrypted rows, and the stages that use it: two for the owner of the rows,
 * one for the compute provider.
 *
 * <pre>
 *   rows ── {@link Encryptor} ──► blocks ── {@link EncryptedScorer} ──► blocks ── {@link Decryptor} ──► rows
 *           owner, secret key      provider, evaluation keys        owner, secret key
 * </pre>
 */
public final class CompiledOnnxModel {
  private final ClientPackage client;
  private final ServerPackage server;
  private final Map<String, List<String>> inputs;

  CompiledOnnxModel(CompiledCircuit compiled, Map<String, List<String>> inputs) {
    this.client = ClientPackage.of(compiled);
    this.server = ServerPackage.of(compiled);
    this.inputs = inputs;
  }

  /** What the owner of the rows needs, without weights; {@code sotto keygen} reads it too. */
  public ClientPackage client() {
    return client;
  }

  /** What the compute provider needs. */
  public ServerPackage server() {
    return server;
  }

  /**
   * The owner's first stage, reading the feature columns of the model.
   *
   * @param keys the folder that {@code sotto keygen}, or {@code ClientKeys.save}, wrote
   */
  public Encryptor encryptor(String keys) {
    List<String> pairs = new ArrayList<>();
    inputs.forEach((input, columns) -> pairs.add(input + "=" + String.join(",", columns)));
    return new Encryptor(Identifiable$.MODULE$.randomUID("encryptor"), client)
        .setKeys(keys)
        .setInputCols(pairs.toArray(String[]::new));
  }

  /**
   * The provider's stage.
   *
   * @param evaluationKeys files of evaluation keys; none where the model needs none
   */
  public EncryptedScorer scorer(String... evaluationKeys) {
    return new EncryptedScorer(Identifiable$.MODULE$.randomUID("scorer"), server)
        .setEvaluationKeys(evaluationKeys);
  }

  /**
   * The owner's last stage.
   *
   * @param keys the folder that {@code sotto keygen}, or {@code ClientKeys.save}, wrote
   */
  public Decryptor decryptor(String keys) {
    return new Decryptor(Identifiable$.MODULE$.randomUID("decryptor"), client).setKeys(keys);
  }
}
