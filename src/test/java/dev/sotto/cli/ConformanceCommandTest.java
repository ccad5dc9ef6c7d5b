package dev.sotto.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.onnx.Attribute;
import dev.sotto.onnx.Graph;
import dev.sotto.onnx.Node;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.onnx.OnnxTensors;
import dev.sotto.onnx.ValueType.Dimension;
import dev.sotto.onnx.ValueType.TensorType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class ConformanceCommandTest {
  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  /** A case of one operator whose expected output is given. */
  private void write(String name, String operator, float input, float expected) throws IOException {
    Path data = Files.createDirectories(folder.resolve(name).resolve("test_data_set_0"));
    TensorType type = new TensorType(1, true, List.of(new Dimension(1, "")));
    Node node = Node.of("n", operator, List.of("x"), List.of("y"), Map.<String, Attribute>of());
    Graph graph =
        new Graph(
            "g",
            List.of(node),
            List.of(new Graph.Value("x", type)),
            List.of(new Graph.Value("y", type)),
            Map.of(),
            Map.of());
    new OnnxModel(graph, Map.of("", 21L), 10, "test", Map.of())
        .save(folder.resolve(name).resolve("model.onnx"));
    OnnxTensors.write(Tensor.of(Shape.of(1), input), "x", data.resolve("input_0.pb"));
    OnnxTensors.write(Tensor.of(Shape.of(1), expected), "y", data.resolve("output_0.pb"));
  }

  private int run(String... arguments) {
    CommandLine commandLine = SottoCommand.commandLine();
    commandLine.setOut(new PrintWriter(out, true));
    commandLine.setErr(new PrintWriter(err, true));
    return commandLine.execute(arguments);
  }

  @Test
  void conformance_withAFailure_namesItAndEndsWithTheTotals() throws IOException {
    write("right", "Neg", 2, -2);
    write("wrong", "Abs", -2, -2);
    write("foreign", "LSTM", 1, 1);
    assertEquals(SottoCommand.FAILED, run("conformance", folder.toString()));
    String[] lines = out.toString().split("\\R");
    assertEquals("1 passed, 1 failed, 1 refused", lines[lines.length - 1]);
    assertTrue(
        out.toString()
            .contains(
                "wrong: test_data_set_0: output 'y', element 0 of FLOAT 1: expected -2.0, got 2.0"),
        out.toString());
    assertTrue(out.toString().contains("foreign: SOTTO-ONNX-003 node 'n' (LSTM)"), out.toString());
  }

  @Test
  void conformance_asJson_isOneDocument() throws IOException {
    write("right", "Neg", 2, -2);
    assertEquals(SottoCommand.DONE, run("conformance", folder.toString(), "--json"));
    String document = out.toString().strip();
    assertTrue(document.startsWith("{") && document.endsWith("}"), document);
    assertTrue(document.contains("\"passed\" : 1"), document);
    assertFalse(document.contains("1 passed, 0 failed"), document);
  }

  @Test
  void conformance_onAFolderWithoutCases_isRefused() {
    assertEquals(SottoCommand.REFUSED, run("conformance", folder.toString()));
    assertEquals(SottoCommand.REFUSED, run("conformance", folder.resolve("no").toString()));
    assertEquals("", out.toString());
  }
}
