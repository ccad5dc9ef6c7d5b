package dev.sotto.onnx;

import dev.sotto.onnx.proto.StringStringEntryProto;
import dev.sotto.onnx.proto.TensorProto;
import dev.sotto.problem.SottoException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Tensor data in files beside a model.
 *
 * <p>A location is relative to the directory of the model and may not leave it, neither with {@code
 * ..} nor through a symbolic link: a model from elsewhere must not read arbitrary files.
 */
final class ExternalData {
  private final @Nullable Path directory;

  /** Data beside a model; a null directory refuses every location. */
  ExternalData(@Nullable Path directory) {
    this.directory = directory;
  }

  /**
   * The bytes of a tensor.
   *
   * @param bytes how many the type and shape need
   * @throws SottoException when the location is outside, missing or too short
   */
  ByteBuffer read(TensorProto proto, long bytes, String place) {
    String location = "";
    long offset = 0;
    long length = bytes;
    for (StringStringEntryProto entry : proto.getExternalDataList()) {
      switch (entry.getKey()) {
        case "location" -> location = entry.getValue();
        case "offset" -> offset = number(entry, place);
        case "length" -> length = number(entry, place);
        default -> {}
      }
    }
    if (length != bytes) {
      throw SottoException.of(
          OnnxError.SHAPE_MISMATCH,
          place,
          "the type and shape need "
              + bytes
              + " bytes, the external data has length "
              + length
              + ".");
    }
    if (bytes > Integer.MAX_VALUE - 16) {
      throw SottoException.of(
          OnnxError.TOO_LARGE, place, "one tensor of " + bytes + " bytes is too large.");
    }
    Path file = resolve(location, place);
    try (FileChannel channel = FileChannel.open(file)) {
      if (offset > channel.size() - bytes) {
        throw SottoException.of(
            OnnxError.EXTERNAL_DATA_TOO_SHORT,
            place,
            "bytes "
                + offset
                + " to "
                + (offset + bytes)
                + " of '"
                + location
                + "' are needed, the file has "
                + channel.size()
                + ".");
      }
      ByteBuffer buffer = ByteBuffer.allocate((int) bytes);
      while (buffer.hasRemaining()) {
        if (channel.read(buffer, offset + buffer.position()) < 0) {
          throw new EOFException("the file became shorter");
        }
      }
      return buffer.flip();
    } catch (IOException e) {
      throw SottoException.of(
          OnnxError.EXTERNAL_DATA_MISSING, place, "cannot read '" + location + "': " + e + ".", e);
    }
  }

  private Path resolve(String location, String place) {
    if (directory == null) {
      throw SottoException.of(
          OnnxError.EXTERNAL_DATA_MISSING,
          place,
          "the data is in the file '" + location + "', but the model was not read from a file.");
    }
    Path file;
    try {
      file = directory.resolve(location.replace('\\', '/')).normalize();
    } catch (InvalidPathException e) {
      throw SottoException.of(
          OnnxError.EXTERNAL_DATA_MISSING, place, "'" + location + "' is not a file name.", e);
    }
    if (!file.startsWith(directory.normalize())) {
      throw outside(location, place);
    }
    if (location.isEmpty() || !Files.isRegularFile(file)) {
      throw SottoException.of(
          OnnxError.EXTERNAL_DATA_MISSING, place, "there is no data file '" + location + "'.");
    }
    try {
      if (!file.toRealPath().startsWith(directory.toRealPath())) {
        throw outside(location, place);
      }
    } catch (IOException e) {
      throw SottoException.of(
          OnnxError.EXTERNAL_DATA_MISSING, place, "cannot read '" + location + "': " + e + ".", e);
    }
    return file;
  }

  private static SottoException outside(String location, String place) {
    return SottoException.of(
        OnnxError.EXTERNAL_DATA_OUTSIDE,
        place,
        "the data file '" + location + "' is outside the directory of the model.");
  }

  private static long number(StringStringEntryProto entry, String place) {
    try {
      long number = Long.parseLong(entry.getValue().strip());
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Refused below, like a negative number.
    }
    throw SottoException.of(
        OnnxError.ATTRIBUTE,
        place,
        "the external data's "
            + entry.getKey()
            + " should be a number of bytes, got '"
            + entry.getValue()
            + "'.");
  }
}
