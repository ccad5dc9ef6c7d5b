package dev.sotto.runtime;

import dev.sotto.compiler.ClientPart;
import dev.sotto.compiler.CompiledCircuit;
import java.nio.file.Path;

/**
 * What the data owner is given of a compiled circuit: {@code client.zip}. Immutable. It holds no
 * weights, and nothing secret of the data owner.
 */
public final class ClientPackage {
  private final ClientPart part;

  private ClientPackage(ClientPart part) {
    this.part = part;
  }

  /** The client's part of a compiled circuit. */
  public static ClientPackage of(CompiledCircuit compiled) {
    return new ClientPackage(compiled.clientPart());
  }

  /** Encodings, meanings and parameters. */
  public ClientPart part() {
    return part;
  }

  /** Name of the circuit in keys and blocks: SHA-256 of the server's part, in hexadecimal digits. */
  public String circuitHash() {
    return part.hash();
  }

  /** How many rows fit into one block. */
  public int rowsPerBlock() {
    return part.plan().rows();
  }

  /** Writes the package to a file. */
  public void write(Path file) {
    throw new UnsupportedOperationException(file.toString());
  }

  /** Reads a package from a file. */
  public static ClientPackage read(Path file) {
    throw new UnsupportedOperationException(file.toString());
  }

  /** The bytes of the file. */
  public byte[] toBytes() {
    throw new UnsupportedOperationException();
  }

  /** The package of bytes. */
  public static ClientPackage parse(byte[] bytes) {
    throw new UnsupportedOperationException(bytes.length + " bytes");
  }
}
