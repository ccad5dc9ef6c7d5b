package dev.sotto.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * Models and data beside the checkout, in the folder {@code shared}; tests that need an absent part
 * of it are skipped with a message.
 *
 * <p>The system property {@code sotto.shared} names the folder; without it, a sibling of the
 * working directory or of one of its parents is taken.
 */
public final class SharedMaterial {
  private SharedMaterial() {}

  /** A file or folder of the shared material; skips the test when it is absent. */
  public static Path require(String relative) {
    Path path = root().resolve(relative);
    Assumptions.assumeTrue(
        Files.exists(path), () -> "skipped: the shared material " + path + " is not here");
    return path;
  }

  /** All files of a folder with one name, such as {@code model.onnx}, sorted. */
  public static List<Path> files(String folder, String fileName) {
    try (Stream<Path> paths = Files.walk(require(folder))) {
      return paths.filter(p -> p.endsWith(fileName)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path root() {
    String property = System.getProperty("sotto.shared");
    if (property != null) {
      return Path.of(property);
    }
    Path start = Path.of("").toAbsolutePath();
    for (Path at = start; at != null; at = at.getParent()) {
      Path candidate = at.resolveSibling("shared");
      if (at.getParent() != null && Files.isDirectory(candidate)) {
        return candidate;
      }
    }
    return start.resolveSibling("shared");
  }
}
