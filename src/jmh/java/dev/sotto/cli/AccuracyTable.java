package dev.sotto.cli;

import dev.sotto.numpy.NumpyModule;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.problem.SottoException;
import dev.sotto.quantization.BitWidths;
import dev.sotto.quantization.Calibration;
import dev.sotto.quantization.Calibrator;
import dev.sotto.quantization.ModelPreparation;
import dev.sotto.quantization.QuantizationOptions;
import dev.sotto.quantization.QuantizedModule;
import dev.sotto.tensor.Tensor;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Writes docs/accuracy.md: float against quantized on held-out rows, at 4, 5, 6 and 8 bits.
 *
 * <pre>AccuracyTable SHARED</pre>
 */
public final class AccuracyTable {
  private static final int[] BITS = {4, 5, 6, 8};
  private static final int PIXELS = 784;

  private final PrintStream out;

  private AccuracyTable(PrintStream out) {
    this.out = out;
  }

  /** Writes the page to standard output. */
  public static void main(String[] arguments) throws IOException {
    Path shared = Path.of(arguments[0]);
    AccuracyTable table =
        new AccuracyTable(new PrintStream(System.out, true, StandardCharsets.UTF_8));
    table.write(shared);
  }

  private void write(Path shared) throws IOException {
    out.println("# Accuracy: float against quantized");
    out.println();
    out.println(
        """
        Made by `scripts/bench/accuracy`; do not edit. Every model is calibrated on its calibration rows, quantized
        with the same bits for weights and activations and the default options (ranges of least squared error, weights
        per channel, thresholds of trees as the model has them), and scored on other rows, in the clear. *Accuracy* in
        per cent (R² for regressions, marked so); behind it, in brackets, the share of rows on which float and
        quantized models agree. *Widest* is the widest integer of the circuit at 6 bits, proved.
        Models that their authors quantized (Brevitas, Q/DQ) keep their own scales and bits at every setting.
        """);
    section("Benchmark models", folders(shared.resolve("benchmark-models")));
    section("Models as exporters write them", folders(shared.resolve("onnx-exports")));
    out.println("## MNIST models from public repositories");
    out.println();
    out.println(
        """
        62 digits only, which calibrate and test; one digit is 1.6 points. Models whose published weights are
        untrained (float accuracy about 10 per cent) test arithmetic.
        """);
    head();
    for (Path folder : folders(shared.resolve("onnx-models"))) {
      String name = folder.getFileName().toString();
      if (name.startsWith("mnist-")) {
        RowTable digits = digits(shared, name);
        line(name, folder.resolve("model.onnx"), digits.without(digits.column("last")), digits);
      }
    }
  }

  private static List<Path> folders(Path root) throws IOException {
    try (Stream<Path> files = Files.list(root)) {
      return files.filter(f -> Files.exists(f.resolve("model.onnx"))).sorted().toList();
    }
  }

  private void section(String title, List<Path> folders) throws IOException {
    out.println("## " + title);
    out.println();
    head();
    for (Path folder : folders) {
      String name = folder.getFileName().toString();
      Path model = folder.resolve("model.onnx");
      if (Files.exists(folder.resolve("test.csv"))) {
        line(
            name,
            model,
            CsvFile.read(folder.resolve("calibration.csv"), Integer.MAX_VALUE),
            CsvFile.read(folder.resolve("test.csv"), Integer.MAX_VALUE));
      } else {
        RowTable train = IdxImages.read("train", 500);
        line(
            name,
            model,
            train.without(train.column("last")),
            IdxImages.read("test", Integer.MAX_VALUE));
      }
    }
    out.println();
  }

  private void head() {
    out.println("| model | rows | float | 4 bits | 5 bits | 6 bits | 8 bits | widest |");
    out.println("|---|---|---|---|---|---|---|---|");
  }

  private void line(String name, Path file, RowTable calibration, RowTable test)
      throws IOException {
    List<String> cells = new ArrayList<>();
    String rows = "";
    String reference = "";
    int widest = 0;
    try {
      OnnxModel onnx = OnnxModel.read(file);
      NumpyModule module = NumpyModule.of(ModelPreparation.prepare(onnx));
      ModelRows shape = ModelRows.of(module.model().graph());
      Tensor[] seen = shape.inputs(shape.features(calibration, "last"));
      Calibration statistics = Calibrator.calibrate(module, seen);
      int label = test.column("last");
      Tensor[] given = shape.inputs(test.without(label));
      for (int bits : BITS) {
        QuantizedModule quantized =
            QuantizedModule.quantize(onnx, statistics, QuantizationOptions.of(BitWidths.of(bits)));
        Evaluation evaluation = Evaluation.untimed(module, quantized, given, test.cells(label));
        boolean r2 = evaluation.metric().equals("r2");
        reference = figure(evaluation.floatScore(), r2) + (r2 ? " (R²)" : "");
        rows = String.format(Locale.ROOT, "%,d", evaluation.rows());
        cells.add(
            figure(evaluation.clearScore(), r2) + " (" + figure(evaluation.agreement(), r2) + ")");
        widest = bits == 6 ? evaluation.widestBits() : widest;
      }
    } catch (SottoException e) {
      cells.add("refused: " + e.problems().get(0).message().replace("|", "\\|"));
    } catch (RuntimeException e) {
      cells.add("failed: " + e);
    }
    out.println(
        "| "
            + name
            + " | "
            + rows
            + " | "
            + reference
            + " | "
            + String.join(" | ", cells)
            + (cells.size() == BITS.length ? " | " + widest : " | ".repeat(BITS.length - 1) + " | ")
            + " |");
    out.flush();
  }

  private static String figure(double score, boolean r2) {
    return r2
        ? String.format(Locale.ROOT, "%.3f", score)
        : String.format(Locale.ROOT, "%.1f", 100 * score);
  }

  /** The digits in the pixel scale of a model; see input_recipe in the models' table. */
  private static RowTable digits(Path shared, String name) throws IOException {
    RowTable raw =
        LibsvmFile.read(
            shared.resolve("datasets/mnist/mnist_test_head.libsvm"), PIXELS, Integer.MAX_VALUE);
    String recipe = "";
    for (String line : Files.readAllLines(shared.resolve("onnx-models/models.tsv"))) {
      if (line.startsWith(name + "\t")) {
        recipe = line;
      }
    }
    boolean small = recipe.contains("2x2 mean");
    int width = small ? PIXELS / 4 : PIXELS;
    float[] values = new float[raw.rows() * (width + 1)];
    for (int row = 0; row < raw.rows(); row++) {
      for (int i = 0; i < width; i++) {
        float pixel = pixel(raw.values(), row * (PIXELS + 1), i, small);
        values[row * (width + 1) + i] =
            recipe.contains("0.1307")
                ? (pixel / 255 - 0.1307f) / 0.3081f
                : recipe.contains("0..255") ? pixel : pixel / 255;
      }
      values[row * (width + 1) + width] = raw.values()[row * (PIXELS + 1) + PIXELS];
    }
    return RowTable.ofNumbers("mnist", width + 1, values);
  }

  private static float pixel(float[] values, int from, int i, boolean small) {
    if (!small) {
      return values[from + i];
    }
    int at = from + (i / 14) * 2 * 28 + (i % 14) * 2;
    return (values[at] + values[at + 1] + values[at + 28] + values[at + 29]) / 4;
  }
}
