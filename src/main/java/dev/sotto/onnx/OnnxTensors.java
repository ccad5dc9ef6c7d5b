package dev.sotto.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sotto.onnx.proto.TensorProto;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tensors as files: the {@code input_0.pb} and {@code output_0.pb} of ONNX test data. */
public final class OnnxTensors {
  private OnnxTensors() {}

  /**
   * The tensor in a file.
   *
   * @throws SottoException when the file is unreadable or holds no tensor that Sotto computes with
   */
  public static Tensor read(Path file) {
    return parse(ModelFile.readAll(file), file.toString());
  }

  /**
   * The tensor in the bytes of a {@code TensorProto}.
   *
   * @throws SottoException when the bytes hold no tensor that Sotto computes with
   */
  public static Tensor parse(byte[] bytes) {
    return parse(bytes, "tensor");
  }

  private static Tensor parse(byte[] bytes, String place) {
    try {
      CodedInputStream in = CodedInputStream.newInstance(bytes);
      in.enableAliasing(true);
      return TensorCodec.decode(TensorProto.parseFrom(in), new ExternalData(null), place);
    } catch (InvalidProtocolBufferException e) {
      throw SottoException.of(
          OnnxError.NOT_PROTOBUF, place, "the bytes are not a TensorProto: " + e.getMessage(), e);
    } catch (IOException e) {
      throw SottoException.of(OnnxError.UNREADABLE_FILE, place, e.toString(), e);
    }
  }

  /** The bytes of a tensor as a {@code TensorProto}. */
  public static byte[] toBytes(Tensor tensor, String name) {
    return TensorCodec.encode(tensor, name).toByteArray();
  }

  /**
   * Writes a tensor to a file.
   *
   * @param name the name stored in the file, may be empty
   * @throws SottoException when the file cannot be written
   */
  public static void write(Tensor tensor, String name, Path file) {
    try {
      Files.write(file, toBytes(tensor, name));
    } catch (IOException e) {
      throw SottoException.of(
          OnnxError.UNREADABLE_FILE, file.toString(), "cannot write: " + e + ".", e);
    }
  }
}
