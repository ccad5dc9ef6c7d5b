package dev.sotto.quantization;

import dev.sotto.numpy.NumpyModule;
import dev.sotto.onnx.Graph;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the values of a model lie in a mini-batch, found by running it on two and on three rows.
 *
 * <p>Values whose size does not grow with the rows (constants, shape arithmetic) are left out, so
 * that no statistic depends on how rows were cut into mini-batches.
 *
 * @param batch 0 when the model takes any number of rows at once; otherwise it runs row by row, and
 *     every value holds so many copies of a row (1 unless the file fixes a larger batch)
 * @param values the values worth statistics, in the order in which the model makes them
 */
record RowLayout(int batch, Map<String, Value> values) {
  /**
   * One value.
   *
   * @param rowShape shape of one row, or null when the first axis is not the batch
   */
  record Value(ElementType type, @Nullable Shape rowShape) {}

  /** Finds the layout from any one row, a batch of one per input. */
  static RowLayout of(NumpyModule module, Tensor[] row) {
    RowLayout batched = batched(module, row);
    return batched != null ? batched : single(module, row);
  }

  private static @Nullable RowLayout batched(NumpyModule module, Tensor[] row) {
    Map<String, Tensor> two = run(module, repeat(row, 2));
    Map<String, Tensor> three = run(module, repeat(row, 3));
    for (Graph.Value output : module.model().graph().outputs()) {
      if (two.containsKey(output.name())
          && !liesByRow(two.get(output.name()), three.get(output.name()))) {
        return null; // exported for a batch of fixed size
      }
    }
    Map<String, Value> values = new LinkedHashMap<>();
    two.forEach(
        (name, tensor) -> {
          Tensor larger = three.get(name);
          if (larger != null && isNumeric(tensor) && 3L * tensor.size() == 2L * larger.size()) {
            Shape rowShape = liesByRow(tensor, larger) ? rowShape(tensor) : null;
            values.put(name, new Value(tensor.type(), rowShape));
          }
        });
    return new RowLayout(0, values);
  }

  private static RowLayout single(NumpyModule module, Tensor[] row) {
    Map<String, Tensor> one = run(module, row);
    Tensor input = one.get(module.model().graph().inputs().get(0).name());
    int batch = input == null ? 1 : Math.max(1, input.size() / Math.max(1, row[0].size()));
    Map<String, Value> values = new LinkedHashMap<>();
    one.forEach(
        (name, tensor) -> {
          if (isNumeric(tensor)) {
            boolean byRow = tensor.shape().rank() > 0 && tensor.shape().dim(0) == batch;
            values.put(name, new Value(tensor.type(), byRow ? rowShape(tensor) : null));
          }
        });
    return new RowLayout(batch, values);
  }

  private static Map<String, Tensor> run(NumpyModule module, Tensor[] inputs) {
    Map<String, Tensor> values = new LinkedHashMap<>();
    module.forwardRows(inputs, values::put);
    return values;
  }

  private static boolean liesByRow(@Nullable Tensor two, @Nullable Tensor three) {
    return two != null
        && three != null
        && two.shape().rank() > 0
        && two.shape().dim(0) == 2
        && two.shape().withDim(0, 3).equals(three.shape());
  }

  private static boolean isNumeric(Tensor tensor) {
    return tensor.size() > 0 && tensor.type() != ElementType.STRING;
  }

  /** A tensor's shape without its first axis. */
  static Shape rowShape(Tensor tensor) {
    return Shape.of(Arrays.copyOfRange(tensor.shape().dims(), 1, tensor.shape().rank()));
  }

  private static Tensor[] repeat(Tensor[] row, int times) {
    return Arrays.stream(row)
        .map(
            input -> {
              int size = input.size();
              Object copies = Tensor.newStorage(input.type(), times * size);
              for (int i = 0; i < times; i++) {
                System.arraycopy(input.storage(), 0, copies, i * size, size);
              }
              return Tensor.ofStorage(input.type(), input.shape().withDim(0, times), copies);
            })
        .toArray(Tensor[]::new);
  }
}
