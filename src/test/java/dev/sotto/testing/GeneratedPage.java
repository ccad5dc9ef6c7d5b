package dev.sotto.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A page under {@code docs/} that is made from the code.
 *
 * <p>With {@code -Dsotto.docs.write=true} the page is written; otherwise it must be up to date.
 */
public final class GeneratedPage {
  private GeneratedPage() {}

  /** Checks or writes a page. */
  public static void check(String name, String content) throws IOException {
    Path page = Path.of("docs").resolve(name);
    if (Boolean.getBoolean("sotto.docs.write")) {
      Files.createDirectories(page.getParent());
      Files.writeString(page, content);
    }
    assertEquals(
        content,
        Files.exists(page) ? Files.readString(page) : "",
        page + " is not what the code says; write it anew with -Dsotto.docs.write=true");
  }
}
