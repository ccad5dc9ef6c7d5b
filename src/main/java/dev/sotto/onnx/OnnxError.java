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
      "export the model again with a current exporter"),
  CYCLIC_GRAPH(
      "SOTTO-ONNX-005",
      "The graph has a cycle: nodes wait for each other's results.",
      "export the model again; an ONNX graph is acyclic"),
  UNDEFINED_VALUE(
      "SOTTO-ONNX-006",
      "A value is used but no input, initializer or node gives it.",
      "export the model again with its weights, or repair the graph"),
  DUPLICATE_VALUE(
      "SOTTO-ONNX-007",
      "A value is defined more than once.",
      "give each input, initializer and node output its own name"),
  TYPE_MISMATCH(
      "SOTTO-ONNX-008",
      "An element type is not the one that the operator takes.",
      "insert a Cast before the node, or export the model again"),
  SHAPE_MISMATCH(
      "SOTTO-ONNX-009",
      "A shape does not fit the data or the operator.",
      "export the model again; the file contradicts itself"),
  UNSUPPORTED_DOMAIN(
      "SOTTO-ONNX-010",
      "An operator belongs to a domain that is not supported.",
      "export the model with operators of ai.onnx and ai.onnx.ml"),
  UNSUPPORTED_TYPE(
      "SOTTO-ONNX-011",
      "An element type is not supported.",
      "export the model with float, double or integer tensors"),
  EXTERNAL_DATA_MISSING(
      "SOTTO-ONNX-012",
      "A file with tensor data beside the model is missing or unreadable.",
      "put the data file back into the directory of the model"),
  EXTERNAL_DATA_OUTSIDE(
      "SOTTO-ONNX-013",
      "A tensor names a data file outside the directory of the model.",
      "save the model with its data files in its own directory"),
  EXTERNAL_DATA_TOO_SHORT(
      "SOTTO-ONNX-014",
      "A file with tensor data is shorter than the tensor needs.",
      "copy or export the data file again"),
  TOO_LARGE(
      "SOTTO-ONNX-015",
      "A model file or message is larger than 2 GB, the limit of protobuf.",
      "save the model with its tensors as external data"),
  NEWER_OPSET(
      "SOTTO-ONNX-016",
      "Warning: the model imports an operator set newer than the newest one known here.",
      "if a result looks wrong, export the model with an older opset"),
  NEWER_IR(
      "SOTTO-ONNX-017",
      "Warning: the file has a format version newer than the newest one known here.",
      "if a result looks wrong, save the model with an older IR version"),
  MISSING_OPSET(
      "SOTTO-ONNX-018",
      "Warning: the model uses a domain without importing its operator set.",
      "export the model again; the checker of ONNX refuses such a file"),
  UNREADABLE_FILE(
      "SOTTO-ONNX-019",
      "The file does not exist or cannot be read.",
      "check the path and its permissions"),
  OLD_FORM(
      "SOTTO-ONNX-020",
      "An operator is used in an old form that cannot be brought to the canonical opset.",
      "export the model with opset 13 or newer"),
  NO_OPSETS(
      "SOTTO-ONNX-021",
      "The model imports no operator set, which files since IR version 3 must.",
      "copy or export the file again; its end may be missing");

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

  /** Whether this is only a warning: the model is read, checked and run all the same. */
  public boolean isWarning() {
    return this == NEWER_OPSET || this == NEWER_IR || this == MISSING_OPSET;
  }
}
