package dev.sotto.testing;

import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Rows of a csv file without a header.
 *
 * @param features {@code rows × columns}
 * @param labels the last column of each row; empty when all columns are features
 */
@SuppressWarnings("ArrayRecordComponent")
public record LabelledRows(Tensor features, double[] labels) {
  /** The {@code test.csv} of a model in the shared material, its labels last. */
  public static LabelledRows test(String model) {
    return read(SharedMaterial.require(model + "/test.csv"), 1);
  }

  /** The {@code calibration.csv} of a model in the shared material. */
  public static Tensor calibration(String model) {
    return read(SharedMaterial.require(model + "/calibration.csv"), 0).features();
  }

  private static LabelledRows read(Path file, int labelColumns) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    int width = lines.get(0).split(",").length - labelColumns;
    float[] features = new float[lines.size() * width];
    double[] labels = new double[labelColumns == 0 ? 0 : lines.size()];
    for (int r = 0; r < lines.size(); r++) {
      String[] cells = lines.get(r).split(",");
      for (int c = 0; c < width; c++) {
        features[r * width + c] = Float.parseFloat(cells[c]);
      }
      if (labelColumns > 0) {
        labels[r] = Double.parseDouble(cells[width]);
      }
    }
    return new LabelledRows(Tensor.of(Shape.of(lines.size(), width), features), labels);
  }
}
