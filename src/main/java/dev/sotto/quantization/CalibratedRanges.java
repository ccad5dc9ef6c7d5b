package dev.sotto.quantization;

import org.jspecify.annotations.Nullable;

/** Ranges as a calibration and a method give them. */
final class CalibratedRanges implements RangeSource {
  private final Calibration calibration;
  private final CalibrationMethod method;

  CalibratedRanges(Calibration calibration, CalibrationMethod method) {
    this.calibration = calibration;
    this.method = method;
  }

  private @Nullable TensorStatistics seen(String value) {
    TensorStatistics statistics = calibration.statistics(value);
    return statistics == null || statistics.histogram().count() == 0 ? null : statistics;
  }

  @Override
  public @Nullable Range range(String value, int bits, boolean symmetric) {
    TensorStatistics statistics = seen(value);
    return statistics == null ? null : method.range(statistics.histogram(), bits, symmetric);
  }

  @Override
  public @Nullable Range extremes(String value) {
    TensorStatistics statistics = seen(value);
    return statistics == null
        ? null
        : Range.extendedToZero(statistics.histogram().min(), statistics.histogram().max());
  }

  @Override
  public @Nullable Range nearestToZero(String value) {
    TensorStatistics statistics = seen(value);
    if (statistics == null) {
      return null;
    }
    double min = statistics.histogram().min();
    double max = statistics.histogram().max();
    if (min > 0) {
      return new Range(0, min);
    }
    return max < 0 ? new Range(max, 0) : null;
  }

  @Override
  public Range @Nullable [] channelExtremes(String value) {
    TensorStatistics statistics = seen(value);
    if (statistics == null || !statistics.isPerRow() || statistics.channels() == 0) {
      return null;
    }
    Range[] ranges = new Range[statistics.channels()];
    for (int c = 0; c < ranges.length; c++) {
      double min = statistics.channelMin(c);
      double max = statistics.channelMax(c);
      ranges[c] = min <= max ? Range.extendedToZero(min, max) : new Range(0, 0);
    }
    return ranges;
  }
}
