package dev.sotto.onnx;

import dev.sotto.problem.SottoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An ONNX model in memory.
 *
 * @param graph the main graph
 * @param opsets version of each imported operator set by domain; the empty string is {@code
 *     ai.onnx}
 * @param irVersion version of the file format
 * @param producer the tool that wrote the file, may be empty
 * @param metadata free key-value pairs of the file
 */
public record OnnxModel(
    Graph graph,
    Map<String, Long> opsets,
    long irVersion,
    String producer,
    Map<String, String> metadata) {

  /** The version of {@code ai.onnx} whose forms normalised models use. */
  public static final long CANONICAL_OPSET = 21;

  /** Copies the maps. */
  public OnnxModel {
    opsets = Collections.unmodifiableMap(new TreeMap<>(opsets));
    metadata = Collections.unmodifiableMap(new TreeMap<>(metadata));
  }

  /** The imported version of a domain, 0 when it is not imported. */
  public long opset(String domain) {
    return opsets.getOrDefault(domain, 0L);
  }

  /**
   * Reads a model as it is in the file, checked, with its external data.
   *
   * @throws SottoException with everything that is wrong with the file or the graph
   */
  public static OnnxModel read(Path file) {
    Path directory = file.toAbsolutePath().getParent();
    return OnnxReader.read(ModelFile.readAll(file), directory, file.toString());
  }

  /**
   * Reads a model from bytes, as {@link #read}.
   *
   * @param directoryForExternalData where tensor data files may be; null when there are none
   * @param sourceName what error messages call the bytes
   * @throws SottoException with everything that is wrong with the bytes or the graph
   */
  public static OnnxModel parse(
      byte[] bytes, @Nullable Path directoryForExternalData, String sourceName) {
    return OnnxReader.read(bytes, directoryForExternalData, sourceName);
  }

  /**
   * The same model with every operator in its canonical form, as the rooms above expect it.
   *
   * @throws SottoException with every node that has no canonical form
   */
  public OnnxModel normalized() {
    return OnnxNormalizer.normalize(this);
  }

  /**
   * The labels of the columns of an output whose ZipMap was normalised away, in order.
   *
   * @return null when the model names no labels for that output
   */
  public @Nullable List<String> classLabels(String output) {
    String labels = metadata.get(ClassLabels.KEY + output);
    return labels == null ? null : ClassLabels.decode(labels);
  }

  /** The graph as text: one line per input, constant, node and output. */
  public String print() {
    return ModelPrinter.print(this);
  }

  /**
   * The model as the bytes of an ONNX file; the same model always gives the same bytes.
   *
   * @throws SottoException when it is larger than 2 GB
   */
  public byte[] toBytes() {
    return OnnxWriter.write(this);
  }

  /**
   * Writes the model to a file that ONNX Runtime and Netron open.
   *
   * @throws SottoException when it is larger than 2 GB or the file cannot be written
   */
  public void save(Path file) {
    byte[] bytes = toBytes();
    try {
      Files.write(file, bytes);
    } catch (IOException e) {
      throw SottoException.of(
          OnnxError.UNREADABLE_FILE, file.toString(), "cannot write: " + e + ".", e);
    }
  }
}
