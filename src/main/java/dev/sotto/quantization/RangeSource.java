package dev.sotto.quantization;

import org.jspecify.annotations.Nullable;

/** What calibration knows of the ranges of a model's values. */
interface RangeSource {
  /**
   * The range to quantize a value on.
   *
   * @param value ONNX name
   * @param bits bits of the integers it is for
   * @param symmetric whether the quantizer will be symmetric
   * @return null when the value was not seen
   */
  @Nullable Range range(String value, int bits, boolean symmetric);

  /** The smallest and largest value seen, extended to zero, or null. */
  @Nullable Range extremes(String value);

  /**
   * The end that is nearest to zero of a value that calibration saw on one side of zero only.
   *
   * @return a range from zero to that end; null when the value reached zero, or was not seen
   */
  @Nullable Range nearestToZero(String value);

  /** The extremes of each channel of a value, or null when they are not kept. */
  Range @Nullable [] channelExtremes(String value);
}
