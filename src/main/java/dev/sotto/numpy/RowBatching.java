package dev.sotto.numpy;

import dev.sotto.numpy.NumpyModule.Observer;
import dev.sotto.onnx.ValueType.Dimension;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Rearrange;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs any number of rows through a graph whose file may fix the batch.
 *
 * <p>Exporters write {@code [1, …]} inputs and Reshape targets with the batch in them. Whether a
 * batch of n still gives what n single rows give is found out once, on made-up rows; if not, rows
 * are run in chunks of the declared size and the results joined.
 */
final class RowBatching {
  /** Rows of one chunk where any batch is right: bounds what a run holds in memory. */
  private static final int LARGEST_CHUNK = 4096;

  private final ModelInputs inputs;
  private final ExecutionPlan plan;
  private volatile int chunk;

  RowBatching(ModelInputs inputs, ExecutionPlan plan) {
    this.inputs = inputs;
    this.plan = plan;
  }

  /** Rows of one run: any number up to it for a free batch, exactly so many otherwise. */
  private int chunk(Tensor[] rows) {
    if (hasNoBatchAxis(rows)) {
      return 1;
    }
    int known = chunk;
    if (known == 0) {
      known = isBatchFree(rows) ? LARGEST_CHUNK : declaredBatch();
      chunk = known;
    }
    return known;
  }

  /**
   * Runs checked rows.
   *
   * @param rows one tensor per input, with equal first dimensions
   * @return per output one tensor whose first dimension counts the rows
   */
  Tensor[] run(Tensor[] rows, @Nullable Observer observer) {
    int count = rows[0].shape().dim(0);
    if (count == 0) {
      return empty(rows);
    }
    int size = chunk(rows);
    return size == LARGEST_CHUNK
        ? runChunks(rows, Math.min(size, count), false, observer)
        : runChunks(rows, size, true, observer);
  }

  private Tensor[] empty(Tensor[] rows) {
    Tensor[] one = new Tensor[rows.length];
    for (int i = 0; i < rows.length; i++) {
      one[i] = madeUp(rows[i].type(), rows[i].shape().withDim(0, 1), i);
    }
    Tensor[] results = run(one, null);
    for (int i = 0; i < results.length; i++) {
      results[i] = results[i].rows(0, 0);
    }
    return results;
  }

  /**
   * Runs rows in chunks.
   *
   * @param exact whether a chunk has to be full; the last one is then filled up with its last row,
   *     and declared shapes without a batch axis are restored
   */
  private Tensor[] runChunks(Tensor[] rows, int size, boolean exact, @Nullable Observer observer) {
    int count = rows[0].shape().dim(0);
    List<List<Tensor>> parts = new ArrayList<>();
    for (int from = 0; from < count; from += size) {
      int used = Math.min(size, count - from);
      Tensor[] part = new Tensor[rows.length];
      for (int i = 0; i < rows.length; i++) {
        part[i] = used == count && used == size ? rows[i] : rows[i].rows(from, from + used);
        if (exact) {
          part[i] = asDeclared(fill(part[i], size), i);
        }
      }
      Tensor[] results = plan.run(part, observer);
      for (int i = 0; i < results.length; i++) {
        if (from == 0) {
          parts.add(new ArrayList<>());
        }
        Tensor result = asRows(results[i], exact ? size : used);
        parts.get(i).add(result.shape().dim(0) == used ? result : result.rows(0, used));
      }
    }
    Tensor[] joined = new Tensor[parts.size()];
    for (int i = 0; i < joined.length; i++) {
      List<Tensor> output = parts.get(i);
      joined[i] = output.size() == 1 ? output.get(0) : Rearrange.concat(output, 0);
    }
    return joined;
  }

  private static Tensor fill(Tensor rows, int size) {
    int[] positions = new int[size];
    int last = rows.shape().dim(0) - 1;
    Arrays.setAll(positions, i -> Math.min(i, last));
    return last + 1 == size ? rows : Rearrange.select(rows, 0, positions);
  }

  /** One row in the declared shape, when that has no batch axis. */
  private Tensor asDeclared(Tensor rows, int input) {
    int[] dims = inputs.unbatchedDims(input);
    return !inputs.all().get(input).admits(rows.shape()) && dims != null
        ? rows.reshape(Shape.of(dims))
        : rows;
  }

  /** A result whose first axis counts rows; of a single row, an axis is put in front if needed. */
  private static Tensor asRows(Tensor result, int rows) {
    Shape shape = result.shape();
    if (shape.rank() > 0 && shape.dim(0) == rows) {
      return result;
    }
    if (rows == 1) {
      int[] dims = new int[shape.rank() + 1];
      dims[0] = 1;
      System.arraycopy(shape.dims(), 0, dims, 1, shape.rank());
      return result.reshape(Shape.of(dims));
    }
    throw SottoException.of(
        NumpyError.EVALUATION,
        "graph output",
        "expected one result for each of " + rows + " rows, got " + result + ".");
  }

  /** The first dimension that the inputs fix, 1 when they fix none. */
  private int declaredBatch() {
    int batch = 1;
    for (ModelInputs.Declared input : inputs.all()) {
      List<Dimension> dims = input.dims();
      if (dims != null && dims.size() > 1 && dims.get(0).isFixed()) {
        batch = Math.max(batch, Math.toIntExact(dims.get(0).size()));
      }
    }
    return batch;
  }

  /** Whether an input is declared as one row, without a batch axis. */
  private boolean hasNoBatchAxis(Tensor[] rows) {
    for (int i = 0; i < rows.length; i++) {
      if (!inputs.all().get(i).admits(rows[i].shape())) {
        return true;
      }
    }
    return false;
  }

  /** Whether a few rows at once give what they give in chunks of the declared batch. */
  private boolean isBatchFree(Tensor[] rows) {
    int batch = declaredBatch();
    int count = 2 * batch + 1;
    Tensor[] trial = new Tensor[rows.length];
    for (int i = 0; i < rows.length; i++) {
      trial[i] = madeUp(rows[i].type(), rows[i].shape().withDim(0, count), i);
    }
    try {
      Tensor[] apart = runChunks(trial, batch, true, null);
      Tensor[] together = plan.run(trial, null);
      for (int i = 0; i < apart.length; i++) {
        if (!isClose(apart[i], together[i])) {
          return false;
        }
      }
      return true;
    } catch (SottoException | IllegalArgumentException notFree) {
      return false;
    }
  }

  private static boolean isClose(Tensor a, Tensor b) {
    if (a.type() != b.type() || !a.shape().equals(b.shape())) {
      return false;
    }
    if (a.type() == ElementType.STRING) {
      return a.equals(b);
    }
    for (int i = 0; i < a.size(); i++) {
      double x = a.getDouble(i);
      double y = b.getDouble(i);
      if (Double.compare(x, y) != 0 && !(Math.abs(x - y) <= 1e-5 + 1e-4 * Math.abs(x))) {
        return false;
      }
    }
    return true;
  }

  /** Different but fixed values: between −1 and 1, or 0 and 1 for integers, empty strings. */
  private static Tensor madeUp(ElementType type, Shape shape, int seed) {
    Object storage = Tensor.newStorage(type, shape.size());
    long state = seed;
    for (int i = 0; i < shape.size(); i++) {
      state = state * 6364136223846793005L + 1442695040888963407L;
      double value = (state >> 11) * 0x1p-52;
      if (storage instanceof float[] floats) {
        floats[i] = (float) value;
      } else if (storage instanceof double[] doubles) {
        doubles[i] = value;
      } else if (storage instanceof long[] longs) {
        longs[i] = value > 0 ? 1 : 0;
      } else {
        ((String[]) storage)[i] = "";
      }
    }
    return dev.sotto.tensor.Elementwise.settle(Tensor.ofStorage(type, shape, storage));
  }
}
