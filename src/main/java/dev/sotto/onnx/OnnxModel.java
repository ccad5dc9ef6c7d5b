package dev.sotto.onnx;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

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
}
