package dev.sotto.quantization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** A calibration is a function of the multiset of rows. */
final class CalibrationProperties {
  private static final int FEATURES = 9;

  @Property(tries = 60)
  void batches_partitions_and_order_leave_no_trace(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 300) int rows) {
    Random random = new Random(seed);
    List<float[]> table = table(random, rows);
    CalibrationOptions options =
        new CalibrationOptions(64, 16, random.nextBoolean() ? 4096 : 2, 20, 1 << 20, seed);

    Calibration whole = calibrate(table, rows, options);
    Collections.shuffle(table, random);
    Calibration merged = Calibration.empty(options);
    for (int from = 0; from < rows; ) {
      int to = from + 1 + random.nextInt(rows - from);
      Calibration part = calibrate(table.subList(from, to), 1 + random.nextInt(40), options);
      merged = random.nextBoolean() ? merged.merge(part) : part.merge(merged);
      from = to;
    }

    assertArrayEquals(whole.toBytes(), merged.toBytes());
    assertEquals(rows, merged.rows());
  }

  @Property(tries = 60)
  void bytes_are_read_back(@ForAll long seed, @ForAll @IntRange(min = 0, max = 100) int rows) {
    CalibrationOptions options = CalibrationOptions.standard().withSampleRows(10);
    Calibration calibration = calibrate(table(new Random(seed), rows), 7, options);
    Calibration read = Calibration.parse(calibration.toBytes());
    assertArrayEquals(calibration.toBytes(), read.toBytes());
    assertArrayEquals(calibration.sample(), read.sample());
    assertArrayEquals(calibration.sampleOccurrences(), read.sampleOccurrences());
  }

  /** Rows with repetitions and a few values that are not finite. */
  private static List<float[]> table(Random random, int rows) {
    List<float[]> table = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      float[] row = new float[FEATURES];
      for (int c = 0; c < FEATURES; c++) {
        row[c] = (float) Math.scalb(random.nextGaussian(), 4 * c - random.nextInt(20));
      }
      row[1] = random.nextInt(50) == 0 ? Float.NaN : row[1];
      table.add(i > 0 && random.nextInt(3) == 0 ? table.get(random.nextInt(i)) : row);
    }
    return table;
  }

  private static Calibration calibrate(List<float[]> rows, int batch, CalibrationOptions options) {
    CalibrationAccumulator accumulator =
        CalibrationAccumulator.create(TestModels.identity(FEATURES), options);
    for (int from = 0; from < rows.size(); from += batch) {
      List<float[]> some = rows.subList(from, Math.min(rows.size(), from + batch));
      float[] data = new float[some.size() * FEATURES];
      for (int i = 0; i < some.size(); i++) {
        System.arraycopy(some.get(i), 0, data, i * FEATURES, FEATURES);
      }
      accumulator.addRows(Tensor.of(Shape.of(some.size(), FEATURES), data));
    }
    return accumulator.finish();
  }

  @Property(tries = 30)
  void sample_holds_every_distinct_row_when_there_are_few(@ForAll long seed) {
    List<float[]> table = table(new Random(seed), 50);
    Calibration calibration = calibrate(table, 9, CalibrationOptions.standard());
    long distinct = table.stream().map(Arrays::toString).distinct().count();
    assertEquals(distinct, calibration.sample()[0].shape().dim(0));
    assertEquals(50, Arrays.stream(calibration.sampleOccurrences()).sum());
  }
}
