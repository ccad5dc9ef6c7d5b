package dev.sotto.cli;

import dev.sotto.problem.SottoException;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/**
 * Fashion-MNIST as Debian's {@code dataset-fashion-mnist} installs it: IDX files, images of 28×28.
 *
 * <p>Rows are 784 pixels divided by 255, row by row, then the class.
 */
final class IdxImages {
  /** How rows are named on the command line: {@code fashion-mnist:train}, {@code :test}. */
  static final String PREFIX = "fashion-mnist:";

  private static final Path FOLDER = Path.of("/usr/share/datasets/fashion-mnist");
  private static final int IMAGES = 0x803;
  private static final int LABELS = 0x801;

  private IdxImages() {}

  /**
   * Reads one half of the data set, images and labels.
   *
   * @param part {@code train} (60,000 rows) or {@code test} (10,000 rows)
   */
  static RowTable read(String part, int limit) throws IOException {
    String name =
        switch (part) {
          case "train" -> "train";
          case "test" -> "t10k";
          default ->
              throw SottoException.of(
                  CliError.ROWS,
                  PREFIX + part,
                  "expected " + PREFIX + "train or " + PREFIX + "test.");
        };
    try (DataInputStream images = open(name + "-images-idx3-ubyte");
        DataInputStream labels = open(name + "-labels-idx1-ubyte")) {
      require(images.readInt() == IMAGES && labels.readInt() == LABELS, part);
      int rows = Math.min(limit, images.readInt());
      int width = Math.multiplyExact(images.readInt(), images.readInt());
      require(labels.readInt() >= rows, part);
      float[] values = new float[Math.multiplyExact(rows, width + 1)];
      byte[] pixels = new byte[width];
      for (int row = 0; row < rows; row++) {
        images.readFully(pixels);
        int at = row * (width + 1);
        for (int i = 0; i < width; i++) {
          values[at + i] = (pixels[i] & 0xff) / 255f;
        }
        values[at + width] = labels.readUnsignedByte();
      }
      return RowTable.ofNumbers(PREFIX + part, width + 1, values);
    }
  }

  private static void require(boolean condition, String part) {
    if (!condition) {
      throw SottoException.of(CliError.ROWS, PREFIX + part, "the files are not IDX images.");
    }
  }

  private static DataInputStream open(String name) throws IOException {
    Path plain = FOLDER.resolve(name);
    Path zipped = FOLDER.resolve(name + ".gz");
    if (!Files.exists(plain) && !Files.exists(zipped)) {
      throw SottoException.of(
          CliError.FILE,
          "data set fashion-mnist",
          "expected " + zipped + ": install Debian's dataset-fashion-mnist.");
    }
    InputStream in =
        Files.exists(plain)
            ? Files.newInputStream(plain)
            : new GZIPInputStream(Files.newInputStream(zipped), 1 << 16);
    return new DataInputStream(new java.io.BufferedInputStream(in, 1 << 16));
  }
}
