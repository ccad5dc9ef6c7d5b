package dev.sotto.spark;

import dev.sotto.problem.ErrorCode;
import dev.sotto.runtime.RuntimeError;

/**
 * Why a model cannot read a row.
 *
 * @param code of the problem
 * @param detail what was expected and what came
 */
public record RowFlaw(ErrorCode code, String detail) {
  static RowFlaw notANumber(String detail) {
    return new RowFlaw(RuntimeError.NOT_A_NUMBER, detail);
  }

  static RowFlaw width(String detail) {
    return new RowFlaw(RuntimeError.WRONG_WIDTH, detail);
  }
}
