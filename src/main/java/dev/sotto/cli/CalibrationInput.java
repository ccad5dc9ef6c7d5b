package dev.sotto.cli;

import dev.sotto.numpy.NumpyModule;
import dev.sotto.problem.Problem;
import dev.sotto.problem.SottoException;
import dev.sotto.quantization.Calibration;
import dev.sotto.quantization.Calibrator;
import dev.sotto.spark.FeatureColumns;
import dev.sotto.spark.RowFiles;
import dev.sotto.spark.SottoSession;
import dev.sotto.spark.SparkCalibrator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Statistics of a model from what a user names: a file that {@code sotto calibrate} wrote, rows
 * that this process reads, or rows that Spark reads.
 *
 * @param calibration the statistics
 * @param warnings what looks wrong with the rows
 */
record CalibrationInput(Calibration calibration, List<Problem> warnings) {
  /** Copies the list. */
  CalibrationInput {
    warnings = List.copyOf(warnings);
  }

  /**
   * Reads or computes the statistics.
   *
   * @param source the file or rows
   * @param label column to leave out when the rows are one wider than the model
   */
  static CalibrationInput of(NumpyModule module, String source, String label, int limit)
      throws IOException {
    if (isSaved(source)) {
      Calibration calibration = Calibration.load(Path.of(source));
      return new CalibrationInput(calibration, calibration.warnings());
    }
    ModelRows shape = ModelRows.of(module.model().graph());
    if (LocalRows.isLocal(source)) {
      RowTable table = shape.features(shape.read(source, limit), label);
      Calibration calibration = Calibrator.calibrate(module, shape.inputs(table));
      return new CalibrationInput(calibration, calibration.warnings());
    }
    Dataset<Row> rows =
        RowFiles.read(SottoSession.open("sotto calibrate"), source, Math.max(0, shape.width()));
    Dataset<Row> some = limit == Integer.MAX_VALUE ? rows : rows.limit(limit);
    SparkCalibrator.Result result =
        SparkCalibrator.of(module).calibrate(some, columns(module, some, label));
    return new CalibrationInput(result.calibration(), result.warnings());
  }

  /** All columns, or all but the label when that is what fits. */
  private static FeatureColumns columns(NumpyModule module, Dataset<Row> rows, String label) {
    try {
      return FeatureColumns.find(rows, module.model().graph(), Map.of(), List.of());
    } catch (SottoException withLabel) {
      return FeatureColumns.find(
          rows, module.model().graph(), Map.of(), List.of(RowFiles.column(rows, label)));
    }
  }

  /** A regular file that is not named as rows are. */
  private static boolean isSaved(String source) {
    return !LocalRows.isLocal(source)
        && !source.contains("://")
        && !source.endsWith(".parquet")
        && Files.isRegularFile(Path.of(source));
  }
}
