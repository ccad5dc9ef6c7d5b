package dev.sotto.onnx;

import dev.sotto.onnx.proto.ModelProto;
import dev.sotto.onnx.proto.OperatorSetIdProto;
import dev.sotto.onnx.proto.StringStringEntryProto;
import dev.sotto.problem.Problem;
import dev.sotto.problem.SottoException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Turns the bytes of a model into an {@link OnnxModel}, or lists everything that is wrong. */
final class OnnxReader {
  private OnnxReader() {}

  static OnnxModel read(byte[] bytes, @Nullable Path directory, String source) {
    ModelProto proto = ModelFile.parse(bytes, source);
    List<Problem> problems = new ArrayList<>();
    Graph graph =
        new GraphReader(new ExternalData(directory), problems)
            .read(FunctionInliner.inline(proto, source), Set.of());
    if (proto.getOpsetImportCount() == 0 && proto.getIrVersion() >= 3) {
      problems.add(
          Problem.of(
              OnnxError.NO_OPSETS,
              source,
              "the file has IR version " + proto.getIrVersion() + " and no operator set."));
    }
    if (!problems.isEmpty()) {
      throw new SottoException(problems);
    }
    Map<String, Long> opsets = new TreeMap<>();
    for (OperatorSetIdProto opset : proto.getOpsetImportList()) {
      opsets.merge(domain(opset.getDomain()), opset.getVersion(), Math::max);
    }
    Map<String, String> metadata = new TreeMap<>();
    for (StringStringEntryProto entry : proto.getMetadataPropsList()) {
      metadata.put(entry.getKey(), entry.getValue());
    }
    String producer = (proto.getProducerName() + " " + proto.getProducerVersion()).strip();
    return new OnnxModel(graph, opsets, proto.getIrVersion(), producer, metadata);
  }

  /** The domain as Sotto writes it: {@code ai.onnx} is the empty string. */
  static String domain(String domain) {
    return domain.equals("ai.onnx") ? "" : domain;
  }
}
