package dev.sotto.quantization;

import dev.sotto.numpy.NumpyModule;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of the model that the client computes in the clear: before encryption or after decryption.
 *
 * <p>Immutable. Runs whole batches where the graph allows it, otherwise row by row.
 */
final class ClearStage {
  private final NumpyModule module;
  private final List<Shape> inputRows;
  private final List<@Nullable BatchLayout> inputs;
  private final List<@Nullable BatchLayout> outputs;
  private final boolean rowByRow;

  /**
   * A stage.
   *
   * @param model the subgraph
   * @param inputRows for each input the shape of one row
   * @param inputs for each input how rows lie in it; null when it has no batch axis
   * @param outputs for each output how rows lie in it; null when it has no batch axis
   */
  ClearStage(
      OnnxModel model,
      List<Shape> inputRows,
      List<@Nullable BatchLayout> inputs,
      List<@Nullable BatchLayout> outputs) {
    this.module = NumpyModule.of(model);
    this.inputRows = List.copyOf(inputRows);
    this.inputs = java.util.Collections.unmodifiableList(new java.util.ArrayList<>(inputs));
    this.outputs = java.util.Collections.unmodifiableList(new java.util.ArrayList<>(outputs));
    this.rowByRow = this.inputs.contains(null) || this.outputs.contains(null);
  }

  OnnxModel model() {
    return module.model();
  }

  List<Shape> inputRows() {
    return inputRows;
  }

  List<@Nullable BatchLayout> inputs() {
    return inputs;
  }

  List<@Nullable BatchLayout> outputs() {
    return outputs;
  }

  /** Runs a batch whose inputs are as ONNX wants them, rows first; gives rows after rows. */
  float[][] toRows(Tensor[] batch) {
    int rows = batch[0].shape().dim(0);
    if (!rowByRow) {
      Tensor[] results = module.forward(batch);
      float[][] out = new float[results.length][];
      for (int i = 0; i < out.length; i++) {
        out[i] = java.util.Objects.requireNonNull(outputs.get(i)).toRows(results[i]);
      }
      return out;
    }
    float[][] out = new float[outputs.size()][];
    for (int r = 0; r < rows; r++) {
      Tensor[] one = new Tensor[batch.length];
      for (int i = 0; i < one.length; i++) {
        one[i] = batch[i].rows(r, r + 1);
      }
      Tensor[] results = module.forward(one);
      for (int i = 0; i < results.length; i++) {
        float[] row = results[i].toFloats();
        if (out[i] == null) {
          out[i] = new float[rows * row.length];
        }
        System.arraycopy(row, 0, out[i], r * row.length, row.length);
      }
    }
    return out;
  }

  /** Runs a batch given row after row; gives tensors as ONNX would for the whole batch. */
  Tensor[] fromRows(float[][] values, int rows) {
    if (!rowByRow) {
      Tensor[] batch = new Tensor[values.length];
      for (int i = 0; i < batch.length; i++) {
        batch[i] = java.util.Objects.requireNonNull(inputs.get(i)).toBatch(values[i], rows);
      }
      return module.forward(batch);
    }
    Tensor[][] results = new Tensor[rows][];
    for (int r = 0; r < rows; r++) {
      Tensor[] one = new Tensor[values.length];
      for (int i = 0; i < one.length; i++) {
        int size = inputRows.get(i).size();
        one[i] =
            Tensor.of(
                inputRows.get(i),
                java.util.Arrays.copyOfRange(values[i], r * size, (r + 1) * size));
      }
      results[r] = module.forward(one);
    }
    Tensor[] joined = new Tensor[outputs.size()];
    for (int i = 0; i < joined.length; i++) {
      joined[i] = concatenate(results, i);
    }
    return joined;
  }

  private static Tensor concatenate(Tensor[][] results, int output) {
    Tensor first = results[0][output];
    Object data = Tensor.newStorage(first.type(), first.size() * results.length);
    for (int r = 0; r < results.length; r++) {
      System.arraycopy(results[r][output].storage(), 0, data, r * first.size(), first.size());
    }
    Shape shape =
        first.shape().rank() == 0
            ? Shape.of(results.length)
            : first.shape().withDim(0, first.shape().dim(0) * results.length);
    return Tensor.ofStorage(first.type(), shape, data);
  }
}
