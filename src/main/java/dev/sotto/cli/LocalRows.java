package dev.sotto.cli;

import dev.sotto.problem.SottoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Rows that are read in this process, without Spark: csv, LIBSVM text, Fashion-MNIST. */
final class LocalRows {
  private LocalRows() {}

  /** Whether rows of this name are read without Spark. */
  static boolean isLocal(String source) {
    if (source.startsWith(IdxImages.PREFIX)) {
      return true;
    }
    String name = source.toLowerCase(Locale.ROOT);
    boolean text = name.endsWith(".csv") || name.endsWith(".csv.gz") || name.endsWith(".libsvm");
    return text && !source.contains("://") && !Files.isDirectory(Path.of(source));
  }

  /**
   * Reads rows.
   *
   * @param width numbers of a row of the model, for sources that do not say it
   * @param limit the most rows
   */
  static RowTable read(String source, int width, int limit) throws IOException {
    if (source.startsWith(IdxImages.PREFIX)) {
      return IdxImages.read(source.substring(IdxImages.PREFIX.length()), limit);
    }
    Path file = readable(source);
    return source.endsWith(".libsvm")
        ? LibsvmFile.read(file, width, limit)
        : CsvFile.read(file, limit);
  }

  /** The file of a source, refused where it cannot be read. */
  static Path readable(String source) {
    Path file = Path.of(source);
    if (!Files.isReadable(file)) {
      throw SottoException.of(CliError.FILE, "file " + source, "there is none, or no permission.");
    }
    return file;
  }
}
