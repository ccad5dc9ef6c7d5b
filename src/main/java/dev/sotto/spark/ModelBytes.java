package dev.sotto.spark;

import dev.sotto.numpy.NumpyModule;
import dev.sotto.onnx.OnnxModel;
import java.io.Serializable;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A float model as it travels to executors: its ONNX bytes, prepared once per JVM. */
final class ModelBytes implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final ExecutorCache<NumpyModule> PREPARED = new ExecutorCache<>(4);

  private final byte[] bytes;
  private final String hash;

  private ModelBytes(byte[] bytes) {
    this.bytes = bytes;
    this.hash = sha256(bytes);
  }

  /** The bytes of a module's normalised model; this JVM will not prepare it again. */
  static ModelBytes of(NumpyModule module) {
    ModelBytes model = new ModelBytes(module.model().toBytes());
    PREPARED.get(model.hash, () -> module);
    return model;
  }

  /** The prepared model, shared by all threads of this JVM. */
  NumpyModule module() {
    return PREPARED.get(
        hash, () -> NumpyModule.of(OnnxModel.parse(bytes, null, "broadcast model")));
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }
}
