package dev.sotto.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import dev.sotto.onnx.proto.ModelProto;
import dev.sotto.problem.SottoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The bytes of a model: reading them, and saying what is wrong when they are not a model. */
final class ModelFile {
  /** What one array and one protobuf message can hold. */
  private static final long LIMIT = Integer.MAX_VALUE - 16;

  private ModelFile() {}

  static byte[] readAll(Path file) {
    try {
      if (!Files.isRegularFile(file)) {
        throw SottoException.of(
            OnnxError.UNREADABLE_FILE,
            file.toString(),
            Files.exists(file) ? "this is not a regular file." : "there is no such file.");
      }
      long size = Files.size(file);
      if (size > LIMIT) {
        throw SottoException.of(
            OnnxError.TOO_LARGE, file.toString(), "the file has " + size + " bytes.");
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw SottoException.of(
          OnnxError.UNREADABLE_FILE, file.toString(), "there is no such file.", e);
    } catch (IOException e) {
      throw SottoException.of(
          OnnxError.UNREADABLE_FILE, file.toString(), "cannot read the file: " + e + ".", e);
    }
  }

  static ModelProto parse(byte[] bytes, String source) {
    ModelProto proto;
    try {
      CodedInputStream in = CodedInputStream.newInstance(bytes);
      in.enableAliasing(true);
      proto = ModelProto.parseFrom(in);
    } catch (InvalidProtocolBufferException e) {
      throw explain(bytes, source, e);
    } catch (IOException e) {
      throw SottoException.of(OnnxError.UNREADABLE_FILE, source, e.toString(), e);
    }
    if (bytes.length == 0) {
      throw SottoException.of(OnnxError.TRUNCATED, source, "the file is empty.");
    }
    if (!proto.hasGraph()) {
      throw SottoException.of(
          OnnxError.NOT_PROTOBUF, source, "a model holds a graph, this file holds none.");
    }
    return proto;
  }

  /** Tells a model that ends too early from a file that never was one, by its top-level fields. */
  private static SottoException explain(
      byte[] bytes, String source, InvalidProtocolBufferException cause) {
    CodedInputStream in = CodedInputStream.newInstance(bytes);
    int fields = 0;
    try {
      int tag = in.readTag();
      while (tag != 0 && isModelField(tag)) {
        if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
          int length = in.readUInt32();
          int left = bytes.length - in.getTotalBytesRead();
          if (length > left && fields > 0) {
            return truncated(
                source,
                "field "
                    + WireFormat.getTagFieldNumber(tag)
                    + " of the model has "
                    + length
                    + " bytes, the file ends after "
                    + left
                    + " of them.",
                cause);
          }
          in.skipRawBytes(length);
        } else {
          in.skipField(tag);
        }
        fields++;
        tag = in.readTag();
      }
    } catch (IOException e) {
      if (fields > 0) {
        return truncated(source, "the file ends inside a field of the model.", cause);
      }
    }
    String detail =
        fields > 0
            ? "the file starts like a model but is damaged inside: "
            : "the bytes are not those of a model: ";
    return SottoException.of(OnnxError.NOT_PROTOBUF, source, detail + cause.getMessage(), cause);
  }

  private static SottoException truncated(
      String source, String detail, InvalidProtocolBufferException cause) {
    return SottoException.of(OnnxError.TRUNCATED, source, detail, cause);
  }

  private static boolean isModelField(int tag) {
    int wireType = WireFormat.getTagWireType(tag);
    return switch (WireFormat.getTagFieldNumber(tag)) {
      case 1, 5 -> wireType == WireFormat.WIRETYPE_VARINT;
      case 2, 3, 4, 6, 7, 8, 14, 20, 25, 26 -> wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED;
      default -> false;
    };
  }
}
