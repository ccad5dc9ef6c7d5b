package dev.sotto.quantization;

import dev.sotto.problem.SottoException;

/**
 * What the client learns of a tree model when it compares features with thresholds.
 *
 * @param uniformBits 0 for the model's own thresholds (exact; the client learns the set of
 *     thresholds of each feature), otherwise thresholds move to the edges of 2^bits equal bins of
 *     each feature's calibrated range (the client learns nothing)
 */
public record Thresholds(int uniformBits) {
  /** Checks the bits. */
  public Thresholds {
    if (uniformBits < 0 || uniformBits > 12) {
      throw SottoException.of(
          QuantizationError.BITS,
          "thresholds",
          "uniform bins need 1 to 12 bits, got " + uniformBits + ".");
    }
  }

  /** The float model's own thresholds: a tree loses nothing. */
  public static Thresholds ofModel() {
    return new Thresholds(0);
  }

  /** The edges of {@code 2^bits} equal bins. */
  public static Thresholds uniform(int bits) {
    return new Thresholds(bits);
  }

  /** Whether these are the model's own. */
  public boolean areModel() {
    return uniformBits == 0;
  }

  /**
   * Reads {@code model} or {@code uniform(n)}.
   *
   * @throws SottoException when the text is neither
   */
  public static Thresholds parse(String text) {
    if (text.equals("model")) {
      return ofModel();
    }
    if (text.matches("uniform\\(\\d{1,2}\\)")) {
      return uniform(Integer.parseInt(text.substring(8, text.length() - 1)));
    }
    throw SottoException.of(
        QuantizationError.BITS, "thresholds", "expected model or uniform(n), got '" + text + "'.");
  }

  @Override
  public String toString() {
    return areModel() ? "model" : "uniform(" + uniformBits + ")";
  }
}
