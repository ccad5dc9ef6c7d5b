package dev.sotto.spark.encrypted;

import dev.sotto.spark.RowFeatures;
import dev.sotto.spark.RowFlaw;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;

/** The rows of a partition that a model cannot read: their keys, the code, the detail. */
final class RejectedRows implements Iterator<InternalRow> {
  private final Iterator<InternalRow> rows;
  private final RowFeatures features;
  private final KeyCells cells;
  private final GenericInternalRow result;
  private @Nullable RowFlaw flaw;

  RejectedRows(Iterator<InternalRow> rows, RowFeatures features, KeyCells cells) {
    this.rows = rows;
    this.features = features;
    this.cells = cells;
    this.result = new GenericInternalRow(cells.count() + 2);
  }

  @Override
  public boolean hasNext() {
    while (flaw == null && rows.hasNext()) {
      InternalRow row = rows.next();
      flaw = features.read(row, 0);
      if (flaw != null) {
        cells.into(row, result);
      }
    }
    return flaw != null;
  }

  @Override
  public InternalRow next() {
    if (!hasNext() || flaw == null) {
      throw new NoSuchElementException();
    }
    result.update(cells.count(), UTF8String.fromString(flaw.code().code()));
    result.update(cells.count() + 1, UTF8String.fromString(flaw.detail()));
    flaw = null;
    return result;
  }
}
