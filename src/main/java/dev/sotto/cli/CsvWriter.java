package dev.sotto.cli;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes comma-separated lines under a header; cells are quoted where they must be. */
final class CsvWriter implements AutoCloseable {
  private final BufferedWriter out;

  private CsvWriter(BufferedWriter out) {
    this.out = out;
  }

  static CsvWriter create(Path file, List<String> header) throws IOException {
    CsvWriter writer = new CsvWriter(Files.newBufferedWriter(file, StandardCharsets.UTF_8));
    writer.write(header);
    return writer;
  }

  void write(List<String> cells) throws IOException {
    for (int i = 0; i < cells.size(); i++) {
      if (i > 0) {
        out.write(',');
      }
      out.write(quoted(cells.get(i)));
    }
    out.write('\n');
  }

  private static String quoted(String cell) {
    boolean plain =
        cell.indexOf(',') < 0
            && cell.indexOf('"') < 0
            && cell.indexOf('\n') < 0
            && cell.equals(cell.strip());
    return plain ? cell : '"' + cell.replace("\"", "\"\"") + '"';
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
