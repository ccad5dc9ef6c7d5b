package dev.sotto.compiler;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sotto.compiler.proto.CompiledCircuitProto;
import dev.sotto.problem.SottoException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;
import java.util.zip.CRC32C;

/**
 * The outermost message of {@code compiled_circuit.proto}: what it is, its version, its checksum.
 */
final class PartFile {
  static final int VERSION = 1;

  private PartFile() {}

  /** Makes an object of a message's bytes. */
  interface Reader<T> {
    T read(ByteString content) throws InvalidProtocolBufferException;
  }

  static byte[] write(String kind, ByteString content) {
    return CompiledCircuitProto.File.newBuilder()
        .setKind(kind)
        .setVersion(VERSION)
        .setProduct(product())
        .setChecksum(checksum(content))
        .setContent(content)
        .build()
        .toByteArray();
  }

  /** The product's version as its jar states it. */
  private static String product() {
    return Objects.requireNonNullElse(
        CompiledCircuit.class.getPackage().getImplementationVersion(), "development");
  }

  private static int checksum(ByteString content) {
    CRC32C crc = new CRC32C();
    content.asReadOnlyByteBufferList().forEach(crc::update);
    return (int) crc.getValue();
  }

  /** SHA-256 in hexadecimal digits. */
  static String hash(ByteString content) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      content.asReadOnlyByteBufferList().forEach(digest::update);
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256; this one failed", e);
    }
  }

  static <T> T read(String kind, byte[] bytes, Reader<T> reader) {
    CompiledCircuitProto.File file;
    try {
      file = CompiledCircuitProto.File.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw SottoException.of(CompilerError.FORMAT, kind, "not the bytes of one, or cut short.", e);
    }
    if (!file.getKind().equals(kind)) {
      throw CompilerError.badFormat(kind, "not the bytes of one.");
    }
    if (Integer.compareUnsigned(file.getVersion(), VERSION) > 0) {
      throw SottoException.of(
          CompilerError.NEWER_FORMAT,
          kind,
          "format version up to "
              + VERSION
              + " (sotto "
              + product()
              + ") expected, got version "
              + Integer.toUnsignedString(file.getVersion())
              + " (sotto "
              + file.getProduct()
              + ").");
    }
    ByteString content = file.getContent();
    if (content.isEmpty() || checksum(content) != file.getChecksum()) {
      throw CompilerError.badFormat(kind, "the bytes are damaged: their checksum differs.");
    }
    try {
      return reader.read(content);
    } catch (InvalidProtocolBufferException | RuntimeException e) { // whatever any part refuses
      throw SottoException.of(
          CompilerError.FORMAT, kind, "it contradicts itself: " + e.getMessage() + ".", e);
    }
  }
}
