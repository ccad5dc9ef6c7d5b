package dev.sotto.runtime;

import dev.sotto.compiler.CompiledCircuit;
import dev.sotto.compiler.ServerPart;
import dev.sotto.compiler.slots.LayerWeights;
import dev.sotto.slots.EvaluationKeys;
import java.nio.file.Path;

/**
 * What the compute provider is given of a compiled circuit: {@code server.zip}. Immutable; shared by
 * all threads that score, with the weights in the engine's form.
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

  /** Writes the package to a file. */
  public void write(Path file) {
    throw new UnsupportedOperationException(file.toString());
  }

  /** Reads a package from a file. */
  public static ServerPackage read(Path file) {
    throw new UnsupportedOperationException(file.toString());
  }

  /** The bytes of the file. */
  public byte[] toBytes() {
    throw new UnsupportedOperationException();
  }

  /** The package of bytes. */
  public static ServerPackage parse(byte[] bytes) {
    throw new UnsupportedOperationException(bytes.length + " bytes");
  }

  /** Reads the file {@code evaluation.keys} of a data owner. */
  public EvaluationKeys readKeys(Path file) {
    throw new UnsupportedOperationException(file.toString());
  }
}
