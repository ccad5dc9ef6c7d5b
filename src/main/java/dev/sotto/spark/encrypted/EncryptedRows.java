package dev.sotto.spark.encrypted;

import dev.sotto.runtime.EncryptedBlock;
import dev.sotto.runtime.client.FheClient;
import dev.sotto.spark.RowFeatures;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one partition as encrypted blocks: takes the rows of a block, encrypts them, gives
 * the block, takes the next. Rows that cannot be encrypted are counted and left out.
 */
final class EncryptedRows implements Iterator<InternalRow> {
  private final Iterator<InternalRow> rows;
  private final FheClient owner;
  private final RowFeatures features;
  private final KeyCells cells;
  private final int number;
  private final boolean packed;
  private final int perBlock;
  private final BlockCounters counters;

  private long nextBlock;
  private long clipped;
  private @Nullable InternalRow ahead;
  private @Nullable InternalRow block;

  /**
   * Encrypts a partition.
   *
   * @param owner closed by its maker
   * @param number where a row's number among all stands
   * @param packed whether rows whose numbers are of different blocks are kept apart
   * @param firstBlock number of the first block
   */
  EncryptedRows(
      Iterator<InternalRow> rows,
      FheClient owner,
      RowFeatures features,
      KeyCells cells,
      int number,
      boolean packed,
      int perBlock,
      long firstBlock,
      BlockCounters counters) {
    this.rows = rows;
    this.owner = owner;
    this.features = features;
    this.cells = cells;
    this.number = number;
    this.packed = packed;
    this.perBlock = perBlock;
    this.nextBlock = firstBlock;
    this.counters = counters;
  }

  @Override
  public boolean hasNext() {
    while (block == null && (ahead != null || rows.hasNext())) {
      block = fill();
    }
    return block != null;
  }

  @Override
  public InternalRow next() {
    InternalRow full = hasNext() ? block : null;
    if (full == null) {
      throw new NoSuchElementException();
    }
    block = null;
    return full;
  }

  /** Takes and encrypts the rows of the next block; null where none of them can be. */
  private @Nullable InternalRow fill() {
    List<InternalRow> keys = new ArrayList<>();
    long place = -1;
    while (keys.size() < perBlock && (ahead != null || rows.hasNext())) {
      InternalRow row = ahead == null ? rows.next() : ahead;
      long own = packed ? row.getLong(number) / perBlock : 0;
      if (place >= 0 && own != place) {
        ahead = row; // the iterator below is not asked again before this row is read
        break;
      }
      ahead = null;
      place = own;
      if (features.read(row, keys.size()) == null) {
        keys.add(cells.copyOf(row));
      } else {
        counters.rejected().add(1);
      }
    }
    return keys.isEmpty() ? null : encrypted(keys);
  }

  private InternalRow encrypted(List<InternalRow> keys) {
    Tensor[] tensors = features.tensors(keys.size());
    long start = System.nanoTime();
    EncryptedBlock encrypted = owner.encrypt(nextBlock++, tensors);
    counters.engine().add(System.nanoTime() - start);
    counters.rows().add(keys.size());
    counters.blocks().add(1);
    counters.clipped().add(owner.clipped() - clipped);
    clipped = owner.clipped();
    return new GenericInternalRow(
        new Object[] {
          encrypted.number(),
          keys.size(),
          new GenericArrayData(keys.toArray()),
          new GenericArrayData(encrypted.payload().toArray())
        });
  }
}
