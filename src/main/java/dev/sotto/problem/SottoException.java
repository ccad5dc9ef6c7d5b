package dev.sotto.problem;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Thrown for bad input or failed work; carries every problem found, each with a stable code, also
 * from an executor to the driver.
 */
public final class SottoException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ArrayList<Problem> problems;

  /**
   * An exception for a list of problems.
   *
   * @param problems at least one
   */
  public SottoException(List<Problem> problems) {
    this(problems, null);
  }

  private SottoException(
      List<Problem> problems, @org.jspecify.annotations.Nullable Throwable cause) {
    super(problems.stream().map(Problem::message).collect(Collectors.joining("\n")), cause);
    this.problems = new ArrayList<>(problems);
  }

  /** An exception for one problem. */
  public static SottoException of(ErrorCode code, String where, String detail) {
    return new SottoException(List.of(Problem.of(code, where, detail)));
  }

  /** An exception for one problem that another exception caused. */
  public static SottoException of(ErrorCode code, String where, String detail, Throwable cause) {
    return new SottoException(List.of(Problem.of(code, where, detail)), cause);
  }

  /** All problems, in the order in which they were found. */
  public List<Problem> problems() {
    return Collections.unmodifiableList(problems);
  }
}
