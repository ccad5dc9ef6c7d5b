package dev.sotto.cli;

import dev.sotto.problem.SottoException;
import dev.sotto.spark.OutputLayout;
import dev.sotto.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Results as csv: the row's number, the columns that the caller keeps, the model's scores, and last
 * the predicted class or value.
 */
final class ResultFile implements AutoCloseable {
  private final Path file;
  private final List<String> keptNames;
  private final List<String> outputNames;
  private @Nullable CsvWriter out;
  private @Nullable OutputLayout layout;

  private ResultFile(Path file, List<String> keptNames, List<String> outputNames) {
    this.file = file;
    this.keptNames = keptNames;
    this.outputNames = outputNames;
  }

  /** A new file, refused where there is one. */
  static ResultFile create(Path file, List<String> keptNames, List<String> outputNames) {
    if (Files.exists(file)) {
      throw SottoException.of(CliError.OUTPUT, file.toString(), "it exists already.");
    }
    return new ResultFile(file, keptNames, outputNames);
  }

  /** Where rows are listed that have no result. */
  Path rejected() {
    String name = String.valueOf(file.getFileName());
    String stem = name.endsWith(".csv") ? name.substring(0, name.length() - 4) : name;
    return file.resolveSibling(stem + "." + RejectedRow.FILE);
  }

  /** Adds rows and the outputs of the model for them. */
  void write(List<KeptRow> rows, Tensor[] outputs) throws IOException {
    int count = rows.size();
    if (out == null || layout == null) {
      layout = OutputLayout.of(outputs, count);
      out = CsvWriter.create(file, header(outputs, count, layout));
    }
    String[] predictions = predictions(outputs, count, layout);
    float[][] scores = new float[outputs.length][];
    for (int o = 0; o < outputs.length; o++) {
      scores[o] = isScore(outputs, o, layout) ? outputs[o].toFloats() : new float[0];
    }
    List<String> line = new ArrayList<>();
    for (int row = 0; row < count; row++) {
      line.clear();
      line.add(Integer.toString(rows.get(row).number()));
      line.addAll(rows.get(row).cells());
      for (float[] each : scores) {
        int width = each.length / count;
        for (int i = 0; i < width; i++) {
          line.add(Float.toString(each[row * width + i]));
        }
      }
      line.add(predictions[row]);
      out.write(line);
    }
  }

  private List<String> header(Tensor[] outputs, int count, OutputLayout layout) {
    List<String> header = new ArrayList<>(List.of("row"));
    header.addAll(keptNames);
    for (int o = 0; o < outputs.length; o++) {
      if (isScore(outputs, o, layout)) {
        int width = outputs[o].size() / count;
        for (int i = 0; i < width; i++) {
          header.add(width == 1 ? outputNames.get(o) : outputNames.get(o) + "[" + i + "]");
        }
      }
    }
    header.add("prediction");
    return header;
  }

  private static boolean isScore(Tensor[] outputs, int output, OutputLayout layout) {
    return output != layout.prediction() && outputs[output].type().isFloating();
  }

  private static String[] predictions(Tensor[] outputs, int count, OutputLayout layout) {
    if (layout.text()) {
      return layout.texts(outputs);
    }
    double[] numbers = layout.numbers(outputs, count);
    boolean classes = layout.isClassifier(List.of(outputs));
    String[] texts = new String[count];
    for (int row = 0; row < count; row++) {
      texts[row] =
          classes ? Long.toString((long) numbers[row]) : Float.toString((float) numbers[row]);
    }
    return texts;
  }

  @Override
  public void close() throws IOException {
    if (out != null) {
      out.close();
    }
  }
}
