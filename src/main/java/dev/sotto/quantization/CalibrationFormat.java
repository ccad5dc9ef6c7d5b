package dev.sotto.quantization;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sotto.problem.SottoException;
import dev.sotto.quantization.proto.CalibrationProto;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The one place that knows the bytes of a calibration; {@code calibration.proto} is its schema. */
final class CalibrationFormat {
  static final String KIND = "sotto.calibration";
  static final int VERSION = 1;

  private CalibrationFormat() {}

  static byte[] write(Calibration calibration) {
    CalibrationOptions options = calibration.options();
    CalibrationProto.Calibration.Builder out =
        CalibrationProto.Calibration.newBuilder()
            .setKind(KIND)
            .setVersion(VERSION)
            .setOptions(
                CalibrationProto.Options.newBuilder()
                    .setBins(options.bins())
                    .setChannelBins(options.channelBins())
                    .setChannelLimit(options.channelLimit())
                    .setSampleRows(options.sampleRows())
                    .setSampleBytes(options.sampleBytes())
                    .setSeed(options.seed()))
            .setRows(calibration.rows());
    calibration.statistics().forEach((name, value) -> out.addTensors(tensor(name, value)));
    RowSample sample = calibration.rowSample();
    if (sample != null) {
      out.setSample(sample(sample));
    }
    return out.build().toByteArray();
  }

  private static CalibrationProto.Tensor tensor(String name, TensorStatistics statistics) {
    CalibrationProto.Tensor.Builder out =
        CalibrationProto.Tensor.newBuilder()
            .setName(name)
            .setElementType(statistics.type().onnxNumber())
            .setPerRow(statistics.isPerRow())
            .setHistogram(histogram(statistics.histogram()));
    if (statistics.isPerRow()) {
      Arrays.stream(statistics.rowShape().dims()).forEach(out::addRowShape);
    }
    for (int c = 0; c < statistics.channels(); c++) {
      RangeHistogram channel = statistics.channelHistogram(c);
      if (channel != null) {
        out.addChannels(histogram(channel));
      } else {
        out.addChannelMin(statistics.channelMin(c)).addChannelMax(statistics.channelMax(c));
      }
    }
    return out.build();
  }

  private static CalibrationProto.Histogram histogram(RangeHistogram histogram) {
    CalibrationProto.Histogram.Builder out =
        CalibrationProto.Histogram.newBuilder()
            .setNans(histogram.nans())
            .setPositiveInfinities(histogram.positiveInfinities())
            .setNegativeInfinities(histogram.negativeInfinities());
    if (histogram.count() > 0) {
      out.setMin(histogram.min()).setMax(histogram.max());
      for (long count : histogram.binCounts()) {
        out.addCounts(count);
      }
    }
    return out.build();
  }

  private static CalibrationProto.Sample sample(RowSample sample) {
    CalibrationProto.Sample.Builder out = CalibrationProto.Sample.newBuilder();
    for (int i = 0; i < sample.types().size(); i++) {
      CalibrationProto.Sample.Input.Builder input =
          CalibrationProto.Sample.Input.newBuilder()
              .setElementType(sample.types().get(i).onnxNumber());
      Arrays.stream(sample.rowShapes().get(i).dims()).forEach(input::addRowShape);
      out.addInputs(input);
    }
    sample
        .rows()
        .forEach(
            (content, occurrences) ->
                out.addRows(
                    CalibrationProto.Sample.Row.newBuilder()
                        .setContent(ByteString.copyFrom(content))
                        .setOccurrences(occurrences)));
    return out.build();
  }

  /**
   * Reads and checks.
   *
   * @param where what the bytes are, for messages
   */
  static Calibration read(byte[] bytes, String where) {
    CalibrationProto.Calibration in;
    try {
      in = CalibrationProto.Calibration.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw SottoException.of(
          CalibrationError.NOT_A_CALIBRATION, where, "not the bytes of a calibration.", e);
    }
    if (!in.getKind().equals(KIND)) {
      throw SottoException.of(
          CalibrationError.NOT_A_CALIBRATION,
          where,
          "a file of kind '" + KIND + "' expected, got '" + in.getKind() + "'.");
    }
    if (Integer.compareUnsigned(in.getVersion(), VERSION) > 0) {
      throw SottoException.of(
          CalibrationError.NEWER_FORMAT,
          where,
          "format version up to "
              + VERSION
              + " expected, got "
              + Integer.toUnsignedString(in.getVersion())
              + ".");
    }
    try {
      return calibration(in);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw SottoException.of(
          CalibrationError.DAMAGED,
          where,
          "the statistics contradict themselves: " + e.getMessage() + ".",
          e);
    }
  }

  private static Calibration calibration(CalibrationProto.Calibration in) {
    require(in.getVersion() >= 1 && in.getRows() >= 0, "version or number of rows");
    CalibrationProto.Options o = in.getOptions();
    CalibrationOptions options =
        new CalibrationOptions(
            o.getBins(),
            o.getChannelBins(),
            o.getChannelLimit(),
            o.getSampleRows(),
            o.getSampleBytes(),
            o.getSeed());
    Map<String, TensorStatistics> statistics = new LinkedHashMap<>();
    for (CalibrationProto.Tensor tensor : in.getTensorsList()) {
      require(
          statistics.put(tensor.getName(), tensor(tensor, options)) == null,
          "value '" + tensor.getName() + "' twice");
    }
    return new Calibration(
        options, in.getRows(), statistics, in.hasSample() ? sample(in, options) : null);
  }

  private static TensorStatistics tensor(CalibrationProto.Tensor in, CalibrationOptions options) {
    Shape rowShape = in.getPerRow() ? shape(in.getRowShapeList()) : null;
    int expected = rowShape == null ? 0 : rowShape.rank() == 0 ? 1 : rowShape.dim(0);
    boolean histograms = expected <= options.channelLimit();
    require(
        in.getChannelsCount() == (histograms ? expected : 0)
            && in.getChannelMinCount() == (histograms ? 0 : expected)
            && in.getChannelMaxCount() == (histograms ? 0 : expected),
        "number of channels of value '" + in.getName() + "'");
    TensorStatistics statistics =
        TensorStatistics.empty(type(in.getElementType()), rowShape, options)
            .with(histogram(in.getHistogram(), options.bins()));
    for (int c = 0; c < expected; c++) {
      if (histograms) {
        statistics
            .channelStatistics()
            .restore(c, histogram(in.getChannels(c), options.channelBins()));
      } else {
        statistics.channelStatistics().restore(c, in.getChannelMin(c), in.getChannelMax(c));
      }
    }
    return statistics;
  }

  private static RangeHistogram histogram(CalibrationProto.Histogram in, int binLimit) {
    long[] counts = new long[in.getCountsCount()];
    Arrays.setAll(counts, in::getCounts);
    return RangeHistogram.restore(
        binLimit,
        in.getMin(),
        in.getMax(),
        counts,
        new long[] {in.getNans(), in.getPositiveInfinities(), in.getNegativeInfinities()});
  }

  private static RowSample sample(CalibrationProto.Calibration in, CalibrationOptions options) {
    List<CalibrationProto.Sample.Input> inputs = in.getSample().getInputsList();
    RowSample sample =
        new RowSample(
            inputs.stream().map(input -> type(input.getElementType())).toList(),
            inputs.stream().map(input -> shape(input.getRowShapeList())).toList(),
            options);
    for (CalibrationProto.Sample.Row row : in.getSample().getRowsList()) {
      require(
          row.getContent().size() == sample.rowBytes() && row.getOccurrences() > 0,
          "length of a sample row");
      sample.restore(row.getContent().toByteArray(), row.getOccurrences());
    }
    require(sample.size() == in.getSample().getRowsCount(), "number of sample rows");
    return sample;
  }

  private static ElementType type(int onnxNumber) {
    @Nullable ElementType type = ElementType.ofOnnxNumber(onnxNumber);
    if (type == null || type == ElementType.STRING) {
      throw new IllegalArgumentException("element type " + onnxNumber);
    }
    return type;
  }

  private static Shape shape(List<Integer> dims) {
    return Shape.of(dims.stream().mapToInt(Integer::intValue).toArray());
  }

  private static void require(boolean condition, String what) {
    if (!condition) {
      throw new IllegalArgumentException(what);
    }
  }
}
