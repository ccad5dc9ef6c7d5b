package dev.sotto.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sotto.spark.QuantizedTestModels;
import dev.sotto.testing.SharedMaterial;
import dev.sotto.testing.SparkTestSession;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The commands as a shell sees them: exit status, standard output, standard error. */
final class CommandsTest {
  private static final String MLP = "benchmark-models/mlp-digits";

  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(Object... arguments) {
    CommandLine commandLine = SottoCommand.commandLine();
    commandLine.setOut(new PrintWriter(out, true));
    commandLine.setErr(new PrintWriter(err, true));
    String[] texts = new String[arguments.length];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = arguments[i].toString();
    }
    return commandLine.execute(texts);
  }

  private JsonNode json() throws IOException {
    return new ObjectMapper().readTree(out.toString());
  }

  private Path classifier() {
    Path file = folder.resolve("classifier.onnx");
    QuantizedTestModels.classifier().save(file);
    return file;
  }

  /** Rows of five features and the class that the float model gives. */
  private Path rows(String name, boolean header) throws IOException {
    float[] features = QuantizedTestModels.features(300, 8);
    StringBuilder text = new StringBuilder(header ? "a,b,c,d,e,class\n" : "");
    for (int row = 0; row < 300; row++) {
      for (int i = 0; i < QuantizedTestModels.FEATURES; i++) {
        text.append(features[row * QuantizedTestModels.FEATURES + i]).append(',');
      }
      text.append(row % 7).append('\n');
    }
    return Files.writeString(folder.resolve(name), text);
  }

  @Test
  void inspect_tells_inputs_operators_and_that_the_model_runs_encrypted() throws IOException {
    assertEquals(0, run("inspect", classifier(), "--json"));
    JsonNode document = json();
    assertEquals("x", document.at("/inputs/0/name").asText());
    assertEquals("batch x 5", document.at("/inputs/0/shape").asText());
    assertEquals(1, document.at("/operators/MatMul").asInt());
    assertTrue(document.get("runs_float").asBoolean());
    assertTrue(document.get("runs_encrypted").asBoolean());
    assertEquals(0, document.get("obstacles").size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"refuse-lstm", "refuse-bfloat16-cast", "refuse-finn-multithreshold"})
  void inspect_of_a_model_that_cannot_run_names_every_obstacle_with_status_2(String name)
      throws IOException {
    Path model = SharedMaterial.require("onnx-models/" + name + "/model.onnx");
    assertEquals(2, run("inspect", model, "--json"));
    JsonNode document = json();
    assertFalse(document.get("runs_float").asBoolean());
    assertTrue(document.get("obstacles").size() > 0);
    for (JsonNode obstacle : document.get("obstacles")) {
      assertTrue(obstacle.get("code").asText().matches("SOTTO-[A-Z]+-\\d{3}"));
      assertFalse(obstacle.get("remedy").asText().isBlank());
    }
  }

  @Test
  void inspect_of_what_is_no_model_is_a_refusal_and_no_stack_trace() throws IOException {
    Path file = Files.writeString(folder.resolve("no.onnx"), "this is no protobuf");
    assertEquals(2, run("inspect", file));
    assertTrue(out.toString().contains("SOTTO-ONNX-"), out.toString());
    assertFalse(out.toString().contains("\tat "), out.toString());
  }

  @Test
  void evaluate_of_digits_loses_less_than_a_point() throws IOException {
    Path folderOfModel = SharedMaterial.require(MLP);
    int status =
        run(
            "evaluate",
            folderOfModel.resolve("model.onnx"),
            "--calibration",
            folderOfModel.resolve("calibration.csv"),
            "--test",
            folderOfModel.resolve("test.csv"),
            "--limit",
            "200",
            "--json");
    assertEquals(0, status, err.toString());
    JsonNode document = json();
    assertEquals(200, document.get("rows").asInt());
    assertEquals("accuracy", document.get("metric").asText());
    double lost = document.at("/score/float").asDouble() - document.at("/score/clear").asDouble();
    assertTrue(lost < 0.01, document.toString());
    assertTrue(document.get("agreement").asDouble() > 0.97);
    assertTrue(document.at("/rows_per_second/clear").asLong() > 0);
    assertTrue(document.get("widest_accumulator_bits").asInt() > 8);
    assertTrue(document.has("clipped"));
  }

  @Test
  void evaluate_takes_rows_with_a_header_and_the_label_by_name() throws IOException {
    Path rows = rows("rows.csv", true);
    int status =
        run(
            "evaluate",
            classifier(),
            "--calibration",
            rows,
            "--test",
            rows,
            "--label",
            "class",
            "--n-bits",
            "op_inputs=6,op_weights=5",
            "--json");
    assertEquals(0, status, err.toString());
    assertEquals(300, json().get("rows").asInt());
  }

  @Test
  void evaluate_with_a_label_that_is_not_there_is_refused_in_json_too() throws IOException {
    Path rows = rows("rows.csv", true);
    int status =
        run(
            "evaluate",
            classifier(),
            "--calibration",
            rows,
            "--test",
            rows,
            "--label",
            "colour",
            "--json");
    assertEquals(2, status);
    assertEquals("SOTTO-CLI-004", json().at("/error/0/code").asText());
    assertTrue(err.toString().startsWith("SOTTO-CLI-004 label 'colour'"), err.toString());
  }

  @Test
  void rows_with_cells_that_are_no_numbers_are_refused_by_line() throws IOException {
    Path rows = Files.writeString(folder.resolve("bad.csv"), "1,2,3,4,5,0\n1,x,3,4,,1\n");
    assertEquals(2, run("evaluate", classifier(), "--calibration", rows, "--test", rows));
    assertTrue(err.toString().contains("row 1, column 1: expected a finite number, got 'x'"));
    assertTrue(err.toString().contains("row 1, column 4: expected a finite number, got nothing"));
  }

  @Test
  void unknown_option_value_is_refused_before_any_work() {
    assertEquals(
        2, run("evaluate", "no.onnx", "--calibration", "no", "--test", "no", "--method", "guess"));
    assertTrue(err.toString().startsWith("SOTTO-CALIB-012"), err.toString());
  }

  @Test
  void missing_argument_is_refused_in_json_too() throws IOException {
    assertEquals(2, run("quantize", "--json"));
    assertEquals("SOTTO-CLI-001", json().at("/error/0/code").asText());
  }

  @Test
  void quantize_and_score_write_a_table_with_predictions() throws IOException {
    SparkTestSession.get();
    Path rows = rows("rows.csv", false);
    Path module = folder.resolve("module.sotto");
    Path scored = folder.resolve("scored");
    assertEquals(
        0, run("quantize", classifier(), "--calibration", rows, "-o", module), err.toString());
    out.getBuffer().setLength(0);
    assertEquals(
        0,
        run(
            "score",
            "--mode",
            "clear",
            "--model",
            module,
            "--input",
            rows,
            "--label",
            "last",
            "--output",
            scored,
            "--json"),
        err.toString());
    assertEquals(300, json().get("rows").asInt());
    assertEquals(0, json().get("rejected").asInt());
    var table = SparkTestSession.get().read().parquet(scored.toString());
    assertEquals(300, table.filter("prediction BETWEEN 0 AND 6").count());
    assertEquals(8, table.columns().length);
    assertEquals(
        2,
        run(
            "score",
            "--mode",
            "clear",
            "--model",
            module,
            "--input",
            rows,
            "--label",
            "last",
            "--output",
            scored));
    assertTrue(err.toString().contains("SOTTO-CLI-007"), err.toString());
    out.getBuffer().setLength(0);
    assertEquals(0, run("circuit", module));
    assertTrue(out.toString().contains("linear(%0)"), out.toString());
  }
}
