package dev.sotto.quantization;

import dev.sotto.problem.ErrorCode;

/** What can be wrong when a model is quantized or a quantized model is run or loaded. */
public enum QuantizationError implements ErrorCode {
  BITS(
      "SOTTO-QUANT-001",
      "A bit width is out of range or a key of the bit widths is unknown.",
      "give 2 to 16 bits"),
  NOT_ENCRYPTABLE(
      "SOTTO-QUANT-002",
      "An operator cannot be computed on encrypted values.",
      "move it to the end of the model, where the client computes in the clear, or replace it"),
  NOT_CALIBRATED(
      "SOTTO-QUANT-003",
      "Calibration has no statistics for a value that must be quantized.",
      "calibrate this very model, with at least one row"),
  INPUT(
      "SOTTO-QUANT-004",
      "The rows given do not fit the model's inputs.",
      "give one tensor per model input with the width the model declares"),
  FORMAT(
      "SOTTO-QUANT-005",
      "The file is not a quantized module that this version can read.",
      "quantize the model again with this version"),
  FILE(
      "SOTTO-QUANT-006",
      "A quantized module cannot be read from or written to a file.",
      "check the path, its permissions and the space left");

  private final String code;
  private final String summary;
  private final String remedy;

  QuantizationError(String code, String summary, String remedy) {
    this.code = code;
    this.summary = summary;
    this.remedy = remedy;
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
