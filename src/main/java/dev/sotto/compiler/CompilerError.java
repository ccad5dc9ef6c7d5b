package dev.sotto.compiler;

import dev.sotto.problem.ErrorCode;
import dev.sotto.problem.SottoException;

/** Why a circuit cannot be compiled. */
public enum CompilerError implements ErrorCode {
  TREES_ON_APPROXIMATION(
      "SOTTO-COMPILE-001",
      "Trees read what is computed on encrypted data.",
      "let the trees read the model's inputs"),
  TOO_DEEP(
      "SOTTO-COMPILE-002",
      "The circuit is too deep or too wide for the largest ring.",
      "lower the degree or the bits, take bounds from calibration, or train the network with squares"),
  NOT_POLYNOMIAL(
      "SOTTO-COMPILE-003",
      "A function on encrypted data, such as ReLU or a maximum, costs depth as a polynomial.",
      "lower its degree, put a square or nothing in its place, or use fewer of them in a row"),
  PRODUCT_OF_ENCRYPTED(
      "SOTTO-COMPILE-004",
      "A product of encrypted data costs depth.",
      "use fewer products in a row"),
  BOUNDS_TOO_WIDE(
      "SOTTO-COMPILE-005",
      "What intervals prove of numbers is too much wider than what calibration saw.",
      "take bounds from calibration, or lower the degree"),
  TABLE_TOO_WIDE(
      "SOTTO-COMPILE-006",
      "A function on encrypted data reads too many different integers for exact tables.",
      "use fewer bits for the layer before it, take bounds from calibration, or let it become a"
          + " polynomial (--lookups polynomial)"),
  FORMAT(
      "SOTTO-COMPILE-010",
      "The bytes are not a part of a compiled circuit that this version can read.",
      "copy the file again, or compile the model again"),
  NEWER_FORMAT(
      "SOTTO-COMPILE-011",
      "A part of a compiled circuit was written by a newer version of Sotto.",
      "read it with the version that wrote it, or a newer one");

  private final String code;
  private final String summary;
  private final String remedy;

  CompilerError(String code, String summary, String remedy) {
    this.code = code;
    this.summary = summary;
    this.remedy = remedy;
  }

  static SottoException refused(CompilerError error, String node, String detail) {
    return SottoException.of(error, node.isEmpty() ? "" : "node '" + node + "'", detail);
  }

  static SottoException badFormat(String where, String detail) {
    return SottoException.of(FORMAT, where, detail);
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
