package dev.sotto.cli;

import dev.sotto.problem.SottoException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Reads LIBSVM text: a label, then {@code index:value} with indices from 1, zeros left out. */
final class LibsvmFile {
  private LibsvmFile() {}

  /** Reads rows of {@code width} features, the label last. */
  static RowTable read(Path file, int width, int limit) throws IOException {
    float[] values = new float[0];
    int columns = width + 1;
    int rows = 0;
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      for (String line = lines.readLine(); line != null && rows < limit; line = lines.readLine()) {
        if (line.isBlank()) {
          continue;
        }
        if (values.length < (rows + 1) * columns) {
          values = Arrays.copyOf(values, Math.max(64, 2 * rows) * columns);
        }
        read(line, values, rows * columns, width, file + ", row " + rows);
        rows++;
      }
    }
    return RowTable.ofNumbers(file.toString(), columns, Arrays.copyOf(values, rows * columns));
  }

  private static void read(String line, float[] values, int at, int width, String where) {
    String[] cells = line.strip().split("\\s+");
    try {
      values[at + width] = Float.parseFloat(cells[0]);
      for (int i = 1; i < cells.length; i++) {
        int colon = cells[i].indexOf(':');
        int index = Integer.parseInt(cells[i].substring(0, Math.max(0, colon))) - 1;
        if (index < 0 || index >= width) {
          throw SottoException.of(
              CliError.WIDTH, where, "index " + (index + 1) + " is not in 1 to " + width + ".");
        }
        values[at + index] = Float.parseFloat(cells[i].substring(colon + 1));
      }
    } catch (NumberFormatException e) {
      throw SottoException.of(
          CliError.ROWS, where, "expected a label and index:value pairs, got '" + line + "'.", e);
    }
  }
}
