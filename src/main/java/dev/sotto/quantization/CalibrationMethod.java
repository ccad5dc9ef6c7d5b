package dev.sotto.quantization;

import dev.sotto.problem.SottoException;
import java.util.List;
import java.util.Locale;

/**
 * How the range of a quantizer is chosen from what calibration saw; names as in ONNX Runtime.
 *
 * <p>Every range contains zero and lies within minimum and maximum extended to zero. For a
 * symmetric quantizer the larger magnitude of the two ends counts.
 */
public sealed interface CalibrationMethod {
  /** The percentile of ONNX Runtime's calibrator. */
  double STANDARD_PERCENTILE = 99.999;

  /**
   * Chooses a range.
   *
   * @param histogram what was seen; without a finite value the range is [0, 0]
   * @param bits bits of the integers, 1 to 32
   * @param symmetric whether the quantizer has its zero point in the middle
   */
  default Range range(RangeHistogram histogram, int bits, boolean symmetric) {
    if (bits < 1 || bits > 32) {
      throw new IllegalArgumentException("1 to 32 bits, got " + bits);
    }
    if (histogram.count() == 0) {
      return new Range(0, 0);
    }
    Range chosen = choose(histogram, bits, symmetric);
    return new Range(
        Math.max(chosen.min(), Math.min(histogram.min(), 0)),
        Math.min(chosen.max(), Math.max(histogram.max(), 0)));
  }

  /** Chooses a range from at least one finite value; the caller clips it to what was seen. */
  Range choose(RangeHistogram histogram, int bits, boolean symmetric);

  /** The name that {@link #parse} reads. */
  String name();

  /** Covers everything that was seen. */
  record MinMax() implements CalibrationMethod {
    @Override
    public Range choose(RangeHistogram histogram, int bits, boolean symmetric) {
      return Range.extendedToZero(histogram.min(), histogram.max());
    }

    @Override
    public String name() {
      return "minmax";
    }
  }

  /**
   * Covers a share of the values and clips the rest: of the magnitudes when symmetric, otherwise
   * half of the rest at each end.
   *
   * @param percent above 0, up to 100
   */
  record Percentile(double percent) implements CalibrationMethod {
    /** Checks the percentage. */
    public Percentile {
      if (!(percent > 0 && percent <= 100)) {
        throw new IllegalArgumentException("a percentile is in (0, 100], got " + percent);
      }
    }

    @Override
    public Range choose(RangeHistogram histogram, int bits, boolean symmetric) {
      if (symmetric) {
        double magnitude = histogram.magnitudeQuantile(percent / 100);
        return new Range(-magnitude, magnitude);
      }
      double tail = (100 - percent) / 200;
      return Range.extendedToZero(histogram.quantile(tail), histogram.quantile(1 - tail));
    }

    @Override
    public String name() {
      return percent == STANDARD_PERCENTILE ? "percentile" : "percentile:" + percent;
    }
  }

  /** Loses the least information: the smallest Kullback-Leibler divergence after quantization. */
  record Entropy() implements CalibrationMethod {
    @Override
    public Range choose(RangeHistogram histogram, int bits, boolean symmetric) {
      return EntropySearch.search(histogram, bits);
    }

    @Override
    public String name() {
      return "entropy";
    }
  }

  /** The smallest expected squared error of rounding and clipping. */
  record MeanSquaredError() implements CalibrationMethod {
    @Override
    public Range choose(RangeHistogram histogram, int bits, boolean symmetric) {
      return new SquaredErrorSearch(histogram, bits, symmetric).search();
    }

    @Override
    public String name() {
      return "mse";
    }
  }

  /** Covers everything that was seen. */
  static CalibrationMethod minMax() {
    return new MinMax();
  }

  /** Covers {@value #STANDARD_PERCENTILE} % of the values. */
  static CalibrationMethod percentile() {
    return new Percentile(STANDARD_PERCENTILE);
  }

  /**
   * Covers a share of the values.
   *
   * @param percent above 0, up to 100
   */
  static CalibrationMethod percentile(double percent) {
    return new Percentile(percent);
  }

  /** The smallest Kullback-Leibler divergence. */
  static CalibrationMethod entropy() {
    return new Entropy();
  }

  /** The smallest squared error. */
  static CalibrationMethod meanSquaredError() {
    return new MeanSquaredError();
  }

  /** One of each, with standard parameters. */
  static List<CalibrationMethod> all() {
    return List.of(minMax(), percentile(), entropy(), meanSquaredError());
  }

  /**
   * The method with a name, in any case: {@code minmax}, {@code percentile}, {@code
   * percentile:99.9}, {@code entropy}, {@code mse}.
   *
   * @throws SottoException when there is none
   */
  static CalibrationMethod parse(String name) {
    String text = name.strip().toLowerCase(Locale.ROOT);
    for (CalibrationMethod method : all()) {
      if (method.name().equals(text)) {
        return method;
      }
    }
    if (text.startsWith("percentile:")) {
      try {
        return percentile(Double.parseDouble(text.substring("percentile:".length())));
      } catch (IllegalArgumentException e) { // not a number, or not a percentage
        throw SottoException.of(
            CalibrationError.METHOD,
            "method '" + name + "'",
            "a percentage in (0, 100] expected.",
            e);
      }
    }
    throw SottoException.of(
        CalibrationError.METHOD,
        "method '" + name + "'",
        "one of minmax, percentile, entropy, mse expected.");
  }
}
