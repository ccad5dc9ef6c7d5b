package dev.sotto.problem;

import java.io.Serializable;

/**
 * A stable, documented reason for an error, such as {@code SOTTO-ONNX-003}.
 *
 * <p>Each room declares its own codes as an enum. A code is never reused or renumbered; {@code
 * docs/errors.md} is generated from all of them.
 */
public interface ErrorCode extends Serializable {
  /** The stable code, {@code SOTTO-<ROOM>-<three digits>}. */
  String code();

  /** One sentence that says what is wrong, without names of a particular case. */
  String summary();

  /** One thing the user can try. */
  String remedy();

  /**
   * Whether the input is refused (exit status 2) rather than the work failed (exit status 1).
   *
   * @return true when another input, not another attempt, is needed
   */
  default boolean isRefusal() {
    return true;
  }
}
