package dev.sotto.spark.encrypted;

import dev.sotto.problem.SottoException;
import dev.sotto.runtime.EncryptedBlock;
import dev.sotto.runtime.client.FheClient;
import dev.sotto.spark.ResultWriter;
import dev.sotto.spark.RowMode;
import dev.sotto.tensor.Tensor;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of one partition as rows again: decrypts one, gives its rows, takes the next.
 *
 * <p>The row that {@link #next} gives is valid until the next call.
 */
final class DecryptedRows implements Iterator<InternalRow> {
  private final Iterator<InternalRow> blocks;
  private final FheClient owner;
  private final BlockColumns columns;
  private final KeyCells cells;
  private final ResultWriter writer;
  private final int results;
  private final RowMode mode;
  private final BlockCounters counters;
  private final GenericInternalRow scores;
  private final GenericInternalRow row;

  private @Nullable ArrayData keys;
  private ResultWriter.@Nullable Batch batch;
  private @Nullable String error;
  private int count;
  private int at;

  /**
   * Decrypts a partition.
   *
   * @param owner closed by its maker
   * @param results number of result columns, without the error column
   */
  DecryptedRows(
      Iterator<InternalRow> blocks,
      FheClient owner,
      BlockColumns columns,
      KeyCells cells,
      ResultWriter writer,
      int results,
      RowMode mode,
      BlockCounters counters) {
    this.blocks = blocks;
    this.owner = owner;
    this.columns = columns;
    this.cells = cells;
    this.writer = writer;
    this.results = results;
    this.mode = mode;
    this.counters = counters;
    this.scores = new GenericInternalRow(results);
    int width = cells.count() + results + (mode == RowMode.PERMISSIVE ? 1 : 0);
    this.row = new GenericInternalRow(width);
  }

  @Override
  public boolean hasNext() {
    while (at == count && blocks.hasNext()) {
      open(blocks.next());
    }
    return at < count;
  }

  @Override
  public InternalRow next() {
    if (!hasNext() || keys == null) {
      throw new NoSuchElementException();
    }
    cells.into(keys.getStruct(at, cells.count()), row);
    if (batch != null) {
      writer.write(batch, at, scores);
    }
    for (int i = 0; i < results; i++) {
      row.update(cells.count() + i, batch == null ? null : scores.values()[i]);
    }
    if (mode == RowMode.PERMISSIVE) {
      row.update(cells.count() + results, error == null ? null : UTF8String.fromString(error));
    }
    at++;
    return row;
  }

  private void open(InternalRow block) {
    at = 0;
    count = columns.count(block);
    keys = columns.keys(block);
    batch = null;
    error = columns.error(block);
    if (error == null || mode == RowMode.FAILFAST) {
      try {
        EncryptedBlock results = columns.read(block);
        long start = System.nanoTime();
        Tensor[] outputs = owner.decrypt(results);
        counters.engine().add(System.nanoTime() - start);
        batch = writer.batch(outputs, count);
        counters.rows().add(count);
        counters.blocks().add(1);
        return;
      } catch (SottoException e) {
        if (mode == RowMode.FAILFAST) {
          throw e;
        }
        error = BlockColumns.text(e);
      }
    }
    count = keys.numElements(); // what the table says of a refused block may be wrong
    counters.rejected().add(count);
    counters.refused().add(columns.number(block));
    if (mode == RowMode.DROPMALFORMED) {
      count = 0;
    }
  }
}
