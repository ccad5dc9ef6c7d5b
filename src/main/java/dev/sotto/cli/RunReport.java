package dev.sotto.cli;

import dev.sotto.problem.SottoException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Keeps a command's result in a file: text, JSON, or a page of HTML. */
final class RunReport {
  private RunReport() {}

  /**
   * Writes the file; its ending says as what.
   *
   * @param command as the user called it, {@code sotto score}
   * @throws SottoException when it cannot be written
   */
  static void write(Path file, String command, Report report) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    StringWriter text = new StringWriter();
    try (PrintWriter out = new PrintWriter(text)) {
      if (name.endsWith(".html")) {
        out.print(HtmlReport.page(command, made(), report.json()));
      } else if (name.endsWith(".json")) {
        JsonOutput.write(out, report.json());
      } else {
        report.print(out);
      }
    }
    try {
      Files.writeString(file, text.toString());
    } catch (IOException e) {
      throw SottoException.of(
          CliError.OUTPUT, "report " + file, "it cannot be written: " + e.getMessage() + ".");
    }
  }

  private static String made() {
    return String.format(
        Locale.ROOT,
        "%s · JDK %s · %d processors",
        ZonedDateTime.now()
            .truncatedTo(ChronoUnit.SECONDS)
            .format(DateTimeFormatter.ISO_OFFSET_DATE_TIME),
        Runtime.version(),
        Runtime.getRuntime().availableProcessors());
  }
}
