package dev.sotto.quantization;

record CalibrationMethod(String name) {
  static CalibrationMethod minMax() {
    return new CalibrationMethod("minmax");
  }
}
