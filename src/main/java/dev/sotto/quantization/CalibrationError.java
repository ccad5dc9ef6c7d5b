package dev.sotto.quantization;

import dev.sotto.problem.ErrorCode;

/** What can be wrong with calibration rows, and with a file of calibration statistics. */
public enum CalibrationError implements ErrorCode {
  NO_ROWS(
      "SOTTO-CALIB-001",
      "There is no row to calibrate with.",
      "give rows that are complete and finite in every column the model reads"),
  FEW_ROWS(
      "SOTTO-CALIB-002",
      "Fewer than 100 rows were calibrated: ranges may be too small for other rows.",
      "calibrate with a few hundred representative rows or more"),
  CONSTANT_INPUT(
      "SOTTO-CALIB-003",
      "An input feature has the same value in every row.",
      "check the column; a feature that never varies in calibration is clipped when it does later"),
  NON_FINITE_VALUE(
      "SOTTO-CALIB-004",
      "A value of the model is NaN or infinite for some rows.",
      "look for divisions by zero, logarithms and overflow above the named value"),
  CONSTANT_VALUE(
      "SOTTO-CALIB-005",
      "A value of the model is the same number for every row.",
      "check that the calibration rows are representative"),
  INPUT_SHAPE(
      "SOTTO-CALIB-006",
      "The rows do not fit the model's inputs.",
      "give one tensor per model input with the batch as first axis"),
  UNSTABLE_SHAPE(
      "SOTTO-CALIB-007",
      "The shape of a value depends on the data, not only on the number of rows.",
      "export the model without data-dependent shapes"),
  NOT_A_CALIBRATION(
      "SOTTO-CALIB-008",
      "The file does not hold calibration statistics.",
      "give a file that 'sotto calibrate' wrote"),
  NEWER_FORMAT(
      "SOTTO-CALIB-009",
      "The calibration file was written by a newer version.",
      "use the version of Sotto that wrote it, or calibrate again"),
  DAMAGED(
      "SOTTO-CALIB-010",
      "The calibration file contradicts itself.",
      "copy the file again, or calibrate again"),
  DIFFERENT_CALIBRATIONS(
      "SOTTO-CALIB-011",
      "Two calibrations do not belong to the same model and options.",
      "merge only statistics that were made with one model and one set of options"),
  METHOD(
      "SOTTO-CALIB-012",
      "The calibration method is not known.",
      "use minmax, percentile, percentile:99.9, entropy or mse");

  private final String code;
  private final String summary;
  private final String remedy;

  CalibrationError(String code, String summary, String remedy) {
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
