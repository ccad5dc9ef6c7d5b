package dev.sotto.quantization;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.problem.SottoException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CalibrationMethodTest {

  private static float[] gaussian(int n, double mean, double deviation) {
    Random random = new Random(7);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) (mean + deviation * random.nextGaussian());
    }
    return values;
  }

  private static RangeHistogram of(float... values) {
    RangeHistogram histogram = RangeHistogram.empty();
    histogram.add(values);
    return histogram;
  }

  private static double squaredError(float[] values, Range range, int bits, boolean symmetric) {
    double steps = symmetric ? (1 << (bits - 1)) - 1 : (1 << bits) - 1;
    double scale = symmetric ? range.magnitude() / steps : range.span() / steps;
    double low = symmetric ? -steps : Math.rint(range.min() / scale);
    double sum = 0;
    for (float value : values) {
      double high = symmetric ? steps : low + steps;
      double q = Math.max(low, Math.min(high, Math.rint(value / scale)));
      sum += (value - q * scale) * (value - q * scale);
    }
    return sum;
  }

  @Test
  void every_range_contains_zero_and_stays_within_what_was_seen() {
    List<RangeHistogram> histograms =
        List.of(
            of(gaussian(5000, 0, 1)),
            of(gaussian(5000, 20, 1)),
            of(gaussian(5000, -20, 1)),
            of(3f),
            of(-3f, -3f),
            of(0f),
            of(0f, 0f, 0f, 1e-30f),
            of(-1e30f, 1e-30f));
    for (CalibrationMethod method : CalibrationMethod.all()) {
      for (RangeHistogram histogram : histograms) {
        for (int bits : new int[] {1, 2, 4, 8, 12, 16}) {
          for (boolean symmetric : new boolean[] {false, true}) {
            Range range = method.range(histogram, bits, symmetric);
            String text = method.name() + " " + histogram + " " + range;
            assertTrue(range.min() >= Math.min(0, histogram.min()), text);
            assertTrue(range.max() <= Math.max(0, histogram.max()), text);
          }
        }
      }
    }
  }

  @Test
  void minmax_covers_everything() {
    assertEquals(new Range(-2, 5), CalibrationMethod.minMax().range(of(-2f, 1f, 5f), 8, false));
  }

  @Test
  void nothing_finite_gives_the_empty_range() {
    for (CalibrationMethod method : CalibrationMethod.all()) {
      assertEquals(new Range(0, 0), method.range(of(Float.NaN), 8, true));
    }
  }

  @Test
  void percentile_leaves_outliers_out() {
    float[] values = gaussian(100_000, 0, 1);
    values[17] = 1000;
    values[18] = -500;
    RangeHistogram histogram = of(values);
    Range symmetric = CalibrationMethod.percentile(99).range(histogram, 8, true);
    assertEquals(2.576, symmetric.magnitude(), 2 * histogram.binWidth());
    Range affine = CalibrationMethod.percentile(99).range(histogram, 8, false);
    assertEquals(2.576, affine.max(), 2 * histogram.binWidth());
    assertEquals(-2.576, affine.min(), 2 * histogram.binWidth());
    assertEquals(
        new Range(-500, 1000), CalibrationMethod.percentile(100).range(histogram, 8, false));
  }

  @Test
  void entropy_keeps_a_uniform_distribution_whole() {
    float[] values = new float[100_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = i / (float) values.length;
    }
    Range range = CalibrationMethod.entropy().range(of(values), 8, false);
    assertEquals(1, range.max(), 0.01);
  }

  @Test
  void entropy_cuts_a_long_thin_tail() {
    float[] values = gaussian(200_000, 0, 1);
    for (int i = 0; i < 20; i++) {
      values[i] = 50 + i;
    }
    Range range = CalibrationMethod.entropy().range(of(values), 8, true);
    assertTrue(range.magnitude() > 2 && range.magnitude() < 20, range.toString());
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 6, 8})
  void mse_beats_every_range_of_a_grid(int bits) {
    float[] values = gaussian(20_000, 0.5, 1);
    for (int i = 0; i < 50; i++) {
      values[i] *= 10;
    }
    RangeHistogram histogram = of(values);
    for (boolean symmetric : new boolean[] {false, true}) {
      Range chosen = CalibrationMethod.meanSquaredError().range(histogram, bits, symmetric);
      double error = squaredError(values, chosen, bits, symmetric);
      for (int i = 1; i <= 20; i++) {
        for (int j = 1; j <= 20; j++) {
          Range other = new Range(histogram.min() * i / 20, histogram.max() * j / 20);
          assertTrue(
              error <= squaredError(values, other, bits, symmetric) * 1.02,
              chosen + " against " + other);
        }
      }
    }
  }

  @Test
  void names_are_read_back() {
    for (CalibrationMethod method : CalibrationMethod.all()) {
      assertEquals(method, CalibrationMethod.parse(method.name()));
    }
    assertEquals(CalibrationMethod.percentile(99.9), CalibrationMethod.parse("Percentile:99.9"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "max", "percentile:0", "percentile:101", "percentile:x"})
  void unknown_name_is_refused(String name) {
    SottoException e = assertThrows(SottoException.class, () -> CalibrationMethod.parse(name));
    assertEquals(CalibrationError.METHOD, e.problems().get(0).code());
  }
}
