package dev.sotto.numpy;

import dev.sotto.problem.ErrorCode;

/** What can be wrong when a model is prepared or run as float arithmetic. */
public enum NumpyError implements ErrorCode {
  INPUT_COUNT(
      "SOTTO-NUMPY-001",
      "The number of inputs is not what the model declares.",
      "give one tensor per graph input, in the order that 'sotto inspect' lists"),
  INPUT_TYPE(
      "SOTTO-NUMPY-002",
      "An input has another element type than the model declares.",
      "convert the input to the declared type"),
  INPUT_SHAPE(
      "SOTTO-NUMPY-003",
      "An input has another shape than the model declares.",
      "give rows of the declared width"),
  EVALUATION(
      "SOTTO-NUMPY-004",
      "An operator cannot be applied to its inputs.",
      "check the shapes and types of the inputs against the model, or export the model again"),
  UNSUPPORTED_MODE(
      "SOTTO-NUMPY-005",
      "An operator is used in a mode that is out of scope.",
      "export the model for inference, without this mode"),
  MISSING_VALUE(
      "SOTTO-NUMPY-006",
      "A node or graph output uses a value that nothing makes.",
      "export the model again; the file lacks an initializer or a node");

  private final String code;
  private final String summary;
  private final String remedy;

  NumpyError(String code, String summary, String remedy) {
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
