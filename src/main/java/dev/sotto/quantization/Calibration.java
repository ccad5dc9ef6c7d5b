package dev.sotto.quantization;

import dev.sotto.problem.Problem;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a model's values looked like on representative rows: statistics per value and a few rows.
 *
 * <p>A function of the model, the options and the multiset of rows: the bytes are the same whatever
 * the order of rows, their partitioning, or the machine count. Two calibrations of one model over
 * different rows {@linkplain #merge merge} exactly.
 */
public final class Calibration {
  private final CalibrationOptions options;
  private final long rows;
  private final Map<String, TensorStatistics> statistics;
  private final @Nullable RowSample sample;

  Calibration(
      CalibrationOptions options,
      long rows,
      Map<String, TensorStatistics> statistics,
      @Nullable RowSample sample) {
    this.options = options;
    this.rows = rows;
    this.statistics = Collections.unmodifiableMap(new LinkedHashMap<>(statistics));
    this.sample = sample;
  }

  /** A calibration that has seen no row: the neutral element of {@link #merge}. */
  public static Calibration empty(CalibrationOptions options) {
    return new Calibration(options, 0, Map.of(), null);
  }

  /**
   * Takes in all that another calibration of the same model has seen.
   *
   * @return the union; neither argument may be used afterwards
   * @throws SottoException when they were made with different models or options
   */
  public Calibration merge(Calibration other) {
    if (!options.equals(other.options)) {
      throw SottoException.of(
          CalibrationError.DIFFERENT_CALIBRATIONS,
          "options",
          options + " expected, got " + other.options + ".");
    }
    if (sample == null || other.sample == null) {
      return sample == null ? other : this;
    }
    if (!sample.fits(other.sample)
        || !statistics.keySet().equals(other.statistics.keySet())
        || !statistics.entrySet().stream()
            .allMatch(entry -> entry.getValue().fits(other.statistics.get(entry.getKey())))) {
      throw SottoException.of(
          CalibrationError.DIFFERENT_CALIBRATIONS,
          "model",
          "the calibrations have different values or inputs.");
    }
    for (Map.Entry<String, TensorStatistics> entry : other.statistics.entrySet()) {
      Objects.requireNonNull(statistics.get(entry.getKey())).merge(entry.getValue());
    }
    sample.merge(other.sample);
    return new Calibration(options, Math.addExact(rows, other.rows), statistics, sample);
  }

  /** What was kept, and how much of it at most. */
  public CalibrationOptions options() {
    return options;
  }

  /** The number of rows seen. */
  public long rows() {
    return rows;
  }

  /** Statistics of every value that grows with the rows, in the order in which they are made. */
  public Map<String, TensorStatistics> statistics() {
    return statistics;
  }

  /** Statistics of one value by its ONNX name, or null when there are none. */
  public @Nullable TensorStatistics statistics(String value) {
    return statistics.get(value);
  }

  /** The kept sample of distinct input rows: one tensor per model input, empty without rows. */
  public Tensor[] sample() {
    return sample == null ? new Tensor[0] : sample.tensors();
  }

  /** How many of the seen rows equal each row of the sample. */
  public long[] sampleOccurrences() {
    return sample == null
        ? new long[0]
        : sample.rows().values().stream().mapToLong(Long::longValue).toArray();
  }

  @Nullable RowSample rowSample() {
    return sample;
  }

  /** Refuses a calibration without rows. */
  public Calibration requireRows() {
    if (rows == 0) {
      throw SottoException.of(CalibrationError.NO_ROWS, "rows", "at least one expected, got none.");
    }
    return this;
  }

  /** What looks wrong with the rows or the values: few rows, constant inputs, NaN, infinities. */
  public List<Problem> warnings() {
    return CalibrationWarnings.of(this);
  }

  /** A readable table: every value with its range, quantiles and the range of each method. */
  public String print() {
    return CalibrationPrinter.print(this);
  }

  /** The file format's bytes; equal calibrations have equal bytes. */
  public byte[] toBytes() {
    return CalibrationFormat.write(this);
  }

  /**
   * Reads {@link #toBytes()}.
   *
   * @throws SottoException when the bytes are something else, damaged or of a newer version
   */
  public static Calibration parse(byte[] bytes) {
    return CalibrationFormat.read(bytes, "calibration");
  }

  /** Writes a file; an existing one is replaced. */
  public void save(Path file) {
    try {
      Files.write(file, toBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads a file that {@link #save} wrote.
   *
   * @throws SottoException when the file is something else, damaged or of a newer version
   */
  public static Calibration load(Path file) {
    try {
      return CalibrationFormat.read(Files.readAllBytes(file), "file " + file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
