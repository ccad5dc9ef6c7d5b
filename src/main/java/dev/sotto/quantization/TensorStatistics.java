package dev.sotto.quantization;

import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What calibration keeps of one ONNX value: ranges of the whole tensor and of every channel, never
 * the tensor itself.
 *
 * <p>Mergeable: its state depends only on the rows seen, not on their order or partitioning. The
 * channels of a value are its second axis (the first after the batch); a value of shape {@code
 * [batch]} has one channel, a value that does not lie row by row has none.
 */
public final class TensorStatistics {
  private final ElementType type;
  private final @Nullable Shape rowShape;
  private final RangeHistogram histogram;
  private final ChannelStatistics channels;

  private TensorStatistics(
      ElementType type,
      @Nullable Shape rowShape,
      RangeHistogram histogram,
      ChannelStatistics channels) {
    this.type = type;
    this.rowShape = rowShape;
    this.histogram = histogram;
    this.channels = channels;
  }

  /**
   * Empty statistics.
   *
   * @param rowShape shape without the batch axis, or null when the value does not lie row by row
   */
  static TensorStatistics empty(
      ElementType type, @Nullable Shape rowShape, CalibrationOptions options) {
    int count = rowShape == null ? 0 : rowShape.rank() == 0 ? 1 : rowShape.dim(0);
    int inner = rowShape == null || rowShape.rank() == 0 ? 1 : rowShape.size(1, rowShape.rank());
    int bins = count > options.channelLimit() ? 0 : options.channelBins();
    return new TensorStatistics(
        type,
        rowShape,
        RangeHistogram.empty(options.bins()),
        new ChannelStatistics(count, inner, bins));
  }

  /** The same statistics with a histogram that was read. */
  TensorStatistics with(RangeHistogram readHistogram) {
    return new TensorStatistics(type, rowShape, readHistogram, channels);
  }

  ChannelStatistics channelStatistics() {
    return channels;
  }

  /** Adds all elements of a mini-batch. */
  void add(Tensor batch) {
    if (rowShape != null) {
      channels.add(batch, batch.shape().dim(0), histogram);
    } else {
      histogram.add(batch);
    }
  }

  /** Whether two statistics describe the same value. */
  boolean fits(@Nullable TensorStatistics other) {
    return other != null && type == other.type && Objects.equals(rowShape, other.rowShape);
  }

  void merge(TensorStatistics other) {
    histogram.merge(other.histogram);
    channels.merge(other.channels);
  }

  /** The element type of the value. */
  public ElementType type() {
    return type;
  }

  /** Whether the value lies row by row: its first axis is the batch. */
  public boolean isPerRow() {
    return rowShape != null;
  }

  /**
   * The shape of one row: the value's shape without the batch axis.
   *
   * @throws IllegalStateException when the value does not lie row by row
   */
  public Shape rowShape() {
    if (rowShape == null) {
      throw new IllegalStateException("the first axis of this value is not the batch");
    }
    return rowShape;
  }

  /** The histogram of all elements of all rows. */
  public RangeHistogram histogram() {
    return histogram;
  }

  /** Whether all finite elements of all rows are equal. */
  public boolean isConstant() {
    return histogram.isConstant();
  }

  /** The number of channels; 0 when the value does not lie row by row. */
  public int channels() {
    return channels.channels();
  }

  /** The smallest finite value of a channel; +∞ when it had none. */
  public double channelMin(int channel) {
    return channels.min(channel);
  }

  /** The largest finite value of a channel; −∞ when it had none. */
  public double channelMax(int channel) {
    return channels.max(channel);
  }

  /**
   * The histogram of a channel.
   *
   * @return null when there are more channels than {@link CalibrationOptions#channelLimit()}
   */
  public @Nullable RangeHistogram channelHistogram(int channel) {
    return channels.histogram(channel);
  }
}
