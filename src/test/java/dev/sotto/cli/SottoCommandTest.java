package dev.sotto.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class SottoCommandTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void version_tells_java_vector_module_and_spark() {
    assertEquals(SottoCommand.DONE, run("--version"));
    assertTrue(out.toString().contains(Runtime.version().toString()), out.toString());
    assertTrue(out.toString().contains("jdk.incubator.vector present"), out.toString());
    assertTrue(out.toString().contains("Spark   4.1."), out.toString());
    assertEquals("", err.toString());
  }

  @Test
  void no_subcommand_is_refused_with_the_usage_on_standard_error() {
    assertEquals(SottoCommand.REFUSED, run());
    assertEquals("", out.toString());
    assertTrue(err.toString().startsWith("Usage: sotto"), err.toString());
  }

  @Test
  void unknown_option_is_refused_by_name() {
    assertEquals(SottoCommand.REFUSED, run("--no-such-option"));
    assertEquals("", out.toString());
    assertTrue(err.toString().contains("--no-such-option"), err.toString());
  }

  private int run(String... arguments) {
    CommandLine commandLine = SottoCommand.commandLine();
    commandLine.setOut(new PrintWriter(out, true));
    commandLine.setErr(new PrintWriter(err, true));
    return commandLine.execute(arguments);
  }
}
