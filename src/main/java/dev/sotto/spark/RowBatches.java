package dev.sotto.spark;

import dev.sotto.spark.RowTally.Flaw;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.LongConsumer;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.unsafe.Platform;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a partition into mini-batches of float tensors, one per model input.
 *
 * <p>Rows with a null, a NaN, an infinity or a wrong width are set aside and counted. Only one
 * mini-batch exists at a time.
 */
final class RowBatches implements Iterator<Tensor[]> {
  private static final int EXPONENT = 0x7f80_0000;

  private final Iterator<InternalRow> rows;
  private final int[] widths;
  private final int batch;
  private final RowTally tally;
  private final LongConsumer rowsTaken;
  private Tensor @Nullable [] next;

  /**
   * Batches of a partition.
   *
   * @param rows one array of floats per model input
   * @param widths numbers of each input's row; −1 is replaced by the first row's
   * @param batch rows of a mini-batch; the last one may have fewer
   * @param tally counts the rows
   * @param rowsTaken told the number of rows of every mini-batch
   */
  RowBatches(
      Iterator<InternalRow> rows, int[] widths, int batch, RowTally tally, LongConsumer rowsTaken) {
    this.rows = rows;
    this.widths = widths.clone();
    this.batch = batch;
    this.tally = tally;
    this.rowsTaken = rowsTaken;
  }

  @Override
  public boolean hasNext() {
    if (next == null) {
      next = read();
    }
    return next != null;
  }

  @Override
  public Tensor[] next() {
    if (!hasNext() || next == null) {
      throw new NoSuchElementException();
    }
    Tensor[] current = next;
    next = null;
    return current;
  }

  private Tensor @Nullable [] read() {
    int inputs = widths.length;
    float[][] values = new float[inputs][];
    float[][] cells = new float[inputs][];
    int count = 0;
    while (count < batch && rows.hasNext()) {
      if (!readRow(rows.next(), cells)) {
        tally.reject();
        continue;
      }
      for (int i = 0; i < inputs; i++) {
        float[] into = values[i];
        if (into == null) {
          into = new float[Math.multiplyExact(batch, widths[i])];
          values[i] = into;
        }
        System.arraycopy(cells[i], 0, into, count * widths[i], widths[i]);
      }
      count++;
    }
    tally.accept(count);
    rowsTaken.accept(count);
    if (count == 0) {
      return null;
    }
    Tensor[] tensors = new Tensor[inputs];
    for (int i = 0; i < inputs; i++) {
      float[] all = count == batch ? values[i] : Arrays.copyOf(values[i], count * widths[i]);
      tensors[i] = Tensor.of(Shape.of(count, widths[i]), all);
    }
    return tensors;
  }

  /** Reads one row; false when it has a flaw. */
  private boolean readRow(InternalRow row, float[][] cells) {
    boolean good = true;
    for (int i = 0; i < widths.length; i++) {
      if (row.isNullAt(i)) {
        tally.flaw(i, -1, Flaw.NULL);
        good = false;
        continue;
      }
      ArrayData array = row.getArray(i);
      int length = array.numElements();
      if (widths[i] < 0) {
        widths[i] = length;
      }
      if (length != widths[i]) {
        tally.width(i, length);
        good = false;
        continue;
      }
      cells[i] = array.toFloatArray(); // nulls read as 0
      good &= check(i, array, cells[i]);
    }
    return good;
  }

  private boolean check(int input, ArrayData array, float[] values) {
    boolean nulls = hasNulls(array);
    boolean finite = true;
    for (float value : values) {
      finite &= (Float.floatToRawIntBits(value) & EXPONENT) != EXPONENT;
    }
    if (!nulls && finite) {
      return true;
    }
    for (int j = 0; j < values.length; j++) {
      if (array.isNullAt(j)) {
        tally.flaw(input, j, Flaw.NULL);
      } else if (Float.isNaN(values[j])) {
        tally.flaw(input, j, Flaw.NAN);
      } else if (Float.isInfinite(values[j])) {
        tally.flaw(input, j, Flaw.INFINITE);
      }
    }
    return false;
  }

  /** Whether an array has a null: in Spark's own layout 64 elements at a time. */
  private static boolean hasNulls(ArrayData array) {
    if (array instanceof UnsafeArrayData unsafe) {
      long bits = 0;
      int words = (unsafe.numElements() + Long.SIZE - 1) / Long.SIZE;
      for (int word = 1; word <= words; word++) { // word 0 holds the number of elements
        bits |=
            Platform.getLong(
                unsafe.getBaseObject(), unsafe.getBaseOffset() + (long) word * Long.BYTES);
      }
      return bits != 0;
    }
    for (int i = 0; i < array.numElements(); i++) {
      if (array.isNullAt(i)) {
        return true;
      }
    }
    return false;
  }
}
