package dev.sotto.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sotto.numpy.NumpyModule;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.quantization.Calibration;
import dev.sotto.quantization.CalibrationOptions;
import dev.sotto.quantization.Calibrator;
import dev.sotto.quantization.ModelPreparation;
import dev.sotto.tensor.Tensor;
import dev.sotto.testing.SharedMaterial;
import dev.sotto.testing.SparkTestSession;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class CalibrateCommandTest {
  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void session() {
    SparkTestSession.get();
  }

  private int run(Object... arguments) {
    CommandLine commandLine = SottoCommand.commandLine();
    commandLine.setOut(new PrintWriter(out, true));
    commandLine.setErr(new PrintWriter(err, true));
    return commandLine.execute(
        java.util.Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
  }

  @Test
  void calibrate_writes_what_this_process_would_have_found() throws Exception {
    Path model = SharedMaterial.require("benchmark-models/mlp-digits/model.onnx");
    Path rows = SharedMaterial.require("datasets/digits.csv");
    Path file = folder.resolve("digits.calibration");
    int status =
        run("calibrate", model, "-i", rows, "-o", file, "--partitions", 3, "--batch", 50, "--json");
    assertEquals(SottoCommand.DONE, status, err.toString());

    JsonNode document = new ObjectMapper().readTree(out.toString());
    assertEquals(1797, document.get("rows").asLong());
    assertEquals("input", document.get("values").get(0).get("name").asText());
    assertTrue(err.toString().contains("SOTTO-CALIB-003"), err.toString());

    NumpyModule module = NumpyModule.of(ModelPreparation.prepare(OnnxModel.read(model)));
    RowTable table = LocalRows.read(rows.toString(), 64, Integer.MAX_VALUE);
    Tensor[] inputs = ModelRows.of(module.model().graph()).inputs(table.without(64));
    Calibration local =
        Calibrator.calibrate(
            module, Collections.singletonList(inputs).iterator(), CalibrationOptions.standard());
    assertArrayEquals(local.toBytes(), Files.readAllBytes(file));
  }

  @Test
  void named_label_is_left_out_and_gaps_are_reported() throws Exception {
    Path model = SharedMaterial.require("benchmark-models/mlp-digits/model.onnx");
    StringBuilder header = new StringBuilder("digit");
    StringBuilder row = new StringBuilder("seven");
    for (int i = 0; i < 64; i++) {
      header.append(",p").append(i);
      row.append(',').append(i / 4.0);
    }
    String gap = row.toString().replace(",0.25,", ",,");
    Path rows = folder.resolve("rows.csv");
    Files.write(rows, List.of(header.toString(), row.toString(), gap, row.toString()));
    Path file = folder.resolve("c");
    assertEquals(
        SottoCommand.DONE, run("calibrate", model, "-i", rows, "-o", file, "--label", "digit"));
    assertEquals(2, Calibration.load(file).rows());
    assertTrue(err.toString().contains("column 'p1': numbers expected, got null in 1 row"));
    assertTrue(out.toString().contains("1 set aside"), out.toString());
  }

  @Test
  void rows_of_another_width_are_refused_and_nothing_is_written() throws Exception {
    Path model = SharedMaterial.require("benchmark-models/mlp-digits/model.onnx");
    Path rows = folder.resolve("rows.csv");
    Files.write(rows, List.of("1,2,3"));
    Path file = folder.resolve("c");
    assertEquals(SottoCommand.REFUSED, run("calibrate", model, "-i", rows, "-o", file));
    assertTrue(err.toString().contains("SOTTO-SPARK-003"), err.toString());
    assertTrue(err.toString().contains("64"), err.toString());
    assertFalse(Files.exists(file));
  }
}
