package dev.sotto.quantization;

import dev.sotto.numpy.NumpyModule;
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
 * @param wholeBatches whether the model takes many rows at once; otherwise it runs row by row
 * @param values the values worth statistics, in the order in which the model makes them
 */
record RowLayout(boolean wholeBatches, Map<String, Value> values) {
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
    Map<String, Tensor> two;
    Map<String, Tensor> three;
    try {
      two = run(module, repeat(row, 2));
      three = run(module, repeat(row, 3));
    } catch (RuntimeException fixedBatch) { // exported for a batch of one
      return null;
    }
    boolean outputsLieByRow =
        module.model().graph().outputs().stream()
            .allMatch(output -> liesByRow(two.get(output.name()), three.get(output.name())));
    if (!outputsLieByRow) {
      return null;
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
    return new RowLayout(true, values);
  }

  private static RowLayout single(NumpyModule module, Tensor[] row) {
    Map<String, Value> values = new LinkedHashMap<>();
    run(module, row)
        .forEach(
            (name, tensor) -> {
              if (isNumeric(tensor)) {
                boolean byRow = tensor.shape().rank() > 0 && tensor.shape().dim(0) == 1;
                values.put(name, new Value(tensor.type(), byRow ? rowShape(tensor) : null));
              }
            });
    return new RowLayout(false, values);
  }

  private static Map<String, Tensor> run(NumpyModule module, Tensor[] inputs) {
    Map<String, Tensor> values = new LinkedHashMap<>();
    module.forward(inputs, values::put);
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
