package dev.sotto.onnx;

import dev.sotto.problem.ErrorCode;

/** What can be wrong with an ONNX file or graph. */
public enum OnnxError implements ErrorCode {
  NOT_PROTOBUF(
      "SOTTO-ONNX-001",
      "The file is not an ONNX model.",
      "check that the path names an .onnx file written by an exporter"),
  TRUNCATED("SOTTO-ONNX-002", "The file ends too early.", "copy or export the file again"),
  UNSUPPORTED_OPERATOR(
      "SOTTO-ONNX-003",
      "An operator is not supported.",
      "export the model without this operator, or see docs/operators.md for what is supported"),
  ATTRIBUTE(
      "SOTTO-ONNX-004",
      "An attribute of a node is missing or has a wrong kind or value.",
      "export the model again with a current exporter");

  private final String code;
  private final String summary;
  private final String remedy;

  OnnxError(String code, String summary, String remedy) {
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
