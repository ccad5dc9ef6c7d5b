package dev.sotto.cli;

import dev.sotto.problem.ErrorCode;
import dev.sotto.problem.SottoException;

/** What can be wrong with what a user gives the command, or with the work it then does. */
public enum CliError implements ErrorCode {
  ARGUMENTS(
      "SOTTO-CLI-001",
      "The arguments of the command do not fit.",
      "see the usage of the command with --help"),
  FILE(
      "SOTTO-CLI-002",
      "A file is missing or cannot be read.",
      "check the path and its permissions"),
  ROWS(
      "SOTTO-CLI-003",
      "Rows do not hold numbers where numbers are expected.",
      "give rows of finite numbers, one column per feature of the model"),
  LABEL(
      "SOTTO-CLI-004",
      "The label column is not there, or holds no labels that the model could give.",
      "name a column of the test rows with --label, or 'last'"),
  WIDTH(
      "SOTTO-CLI-005",
      "The rows have another width than the model's inputs.",
      "give as many feature columns as the model has input numbers"),
  OPTION("SOTTO-CLI-006", "The value of an option is not one that it takes.", "see --help"),
  OUTPUT(
      "SOTTO-CLI-007",
      "A result cannot be written.",
      "give a path that can be written and does not exist yet"),
  JOB("SOTTO-CLI-008", "The Spark job failed.", "read the first cause in the log above") {
    @Override
    public boolean isRefusal() {
      return false;
    }
  },
  UNEXPECTED(
      "SOTTO-CLI-009",
      "The command met an error that it does not know.",
      "report it with the trace that SOTTO_TRACE=1 in the environment prints") {
    @Override
    public boolean isRefusal() {
      return false;
    }
  };

  private final String code;
  private final String summary;
  private final String remedy;

  CliError(String code, String summary, String remedy) {
    this.code = code;
    this.summary = summary;
    this.remedy = remedy;
  }

  /** Refuses a value of an option that counts something and is none. */
  static void requirePositive(String option, int value) {
    if (value < 1) {
      throw SottoException.of(OPTION, option, "expected 1 or more, got " + value + ".");
    }
  }

  @Override
  public String code() {
    return code;
  }

  @Override
  public String summary() {
    return summary;
  }

  @Override
  public String remedy() {
    return remedy;
  }
}
