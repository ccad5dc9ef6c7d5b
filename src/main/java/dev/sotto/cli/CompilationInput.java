package dev.sotto.cli;

import dev.sotto.numpy.NumpyModule;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.problem.Problem;
import dev.sotto.quantization.ModelPreparation;
import dev.sotto.quantization.QuantizedModule;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What the compiler takes: a quantized module and rows to fit polynomials on.
 *
 * @param rows one tensor per model input
 * @param warnings what looks wrong with the rows
 */
@SuppressWarnings("ArrayRecordComponent")
record CompilationInput(QuantizedModule module, Tensor[] rows, List<Problem> warnings) {
  /** More rows make fits slower, not better. */
  private static final int MOST_ROWS = 1000;

  private static final byte[] FORMAT = "sotto.quantized".getBytes(StandardCharsets.US_ASCII);
  private static final int LOOKED_AT = 64;

  /**
   * Reads a quantized module, or quantizes an ONNX model.
   *
   * @param calibration rows, or, for an ONNX model, a saved calibration
   * @param label column to leave out when the rows are one wider than the model
   * @param limit rows taken at most, the first ones; a saved calibration is taken as it is
   */
  static CompilationInput of(
      Path model, String calibration, String label, int limit, QuantizationArguments quantization)
      throws IOException {
    if (isQuantized(model)) {
      QuantizedModule module = QuantizedModule.load(model);
      OwnerRows rows = OwnerRows.read(calibration, module, label, List.of());
      return new CompilationInput(module, some(first(rows.all(), limit)), List.of());
    }
    OnnxModel onnx = OnnxModel.read(model);
    NumpyModule module = NumpyModule.of(ModelPreparation.prepare(onnx));
    CalibrationInput seen = CalibrationInput.of(module, calibration, label, limit);
    QuantizedModule quantized =
        QuantizedModule.quantize(onnx, seen.calibration(), quantization.options());
    return new CompilationInput(quantized, some(seen.calibration().sample()), seen.warnings());
  }

  /** Whether a file begins as {@link QuantizedModule#save} makes it. */
  private static boolean isQuantized(Path file) throws IOException {
    byte[] start;
    try (var in = Files.newInputStream(file)) {
      start = in.readNBytes(LOOKED_AT);
    }
    return new String(start, StandardCharsets.ISO_8859_1)
        .contains(new String(FORMAT, StandardCharsets.US_ASCII));
  }

  private static Tensor[] first(Tensor[] rows, int limit) {
    return rows.length == 0 || rows[0].shape().dim(0) <= limit
        ? rows
        : pick(rows, IntStream.range(0, limit).toArray());
  }

  /** Rows at equal distances, at most so many as help. */
  static Tensor[] some(Tensor[] rows) {
    if (rows.length == 0) {
      return rows;
    }
    int count = rows[0].shape().dim(0);
    int taken = Math.min(count, MOST_ROWS);
    int[] positions = new int[taken];
    for (int i = 0; i < taken; i++) {
      positions[i] = (int) ((long) i * count / taken);
    }
    return taken == count ? rows : pick(rows, positions);
  }

  /** Rows at positions, in that order, as {@code rows × width}. */
  static Tensor[] pick(Tensor[] rows, int[] positions) {
    List<Tensor> picked = new ArrayList<>();
    for (Tensor input : rows) {
      int width = input.size() / input.shape().dim(0);
      float[] values = input.toFloats();
      float[] kept = new float[positions.length * width];
      for (int i = 0; i < positions.length; i++) {
        System.arraycopy(values, positions[i] * width, kept, i * width, width);
      }
      int[] dims = Arrays.copyOf(input.shape().dims(), input.shape().rank());
      dims[0] = positions.length;
      picked.add(Tensor.of(Shape.of(dims), kept));
    }
    return picked.toArray(new Tensor[0]);
  }
}
