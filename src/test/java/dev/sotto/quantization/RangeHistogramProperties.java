package dev.sotto.quantization;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/** The state of a histogram is a function of the multiset of values, and of nothing else. */
final class RangeHistogramProperties {

  /** Wild mixtures of magnitudes, signs, zeros, subnormals, repeated and non-finite values. */
  @Provide
  Arbitrary<List<Float>> values() {
    Arbitrary<Float> any = Arbitraries.integers().map(Float::intBitsToFloat);
    Arbitrary<Float> usual = Arbitraries.floats().between(-4f, 9f);
    Arbitrary<Float> special =
        Arbitraries.of(
            0f,
            -0f,
            1f,
            -1f,
            Float.MIN_VALUE,
            -Float.MIN_VALUE,
            Float.MAX_VALUE,
            -Float.MAX_VALUE,
            Float.NaN,
            Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY);
    return Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(5, usual),
            net.jqwik.api.Tuple.of(2, any),
            net.jqwik.api.Tuple.of(1, special))
        .list()
        .ofMaxSize(200);
  }

  @Provide
  Arbitrary<Integer> binLimits() {
    return Arbitraries.of(4, 8, 16, 128, 2048);
  }

  @Property(shrinking = ShrinkingMode.OFF)
  void order_and_merge_tree_leave_no_trace(
      @ForAll("values") List<Float> values, @ForAll("binLimits") int limit, @ForAll long seed) {
    RangeHistogram oneByOne = RangeHistogram.empty(limit);
    values.forEach(oneByOne::add);

    Random random = new Random(seed);
    List<Float> shuffled = new ArrayList<>(values);
    Collections.shuffle(shuffled, random);
    List<RangeHistogram> parts = new ArrayList<>();
    for (int from = 0; from < shuffled.size(); ) {
      int to = from + 1 + random.nextInt(shuffled.size() - from);
      RangeHistogram part = RangeHistogram.empty(limit);
      part.add(floats(shuffled.subList(from, to)));
      parts.add(part);
      from = to;
    }
    while (parts.size() > 1) {
      RangeHistogram taken = parts.remove(random.nextInt(parts.size()));
      parts.get(random.nextInt(parts.size())).merge(taken);
    }
    RangeHistogram merged = parts.isEmpty() ? RangeHistogram.empty(limit) : parts.get(0);

    assertEquals(oneByOne, merged);
    assertEquals(Arrays.toString(oneByOne.binCounts()), Arrays.toString(merged.binCounts()));
    assertEquals(oneByOne.count(), merged.count());
  }

  @Property(shrinking = ShrinkingMode.OFF)
  void doubles_give_the_same_state_in_any_order(
      @ForAll List<Double> values, @ForAll("binLimits") int limit, @ForAll long seed) {
    RangeHistogram forward = RangeHistogram.empty(limit);
    values.forEach(forward::add);
    List<Double> shuffled = new ArrayList<>(values);
    Collections.shuffle(shuffled, new Random(seed));
    RangeHistogram other = RangeHistogram.empty(limit);
    shuffled.forEach(other::add);
    assertEquals(forward, other);
  }

  @Property(shrinking = ShrinkingMode.OFF)
  void width_is_the_smallest_that_fits(
      @ForAll List<Double> values, @ForAll("binLimits") int limit) {
    RangeHistogram histogram = RangeHistogram.empty(limit);
    values.forEach(histogram::add);
    assertTrue(histogram.bins() <= limit);
    if (histogram.count() > 0) {
      Range range = Range.extendedToZero(histogram.min(), histogram.max());
      if (range.magnitude() > 1e-250) {
        assertTrue(histogram.binWidth() / 2 * (limit - 1) <= range.span() * (1 + 1e-12));
      }
    }
  }

  @Property(shrinking = ShrinkingMode.OFF)
  void quantile_is_within_one_bin_of_the_true_one(@ForAll("values") List<Float> values) {
    RangeHistogram histogram = RangeHistogram.empty(2048);
    values.forEach(histogram::add);
    double[] sorted =
        values.stream().filter(Float::isFinite).mapToDouble(Float::doubleValue).sorted().toArray();
    if (sorted.length == 0) {
      return;
    }
    assertEquals(sorted[0], histogram.quantile(0), 0.0);
    assertEquals(sorted[sorted.length - 1], histogram.quantile(1), 0.0);
    for (int i = 1; i <= sorted.length; i++) {
      double quantile = histogram.quantile((double) i / sorted.length);
      assertEquals(sorted[i - 1], quantile, histogram.binWidth() * (1 + 1e-9));
    }
  }

  @Property(shrinking = ShrinkingMode.OFF)
  void strided_values_equal_the_same_values_in_a_row(
      @ForAll("values") List<Float> values, @ForAll("binLimits") int limit) {
    float[] all = floats(values);
    for (int stride : new int[] {1, 2, 3, 7}) {
      RangeHistogram strided = RangeHistogram.empty(limit);
      RangeHistogram plain = RangeHistogram.empty(limit);
      for (int start = 0; start < stride; start++) {
        strided.add(all, start, all.length, stride);
      }
      plain.add(all);
      assertEquals(plain, strided);
    }
  }

  @Property(shrinking = ShrinkingMode.OFF)
  void restored_state_equals_the_original(
      @ForAll("values") List<Float> values, @ForAll("binLimits") int limit) {
    RangeHistogram histogram = RangeHistogram.empty(limit);
    values.forEach(histogram::add);
    long[] apart = {
      histogram.nans(), histogram.positiveInfinities(), histogram.negativeInfinities()
    };
    assertEquals(
        histogram,
        RangeHistogram.restore(
            limit, histogram.min(), histogram.max(), histogram.binCounts(), apart));
  }

  private static float[] floats(List<Float> values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.get(i);
    }
    return floats;
  }
}
