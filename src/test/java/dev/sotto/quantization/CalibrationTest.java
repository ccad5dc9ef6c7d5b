package dev.sotto.quantization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.problem.Problem;
import dev.sotto.problem.SottoException;
import dev.sotto.quantization.proto.CalibrationProto;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CalibrationTest {

  private static Tensor random(long seed, int rows, int features) {
    Random random = new Random(seed);
    float[] data = new float[rows * features];
    for (int i = 0; i < data.length; i++) {
      data[i] = (float) random.nextGaussian();
    }
    return Tensor.of(Shape.of(rows, features), data);
  }

  private static List<String> codes(List<Problem> problems) {
    return problems.stream().map(problem -> problem.code().code()).toList();
  }

  @Test
  void channels_are_the_second_axis() {
    Tensor batch = Tensor.of(Shape.of(3, 2), 1f, 10f, -2f, 20f, 3f, 30f);
    TensorStatistics x = Calibrator.calibrate(TestModels.identity(2), batch).statistics("x");
    assertEquals(Shape.of(2), x.rowShape());
    assertEquals(2, x.channels());
    assertEquals(-2, x.channelMin(0));
    assertEquals(3, x.channelMax(0));
    assertEquals(10, x.channelMin(1));
    assertEquals(30, x.channelMax(1));
    assertEquals(6, x.histogram().count());
  }

  @Test
  void channels_of_images_cover_all_pixels() {
    float[] data = new float[2 * 3 * 4];
    for (int i = 0; i < data.length; i++) {
      data[i] = i;
    }
    Tensor batch = Tensor.of(Shape.of(2, 3, 2, 2), data);
    for (int channelLimit : new int[] {4096, 2}) {
      CalibrationOptions options = new CalibrationOptions(2048, 128, channelLimit, 10, 1 << 20, 1);
      TensorStatistics x =
          Calibrator.calibrate(
                  TestModels.identity(3, 2, 2),
                  List.<Tensor[]>of(new Tensor[] {batch}).iterator(),
                  options)
              .statistics("x");
      assertEquals(3, x.channels());
      assertEquals(4, x.channelMin(1));
      assertEquals(19, x.channelMax(1));
      assertEquals(channelLimit == 2, x.channelHistogram(1) == null);
    }
  }

  @Test
  void columns_of_a_wide_table_are_counted_as_one_by_one() {
    int width = 75;
    Tensor table = random(9, 300, width);
    table.floats()[17 * width + 3] = Float.NaN; // in the first of three blocks of rows
    table.floats()[200 * width] = -0f;
    TensorStatistics x = Calibrator.calibrate(TestModels.identity(width), table).statistics("x");
    RangeHistogram whole = RangeHistogram.empty();
    for (int c = 0; c < width; c++) {
      RangeHistogram column = RangeHistogram.empty(128);
      for (int row = 0; row < 300; row++) {
        column.add((double) table.floats()[row * width + c]);
        whole.add((double) table.floats()[row * width + c]);
      }
      assertEquals(column, x.channelHistogram(c));
      assertEquals(column.count(), x.channelHistogram(c).count());
    }
    assertEquals(whole, x.histogram());
    assertEquals(whole.count(), x.histogram().count());
  }

  @Test
  void unknown_value_has_no_statistics() {
    assertNull(Calibrator.calibrate(TestModels.identity(2), random(1, 5, 2)).statistics("y"));
  }

  @Test
  void state_does_not_grow_with_rows() {
    CalibrationOptions options = CalibrationOptions.standard().withSampleRows(100);
    int[] sizes = new int[2];
    int[] rows = {1_000, 100_000};
    for (int i = 0; i < 2; i++) {
      CalibrationAccumulator accumulator =
          CalibrationAccumulator.create(TestModels.identity(4), options);
      for (int done = 0; done < rows[i]; done += 1000) {
        accumulator.addRows(random(done, 1000, 4));
      }
      sizes[i] = accumulator.finish().toBytes().length;
    }
    assertTrue(sizes[1] < 2 * sizes[0], Arrays.toString(sizes));
  }

  @Test
  void sample_stays_within_its_memory() {
    CalibrationOptions options = new CalibrationOptions(2048, 128, 4096, 1000, 170, 1);
    CalibrationAccumulator accumulator =
        CalibrationAccumulator.create(TestModels.identity(4), options);
    accumulator.addRows(random(3, 200, 4));
    assertEquals(Shape.of(10, 4), accumulator.finish().sample()[0].shape()); // 16 bytes a row
  }

  @Test
  void seed_decides_which_rows_are_kept() {
    Tensor rows = random(5, 500, 3);
    Tensor[] samples = new Tensor[2];
    for (int seed = 0; seed < 2; seed++) {
      CalibrationAccumulator accumulator =
          CalibrationAccumulator.create(
              TestModels.identity(3),
              CalibrationOptions.standard().withSampleRows(9).withSeed(seed));
      accumulator.addRows(rows);
      samples[seed] = accumulator.finish().sample()[0];
    }
    assertTrue(!samples[0].equals(samples[1]));
  }

  @Test
  void no_rows_are_refused() {
    SottoException e =
        assertThrows(
            SottoException.class,
            () -> Calibrator.calibrate(TestModels.identity(2), random(1, 0, 2)));
    assertEquals(CalibrationError.NO_ROWS, e.problems().get(0).code());
  }

  @Test
  void few_rows_constant_features_and_nan_are_warned_of() {
    Tensor batch = Tensor.of(Shape.of(2, 3), 1f, 5f, Float.NaN, 2f, 5f, Float.NEGATIVE_INFINITY);
    List<Problem> warnings = Calibrator.calibrate(TestModels.identity(3), batch).warnings();
    assertEquals(List.of("SOTTO-CALIB-002", "SOTTO-CALIB-004", "SOTTO-CALIB-003"), codes(warnings));
    assertTrue(warnings.get(2).message().contains("1 (always 5.0)"), warnings.get(2).message());
    assertTrue(warnings.get(1).message().contains("1 NaN"), warnings.get(1).message());
  }

  @Test
  void good_rows_bring_no_warning() {
    assertEquals(
        List.of(), Calibrator.calibrate(TestModels.identity(3), random(1, 200, 3)).warnings());
  }

  @Test
  void different_options_or_models_do_not_merge() {
    Calibration a = Calibrator.calibrate(TestModels.identity(3), random(1, 20, 3));
    Calibration b = Calibrator.calibrate(TestModels.identity(2), random(1, 20, 2));
    assertThrows(SottoException.class, () -> a.merge(b));
    assertThrows(
        SottoException.class,
        () -> a.merge(Calibration.empty(CalibrationOptions.standard().withSeed(2))));
  }

  @Test
  void file_is_read_back(@TempDir Path folder) {
    Calibration calibration = Calibrator.calibrate(TestModels.identity(3), random(1, 200, 3));
    Path file = folder.resolve("a.calibration");
    calibration.save(file);
    assertEquals(calibration.print(), Calibration.load(file).print());
  }

  @Test
  void file_of_format_version_1_is_read() throws Exception {
    byte[] bytes;
    try (InputStream in = CalibrationTest.class.getResourceAsStream("calibration-1.bin")) {
      bytes = in.readAllBytes();
    }
    Calibration golden = Calibration.parse(bytes);
    Tensor batch = Tensor.of(Shape.of(3, 2), 1f, 10f, -2f, 20f, 3f, Float.NaN);
    assertArrayEquals(
        Calibrator.calibrate(TestModels.identity(2), batch).toBytes(), golden.toBytes());
    assertEquals(3, golden.rows());
    assertEquals(20, golden.statistics("x").channelMax(1));
    assertEquals(Shape.of(3, 2), golden.sample()[0].shape());
  }

  @Test
  void newer_format_is_refused_by_its_number() throws Exception {
    byte[] bytes = Calibrator.calibrate(TestModels.identity(3), random(1, 20, 3)).toBytes();
    byte[] newer =
        CalibrationProto.Calibration.parseFrom(bytes).toBuilder()
            .setVersion(99)
            .build()
            .toByteArray();
    SottoException e = assertThrows(SottoException.class, () -> Calibration.parse(newer));
    assertEquals(CalibrationError.NEWER_FORMAT, e.problems().get(0).code());
    assertTrue(e.getMessage().contains("99"));
  }

  @Test
  void other_bytes_are_refused() {
    for (byte[] bytes :
        List.of(new byte[0], "not a calibration".getBytes(StandardCharsets.UTF_8))) {
      SottoException e = assertThrows(SottoException.class, () -> Calibration.parse(bytes));
      assertEquals(CalibrationError.NOT_A_CALIBRATION, e.problems().get(0).code());
    }
  }

  @Test
  void damaged_bytes_are_refused_or_read_but_never_crash() {
    byte[] bytes = Calibrator.calibrate(TestModels.identity(3), random(1, 20, 3)).toBytes();
    Random random = new Random(11);
    int refused = 0;
    for (int i = 0; i < 2000; i++) {
      byte[] damaged = bytes.clone();
      damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      if (i % 4 == 0) {
        damaged = Arrays.copyOf(damaged, random.nextInt(damaged.length));
      }
      try {
        Calibration.parse(damaged);
      } catch (SottoException e) {
        refused++;
      }
    }
    assertTrue(refused > 500, "refused " + refused);
  }
}
