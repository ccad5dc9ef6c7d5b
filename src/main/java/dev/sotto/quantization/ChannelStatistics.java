package dev.sotto.quantization;

import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Tensor;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Ranges per channel, the second axis of a batch: a small histogram each, or only minimum and
 * maximum when there are many channels.
 *
 * <p>Elements of a batch lie as {@code rows × channels × inner}.
 */
final class ChannelStatistics {
  /** Rows taken together, so that neighbouring channels find their values in the cache. */
  private static final int ROW_BLOCK = 128;

  /** Fewer channels are counted one by one. */
  private static final int WORTHWHILE = 8;

  private final int inner;
  private final double[] min;
  private final double[] max;
  private final RangeHistogram @Nullable [] histograms;
  private @Nullable InterleavedChannels interleaved;

  /**
   * Empty statistics.
   *
   * @param binLimit bins per channel, 0 for minimum and maximum only
   */
  ChannelStatistics(int channels, int inner, int binLimit) {
    this.inner = inner;
    min = new double[channels];
    max = new double[channels];
    Arrays.fill(min, Double.POSITIVE_INFINITY);
    Arrays.fill(max, Double.NEGATIVE_INFINITY);
    histograms = binLimit == 0 ? null : new RangeHistogram[channels];
    if (histograms != null) {
      Arrays.setAll(histograms, c -> RangeHistogram.empty(binLimit));
    }
  }

  int channels() {
    return min.length;
  }

  double min(int channel) {
    return histograms == null ? min[channel] : histograms[channel].min();
  }

  double max(int channel) {
    return histograms == null ? max[channel] : histograms[channel].max();
  }

  @Nullable RangeHistogram histogram(int channel) {
    return histograms == null ? null : histograms[channel];
  }

  void restore(int channel, double low, double high) {
    min[channel] = low;
    max[channel] = high;
  }

  void restore(int channel, RangeHistogram histogram) {
    if (histograms != null) {
      histograms[channel] = histogram;
    }
  }

  /**
   * Adds a mini-batch to all channels, and to the histogram of the whole tensor.
   *
   * @param rows the size of the batch axis
   */
  void add(Tensor batch, int rows, RangeHistogram whole) {
    boolean floats = batch.type().storage() == ElementType.Storage.FLOATS;
    if (floats && histograms != null && inner == 1 && channels() >= WORTHWHILE) {
      interleaved().add(batch.floats(), rows, whole);
      return;
    }
    whole.add(batch);
    if (histograms == null) {
      addRanges(batch);
      return;
    }
    int channels = channels();
    int block = inner == 1 ? ROW_BLOCK : 1;
    for (int row = 0; row < rows; row += block) {
      int end = Math.min(row + block, rows) * channels * inner;
      int start = row * channels * inner;
      for (int c = 0; c < channels; c++) {
        int from = start + c * inner;
        int to = inner == 1 ? end : from + inner;
        int stride = inner == 1 ? channels : 1;
        RangeHistogram histogram = histograms[c];
        histogram.add(batch, from, to, stride);
      }
    }
  }

  private InterleavedChannels interleaved() {
    InterleavedChannels known = interleaved;
    if (known == null) {
      known = new InterleavedChannels(Objects.requireNonNull(histograms));
      interleaved = known;
    }
    return known;
  }

  private void addRanges(Tensor batch) {
    int size = batch.size();
    int channels = channels();
    int channel = 0;
    for (int i = 0; i < size; ) {
      double low = min[channel];
      double high = max[channel];
      for (int end = i + inner; i < end; i++) {
        double value = batch.getDouble(i) + 0.0;
        if (Double.isFinite(value)) {
          low = Math.min(low, value);
          high = Math.max(high, value);
        }
      }
      min[channel] = low;
      max[channel] = high;
      channel = channel + 1 == channels ? 0 : channel + 1;
    }
  }

  void merge(ChannelStatistics other) {
    for (int c = 0; c < channels(); c++) {
      if (histograms != null && other.histograms != null) {
        histograms[c].merge(other.histograms[c]);
      } else {
        min[c] = Math.min(min[c], other.min[c]);
        max[c] = Math.max(max[c], other.max[c]);
      }
    }
  }
}
