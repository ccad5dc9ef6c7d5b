package dev.sotto.runtime;

import dev.sotto.compiler.CompiledCircuit;
import dev.sotto.compiler.ServerPart;
import dev.sotto.compiler.slots.LayerWeights;
import dev.sotto.compiler.slots.SlotsPlan;
import dev.sotto.slots.BgvParameters;
import dev.sotto.slots.CkksParameters;
import dev.sotto.slots.EvaluationKeys;
import dev.sotto.slots.EvaluationKeysFormat;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * What the compute provider is given of a compiled circuit: {@code server.zip}. Immutable; shared
 * by all threads that score, with the weights in the engine's form.
 */
public final class ServerPackage {
  private final ServerPart part;
  private final LayerWeights weights = new LayerWeights();

  private ServerPackage(ServerPart part) {
    this.part = part;
  }

  /** The server's part of a compiled circuit. */
  public static ServerPackage of(CompiledCircuit compiled) {
    return new ServerPackage(compiled.serverPart());
  }

  /** The package of a part. */
  public static ServerPackage of(ServerPart part) {
    return new ServerPackage(part);
  }

  /** The circuit and its plan. */
  public ServerPart part() {
    return part;
  }

  /** Name of the circuit in keys and blocks: SHA-256 of the part, in hexadecimal digits. */
  public String circuitHash() {
    return part.hash();
  }

  /** Weights as the engine wants them. */
  public LayerWeights weights() {
    return weights;
  }

  /**
   * Writes the package to a file; equal packages give equal files.
   *
   * @throws dev.sotto.problem.SottoException when the file cannot be written
   */
  public void write(Path file) {
    PackageFile.write(file, toBytes());
  }

  /**
   * Reads a package from a file.
   *
   * @throws dev.sotto.problem.SottoException when it cannot be read, is damaged or no server
   *     package, or was written by a newer version
   */
  public static ServerPackage read(Path file) {
    return parse(PackageFile.read(file), file.toString());
  }

  /** The bytes of the file. */
  public byte[] toBytes() {
    byte[] content = part.toBytes();
    int nodes = part.circuit().nodes().size();
    return PackageFile.zip(
        PackageFile.manifest(
            "sotto server package",
            part.hash(),
            part.plan(),
            content.length,
            "\"rows_per_block\": " + part.plan().rows(),
            "\"nodes\": " + nodes),
        content);
  }

  /**
   * The package of bytes that {@link #toBytes} gave.
   *
   * @throws dev.sotto.problem.SottoException as {@link #read}
   */
  public static ServerPackage parse(byte[] bytes) {
    return parse(bytes, "server package");
  }

  private static ServerPackage parse(byte[] bytes, String where) {
    return new ServerPackage(ServerPart.parse(PackageFile.unzip(bytes, where)));
  }

  /**
   * Reads the file {@code evaluation.keys} of a data owner.
   *
   * @throws dev.sotto.problem.SottoException when it cannot be read, is damaged, or belongs to
   *     another circuit
   */
  public EvaluationKeys readKeys(Path file) {
    return parseKeys(PackageFile.read(file));
  }

  /**
   * Checks the bytes of {@code evaluation.keys} as a whole.
   *
   * @return the public name of the key that they belong to, as blocks repeat it
   * @throws dev.sotto.problem.SottoException as {@link #readKeys}
   */
  public String keyName(byte[] evaluationKeys) {
    return parseKeys(evaluationKeys).key().toString();
  }

  /**
   * The keys of the bytes of {@code evaluation.keys}.
   *
   * @throws dev.sotto.problem.SottoException as {@link #readKeys}
   */
  public EvaluationKeys parseKeys(byte[] bytes) {
    ByteBuffer rest = KeyFile.EVALUATION.open(bytes, part.hash());
    SlotsPlan plan = part.plan();
    EvaluationKeys keys =
        plan.scheme() == SlotsPlan.Scheme.BGV
            ? EvaluationKeysFormat.read(
                new BgvParameters(plan.ring(), plan.plaintextModulus()), rest)
            : EvaluationKeysFormat.read(new CkksParameters(plan.ring(), plan.scale()), rest);
    if (rest.hasRemaining()) {
      throw RuntimeError.refused(
          RuntimeError.DAMAGED,
          KeyFile.EVALUATION.fileName(),
          rest.remaining() + " bytes too many.");
    }
    return keys;
  }
}
