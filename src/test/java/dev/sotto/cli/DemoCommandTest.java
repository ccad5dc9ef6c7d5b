package dev.sotto.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sotto.testing.SparkTestSession;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The README's first command, on the samples of the project. */
final class DemoCommandTest {
  @TempDir Path folder;

  @Test
  void demo_encrypts_scores_and_decrypts_all_rows() throws Exception {
    SparkTestSession.get();
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command = SottoCommand.commandLine();
    command.setOut(new PrintWriter(out, true));
    command.setErr(new PrintWriter(err, true));
    Path page = folder.resolve("demo.html");
    int status =
        command.execute(
            "demo", "--samples", "samples", "--copies", "2", "--json", "--report", page.toString());
    assertEquals(SottoCommand.DONE, status, err.toString());
    JsonNode result = new ObjectMapper().readTree(out.toString());
    JsonNode encrypted = result.get("encrypted");
    assertEquals(450, encrypted.get("rows").asLong());
    assertEquals(1.0, encrypted.get("agreement").asDouble(), "BGV: every row as in the clear");
    assertTrue(encrypted.get("score").asDouble() > 0.94, encrypted.toString());
    assertEquals(900, result.get("spark").get("rows").asLong());
    assertTrue(Files.readString(page).contains("concrete ml core seconds"));
  }
}
