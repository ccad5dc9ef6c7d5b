package dev.sotto.problem;

import java.io.Serializable;

/**
 * One thing that is wrong: a code, the place, what was expected and what came, one thing to try.
 *
 * @param code the stable reason
 * @param where the ONNX node, value, column, row or file, for example {@code node 'fc1' (Gemm)}
 * @param detail what was expected and what came, for this case
 * @param remedy one thing to try; the code's own remedy unless the case knows better
 */
public record Problem(ErrorCode code, String where, String detail, String remedy)
    implements Serializable {
  /** A problem with the code's own remedy. */
  public static Problem of(ErrorCode code, String where, String detail) {
    return new Problem(code, where, detail, code.remedy());
  }

  /** The one-line text shown to users: {@code CODE where: detail. Try: remedy}. */
  public String message() {
    String place = where.isEmpty() ? "" : " " + where + ":";
    String end = detail.endsWith(".") ? " Try: " : ". Try: ";
    return code.code() + place + " " + detail + end + remedy;
  }
}
