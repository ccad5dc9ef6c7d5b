package dev.sotto.numpy;

import dev.sotto.numpy.NumpyModule.Observer;
import dev.sotto.onnx.ValueType.Dimension;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Elementwise;
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
  /** Elements that the largest value of one run may have: bounds what a run holds in memory. */
  private static final int LARGEST_VALUE = 1 << 20;

  private static final int LARGEST_CHUNK = 4096;

  /**
   * How rows are cut.
   *
   * @param size rows of one run
   * @param exact whether a run takes exactly so many rows, not fewer
   */
  private record Chunks(int size, boolean exact) {}

  private final ModelInputs inputs;
  private final ExecutionPlan plan;
  private volatile @Nullable Chunks chunks;

  RowBatching(ModelInputs inputs, ExecutionPlan plan) {
    this.inputs = inputs;
    this.plan = plan;
  }

  private Chunks chunks(Tensor[] rows) {
    if (hasNoBatchAxis(rows)) {
      return new Chunks(1, true);
    }
    Chunks known = chunks;
    if (known == null) {
      known = tryOut(rows);
      chunks = known;
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
    return rows[0].shape().dim(0) == 0 ? empty(rows) : runChunks(rows, chunks(rows), observer);
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
   * Runs rows in chunks. An exact chunk that lacks rows is filled up with its last row, and
   * declared shapes without a batch axis are restored.
   */
  private Tensor[] runChunks(Tensor[] rows, Chunks cut, @Nullable Observer observer) {
    int count = rows[0].shape().dim(0);
    List<List<Tensor>> parts = new ArrayList<>();
    for (int from = 0; from < count; from += cut.size) {
      int used = Math.min(cut.size, count - from);
      int size = cut.exact ? cut.size : used;
      Tensor[] part = new Tensor[rows.length];
      for (int i = 0; i < rows.length; i++) {
        part[i] = used == count ? rows[i] : rows[i].rows(from, from + used);
        if (cut.exact) {
          part[i] = asDeclared(fill(part[i], size), i);
        }
      }
      Tensor[] results = plan.run(part, withoutFilling(observer, size, used));
      for (int i = 0; i < results.length; i++) {
        if (from == 0) {
          parts.add(new ArrayList<>());
        }
        Tensor result = asRows(results[i], size);
        parts.get(i).add(used == size ? result : result.rows(0, used));
      }
    }
    Tensor[] joined = new Tensor[parts.size()];
    for (int i = 0; i < joined.length; i++) {
      List<Tensor> output = parts.get(i);
      joined[i] = output.size() == 1 ? output.get(0) : Rearrange.concat(output, 0);
    }
    return joined;
  }

  /** The observer, shown only the used rows of a chunk that was filled up. */
  private static @Nullable Observer withoutFilling(
      @Nullable Observer observer, int size, int used) {
    if (observer == null || used == size) {
      return observer;
    }
    return (name, value) -> {
      boolean countsRows = value.shape().rank() > 0 && value.shape().dim(0) == size;
      observer.value(name, countsRows ? value.rows(0, used) : value);
    };
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
  private Chunks tryOut(Tensor[] rows) {
    Chunks declared = new Chunks(declaredBatch(), true);
    int count = 2 * declared.size + 1;
    Tensor[] trial = new Tensor[rows.length];
    for (int i = 0; i < rows.length; i++) {
      trial[i] = madeUp(rows[i].type(), rows[i].shape().withDim(0, count), i);
    }
    int[] largest = {1};
    try {
      Tensor[] apart = runChunks(trial, declared, null);
      Tensor[] together =
          plan.run(trial, (name, value) -> largest[0] = Math.max(largest[0], value.size()));
      for (int i = 0; i < apart.length; i++) {
        if (!isClose(apart[i], together[i])) {
          return declared;
        }
      }
    } catch (SottoException | IllegalArgumentException notFree) {
      return declared;
    }
    int perRow = (largest[0] + count - 1) / count;
    return new Chunks(Math.max(1, Math.min(LARGEST_CHUNK, LARGEST_VALUE / perRow)), false);
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
    return Elementwise.settle(Tensor.ofStorage(type, shape, storage));
  }
}
