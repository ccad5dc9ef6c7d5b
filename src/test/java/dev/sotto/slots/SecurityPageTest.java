package dev.sotto.slots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** SECURITY.md says what the code does. */
final class SecurityPageTest {
  private static final Pattern LINE =
      Pattern.compile(
          "(?m)^\\| ([\\d,]+) \\| (\\d+) \\| ([\\d.]+) \\| ([\\d.]+) \\| ([\\d.]+) \\|$");

  @Test
  void limits_on_the_page_are_those_of_the_guard_and_no_attack_is_cheaper() throws IOException {
    String page = Files.readString(Path.of("SECURITY.md"));
    Map<Integer, Integer> limits = new TreeMap<>();
    for (MatchResult line : LINE.matcher(page).results().toList()) {
      limits.put(Integer.parseInt(line.group(1).replace(",", "")), Integer.parseInt(line.group(2)));
      for (int attack = 3; attack <= 5; attack++) {
        assertTrue(Double.parseDouble(line.group(attack)) >= 128, line.group());
      }
    }
    Map<Integer, Integer> guarded = new TreeMap<>();
    for (int logN = SecurityTable.MINIMUM_LOG_N; logN <= SecurityTable.MAXIMUM_LOG_N; logN++) {
      guarded.put(1 << logN, SecurityTable.maximumLogQp(logN));
    }
    assertEquals(guarded, limits);
  }
}
