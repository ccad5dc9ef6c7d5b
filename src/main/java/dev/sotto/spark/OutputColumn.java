package dev.sotto.spark;

/** A column that scoring adds. */
public sealed interface OutputColumn extends java.io.Serializable {
  /** The name of the column. */
  String name();

  /** The predicted class or value: {@code double}, or {@code string} where classes are strings. */
  record Prediction(String name) implements OutputColumn {}

  /**
   * The probability of each class, by {@link OutputLayout#probabilities}.
   *
   * @param asVector an ML Vector instead of {@code array<double>}
   */
  record Probabilities(String name, boolean asVector) implements OutputColumn {}

  /**
   * One output of the model as it is: an array, or a plain value where a row has one element.
   *
   * @param output ONNX name
   */
  record Raw(String name, String output) implements OutputColumn {}
}
