package dev.sotto.testing;

import dev.sotto.onnx.OnnxModel;
import dev.sotto.onnx.OnnxTensors;
import dev.sotto.onnx.ValueType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Rows of a model of {@code onnx-exports} or {@code onnx-models}.
 *
 * @param model as the file says
 * @param calibration one tensor per input
 * @param test the whole test set, one tensor per input
 * @param labels of the test set; empty where there are none
 */
@SuppressWarnings("ArrayRecordComponent")
public record SharedRows(OnnxModel model, Tensor[] calibration, Tensor[] test, double[] labels) {
  private static final int DRAWN = 300;
  private static final int FEW = 20;
  private static final int SIDE = 28;

  /** Reads a model's rows; skips the test where the folder is absent. */
  public static SharedRows of(String name) {
    Path folder = SharedMaterial.require(name);
    OnnxModel model = OnnxModel.read(folder.resolve("model.onnx"));
    if (Files.exists(folder.resolve("test.csv"))) {
      LabelledRows rows = LabelledRows.test(name);
      Tensor calibration = LabelledRows.calibration(name);
      return new SharedRows(
          model, inputs(model, calibration), inputs(model, rows.features()), rows.labels());
    }
    Tensor[] vectors = vectors(folder, model.graph().inputs().size());
    return name.contains("/mnist-") ? digits(model, vectors) : drawn(model, vectors);
  }

  private static Tensor[] inputs(OnnxModel model, Tensor table) {
    ValueType.TensorType type = (ValueType.TensorType) model.graph().inputs().get(0).type();
    int[] dims = type.dims().stream().mapToInt(dim -> (int) dim.size()).toArray();
    dims[0] = table.shape().dim(0);
    return new Tensor[] {dims.length == 2 ? table : table.reshape(Shape.of(dims))};
  }

  /** All test vectors of a folder, one after another. */
  private static Tensor[] vectors(Path folder, int inputs) {
    Tensor[] result = new Tensor[inputs];
    for (int k = 0; k < inputs; k++) {
      List<Tensor> sets = new ArrayList<>();
      for (int set = 0; Files.exists(folder.resolve("test_data_set_" + set)); set++) {
        sets.add(OnnxTensors.read(folder.resolve("test_data_set_" + set + "/input_" + k + ".pb")));
      }
      int rows = sets.stream().mapToInt(set -> set.shape().dim(0)).sum();
      float[] all = new float[sets.stream().mapToInt(Tensor::size).sum()];
      int at = 0;
      for (Tensor set : sets) {
        System.arraycopy(set.toFloats(), 0, all, at, set.size());
        at += set.size();
      }
      result[k] = Tensor.of(sets.get(0).shape().withDim(0, rows), all);
    }
    return result;
  }

  /** Few vectors: calibration rows are drawn from the box that they span. */
  private static SharedRows drawn(OnnxModel model, Tensor[] vectors) {
    SplittableRandom random = new SplittableRandom(7);
    Tensor[] calibration = new Tensor[vectors.length];
    for (int k = 0; k < vectors.length; k++) {
      float[] values = vectors[k].toFloats();
      int rows = vectors[k].shape().dim(0);
      int width = values.length / rows;
      int columns = rows < FEW ? 1 : width; // one box for all features where rows are few
      double[] lo = new double[columns];
      double[] hi = new double[columns];
      Arrays.fill(lo, Double.POSITIVE_INFINITY);
      Arrays.fill(hi, Double.NEGATIVE_INFINITY);
      for (int i = 0; i < values.length; i++) {
        lo[i % columns] = Math.min(lo[i % columns], values[i]);
        hi[i % columns] = Math.max(hi[i % columns], values[i]);
      }
      float[] made = new float[DRAWN * width];
      for (int i = 0; i < made.length; i++) {
        int column = i % width % columns;
        made[i] = (float) (lo[column] + (hi[column] - lo[column]) * random.nextDouble());
      }
      calibration[k] = Tensor.of(vectors[k].shape().withDim(0, DRAWN), made);
    }
    return new SharedRows(model, calibration, vectors, new double[0]);
  }

  /**
   * The digits of MNIST that are here, in the scale of the vectors; calibration rows are the same
   * digits moved by up to one pixel.
   */
  private static SharedRows digits(OnnxModel model, Tensor[] vectors) {
    List<String> lines;
    try {
      lines = Files.readAllLines(SharedMaterial.require("datasets/mnist/mnist_test_head.libsvm"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    double[] labels = new double[lines.size()];
    float[][] images = new float[lines.size()][SIDE * SIDE];
    for (int row = 0; row < labels.length; row++) {
      String[] cells = lines.get(row).trim().split(" ", -1);
      labels[row] = Double.parseDouble(cells[0]);
      for (int i = 1; i < cells.length; i++) {
        int colon = cells[i].indexOf(':');
        int pixel = Integer.parseInt(cells[i].substring(0, colon)) - 1;
        images[row][pixel] = Float.parseFloat(cells[i].substring(colon + 1));
      }
    }
    int width = vectors[0].size() / vectors[0].shape().dim(0);
    Scale scale = Scale.of(images, width, vectors[0].toFloats());
    List<float[]> moved = new ArrayList<>();
    for (int dy = -1; dy <= 1; dy++) {
      for (int dx = -1; dx <= 1; dx++) {
        for (float[] image : images) {
          moved.add(moved(image, dx, dy));
        }
      }
    }
    Shape row = vectors[0].shape();
    return new SharedRows(
        model,
        new Tensor[] {scale.rows(moved, row)},
        new Tensor[] {scale.rows(Arrays.asList(images), row)},
        labels);
  }

  private static float[] moved(float[] image, int dx, int dy) {
    float[] result = new float[image.length];
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        int fromX = x - dx;
        int fromY = y - dy;
        if (fromX >= 0 && fromX < SIDE && fromY >= 0 && fromY < SIDE) {
          result[y * SIDE + x] = image[fromY * SIDE + fromX];
        }
      }
    }
    return result;
  }

  /** Pixel · factor + offset, found from the first test vector, which is the first digit. */
  private record Scale(int factor, double slope, double offset) {
    static Scale of(float[][] images, int width, float[] vector) {
      int factor = width == SIDE * SIDE ? 1 : 2;
      float[] image = shrunk(images[0], factor);
      int dark = 0;
      int bright = 0;
      for (int i = 0; i < image.length; i++) {
        dark = image[i] < image[dark] ? i : dark;
        bright = image[i] > image[bright] ? i : bright;
      }
      double slope = (vector[bright] - vector[dark]) / (image[bright] - image[dark]);
      return new Scale(factor, slope, vector[dark] - slope * image[dark]);
    }

    private static float[] shrunk(float[] image, int factor) {
      int side = SIDE / factor;
      float[] result = new float[side * side];
      for (int i = 0; i < image.length; i++) {
        int to = i / SIDE / factor * side + i % SIDE / factor;
        result[to] += image[i] / (factor * factor);
      }
      return result;
    }

    Tensor rows(List<float[]> images, Shape shape) {
      int width = SIDE * SIDE / factor / factor;
      float[] rows = new float[images.size() * width];
      for (int row = 0; row < images.size(); row++) {
        float[] image = shrunk(images.get(row), factor);
        for (int i = 0; i < width; i++) {
          rows[row * width + i] = (float) (slope * image[i] + offset);
        }
      }
      return Tensor.of(shape.withDim(0, images.size()), rows);
    }
  }
}
