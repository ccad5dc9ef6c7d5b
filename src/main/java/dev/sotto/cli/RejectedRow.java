package dev.sotto.cli;

import dev.sotto.runtime.RuntimeError;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A row that was set aside, and not lost.
 *
 * @param number among all rows of its source, from 0
 * @param code of the problem
 * @param detail what was expected and what came
 */
record RejectedRow(int number, String code, String detail) {
  /** The name of the file of such rows beside the others. */
  static final String FILE = "rejected.csv";

  static RejectedRow of(CsvFile.BadLine bad) {
    return new RejectedRow(bad.row(), RuntimeError.WRONG_WIDTH.code(), bad.detail());
  }

  /** Writes rows; no file where there are none. */
  static void write(Path file, List<RejectedRow> rows) throws IOException {
    if (rows.isEmpty()) {
      return;
    }
    try (CsvWriter out = CsvWriter.create(file, List.of("row", "code", "detail"))) {
      for (RejectedRow row : rows) {
        out.write(List.of(Integer.toString(row.number), row.code, row.detail));
      }
    }
  }
}
