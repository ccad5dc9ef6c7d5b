package dev.sotto.cli;

import org.jspecify.annotations.Nullable;

/** How many threads a command uses. */
final class Threads {
  private Threads() {}

  /** As many as asked for, or one per core. */
  static int of(@Nullable Integer asked) {
    if (asked == null) {
      return Runtime.getRuntime().availableProcessors();
    }
    CliError.requirePositive("--threads", asked);
    return asked;
  }
}
