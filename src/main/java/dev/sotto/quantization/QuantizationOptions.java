package dev.sotto.quantization;

/**
 * How a model is quantized.
 *
 * @param bits bit widths
 * @param method how ranges are chosen from what calibration saw
 * @param thresholds how the client compares features with the thresholds of trees
 * @param leafBits bits of the leaves of trees and of weights on single bits
 * @param headroom how far the calibrated intervals of accumulators are widened, as a fraction
 */
public record QuantizationOptions(
    BitWidths bits,
    CalibrationMethod method,
    Thresholds thresholds,
    int leafBits,
    double headroom) {

  /** Bits of leaves unless the user says otherwise: sums then order as the float sums do. */
  public static final int DEFAULT_LEAF_BITS = 20;

  /**
   * Options with these bits and defaults for the rest: ranges of least squared error, the model's
   * thresholds.
   */
  public static QuantizationOptions of(BitWidths bits) {
    return new QuantizationOptions(
        bits, CalibrationMethod.meanSquaredError(), Thresholds.ofModel(), DEFAULT_LEAF_BITS, 0.25);
  }

  /** The same options with another method. */
  public QuantizationOptions withMethod(CalibrationMethod newMethod) {
    return new QuantizationOptions(bits, newMethod, thresholds, leafBits, headroom);
  }

  /** The same options with other thresholds. */
  public QuantizationOptions withThresholds(Thresholds newThresholds) {
    return new QuantizationOptions(bits, method, newThresholds, leafBits, headroom);
  }
}
