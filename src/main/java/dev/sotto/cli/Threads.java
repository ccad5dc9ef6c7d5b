package dev.sotto.cli;

import dev.sotto.problem.SottoException;
import org.jspecify.annotations.Nullable;

/** How many threads a command uses. */
final class Threads {
  private Threads() {}

  /** As many as asked for, or one per core. */
  static int of(@Nullable Integer asked) {
    if (asked == null) {
      return Runtime.getRuntime().availableProcessors();
    }
    if (asked < 1) {
      throw SottoException.of(
          CliError.OPTION, "--threads", "expected 1 or more, got " + asked + ".");
    }
    return asked;
  }
}
