package dev.sotto.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.sotto.problem.ErrorCode;
import dev.sotto.testing.GeneratedPage;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code docs/errors.md} lists every code of the product, and every code is as it should be. */
final class ErrorsPageTest {
  private static final List<ErrorCode> CODES =
      new ClassFileImporter()
              .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
              .importPackages("dev.sotto")
              .stream()
              .filter(c -> c.isAssignableTo(ErrorCode.class) && c.isEnum() && c.isTopLevelClass())
              .map(JavaClass::reflect)
              .flatMap(c -> Arrays.stream(c.getEnumConstants()))
              .map(ErrorCode.class::cast)
              .sorted(Comparator.comparing(ErrorCode::code))
              .toList();

  @Test
  void page_lists_every_code() throws IOException {
    GeneratedPage.check("errors.md", page());
  }

  @Test
  void every_code_is_well_formed_and_there_once() {
    Map<String, ErrorCode> seen = new HashMap<>();
    for (ErrorCode code : CODES) {
      assertTrue(code.code().matches("SOTTO-[A-Z]+-\\d{3}"), code::code);
      ErrorCode twin = seen.put(code.code(), code);
      assertEquals(null, twin, () -> code.code() + " stands for " + twin + " and " + code);
    }
    assertTrue(CODES.size() > 20, "found " + CODES.size() + " codes");
  }

  @Test
  void every_code_says_what_is_wrong_and_one_thing_to_try() {
    for (ErrorCode code : CODES) {
      assertTrue(code.summary().matches("(?s)[A-Z0-9'].*\\."), () -> code.code() + " summary");
      assertFalse(code.remedy().isBlank(), code::code);
      assertFalse(code.remedy().endsWith("."), () -> code.code() + " remedy ends with a full stop");
    }
  }

  private static String page() {
    StringBuilder page =
        new StringBuilder(
            """
            # Errors

            Every message of Sotto starts with one of these codes, names the place, says what was \
            expected and
            what came, and ends with one thing to try. A code never changes its meaning. *Refused* \
            means that
            another input is needed (the command's exit status is 2), *failed* that the work \
            failed (exit status 1).
            Where work goes on all the same, the message is a warning.

            This page is made from the code by `dev.sotto.docs.ErrorsPageTest`.
            """);
    String room = "";
    for (ErrorCode code : CODES) {
      String[] parts = code.code().split("-");
      if (!parts[1].equals(room)) {
        room = parts[1];
        page.append("\n## SOTTO-").append(room).append("\n\n");
        page.append("| code | what is wrong | try | |\n|---|---|---|---|\n");
      }
      page.append("| ").append(code.code());
      page.append(" | ").append(escaped(code.summary()));
      page.append(" | ").append(escaped(code.remedy()));
      page.append(" | ").append(code.isRefusal() ? "refused" : "failed").append(" |\n");
    }
    return page.toString();
  }

  private static String escaped(String text) {
    return text.replace("|", "\\|").replace('\n', ' ');
  }
}
