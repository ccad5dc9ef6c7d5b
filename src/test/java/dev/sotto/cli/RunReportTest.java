package dev.sotto.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sotto.problem.SottoException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Results kept in files. */
final class RunReportTest {
  @TempDir Path folder;

  private static final Report REPORT =
      new Report() {
        @Override
        public void print(PrintWriter out) {
          out.println("12 rows");
        }

        @Override
        public Map<String, Object> json() {
          Map<String, Object> document = new LinkedHashMap<>();
          document.put("rows", 12345);
          document.put("payload_bytes", 123_456_789L);
          document.put("model", "<b>\"bold\" & co</b>");
          document.put("parameters", Map.of("scheme", "BGV"));
          document.put("problems", List.of());
          document.put(
              "stages",
              List.of(Map.of("stage", "encrypt", "seconds", 1.5), Map.of("stage", "score")));
          return document;
        }
      };

  private String written(String name) throws Exception {
    Path file = folder.resolve(name);
    RunReport.write(file, "sotto score", REPORT);
    return Files.readString(file);
  }

  @Test
  void text_and_json_are_what_the_command_prints() throws Exception {
    assertEquals("12 rows" + System.lineSeparator(), written("report.txt"));
    assertEquals(12345, new ObjectMapper().readTree(written("report.JSON")).get("rows").asInt());
  }

  @Test
  void page_holds_every_value_escaped_and_needs_nothing_beside_it() throws Exception {
    String page = written("report.html");
    assertTrue(page.startsWith("<!doctype html>"), page);
    for (String expected :
        List.of(
            "<h1>sotto score</h1>",
            "12,345",
            "123.5 MB",
            "&lt;b&gt;&quot;bold&quot; &amp; co&lt;/b&gt;",
            "<h2>parameters</h2>",
            "<td>encrypt</td>",
            "<td class=\"number\">1.5000</td>",
            "<dd>none</dd>")) {
      assertTrue(page.contains(expected), expected + " in " + page);
    }
    assertFalse(page.contains("src=") || page.contains("href="), page);
  }

  @Test
  void file_that_cannot_be_written_is_refused() {
    SottoException e =
        assertThrows(
            SottoException.class,
            () -> RunReport.write(folder.resolve("no/such.html"), "sotto", REPORT));
    assertEquals(CliError.OUTPUT, e.problems().get(0).code());
  }
}
