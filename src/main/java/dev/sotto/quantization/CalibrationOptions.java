package dev.sotto.quantization;

/**
 * How much calibration keeps.
 *
 * @param bins bin limit of a whole tensor's histogram, a power of two
 * @param channelBins bin limit of a channel's histogram, a power of two
 * @param channelLimit above so many channels only minimum and maximum of each are kept
 * @param sampleRows the most rows kept as they are, for later fits
 * @param sampleBytes the most memory for those rows
 * @param seed decides which rows are kept
 */
public record CalibrationOptions(
    int bins, int channelBins, int channelLimit, int sampleRows, long sampleBytes, long seed)
    implements java.io.Serializable {
  /** Checks the limits. */
  public CalibrationOptions {
    if (channelLimit < 0 || sampleRows < 0 || sampleBytes < 0) {
      throw new IllegalArgumentException("limits are not negative");
    }
  }

  /** 2,048 bins, 128 per channel up to 4,096 channels, a sample of 1,000 rows within 32 MB. */
  public static CalibrationOptions standard() {
    return new CalibrationOptions(RangeHistogram.STANDARD_BINS, 128, 4096, 1000, 32L << 20, 1);
  }

  /** The same options with another number of sample rows. */
  public CalibrationOptions withSampleRows(int rows) {
    return new CalibrationOptions(bins, channelBins, channelLimit, rows, sampleBytes, seed);
  }

  /** The same options with another seed. */
  public CalibrationOptions withSeed(long newSeed) {
    return new CalibrationOptions(
        bins, channelBins, channelLimit, sampleRows, sampleBytes, newSeed);
  }
}
