package dev.sotto.runtime;

import dev.sotto.compiler.ClientPart;
import dev.sotto.compiler.CompiledCircuit;
import dev.sotto.quantization.InputEncoding;
import dev.sotto.slots.RingParameters;
import java.nio.file.Path;

/**
 * What the data owner is given of a compiled circuit: {@code client.zip}. Immutable. It holds no
 * weights, and nothing secret of the data owner.
 */
public final class ClientPackage {
  /** More than what stands before a fresh ciphertext, and in the block's header for it. */
  private static final int CIPHERTEXT_HEADER = 160;

  private final ClientPart part;

  private ClientPackage(ClientPart part) {
    this.part = part;
  }

  /** The client's part of a compiled circuit. */
  public static ClientPackage of(CompiledCircuit compiled) {
    return new ClientPackage(compiled.clientPart());
  }

  /** The package of a part. */
  public static ClientPackage of(ClientPart part) {
    return new ClientPackage(part);
  }

  /** Encodings, meanings and parameters. */
  public ClientPart part() {
    return part;
  }

  /**
   * Name of the circuit in keys and blocks: SHA-256 of the server's part, in hexadecimal digits.
   */
  public String circuitHash() {
    return part.hash();
  }

  /** How many rows of the data owner fit into one block. */
  public int rowsPerBlock() {
    return part.rowsPerBlock();
  }

  /** How many bytes a block of encrypted rows takes, full or not. */
  public long blockBytes() {
    RingParameters ring = part.plan().ring();
    long bits = 0;
    for (long prime : ring.primes()) {
      bits += Long.SIZE - Long.numberOfLeadingZeros(prime);
    }
    long ciphertext = CIPHERTEXT_HEADER + ring.n() / Byte.SIZE * bits;
    return ciphertext * part.module().encodings().stream().mapToLong(InputEncoding::size).sum();
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
   * @throws dev.sotto.problem.SottoException when it cannot be read, is damaged or no client
   *     package, or was written by a newer version
   */
  public static ClientPackage read(Path file) {
    return parse(PackageFile.read(file), file.toString());
  }

  /** The bytes of the file. */
  public byte[] toBytes() {
    byte[] content = part.toBytes();
    return PackageFile.zip(
        PackageFile.manifest(
            "sotto client package",
            part.hash(),
            part.plan(),
            content.length,
            "\"rows_per_block\": " + rowsPerBlock(),
            "\"canary_rows\": " + part.canaries().rows()),
        content);
  }

  /**
   * The package of bytes that {@link #toBytes} gave.
   *
   * @throws dev.sotto.problem.SottoException as {@link #read}
   */
  public static ClientPackage parse(byte[] bytes) {
    return parse(bytes, "client package");
  }

  private static ClientPackage parse(byte[] bytes, String where) {
    return new ClientPackage(ClientPart.parse(PackageFile.unzip(bytes, where)));
  }
}
