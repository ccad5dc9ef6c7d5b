package dev.sotto.quantization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class RangeHistogramTest {

  @Test
  void empty_histogram_has_no_bin_and_no_quantile() {
    RangeHistogram histogram = RangeHistogram.empty();
    assertEquals(0, histogram.count());
    assertEquals(0, histogram.bins());
    assertThrows(IllegalStateException.class, () -> histogram.quantile(0.5));
  }

  @Test
  void bins_start_at_zero_and_mirror_each_other() {
    RangeHistogram histogram = RangeHistogram.empty(8);
    histogram.add(-4f, -3.5f, -0.5f, 0f, 0.5f, 2.5f);
    assertEquals(1.0, histogram.binWidth());
    assertEquals(-5, histogram.firstBin()); // (-5, -4]
    assertArrayEquals(new long[] {1, 1, 0, 0, 1, 2, 0, 1}, histogram.binCounts());
  }

  @Test
  void values_of_one_sign_use_bins_of_that_side_and_bin_zero() {
    RangeHistogram positive = RangeHistogram.empty(4);
    positive.add(1f, 2f, 3f);
    assertEquals(0, positive.firstBin());
    assertArrayEquals(new long[] {0, 1, 1, 1}, positive.binCounts());
    RangeHistogram negative = RangeHistogram.empty(4);
    negative.add(-0.5f, -1.5f, -1.75f);
    assertEquals(-2, negative.firstBin());
    assertArrayEquals(new long[] {2, 1, 0}, negative.binCounts());
  }

  @Test
  void wider_value_doubles_the_width_and_keeps_every_count() {
    RangeHistogram histogram = RangeHistogram.empty(4);
    histogram.add(0f, 1f, 2f, 3f);
    assertEquals(1.0, histogram.binWidth());
    histogram.add(4f);
    assertEquals(2.0, histogram.binWidth());
    assertArrayEquals(new long[] {2, 2, 1}, histogram.binCounts());
  }

  @Test
  void nan_and_infinities_are_counted_apart() {
    RangeHistogram histogram = RangeHistogram.empty();
    histogram.add(
        1f,
        Float.NaN,
        Float.POSITIVE_INFINITY,
        2f,
        Float.NEGATIVE_INFINITY,
        Float.intBitsToFloat(-1));
    assertEquals(2, histogram.count());
    assertEquals(2, histogram.nans());
    assertEquals(1, histogram.positiveInfinities());
    assertEquals(1, histogram.negativeInfinities());
    assertEquals(1, histogram.min());
    assertEquals(2, histogram.max());
  }

  @Test
  void negative_zero_counts_as_zero() {
    RangeHistogram histogram = RangeHistogram.empty();
    histogram.add(-0f, 1f);
    assertEquals(0, histogram.firstBin());
    assertEquals(0L, Double.doubleToRawLongBits(histogram.min()));
  }

  @Test
  void smallest_and_largest_numbers_share_a_histogram() {
    RangeHistogram histogram = RangeHistogram.empty();
    histogram.add(-Double.MIN_VALUE);
    histogram.add(Double.MIN_VALUE);
    histogram.add(Double.MAX_VALUE);
    histogram.add(-Double.MAX_VALUE);
    assertEquals(4, histogram.count());
    assertEquals(1, histogram.binCount(0));
    assertEquals(1, histogram.binCount(-1));
    assertEquals(Double.MAX_VALUE, histogram.max());
    assertTrue(histogram.bins() <= 2048);
  }

  @Test
  void bin_limit_that_is_not_a_power_of_two_is_refused() {
    assertThrows(IllegalArgumentException.class, () -> RangeHistogram.empty(1000));
    assertThrows(IllegalArgumentException.class, () -> RangeHistogram.empty(2));
  }

  @Test
  void histograms_of_different_limits_do_not_merge() {
    RangeHistogram histogram = RangeHistogram.empty(128);
    assertThrows(IllegalArgumentException.class, () -> histogram.merge(RangeHistogram.empty(256)));
  }

  @Test
  void state_that_contradicts_itself_is_refused() {
    long[] none = {0, 0, 0};
    assertThrows(
        IllegalArgumentException.class,
        () -> RangeHistogram.restore(4, 0, 3, new long[] {1, 1}, none));
    assertThrows(
        IllegalArgumentException.class,
        () -> RangeHistogram.restore(4, 3, 0, new long[] {1, 1, 1, 1}, none));
    assertThrows(
        IllegalArgumentException.class,
        () -> RangeHistogram.restore(4, 0, 3, new long[] {1, -1, 1, 1}, none));
    assertThrows(
        IllegalArgumentException.class,
        () -> RangeHistogram.restore(4, 0, 3, new long[] {0, 0, 0, 0}, none));
  }
}
