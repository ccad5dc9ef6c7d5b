package dev.sotto.cli;

import dev.sotto.problem.SottoException;

/** Rows that Spark reads: parquet and whatever else it knows. */
final class SparkRows {
  private SparkRows() {}

  static RowTable read(String source, int limit) {
    throw SottoException.of(CliError.ROWS, source, "not yet.");
  }
}
